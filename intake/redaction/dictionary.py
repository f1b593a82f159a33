"""Everyday words of two and three characters, and idioms of four: what a name would cut in two, or be mistaken for.

They are those of the segmenter's dictionary (jieba, a dependency). It marks names of persons, and among them many that
are words first (文武, 许可, 周旋): what it saw often is a word, but for those that people are called today.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from intake.redaction.name_context import ALSO_WORDS
from intake.surnames import SURNAMES

_OFTEN_A_NAME = frozenset(
    (
        "李俊", "李娜", "张宁", "王明", "王平", "刘翔", "李鹏", "李珊", "沈思", "胡佳", "乔红", "杨维", "陈云", "马良",
        "安娜", "白雪", "高明", "高超", "金平", "李家", "王健", "张华", "张杰", "刘伟", "李四",
        "张三", "王五", "赵六", "赵云",
    )
)  # fmt: skip
# Word, count, tag. Three places at least; of what is marked as a name (nr) a hundred, and two characters. Of four
# characters, idioms only (后顾之忧).
_WORD = re.compile(
    r"^(\S\S\S?) (?:((?:[3-9]|\d\d+)) (?!nr)|(?<=\n\S\S )(\d{3,}) nr)|^(\S{4}) (\d+) [il]$", re.MULTILINE
)


@cache
def load_words() -> Mapping[str, int]:
    """Words of two and three characters, and how often each stands in what the dictionary was counted in, as the number
    of digits of that count: two at least.

    Read once in a process, in about a tenth of a second: a worker does it when it starts. The dictionary is read
    without importing the segmenter, which takes longer than that. Asked dozens of times for each letter, so it is kept
    small enough for the processor's own memory.
    """
    return {word: digits for word, digits in _read().items() if digits > 1 and len(word) < 4}


@cache
def load_rare_words() -> frozenset[str]:
    """The others, asked only of what is nearly a name: rare words that begin with a surname, and idioms with one in
    them (后顾之忧)."""
    return ALSO_WORDS | frozenset(
        word
        for word, digits in _read().items()
        if (len(word) == 4 and not SURNAMES.isdisjoint(word[:3])) or (digits == 1 and word[0] in SURNAMES)
    )


@cache
def _read() -> Mapping[str, int]:
    found = find_spec("jieba")
    if found is None or not found.submodule_search_locations:
        raise ImportError("jieba, whose dictionary says what is a word, is not installed")
    text = (Path(found.submodule_search_locations[0]) / "dict.txt").read_text(encoding="utf-8")
    words = {word or idiom: len(a or b or c) for word, a, b, idiom, c in _WORD.findall(text)}
    for name in _OFTEN_A_NAME:
        words.pop(name, None)
    return words

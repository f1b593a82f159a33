"""Everyday words of two and three characters: what a name would cut in two, or be mistaken for.

They are those of the segmenter's dictionary (jieba, a dependency). It marks names of persons, and among them many that
are words first (文武, 许可, 周旋): what it saw often is a word, but for those that people are called today.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_OFTEN_A_NAME = frozenset(
    (
        "李俊", "李娜", "张宁", "王明", "王平", "刘翔", "李鹏", "李珊", "沈思", "胡佳", "乔红", "杨维", "陈云", "马良",
        "安娜", "白雪", "高明", "高超", "金平", "李家", "王健", "张华", "张杰", "刘伟",
    )
)  # fmt: skip
# Word, count, tag. Three places at least; of what is marked as a name (nr) a hundred, and two characters.
_WORD = re.compile(r"^(\S\S\S?) (?:(?:[3-9]|\d\d+) (?!nr)|(?<=\n\S\S )\d{3,} nr)", re.MULTILINE)


@cache
def load_words() -> frozenset[str]:
    """Read once in a process, in about a tenth of a second: a worker does it when it starts.

    The dictionary is read without importing the segmenter, which takes longer than that.
    """
    found = find_spec("jieba")
    if found is None or not found.submodule_search_locations:
        raise ImportError("jieba, whose dictionary says what is a word, is not installed")
    text = (Path(found.submodule_search_locations[0]) / "dict.txt").read_text(encoding="utf-8")
    return frozenset(_WORD.findall(text)) - _OFTEN_A_NAME

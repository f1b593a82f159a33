"""How much a few characters look like a name rather than like words, from a dictionary with names in it.

The segmenter's dictionary (jieba, a dependency) marks 42,000 Chinese names. A character that is frequent in them and
rare elsewhere speaks for a name (娟 婷 琼), another against it (的 反 在). Logarithms of ratios, base e.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from intake.surnames import SURNAMES

# So rare in the dictionary's texts that a name is as likely (王五).
_RARE_WORD = 3
# Characters that neither names nor other words have often speak a little against a name (垭 坳 焯).
_PRIOR_NAMES, _PRIOR_TEXT = 0.3, 600.0
# Characters of names given since the dictionary's books were written. Our own selection.
_MODERN = frozenset(
    "涵轩萱梓欣怡妍诺琪雯婷浩宇泽睿晨曦昕彤瑶瑞嘉佳俊杰鑫淼森雨雪薇蕾菲蓉莉娜娟霞燕琴红军伟磊强勇刚鹏飞辉斌波涛亮超萍丹"
    "玲芳敏静丽艳秀英桂兰珍凤淑惠琼碧素富贵荣华昌盛旺福寿奕芷紫语墨诗晓倩洁莹慧颖璐楠博弘毅哲翰沐皓铭锦煜烨熙凯恒恩"
)
_MODERN_POINTS = 1.0
_ENTRY = re.compile(r"^([\u4e00-\u9fff]+) (\d+) (\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """`surname`, `middle`, `last`, `single`: for each character, how much it speaks for that part of a name; `gain` is
    the better of what may follow a surname.

    `words` are everyday words of two and three characters that begin with a surname or could cross a name's edges.
    """

    surname: dict[str, float]
    middle: dict[str, float]
    last: dict[str, float]
    single: dict[str, float]
    gain: dict[str, float]
    words: frozenset[str]


@cache
def load_likelihoods() -> Likelihoods:
    """Read once in a process; about a third of a second."""
    surnames: Counter[str] = Counter()
    middles: Counter[str] = Counter()
    lasts: Counter[str] = Counter()
    singles: Counter[str] = Counter()
    text: Counter[str] = Counter()
    words = []
    for word, count, tag in _ENTRY.findall((files("jieba") / "dict.txt").read_text(encoding="utf-8")):
        length = len(word)
        if tag.startswith("nr"):
            if tag == "nr" and word[0] in SURNAMES and length in (2, 3):
                surnames[word[0]] += 1
                if length == 3:
                    middles[word[1]] += 1
                    lasts[word[2]] += 1
                else:
                    singles[word[1]] += 1
            continue
        times = int(count)
        for character in word:
            text[character] += times
        if length in (2, 3) and times >= _RARE_WORD:
            words.append(word)
    total = text.total()

    def ratios(names: Counter[str]) -> dict[str, float]:
        size = names.total()
        return {
            c: math.log((names[c] + _PRIOR_NAMES) / size)
            - math.log((text[c] + _PRIOR_TEXT) / total)
            + (_MODERN_POINTS if c in _MODERN else 0.0)
            for c in {*names, *text}
        }

    middle, single = ratios(middles), ratios(singles + lasts)
    return Likelihoods(
        surname=ratios(surnames),
        middle=middle,
        last=ratios(lasts),
        # few names of two characters are listed: those of three lend their last
        single=single,
        gain={c: max(points, single.get(c, points)) for c, points in middle.items()},
        words=frozenset(words),
    )

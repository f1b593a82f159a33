"""How common a word is in general Chinese, from the dictionary that comes with jieba."""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import log
from pathlib import Path

# Names of persons, numbers, times, pronouns and function words never become keywords, so they are not kept.
_KEPT_TAGS = frozenset({"n", "ns", "nt", "nz", "v", "vn", "a", "an", "i", "l", "j", "b", "vd", "f", "s"})
_NOMINAL_TAGS = frozenset({"n", "ns", "nt", "nz", "vn", "an", "j"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`rarity` is -ln of a word's share of running text (2 = very common, 17 = hardly seen), for words of two
    characters and more that carry meaning; `nominal` are those that name a thing or a matter."""

    rarity: dict[str, float]
    nominal: frozenset[str]


@cache
def load_vocabulary() -> Vocabulary:
    """Read jieba's dictionary once (0.5 s); its digest is part of jieba's version, so it needs none of its own."""
    counts: dict[str, int] = {}
    nominal: list[str] = []
    total = 0
    # not importlib.resources: that would import jieba, which the Rust engine does without
    package = find_spec("jieba")
    assert package is not None and package.origin is not None
    with (Path(package.origin).parent / "dict.txt").open(encoding="utf-8") as file:
        for line in file:
            word, count, tag = line.split()
            total += int(count)
            if len(word) > 1 and tag in _KEPT_TAGS:
                counts[word] = int(count)
                if tag in _NOMINAL_TAGS:
                    nominal.append(word)
    return Vocabulary({word: log(total / count) for word, count in counts.items()}, frozenset(nominal))

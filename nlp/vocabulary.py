"""How common a word is in general Chinese, from the dictionary that comes with jieba."""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import compress
from math import log
from operator import and_
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
    """Read jieba's dictionary once; its digest is part of jieba's version, so it needs none of its own.

    350,000 lines, and no Python is run for each: it takes a quarter of a second.
    """
    # not importlib.resources: that would import jieba, which the Rust engine does without
    package = find_spec("jieba")
    assert package is not None and package.origin is not None
    # lines of word, count, tag
    fields = (Path(package.origin).parent / "dict.txt").read_text(encoding="utf-8").split()
    words, counts, tags = fields[::3], list(map(int, fields[1::3])), fields[2::3]
    total = sum(counts)
    rarity_of_count = {count: log(total / count) for count in set(counts)}
    long = list(map((1).__lt__, map(len, words)))
    kept = list(map(and_, long, map(_KEPT_TAGS.__contains__, tags)))
    rarities = map(rarity_of_count.__getitem__, compress(counts, kept))
    nominal = compress(words, map(and_, long, map(_NOMINAL_TAGS.__contains__, tags)))
    return Vocabulary(dict(zip(compress(words, kept), rarities, strict=True)), frozenset(nominal))

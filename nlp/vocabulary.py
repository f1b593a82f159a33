"""How common a word is in general Chinese, from the dictionary that comes with jieba."""

from collections.abc import Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from math import log
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import Flags, Hashes, HashTable, Numbers, code_points, hash_spans, hash_words

# Names of persons, numbers, times, pronouns and function words never become keywords, so they are not kept.
_KEPT_TAGS = frozenset({"n", "ns", "nt", "nz", "v", "vn", "a", "an", "i", "l", "j", "b", "vd", "f", "s"})
_NOMINAL_TAGS = frozenset({"n", "ns", "nt", "nz", "vn", "an", "j"})
_SPACE, _ZERO = 32, ord("0")


class Vocabulary:
    """The words of two characters and more that carry meaning, in the order of the dictionary. One that
    stands there twice is known by its first place.

    `rarities` are -ln of each word's share of running text (2 = very common, 17 = hardly seen), `nominal` says which of
    them name a thing or a matter, `hashes` are those of `nlp.hashing`. A word is known by its place in these arrays:
    made into strings and dictionaries they would cost every start of the program half a second.
    """

    def __init__(self, text: str, starts: Numbers, ends: Numbers, counts: Numbers, nominal: Flags, total: int) -> None:
        self._text = text
        codes = code_points(text)
        self._starts, self._ends, self.hashes = starts, ends, hash_spans(codes, starts, ends - starts)
        # to read single numbers, a view is quicker than the array
        self._begins, self._stops = memoryview(starts.data), memoryview(ends.data)
        self.rarities, self.nominal = _rarities(counts, total), nominal
        self._table = HashTable(self.hashes)
        capitals = np.flatnonzero((codes >= ord("A")) & (codes <= ord("Z")))
        lines = self._starts.searchsorted(capitals, side="right") - 1
        self._capital = np.unique(lines[(lines >= 0) & (capitals < self._ends[lines])])

    def __len__(self) -> int:
        return len(self.hashes)

    def word(self, place: int) -> str:
        return self._text[self._begins[place] : self._stops[place]]

    @property
    def small_hashes(self) -> Hashes:
        """The `hashes` of the words in small letters."""
        hashes = self.hashes.copy()
        hashes[self._capital] = hash_words([self.word(place).lower() for place in self._capital.tolist()])
        return hashes

    def find(self, hashes: Hashes) -> Numbers:
        """The places of words by their hashes, -1 for what is not known. Two words of one hash can be made on purpose:
        whoever shows a word looks whether it is that one."""
        return self._table.find(hashes)

    def places(self, words: Sequence[str]) -> Numbers:
        """The places of `words`, -1 for those not known."""
        found: Numbers = np.full(len(words), -1, dtype=np.int64)
        asked = [number for number, word in enumerate(words) if word]
        places = self.find(hash_words([words[number] for number in asked])).tolist()
        for number, place in zip(asked, places, strict=True):
            if place >= 0 and self.word(place) == words[number]:
                found[number] = place
        return found

    def rarities_of(self, words: Sequence[str], unknown: float) -> list[float]:
        """The same as rarities; `unknown` for those not known."""
        places = self.places(words)
        rarities: list[float] = np.where(places < 0, unknown, self.rarities[places]).tolist()
        return rarities

    @cached_property
    def rarity(self) -> dict[str, float]:
        """All words with their rarity: for work that takes longer than making these strings."""
        words = map(self._text.__getitem__, map(slice, self._starts.tolist(), self._ends.tolist()))
        return dict(zip(words, self.rarities.tolist(), strict=True))


class Lines(NamedTuple):
    """jieba's dictionary as it is written, in `codes` too: each line is a word, its count, its tag."""

    text: str
    codes: NDArray[np.uint32]
    starts: Numbers
    word_ends: Numbers
    count_ends: Numbers
    line_ends: Numbers
    counts: Numbers


def read_dictionary() -> Lines:
    """Some 350,000 lines, and no Python is run for each: it takes a tenth of a second."""
    # not importlib.resources: that would import jieba, which the Rust engine does without
    package = find_spec("jieba")
    assert package is not None and package.origin is not None
    text = (Path(package.origin).parent / "dict.txt").read_text(encoding="utf-8")
    codes = code_points(text)
    word_ends, count_ends, line_ends = np.flatnonzero(codes <= _SPACE).reshape(-1, 3).T
    starts = np.append(0, line_ends[:-1] + 1)
    return Lines(text, codes, starts, word_ends, count_ends, line_ends, _read_numbers(codes, count_ends))


@cache
def load_vocabulary() -> Vocabulary:
    """Read jieba's dictionary once; its digest is part of jieba's version, so it needs none of its own."""
    lines = read_dictionary()
    text, codes, starts, word_ends = lines.text, lines.codes, lines.starts, lines.word_ends
    counts = lines.counts
    tags = _tag_numbers(codes, lines.count_ends, lines.line_ends)
    long = word_ends - starts > 1
    kept = np.flatnonzero(long & np.isin(tags, list(map(_tag_number, _KEPT_TAGS))))
    nominal = np.isin(tags[kept], list(map(_tag_number, _NOMINAL_TAGS)))
    return Vocabulary(text, starts[kept], word_ends[kept], counts[kept], nominal, int(counts.sum()))


def _read_numbers(codes: NDArray[np.uint32], ends: Numbers) -> Numbers:
    """The decimal numbers that end right before `ends`, behind white space."""
    numbers = np.zeros(len(ends), dtype=np.int64)
    asked, at, worth = np.arange(len(ends)), ends - 1, 1
    while len(asked):
        digits = codes[at].astype(np.int64)
        inside = digits > _SPACE
        asked, at = asked[inside], at[inside]
        numbers[asked] += (digits[inside] - _ZERO) * worth
        at, worth = at - 1, worth * 10
    return numbers


def _tag_number(tag: str) -> int:
    return ord(tag[0]) << 8 | (ord(tag[1]) if len(tag) > 1 else 0)


def _tag_numbers(codes: NDArray[np.uint32], count_ends: Numbers, line_ends: Numbers) -> Numbers:
    """`_tag_number` of the tags of one and two letters, 0 for longer ones."""
    lengths = line_ends - count_ends - 1
    numbers = codes[count_ends + 1].astype(np.int64) << 8
    two = lengths == 2
    numbers[two] |= codes[count_ends[two] + 2]
    numbers[lengths > 2] = 0
    return numbers


def _rarities(counts: Numbers, total: int) -> NDArray[np.float64]:
    """By Python's logarithm: what is learnt from it shall be the same on every machine, to the bit."""
    by_count = np.zeros(int(counts.max(initial=0)) + 1)
    present = np.flatnonzero(np.bincount(counts))
    by_count[present] = [log(total / count) for count in present.tolist()]
    return by_count[counts]

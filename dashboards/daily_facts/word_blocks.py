"""Which words do how many persons say? Adds up blocks of cases: of a day, a county and a first-level topic. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dashboards.daily_facts.fact_columns import Numbers, decode, encode

# What a case may be chosen by within a block.
CODED = ("topic", "region", "department", "channel", "appeal_type", "tone")
_OF_CASES = ("person", *CODED, "length")
# All columns of a block: of each case one number, then the words of all one after the other.
BLOCK_COLUMNS = (*_OF_CASES, "words")
# A mention is one number: 38 bits of the person's key, mixed (the golden ratio, as hash tables do), and the word, of
# which there may be 67 million. Two of ten thousand persons are taken for one on one page of five thousand.
_WORD_BITS = np.uint64(26)
_WORD = np.uint64((1 << 26) - 1)
_MIX = np.uint64(0x9E37_79B9_7F4A_7C15)


@dataclass(frozen=True, slots=True)
class WordCase:
    """A case: the key of its writer in 64 bits, the numbers of CODED, and its words as numbers."""

    person: int
    codes: tuple[int, ...]
    words: Sequence[int]


@dataclass(frozen=True, slots=True)
class Block:
    """`columns` by name, encoded; `words` is empty where no case has any."""

    day: date
    size: int
    columns: Mapping[str, bytes]

    def __getitem__(self, name: str) -> Numbers:
        column = decode(self.columns[name], self.size)
        if isinstance(column, int):
            return np.full(self.size, column)
        return column.view(np.uint8) if column.dtype == np.bool_ else column

    def choose(self, wanted: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """Of each case whether `wanted` (of each number of a column whether; the last of all larger ones) lets it
        through."""
        keep = np.ones(self.size, np.bool_)
        for name, table in wanted.items():
            keep &= table.take(self[name], mode="clip")
        return keep


# Each person and word once, in order.
Mentions: TypeAlias = NDArray[np.uint64]


class WordPersons(NamedTuple):
    """How many persons say each of `words` now, before, and in both together."""

    words: NDArray[np.int64]
    now: NDArray[np.int64]
    before: NDArray[np.int64]
    either: NDArray[np.int64]


def pack(cases: Sequence[WordCase]) -> dict[str, bytes]:
    """The columns of a block of at least one case. Raises `ValueError` for a word beyond 67 million."""
    rows = [(case.person, *case.codes, len(case.words)) for case in cases]
    columns = np.array(rows, np.int64).T
    packed = {name: encode(column) for name, column in zip(_OF_CASES, columns, strict=True)}
    words = np.array([word for case in cases for word in case.words], np.int64)
    if words.max(initial=0) > int(_WORD):
        raise ValueError("more words than a mention has room for")
    return packed | {"words": encode(words) if len(words) else b""}


def take_newest(blocks: Iterable[Block], enough: int, wanted: Mapping[str, NDArray[np.bool_]]) -> tuple[Mentions, int]:
    """What the cases say that `wanted` lets through, day by day from the first block on until a day makes them
    `enough`; and how many they are. Blocks of a day follow each other."""
    mentions: list[Mentions] = []
    cases = 0
    for _, of_day in groupby(blocks, key=lambda block: block.day):
        for block in of_day:
            said, chosen = _choose(block, wanted)
            mentions.append(said)
            cases += chosen
        if cases >= enough:
            break
    return _each_once(mentions), cases


def compare(now: Mentions, before: Mentions) -> WordPersons:
    """Of every word that is said in either period."""
    both = _each_once([now, before])
    size = int(words_of(both).max(initial=0)) + 1
    counts = [np.bincount(words_of(part), minlength=size) for part in (now, before, both)]
    words = np.flatnonzero(counts[2])
    return WordPersons(words, *(count[words] for count in counts))


def words_of(mentions: Mentions) -> NDArray[np.int64]:
    """The word of each."""
    return (mentions & _WORD).astype(np.int64)


def _choose(block: Block, wanted: Mapping[str, NDArray[np.bool_]]) -> tuple[Mentions, int]:
    """The mentions of a block, and how many cases they are from."""
    keep = block.choose(wanted)
    chosen = int(keep.sum())
    lengths = block["length"].astype(np.int64)
    total = int(lengths.sum())
    if not chosen or not total:
        return np.empty(0, np.uint64), chosen
    persons = block["person"].astype(np.int64).view(np.uint64) * _MIX >> _WORD_BITS << _WORD_BITS
    words = np.asarray(decode(block.columns["words"], total)).astype(np.uint64)
    said: Mentions = np.bitwise_or(np.repeat(persons, lengths), words, dtype=np.uint64)
    return said if chosen == block.size else said[np.repeat(keep, lengths)], chosen


def _each_once(mentions: Sequence[Mentions]) -> Mentions:
    together = np.concatenate(mentions) if mentions else np.empty(0, np.uint64)
    together.sort()
    first = np.ones(len(together), np.bool_)
    first[1:] = together[1:] != together[:-1]
    return together[first]

"""Words as numbers of 64 bits: the same word, the same number, on every machine. Array operations only."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]
Numbers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

# Odd numbers with well spread bits. Whoever changes them makes every artifact useless: raise `features.VERSION`.
MIX, STEP, SPREAD = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
_WORD_SALT = np.uint64(0x165667B19E3779F9)
_POWERS = np.array([pow(int(STEP), i, 2**64) for i in range(64)], dtype=np.uint64)


def code_points(text: str) -> NDArray[np.uint32]:
    """The characters as numbers; halves of characters too. Read-only."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def scatter(codes: NDArray[np.uint32]) -> Hashes:
    """Each character by itself; `hash_tokens` and `nlp.ngrams.characters` put them together."""
    mixed = codes.astype(np.uint64) * MIX
    return mixed ^ (mixed >> np.uint64(29))


def hash_tokens(codes: NDArray[np.uint32], starts: Numbers) -> Hashes:
    """A hash for each of the tokens that begin at `starts` and go on to the next; none is empty. The leading bits are
    the good ones."""
    ends = np.full_like(starts, len(codes))
    ends[:-1] = starts[1:]
    offsets = np.arange(len(codes)) - starts.repeat(ends - starts)
    return (np.add.reduceat(scatter(codes) * _POWERS[offsets & 63], starts) + _WORD_SALT) * SPREAD


def hash_spans(codes: NDArray[np.uint32], starts: Numbers, lengths: Numbers) -> Hashes:
    """The same for some of them: those that begin at `starts` and are so long."""
    if not len(starts):
        return np.empty(0, dtype=np.uint64)
    begins = np.cumsum(lengths) - lengths
    inside = np.arange(int(lengths.sum())) + (starts - begins).repeat(lengths)
    return hash_tokens(codes[inside], begins)


def hash_words(words: Sequence[str]) -> Hashes:
    """The same for words of their own; none is empty."""
    if not words:
        return np.empty(0, dtype=np.uint64)
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    return hash_tokens(code_points("".join(words)), np.cumsum(lengths) - lengths)


class HashTable:
    """Finds hashes among known ones, whole arrays at once: hundreds of thousands of strings do not fit the cache."""

    # so many leading bits of a hash lead to where it would stand among the sorted ones
    _LEADING = 18

    def __init__(self, hashes: Hashes) -> None:
        self._order = np.argsort(hashes, kind="stable")
        ordered = hashes[self._order]
        # behind the last one stands what is equal to none
        self._hashes = np.append(ordered, np.uint64(2**64 - 1))
        leading = (ordered >> self._shift).astype(np.int64)
        counts = np.bincount(leading, minlength=1 << self._LEADING)
        self._first = np.cumsum(counts) - counts

    @property
    def _shift(self) -> np.uint64:
        return np.uint64(64 - self._LEADING)

    def find(self, hashes: Hashes) -> Numbers:
        """The place of each in the array that was given, -1 for what is none of it; of equal ones the first."""
        at = self._first[(hashes >> self._shift).astype(np.int64)]
        asked = np.flatnonzero(self._hashes[at] < hashes)
        while len(asked):
            at[asked] += 1
            asked = asked[self._hashes[at[asked]] < hashes[asked]]
        found = self._hashes[at] == hashes
        found &= at < len(self._order)
        places: Numbers = np.full(len(at), -1, dtype=np.int64)
        places[found] = self._order[at[found]]
        return places

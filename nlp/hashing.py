"""Words as numbers of 64 bits: the same word, the same number, on every machine. Array operations only."""

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]
Numbers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

# Odd numbers with well spread bits. Whoever changes them makes every artifact useless: raise the `VERSION` of
# `nlp.topics.features` and of `nlp.tone.grams`.
MIX, STEP, SPREAD = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
_WORD_SALT = np.uint64(0x165667B19E3779F9)
# So many characters are hashed at once by running sums, longer texts slowly.
_LONG = 1 << 18
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
    the good ones.

    The sum over a token of its characters, each times a power of its place in it: that is the difference of two running
    sums, divided by the power of where it begins, and that is to multiply by the inverse of an odd number.
    """
    lengths = np.full_like(starts, len(codes))
    lengths[:-1] = starts[1:]
    lengths -= starts
    if len(codes) > _LONG or (len(lengths) and int(lengths.max()) > len(_POWERS)):
        return _hash_slowly(codes, starts, lengths)
    powers, inverses = _running_powers()
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    (scatter(codes) * powers[: len(codes)]).cumsum(out=sums[1:])
    hashes: Hashes = sums[starts + lengths] - sums[starts]
    hashes *= inverses[starts]
    hashes += _WORD_SALT
    hashes *= SPREAD
    return hashes


def _hash_slowly(codes: NDArray[np.uint32], starts: Numbers, lengths: Numbers) -> Hashes:
    """The same for any length; the powers begin again after so many characters of a token."""
    offsets = np.arange(len(codes)) - starts.repeat(lengths)
    return (np.add.reduceat(scatter(codes) * _POWERS[offsets & 63], starts) + _WORD_SALT) * SPREAD


@cache
def _running_powers() -> tuple[Hashes, Hashes]:
    """The powers of `STEP`, and of its inverse."""
    steps = (int(STEP), pow(int(STEP), -1, 2**64))
    powers, inverses = (np.full(_LONG, step, dtype=np.uint64) for step in steps)
    powers[0] = inverses[0] = 1
    return np.multiply.accumulate(powers), np.multiply.accumulate(inverses)


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
        stands = self._hashes[at]
        asked = (stands < hashes).nonzero()[0]
        while len(asked):
            further = at[asked] + 1
            here = self._hashes[further]
            at[asked], stands[asked] = further, here
            asked = asked[here < hashes[asked]]
        found = (stands == hashes) & (at < len(self._order))
        places: Numbers = np.full(len(at), -1, dtype=np.int64)
        places[found] = self._order[at[found]]
        return places

"""Which cases have the most in common with some words? Lists of cases for a word, packed, and the sum over such lists.

A block holds up to `BLOCK` cases of one word: their numbers (4 bytes each), then the weights of the word in them (1
byte each). The lists of two dozen words are summed up whole, some hundred thousand entries in a few milliseconds: so
nothing is guessed from the tops of lists, where a case that shares many middling words would be in none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.alike.telling import KEPT

# 8,000 bytes: a row of one page in the database.
BLOCK = 1600
_BYTES = 5
# Weights of 0..1 in steps of 1/250: a sum of 24 products is wrong by less than .01, and the best are compared exactly.
_STEPS = 250
# A first, rough sum is kept by the last bits of a number; cases that share them add up, so none is valued too low.
_SLOTS = 1 << 18


@dataclass(frozen=True, slots=True)
class Postings:
    """Cases and the weight of one word in each, in steps."""

    cases: NDArray[np.uint32]
    steps: NDArray[np.uint8]


def postings(cases: Sequence[int] | NDArray[np.int64], weights: Sequence[float] | NDArray[np.float64]) -> Postings:
    """`weights` 0..1. Raises `OverflowError` for a number of more than 32 bits."""
    steps = np.clip(np.rint(np.asarray(weights, dtype=np.float64) * _STEPS), 0, 255).astype(np.uint8)
    return Postings(np.array(cases, dtype=np.uint32), steps)


def unpack(blocks: Iterable[bytes]) -> Postings:
    """What several blocks hold together."""
    parts = [(block, len(block) // _BYTES) for block in blocks]
    if not parts:
        return Postings(np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint8))
    return Postings(
        np.concatenate([np.frombuffer(block, "<u4", count) for block, count in parts]),
        np.concatenate([np.frombuffer(block, np.uint8, count, 4 * count) for block, count in parts]),
    )


def pack(lists: Iterable[Postings]) -> list[bytes]:
    """One list of several, in blocks, the heaviest first and of equal ones the newest. A case that is in several lists
    is packed once, as the first says."""
    given = list(lists)
    cases, first = np.unique(np.concatenate([one.cases for one in given]), return_index=True)
    steps = np.concatenate([one.steps for one in given])[first]
    # ascending numbers, turned round: of equal weights the newest comes first
    order = np.argsort(steps, kind="stable")[::-1]
    cases, steps = cases[order].astype("<u4"), steps[order]
    return [
        cases[start : start + BLOCK].tobytes() + steps[start : start + BLOCK].tobytes()
        for start in range(0, len(cases), BLOCK)
    ]


def best_cases(lists: Iterable[tuple[float, Postings]], most: int) -> list[int]:
    """`lists` are (weight of a word in the letter, cases with the word). The `most` cases whose summed products are the
    largest, the largest first, of equal ones the newest; by rounded weights, so to be compared exactly."""
    given = [(weight, one) for weight, one in lists if len(one.cases)]
    if not given:
        return []
    # list by list: what is worked on stays small, which is three times as fast as all at once
    rough = np.zeros(_SLOTS, dtype=np.float32)
    slots = [(one.cases & np.uint32(_SLOTS - 1)).astype(np.intp) for _, one in given]
    products = [one.steps * np.float32(weight) for weight, one in given]
    for at, product in zip(slots, products, strict=True):
        np.add.at(rough, at, product)
    valued = np.concatenate([rough[at] for at in slots])
    # a case has a place for each of its words: so many places hold at least `most` cases
    places = min(most * KEPT, len(valued))
    promising = np.flatnonzero(valued >= np.partition(valued, -places)[-places])
    found, rows = np.unique(np.concatenate([one.cases for _, one in given])[promising], return_inverse=True)
    sums = np.bincount(rows, np.concatenate(products)[promising])
    # ascending numbers, turned round: of equal sums the newest comes first
    ranked: list[int] = found[np.argsort(sums, kind="stable")[::-1][:most]].tolist()
    return ranked

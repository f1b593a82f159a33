"""Which stretches of a text are read for an alarm, and what stands in them: clauses, alone and with their neighbours.

An alarm in the middle of a long letter is a sentence or two. Whoever reads the letter as a whole does not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]
Slots: TypeAlias = NDArray[np.uint32]
Floats: TypeAlias = NDArray[np.float32]

# Runs of one, two and three characters, hashed to so many bits.
BITS = 18
_SIZES = 3
_STEP, _SPREAD = np.uint32(0x85EBCA6B), np.uint32(0x9E3779B1)
# So many neighbouring clauses are read together.
SPANS = (2, 4, 6)
# A clause ends with these. What is not in the first plane is no end.
_ENDS = np.zeros(1 << 16, dtype=np.bool_)
_ENDS[[ord(c) for c in "。！？!?；;，,\n…~～"]] = True
# A window of few characters says little: its score is damped as if it had so many more.
DAMPING = 4.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The characters of texts one after the other, a line break after each. `starts` are the clauses, `rows` the text
    that each belongs to, `offsets` where each text begins."""

    codes: NDArray[np.uint32]
    starts: Numbers
    rows: Numbers
    offsets: Numbers

    @property
    def ends(self) -> Numbers:
        return np.append(self.starts[1:], len(self.codes))


def lay_out(texts: Sequence[str]) -> Layout:
    return cut(code_points("".join([f"{text}\n" for text in texts])), [len(text) + 1 for text in texts])


def cut(codes: NDArray[np.uint32], lengths: Sequence[int]) -> Layout:
    """`lengths` are those of the texts, each with its line break."""
    ends = _ENDS[np.minimum(codes, np.uint32(0xFFFF))]
    ends[:-1] &= ~ends[1:]  # of several marks in a row only the last ends the clause
    begins = np.zeros(len(codes), dtype=np.bool_)
    begins[1:] = ends[:-1]
    offsets = np.cumsum([0, *lengths[:-1]], dtype=np.int64)
    begins[offsets] = True
    starts = np.flatnonzero(begins)
    return Layout(codes, starts, np.searchsorted(offsets, starts, side="right") - 1, offsets)


def code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def slots(codes: NDArray[np.uint32]) -> list[Slots]:
    """For each size the hash of the run of characters that begins at each place, as long as it fits."""
    mixed = codes * _SPREAD
    running = mixed
    found = [_fold(running)]
    for size in range(1, _SIZES):
        running = running[:-1] * _STEP + (mixed[size:] ^ np.uint32(size))
        found.append(_fold(running))
    return found


def weigh(found: Sequence[Slots], table: NDArray[Any], length: int) -> NDArray[Any]:
    """The sum of what `table` says of all runs that begin at each place."""
    total = table[found[0]]
    for runs in found[1:]:
        total[: len(runs)] += table[runs]
    return total[:length]


def damped(sums: NDArray[Any], lengths: Numbers) -> NDArray[Any]:
    """Sums over windows made comparable between short and long ones."""
    root = np.sqrt(lengths + np.float32(DAMPING)).astype(np.float32)
    made: NDArray[Any] = sums / (root if sums.ndim == 1 else root[:, None])
    return made


def spans_of(layout: Layout) -> tuple[Numbers, Numbers, Numbers]:
    """All windows: the first clause of each, the clause behind its last, and its row. None crosses a text: towards the
    end of one they grow shorter."""
    count = len(layout.starts)
    first = np.arange(count)
    row_stops = np.searchsorted(layout.rows, np.arange(len(layout.offsets)), side="right")[layout.rows]
    stops = [np.minimum(first + span, row_stops) for span in SPANS]
    return np.tile(first, len(SPANS)), np.concatenate(stops), np.tile(layout.rows, len(SPANS))


def _fold(running: NDArray[np.uint32]) -> Slots:
    return (running * _SPREAD) >> np.uint32(32 - BITS)

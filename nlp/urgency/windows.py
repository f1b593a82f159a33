"""Which stretches of a text are read for an alarm, and what stands in them: clauses, alone and with their neighbours.

An alarm in the middle of a long letter is a sentence or two. Whoever reads the letter as a whole does not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.uint32]
Floats: TypeAlias = NDArray[np.float32]

VERSION = "windows/4"
# Runs of one to four characters, hashed to so many bits.
BITS = 20
SIZES = 4
# Of this hash nothing is learnt.
NOWHERE = np.uint32(0)
_BREAK = ord("\n")
_STEP, _SPREAD = np.uint32(0x85EBCA6B), np.uint32(0x9E3779B1)
# So many neighbouring clauses are read together; a text of few clauses is read as a whole: what makes an alarm of it,
# or none (a film, a thank-you), may stand in any of them.
SPANS = (3, 6)
WHOLE = 6
# A clause ends with these. What is not in the first plane is no end.
_ENDS = np.zeros(1 << 16, dtype=np.bool_)
_ENDS[[ord(c) for c in "。！？!?；;，,\n…~～"]] = True
# A window of few characters says little: its score is damped as if it had so many more.
DAMPING = 4.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The characters of texts one after the other, a line break after each; capital ASCII letters have become small.
    `starts` are the clauses, `rows` the text that each belongs to, `offsets` where each text begins."""

    codes: Codes
    starts: Numbers
    rows: Numbers
    offsets: Numbers

    @property
    def bounds(self) -> Numbers:
        """Where each clause begins, and where the last one ends."""
        return np.append(self.starts, len(self.codes))


def lay_out(texts: Sequence[str]) -> Layout:
    codes = np.frombuffer("".join([f"{t}\n" for t in texts]).encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    codes[(codes >= ord("A")) & (codes <= ord("Z"))] += 32
    return cut(codes, [len(text) + 1 for text in texts])


def cut(codes: Codes, lengths: Sequence[int]) -> Layout:
    """`lengths` are those of the texts, each with its line break."""
    ends = _ENDS[np.minimum(codes, np.uint32(0xFFFF))]
    begins = np.empty(len(codes), dtype=np.bool_)
    begins[0] = True
    np.greater(ends[:-1], ends[1:], out=begins[1:])  # of several marks in a row only the last ends the clause
    offsets = np.zeros(len(lengths), dtype=np.int64)
    np.cumsum(lengths[:-1], out=offsets[1:])
    begins[offsets] = True
    starts = begins.nonzero()[0]
    return Layout(codes, starts, offsets.searchsorted(starts, side="right") - 1, offsets)


def slots(codes: Codes) -> list[Codes]:
    """For each size the hash of the run of characters that begins at each place, as long as it fits; `NOWHERE` for one
    with a line break in it, so that no text depends on what stands behind it."""
    mixed = codes * _SPREAD
    running = mixed
    found = [_fold(running)]
    for size in range(1, SIZES):
        running = running[:-1] * _STEP + (mixed[size:] ^ np.uint32(size))
        found.append(_fold(running))
    breaks = (codes == _BREAK).nonzero()[0]
    for size, runs in enumerate(found):
        for step in range(size + 1):
            at = breaks - step
            runs[at[(at >= 0) & (at < len(runs))]] = NOWHERE
    return found


def weigh(found: Sequence[Codes], table: Floats) -> Floats:
    """The sum of what `table` says of all runs that begin at each place."""
    total: Floats = table.take(found[0])
    for runs in found[1:]:
        total[: len(runs)] += table.take(runs)
    return total


def damped(sums: NDArray[Any], lengths: Numbers) -> NDArray[Any]:
    """Sums over windows made comparable between short and long ones."""
    root = np.sqrt(lengths + np.float32(DAMPING)).astype(np.float32)
    made: NDArray[Any] = sums / (root if sums.ndim == 1 else root[:, None])
    return made


def spans_of(layout: Layout) -> tuple[Numbers, Numbers]:
    """All windows: the first clause of each and the clause behind its last; by span, then by first clause. None crosses
    a text: towards the end of one they grow shorter. Those of a text of few clauses are all the whole text."""
    count = len(layout.starts)
    edges = layout.starts.searchsorted(np.append(layout.offsets, len(layout.codes)))
    begins, ends = edges[layout.rows], edges[layout.rows + 1]
    few = ends - begins <= WHOLE
    first = np.where(few, begins, np.arange(count))
    stops = [np.where(few, ends, np.minimum(first + span, ends)) for span in SPANS]
    return np.tile(first, len(SPANS)), np.concatenate(stops)


def _fold(running: Codes) -> Codes:
    return (running * _SPREAD) >> np.uint32(32 - BITS)

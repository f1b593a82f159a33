"""Where the sentences and clauses of a batch of documents lie: array operations instead of objects."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.document import Document
from nlp.hashing import Flags, Numbers, code_points

_BREAKS = "，。！？；：,.!?;:…~～、 \n"
_PLANE = 1 << 16
_SHOUTS = np.array([ord("！"), ord("!")], dtype=np.uint32)
_QUESTIONS = np.array([ord("？"), ord("?")], dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The texts one after the other, each with a line break behind it. `starts` says where each begins, `breaks` are
    the places of all punctuation in ascending order: two places with the same `clause` have none between them."""

    codes: NDArray[np.uint32]
    small: NDArray[np.uint16]
    starts: Numbers
    breaks: Numbers

    def clause(self, places: Numbers) -> Numbers:
        return np.searchsorted(self.breaks, places)

    def clause_start(self, clauses: Numbers) -> Numbers:
        before = self.breaks[np.maximum(clauses - 1, 0)] + 1
        return np.where(clauses > 0, before, 0)

    def clause_end(self, clauses: Numbers) -> Numbers:
        return self.breaks[np.minimum(clauses, len(self.breaks) - 1)]

    def asks(self, clauses: Numbers) -> Flags:
        """Whether a clause ends as a question does."""
        ends = self.clause_end(clauses)
        marked = np.isin(self.codes[ends], _QUESTIONS)
        found: Flags = marked | (self.small[np.maximum(ends - 1, 0)] == ord("吗"))
        return found

    def shouts(self) -> Numbers:
        """Exclamation marks by document."""
        return self._count(_SHOUTS)

    def questions(self) -> Numbers:
        """Question marks by document."""
        return self._count(_QUESTIONS)

    def _count(self, marks: NDArray[np.uint32]) -> Numbers:
        places = self.breaks[np.isin(self.codes[self.breaks], marks)]
        rows = np.searchsorted(self.starts, places, side="right") - 1
        return np.bincount(rows, minlength=len(self.starts)).astype(np.int64)


def lay_out(documents: Sequence[Document]) -> LaidOut:
    """At least one document."""
    codes = code_points("".join([f"{document.text}\n" for document in documents]))
    lengths = np.array([len(document.text) + 1 for document in documents], dtype=np.int64)
    small = np.minimum(codes, _PLANE - 1).astype(np.uint16)
    return LaidOut(codes, small, np.cumsum(lengths) - lengths, np.flatnonzero(_IS_BREAK[small]))


def flags(characters: str) -> Flags:
    """A table by character: which of the first 65,536 are among `characters`."""
    table = np.zeros(_PLANE, dtype=np.bool_)
    table[[ord(character) for character in characters]] = True
    return table


_IS_BREAK = flags(_BREAKS)

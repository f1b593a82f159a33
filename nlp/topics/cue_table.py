"""Cue evidence as numbers: how loudly each phrase is said, times how strongly it speaks for each class."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.department import Topic
from nlp.document import Document
from nlp.topics.cue_evidence import CueEvidence
from nlp.topics.sparse_rows import SparseRows

# What speaks for the topic itself, and what speaks for the topic above it.
KINDS = 2
Table: TypeAlias = NDArray[np.float32]


class CueTable:
    """The phrases of `evidence` as columns. Classes that are no topic of the city have no evidence, ever."""

    def __init__(self, evidence: CueEvidence, topics: Sequence[Topic], classes: Sequence[str]) -> None:
        self.phrases = evidence.phrases
        self._evidence = evidence
        self._columns = {phrase: column for column, phrase in enumerate(self.phrases)}
        above = {topic.code: topic.parent_code for topic in topics}
        self.kinds: tuple[Table, Table] = (self._table(classes), self._table([above.get(code) for code in classes]))

    def rows(self, documents: Sequence[Document]) -> SparseRows:
        """How loudly each phrase is said: documents × phrases."""
        rows, columns, loudness = self._evidence.said(documents)
        ends = np.searchsorted(rows, np.arange(len(documents) + 1)).astype(np.int32)
        shape = len(documents), len(self.phrases)
        return SparseRows(loudness.astype(np.float32), columns.astype(np.int32), ends, shape)

    def evidence(self, documents: Sequence[Document]) -> tuple[Table, Table]:
        """Evidence of both kinds: documents × classes each."""
        said = self.rows(documents)
        return said @ self.kinds[0], said @ self.kinds[1]

    def blend(self, weights: Sequence[float]) -> Table:
        """Phrases × classes, with what a unit of each kind of evidence adds to a class."""
        return np.float32(weights[0]) * self.kinds[0] + np.float32(weights[1]) * self.kinds[1]

    def _table(self, classes: Sequence[str | None]) -> Table:
        table = np.zeros((len(self.phrases), len(classes)), dtype=np.float32)
        places: dict[str | None, list[int]] = {}
        for place, code in enumerate(classes):
            places.setdefault(code, []).append(place)
        for phrase, weights in self._evidence.weights.items():
            for code, weight in weights:
                for place in places.get(code, ()):
                    table[self._columns[phrase], place] = weight
        return table

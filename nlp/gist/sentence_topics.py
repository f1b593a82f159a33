"""How strongly each sentence speaks for each first-level topic, by the cue words of the city's topics.

Array operations over a whole batch: summaries and matters ask this of every letter.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.cue_places import Wanted
from nlp.gist.sentences import Sentences
from nlp.topics.cue_evidence import CueEvidence

Evidence = NDArray[np.float64]
_EXACT = 2.0**20


class SentenceTopics:
    """`parents` are the codes of the first-level topics, the columns of what `read` returns."""

    def __init__(self, evidence: CueEvidence, parents: Sequence[str]) -> None:
        self.parents = tuple(parents)
        self._wanted = Wanted(evidence.phrases)
        columns = {code: column for column, code in enumerate(self.parents)}
        self._weights = np.zeros((len(evidence.phrases), len(self.parents)))
        for row, phrase in enumerate(evidence.phrases):
            for code, weight in evidence.weights[phrase]:
                if code in columns:
                    self._weights[row, columns[code]] = weight
        # so rounded, sums are the same in whatever order they are added up
        self._weights = np.round(self._weights * _EXACT) / _EXACT

    def read(self, sentences: Sentences) -> Evidence:
        """Sentences × topics; the same word twice in a sentence counts once."""
        total = np.zeros((len(sentences.rows), len(self.parents)))
        places = self._wanted.longest(sentences.documents)
        if not len(places.rows) or not len(total):
            return total
        at = sentences.offsets[places.rows] + places.starts
        sentence = sentences.starts.searchsorted(at, side="right") - 1
        inside = (sentence >= 0) & (at < sentences.ends[sentence])
        keys = np.unique(sentence[inside] * len(self._weights) + places.columns[inside])
        if len(keys):
            rows, columns = keys // len(self._weights), keys % len(self._weights)
            first = np.flatnonzero(np.diff(rows, prepend=-1))
            total[rows[first]] = np.add.reduceat(self._weights[columns], first)
        return total

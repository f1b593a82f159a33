"""How strongly each sentence speaks for each first-level topic, by the cue words of the city's topics.

Array operations over a whole batch: summaries and matters ask this of every letter.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.cue_places import Wanted
from nlp.document import Document
from nlp.gist.sentences import Sentence
from nlp.topics.cue_evidence import CueEvidence

Evidence = NDArray[np.float64]


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

    def read(self, documents: Sequence[Document], sentences: Sequence[Sequence[Sentence]]) -> list[Evidence]:
        """For each document sentences × topics; the same word twice in a sentence counts once."""
        counts = np.array([len(found) for found in sentences], dtype=np.int64)
        firsts = np.cumsum(counts) - counts
        places = self._wanted.longest(documents)
        # one number line for all documents, as long as the longest
        width = max((len(document.text) for document in documents), default=0) + 2
        starts = [row * width + sentence.start for row, found in enumerate(sentences) for sentence in found]
        ends = [row * width + sentence.end for row, found in enumerate(sentences) for sentence in found]
        total = np.zeros((int(counts.sum()), len(self.parents)))
        if len(places.rows) and len(total):
            at = places.rows * width + places.starts
            sentence = np.searchsorted(np.array(starts), at, side="right") - 1
            inside = (sentence >= 0) & (at < np.array(ends)[sentence])
            keys = np.unique(sentence[inside] * len(self._weights) + places.columns[inside])
            rows, columns = keys // len(self._weights), keys % len(self._weights)
            if len(rows):
                first = np.flatnonzero(np.diff(rows, prepend=-1))
                total[rows[first]] = np.add.reduceat(self._weights[columns], first)
        return [total[start : start + count] for start, count in zip(firsts.tolist(), counts.tolist(), strict=True)]

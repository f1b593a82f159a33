"""What a trained classifier says of a document: up to three topics, how sure, and which words moved it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.analysis import TopicSuggestion
from nlp.document import Document
from nlp.features import BLOCKS, Blocks, Rows, chunks, find, weigh
from nlp.heads import Linear, Scores, probabilities
from nlp.ngrams import Numbers, Occurrences

SUGGESTIONS = 3
_CUES_SHOWN = 5
_WORTH_SHOWING = 0.01


@dataclass(frozen=True, slots=True)
class Level:
    """One decision: among first-level topics, or among those below one of them.

    `codes` are the topics it chooses from. `columns` are the features it knows, by block, where not all.
    """

    codes: tuple[str, ...]
    linear: Linear
    columns: Mapping[str, NDArray[np.int32]] | None = None

    def probabilities(self, rows: Rows) -> Scores:
        """The shares of `codes` for each document; they add up to 1."""
        return probabilities(self.linear.scores(narrow(rows, self.columns)))

    def contributions(self, features: NDArray[np.int32], values: NDArray[np.float32], place: int) -> Scores:
        """What features of the block of words, of such values, add to the score of `codes[place]`, against the mean of
        all codes."""
        if "words" not in self.linear.weights:
            return np.zeros(len(features))
        weights = self.linear.weights["words"][:, place]
        if self.columns is None:
            return (values * weights[features]).astype(np.float64)
        columns = self.columns["words"]
        if not len(columns):
            return np.zeros(len(features))
        places = np.minimum(np.searchsorted(columns, features), len(columns) - 1)
        return (values * np.where(columns[places] == features, weights[places], 0)).astype(np.float64)


def narrow(rows: Rows, columns: Mapping[str, NDArray[np.int32]] | None) -> Rows:
    return rows if columns is None else {name: rows[name][:, columns[name]] for name in BLOCKS}


@dataclass(frozen=True, slots=True)
class TopicModel:
    """A `TopicClassifier`. `below` holds the decision among the sub-topics of a parent, by its code.

    Parent and sub-topic never contradict: a sub-topic's probability is its parent's times its share below it. Letters
    of a parent without enough examples below it stay with the parent.
    """

    version: str
    blocks: Blocks
    top: Level
    below: Mapping[str, Level]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every topic it can name."""
        named = (self.below[code].codes if code in self.below else (code,) for code in self.top.codes)
        return tuple(code for codes in named for code in codes)

    def parent(self, code: str) -> str:
        return next((parent for parent, level in self.below.items() if code in level.codes), code)

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        return [suggestions for chunk in chunks(documents) for suggestions in self._suggest(chunk)]

    def _suggest(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        found = find(documents)
        rows = {name: weigh(found[name], self.blocks[name], len(documents)) for name in BLOCKS}
        known = sum(np.diff(matrix.indptr) for matrix in rows.values()) > 0
        ranked = self._rank(rows)
        cues = _Cues(documents, found["words"], self, rows)
        return [
            tuple(
                TopicSuggestion(self._code(*choice), round(confidence, 4), cues.of(row, *choice))
                for rank, (confidence, choice) in enumerate(choices)
                if rank == 0 or confidence >= _WORTH_SHOWING
            )
            if known[row]
            else ()
            for row, choices in enumerate(ranked)
        ]

    def _rank(self, rows: Rows) -> list[list[tuple[float, tuple[int, int]]]]:
        """For each document its best (probability, (place in the top level, place below it)), best first."""
        shares = self.top.probabilities(rows)
        best = np.argsort(-shares, axis=1, kind="stable")[:, :SUGGESTIONS]
        choices: list[list[tuple[float, tuple[int, int]]]] = [[] for _ in range(len(shares))]
        for top in np.unique(best).tolist():
            asked = np.flatnonzero((best == top).any(axis=1))
            level = self.below.get(self.top.codes[top])
            if level is None:
                for row in asked.tolist():
                    choices[row].append((float(shares[row, top]), (top, 0)))
                continue
            below = (
                level.probabilities({name: matrix[asked] for name, matrix in rows.items()}) * shares[asked, top, None]
            )
            for row, line in zip(asked.tolist(), below.tolist(), strict=True):
                choices[row] += [(share, (top, place)) for place, share in enumerate(line)]
        return [sorted(line, key=lambda choice: (-choice[0], choice[1]))[:SUGGESTIONS] for line in choices]

    def _code(self, top: int, place: int) -> str:
        code = self.top.codes[top]
        return self.below[code].codes[place] if code in self.below else code


class _Cues:
    """The words that spoke for a choice: exactly what they added to its score in the block of words."""

    def __init__(self, documents: Sequence[Document], found: Occurrences, model: TopicModel, rows: Rows) -> None:
        self._documents, self._model, self._matrix = documents, model, rows["words"]
        self._columns = model.blocks["words"].columns(found)
        self._positions = found.positions
        self._bounds = np.searchsorted(found.rows, np.arange(len(documents) + 1))
        tokens = np.array([len(d.title_words) + len(d.body_words) + 2 for d in documents], dtype=np.int64)
        self._first_tokens: Numbers = np.cumsum(tokens) - tokens

    def of(self, row: int, top: int, place: int) -> tuple[str, ...]:
        start, end = self._matrix.indptr[row : row + 2]
        features, values = self._matrix.indices[start:end], self._matrix.data[start:end]
        moved = self._model.top.contributions(features, values, top)
        level = self._model.below.get(self._model.top.codes[top])
        if level is not None:
            moved = moved + level.contributions(features, values, place)
        order = np.argsort(-moved, kind="stable")[: 3 * _CUES_SHOWN]
        spoken = self._words(row)
        cues = (spoken[int(features[i])] for i in order if moved[i] > 0)
        return tuple([cue for cue in cues if len(cue) > 1][:_CUES_SHOWN])

    def _words(self, row: int) -> dict[int, str]:
        """Feature → the word in this document; a word first met gives its writing."""
        document = self._documents[row]
        tokens = [*document.title_words, "\n", *document.body_words, "\n"]
        here = slice(int(self._bounds[row]), int(self._bounds[row + 1]))
        places = self._positions[here] - self._first_tokens[row]
        return {c: tokens[p] for c, p in zip(self._columns[here][::-1].tolist(), places[::-1].tolist(), strict=True)}

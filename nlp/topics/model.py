"""What a trained classifier says of a document: up to three topics, how sure, and which words moved it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.analysis import TopicSuggestion
from nlp.document import Document
from nlp.ngrams import Numbers, lay_out
from nlp.topics.cue_features import phrases_by_hash
from nlp.topics.features import BITS, Blocks, Rows, chunks, weigh
from nlp.topics.heads import Linear, Scores, probabilities
from nlp.topics.moving_words import Contributions, moving_phrases, show_moving
from nlp.topics.nearest import Nearest

SUGGESTIONS = 3
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

    def block_weights(self, block: str, features: NDArray[np.int32], places: Numbers) -> NDArray[np.float32]:
        """What features of a block add to the scores of `codes[places]`, against the mean of all codes."""
        known = np.ones(len(features), dtype=np.bool_)
        if self.columns is not None:
            columns = self.columns[block]
            at = np.minimum(np.searchsorted(columns, features), max(len(columns) - 1, 0)).astype(np.int32)
            known = columns[at] == features if len(columns) else ~known
            features = at
        weights = np.zeros(len(features), dtype=np.float32)
        if block in self.linear.weights:
            weights[known] = self.linear.weights[block][features[known], places[known]]
        return weights


def narrow(rows: Rows, columns: Mapping[str, NDArray[np.int32]] | None) -> Rows:
    return rows if columns is None else {name: rows[name][:, columns[name]] for name in columns}


@dataclass(frozen=True, slots=True)
class Choice:
    """A topic for the document `row`: its place in the top level, and below that where there is a level."""

    row: int
    confidence: float
    top: int
    place: int


Ranking: TypeAlias = list[list[Choice]]


@dataclass(frozen=True, slots=True)
class TopicModel:
    """A `TopicClassifier`. `below` holds the decision among the sub-topics of a parent, by its code; `nearest` are the
    training letters that have a say in the first decision.

    Parent and sub-topic never contradict: a sub-topic's probability is its parent's times its share below it. Letters
    of a parent without enough examples below it stay with the parent.
    """

    version: str
    blocks: Blocks
    top: Level
    below: Mapping[str, Level]
    nearest: Nearest | None = None

    def top_shares(self, rows: Rows) -> Scores:
        """The shares of the first-level topics for each document; they add up to 1."""
        shares = self.top.probabilities(rows)
        return shares if self.nearest is None else self.nearest.join(shares, rows["words"])

    @property
    def codes(self) -> tuple[str, ...]:
        """Every topic it can name."""
        named = (self.below[code].codes if code in self.below else (code,) for code in self.top.codes)
        return tuple(code for codes in named for code in codes)

    def parent(self, code: str) -> str:
        """The first-level topic above a topic; of a first-level topic itself."""
        return next((parent for parent, level in self.below.items() if code in level.codes), code)

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        return [suggestions for chunk in chunks(documents) for suggestions in self._suggest(chunk)]

    def _suggest(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        batch = lay_out(documents)
        rows = weigh(documents, self.blocks, batch)
        known = sum(matrix.indptr[1:] - matrix.indptr[:-1] for matrix in rows.values()) > 0
        shown = [
            choice
            for choices in self._rank(rows)
            for rank, choice in enumerate(choices)
            if known[choice.row] and (rank == 0 or choice.confidence >= _WORTH_SHOWING)
        ]
        tops, places = (np.array(part, dtype=np.int64) for part in ([c.top for c in shown], [c.place for c in shown]))

        asked = np.array([choice.row for choice in shown], dtype=np.int64)
        phrases: list[Iterable[str]] = [()] * len(shown)
        if "cues" in rows:
            by_phrases = moving_phrases(rows["cues"], asked, self._moved_by("cues", tops, places))
            phrases = [map(self._phrase, columns) for columns in by_phrases]
        words = (self.blocks["words"], rows["words"], lambda some: self._moved_by("words", tops[some], places[some]))
        moving = show_moving(documents, batch, asked, phrases, words)
        suggestions: list[list[TopicSuggestion]] = [[] for _ in documents]
        for choice, cues in zip(shown, moving, strict=True):
            suggestions[choice.row].append(TopicSuggestion(self._code(choice), rounded(choice.confidence), cues))
        return [tuple(found) for found in suggestions]

    def _moved_by(self, block: str, tops: Numbers, places: Numbers) -> Contributions:
        """What features of a block add to the scores of choices: `tops` are their places in the top level."""

        def contributions(
            choices: Numbers, features: NDArray[np.int32], values: NDArray[np.float32]
        ) -> NDArray[np.float32]:
            weights = self.top.block_weights(block, features, tops[choices])
            for code, level in self.below.items():
                inside = np.flatnonzero(tops[choices] == self.top.codes.index(code))
                weights[inside] += level.block_weights(block, features[inside], places[choices[inside]])
            return values * weights

        return contributions

    def _phrase(self, column: int) -> str:
        return phrases_by_hash(BITS)[int(self.blocks["cues"].slots[column])]

    def _rank(self, rows: Rows) -> Ranking:
        """The best choices of each document, best first."""
        shares = self.top_shares(rows)
        best = np.argsort(-shares, axis=1, kind="stable")[:, :SUGGESTIONS]
        if not self.below:
            ranked = zip(best.tolist(), np.take_along_axis(shares, best, axis=1).tolist(), strict=True)
            return [
                [Choice(row, share, top, 0) for top, share in zip(*line, strict=True)]
                for row, line in enumerate(ranked)
            ]
        choices: Ranking = [[] for _ in range(len(shares))]
        for top in np.unique(best).tolist():
            asked = np.flatnonzero((best == top).any(axis=1))
            level = self.below.get(self.top.codes[top])
            below = shares[asked, top, None]
            if level is not None:
                below = below * level.probabilities({name: matrix[asked] for name, matrix in rows.items()})
            for row, line in zip(asked.tolist(), below.tolist(), strict=True):
                choices[row] += [Choice(row, share, top, place) for place, share in enumerate(line)]
        return [sorted(line, key=lambda c: (-c.confidence, c.top, c.place))[:SUGGESTIONS] for line in choices]

    def _code(self, choice: Choice) -> str:
        code = self.top.codes[choice.top]
        return self.below[code].codes[choice.place] if code in self.below else code


def rounded(confidence: float) -> float:
    """Downwards, so that confidences still add up to 1 at most."""
    return int(confidence * 10_000) / 10_000

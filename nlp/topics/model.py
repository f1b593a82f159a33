"""What a trained classifier says of a document: up to three topics, how sure, and which words moved it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

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
from nlp.topics.sparse_rows import anything_in

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


class Choices(NamedTuple):
    """Topics for documents, by document, the best first: the document, which choice of it this is (0 for the best), how
    sure it is, the place of the topic in the top level, and below that where there is a level."""

    rows: Numbers
    ranks: Numbers
    confidences: Scores
    tops: Numbers
    places: Numbers

    def kept(self, known: NDArray[np.bool_]) -> "Choices":
        """Those worth showing, of documents of which anything is known."""
        shown = (known[self.rows] & ((self.ranks == 0) | (self.confidences >= _WORTH_SHOWING))).nonzero()[0]
        return Choices(*(column[shown] for column in self))


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
    _cue_phrases: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

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
        shown = self._rank(rows).kept(anything_in(*rows.values()))
        tops, places = shown.tops, shown.places
        phrases: list[Iterable[str]] = [()] * len(tops)
        if "cues" in rows:
            by_phrases = moving_phrases(rows["cues"], shown.rows, self._moved_by("cues", tops, places))
            phrases = [map(self._phrases().__getitem__, columns) for columns in by_phrases]
        words = (self.blocks["words"], rows["words"], lambda some: self._moved_by("words", tops[some], places[some]))
        moving = show_moving(documents, batch, shown.rows, phrases, words)
        suggestions: list[list[TopicSuggestion]] = [[] for _ in documents]
        columns = (shown.rows, tops, places, shown.confidences)
        for row, top, place, confidence, cues in zip(*(column.tolist() for column in columns), moving, strict=True):
            suggestions[row].append(TopicSuggestion(self._code(top, place), rounded(confidence), cues))
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

    def _phrases(self) -> list[str]:
        """The cue phrase of each column, looked up when somebody asks first."""
        if not self._cue_phrases:
            known = phrases_by_hash(BITS)
            self._cue_phrases.extend(known[slot] for slot in self.blocks["cues"].slots.tolist())
        return self._cue_phrases

    def _rank(self, rows: Rows) -> Choices:
        """The best choices of each document, best first."""
        shares = self.top_shares(rows)
        best = np.argsort(-shares, axis=1, kind="stable")[:, :SUGGESTIONS]
        if not self.below:
            ranks = best.shape[1]
            numbers = np.arange(len(shares)).repeat(ranks)
            tops = best.ravel()
            return Choices(
                numbers, np.tile(np.arange(ranks), len(shares)), shares[numbers, tops], tops, np.zeros_like(tops)
            )
        found: list[list[tuple[float, int, int]]] = [[] for _ in range(len(shares))]
        for top in np.unique(best).tolist():
            asked = np.flatnonzero((best == top).any(axis=1))
            level = self.below.get(self.top.codes[top])
            below = shares[asked, top, None]
            if level is not None:
                below = below * level.probabilities({name: matrix[asked] for name, matrix in rows.items()})
            for row, line in zip(asked.tolist(), below.tolist(), strict=True):
                found[row] += [(-share, top, place) for place, share in enumerate(line)]
        chosen = [
            (row, rank, *choice)
            for row, line in enumerate(found)
            for rank, choice in enumerate(sorted(line)[:SUGGESTIONS])
        ]
        numbers, ranking, sure, tops, places = (np.array(column) for column in zip(*chosen, strict=True))
        return Choices(numbers, ranking, -sure, tops, places)

    def _code(self, top: int, place: int) -> str:
        code = self.top.codes[top]
        return self.below[code].codes[place] if code in self.below else code


def rounded(confidence: float) -> float:
    """Downwards, so that confidences still add up to 1 at most."""
    return int(confidence * 10_000) / 10_000

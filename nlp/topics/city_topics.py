"""What the letters of one city are about: the taxonomy's classifier with the cue words and departments of this city."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.analysis import TopicSuggestion
from models.department import Department, Topic
from models.errors import Invalid
from nlp.document import Document
from nlp.ngrams import Batch, Numbers, lay_out
from nlp.topics.appeal_learning import VERSION as APPEAL_VERSION
from nlp.topics.artifacts import Artifact
from nlp.topics.cue_evidence import evidence_for
from nlp.topics.cue_table import CueTable
from nlp.topics.features import chunks, weigh
from nlp.topics.heads import Scores, probabilities
from nlp.topics.model import TopicModel, rounded
from nlp.topics.moving_words import Contributions, moving_phrases, show_moving
from nlp.topics.no_matter import shapes
from nlp.topics.second_reader import SecondReader
from nlp.topics.sparse_rows import SparseRows, anything_in
from nlp.topics.stretches import StretchReader
from nlp.topics.taxonomy_parts import TaxonomyParts
from nlp.topics.ways import likeliest
from nlp.topics.word_shares import WordShares, add_up, share_words

SUGGESTIONS = 3
# A topic that the corpus has no example of has its cue words alone to speak for it: they count so much more.
_NO_EXAMPLES = np.float32(6)


@dataclass(frozen=True, slots=True)
class Reading:
    """For each document: its topics, the chance that it is no matter of the city at all, and how the text speaks for
    the types of appeal (scores of `AppealModel.linear`, documents × types)."""

    suggestions: list[tuple[TopicSuggestion, ...]]
    outside: list[float]
    appeals: Scores


class CityTopics:
    """A `TopicClassifier` that reads more than the topic from the same features (`read`).

    A suggestion is the best sub-topic among those of one parent that one kind of department leads; its confidence is
    theirs together: the probability that letter and department fit, less where cue words speak for something else
    (`nlp.topics.second_reader`). So three suggestions are three ways to go. A
    sub-topic that only this city has is found by its cue words; one that it has dropped is never named, and the letter
    is so much less known.
    """

    def __init__(
        self,
        model: TopicModel,
        parts: TaxonomyParts,
        topics: Sequence[Topic],
        departments: Sequence[Department],
    ) -> None:
        self._model = model
        self._parts = parts
        self._learnt = model.codes[:-1]  # the last one is what lies outside
        evidence = evidence_for(topics, departments)
        here = {topic.code: topic for topic in topics if topic.parent_code is not None}
        own = [code for code in sorted(here) if code not in self._learnt]
        self._classes = (*self._learnt, *own)
        self._table = CueTable(evidence, topics, self._classes)
        self._cues = self._table.blend(parts.cue_weights)
        self._cues[:, len(self._learnt) :] *= _NO_EXAMPLES
        self._evidence = self._table.blend((1.0, 1.0))
        self.stretches = StretchReader(model, self._table, self._cues)
        self._second = SecondReader(evidence, topics, self._classes)
        self._known = np.array([code in here for code in self._classes])
        ways = [(here[code].parent_code, here[code].lead_duty) if code in here else None for code in self._classes]
        self._ways = np.array([ways.index(way) for way in ways], dtype=np.int64)
        digest = hashlib.sha256(f"{evidence.version}{self._classes}{ways}".encode()).hexdigest()
        self.version = f"{model.version}+{digest[:8]}"

    @property
    def topics(self) -> tuple[str, ...]:
        """Those that it weighs."""
        return self._classes

    @property
    def phrases(self) -> Iterable[str]:
        """What the cue index has to look for on behalf of this classifier."""
        return self._table.phrases

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        return self.read(documents, more=False).suggestions

    def name(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        """What `predict` says, without the words that speak for it: they take half of the time."""
        return self.read(documents, more=False, reasons=False).suggestions

    def shares(self, documents: Sequence[Document]) -> tuple[tuple[str, ...], Scores]:
        """Every class with its probability: (codes, documents × codes)."""
        lines = [np.zeros((0, len(self._classes)))]
        for chunk in chunks(documents):
            rows = weigh(chunk, self._model.blocks)
            said = self._table.rows(chunk)
            lines.append(self._shares(self._first(self._model.top.linear.scores(rows)[:, :-1], said), said)[0])
        return self._classes, np.vstack(lines)

    def read(
        self,
        documents: Sequence[Document],
        batches: Sequence[Batch] | None = None,
        *,
        suggest: bool = True,
        more: bool = True,
        reasons: bool = True,
    ) -> Reading:
        """`batches` are the chunks of `documents`, where they are laid out already. Without `suggest` there are no
        suggestions, without `more` nothing else, without `reasons` no cue words: nobody asks for them."""
        suggestions: list[tuple[TopicSuggestion, ...]] = []
        outside: list[float] = []
        kinds = [np.zeros((0, len(self._parts.appeals.linear.bias)))]
        laid_out = batches if batches is not None else map(lay_out, chunks(documents))
        for chunk, batch in zip(chunks(documents), laid_out, strict=True):
            rows = weigh(chunk, self._model.blocks, batch)
            said = self._table.rows(chunk)
            scores = self._model.top.linear.scores(rows)
            first = self._first(scores[:, :-1], said)
            if suggest:
                suggestions += self._suggest(chunk, batch, rows, said, first, reasons)
            if more:
                evidence = (said @ self._evidence).max(axis=1).astype(np.float64)
                forms, best = shapes(chunk, batch), first.max(axis=1)
                outside += self._parts.outside.chances(scores[:, -1], forms, best, evidence).tolist()
                kinds.append(self._parts.appeals.linear.scores(rows))
        return Reading(suggestions, outside, np.vstack(kinds))

    def word_shares(self, document: Document, codes: Sequence[str]) -> WordShares:
        """How the first reader's scores of `codes` add up, word by word. Raises `ValueError` for one that is not among
        `topics`."""
        places = [self._classes.index(code) for code in codes]
        learnt = [place < len(self._learnt) for place in places]
        said = self._table.rows([document])
        rows = weigh([document], self._model.blocks)
        linear = self._model.top.linear
        by_text = np.append(linear.scores(rows)[0, :-1], np.zeros(len(self._classes) - len(self._learnt)))
        start = np.array([linear.bias[place] if known else 0.0 for place, known in zip(places, learnt, strict=True)])

        def weights(block: str, features: NDArray[np.int32]) -> Scores:
            columns = [
                self._model.top.block_weights(block, features, np.full(len(features), place))
                if known
                else np.zeros(len(features))
                for place, known in zip(places, learnt, strict=True)
            ]
            return np.stack(columns, axis=1).astype(np.float64)

        words = share_words(document, self._model.blocks, weights, len(codes))
        spoken = said.indices.tolist()
        phrases = {
            self._phrase(column): loudness * self._cues[column, places].astype(np.float64)
            for column, loudness in zip(spoken, said.data.tolist(), strict=True)
        }
        total = by_text[places] + (said @ self._cues)[0, places]
        return add_up(codes, start, [words, {text: scores for text, scores in phrases.items() if scores.any()}], total)

    @property
    def appeal_version(self) -> str:
        return f"{APPEAL_VERSION}+{self._model.version}"

    def appeal_shares(self, reading: Reading, by_cues: Scores) -> Scores:
        """Documents × types of appeal (`nlp.topics.appeal_learning.TYPES`)."""
        return self._parts.appeals.shares(reading.appeals, by_cues)

    def _suggest(
        self,
        documents: Sequence[Document],
        batch: Batch,
        rows: Mapping[str, SparseRows],
        said: SparseRows,
        first: Scores,
        reasons: bool,
    ) -> list[tuple[TopicSuggestion, ...]]:
        shares, agreement = self._shares(first, said)
        # not less for what may be no matter at all: whether it is one is decided for itself (nlp.scope), and taken off
        # here it only mixed up the order of the surest (measured on hands that the classifier had not read)
        shares *= agreement[:, None]
        known = anything_in(*rows.values(), said)
        choices = likeliest(shares, self._ways, self._known, known.nonzero()[0], SUGGESTIONS)
        shown: list[tuple[str, ...]] = [()] * len(choices.rows)
        if reasons:
            by_phrases = moving_phrases(said, choices.rows, self._of_phrases(choices.classes))
            phrases = [map(self._table.phrases.__getitem__, columns) for columns in by_phrases]
            words = (self._model.blocks["words"], rows["words"], lambda some: self._of_words(choices.classes[some]))
            shown = show_moving(documents, batch, choices.rows, phrases, words)
        suggestions: list[list[TopicSuggestion]] = [[] for _ in documents]
        columns = (choices.rows, choices.classes, choices.confidences, choices.alone)
        chosen = zip(*(column.tolist() for column in columns), shown, strict=True)
        for row, place, confidence, alone, words_shown in chosen:
            code = self._classes[place]
            suggestions[row].append(TopicSuggestion(code, rounded(confidence), words_shown, rounded(alone)))
        return [tuple(found) for found in suggestions]

    def _first(self, by_text: Scores, said: SparseRows) -> Scores:
        """The probability of each class by the text and its cue words."""
        scores = np.zeros((len(by_text), len(self._classes)))
        scores[:, : len(self._learnt)] = by_text
        return probabilities(scores + said @ self._cues)

    def _shares(self, first: Scores, said: SparseRows) -> tuple[Scores, NDArray[np.float64]]:
        """The probability of each class with the second reader's say, and how far it agrees with the likeliest."""
        second = self._second.shares(said)
        shares = self._second.join(first, second)
        return shares, self._second.agreement(shares.argmax(axis=1), second)

    def _of_words(self, classes: Numbers) -> Contributions:
        model, learnt = self._model, np.minimum(classes, len(self._learnt) - 1)

        def contributions(
            choices: Numbers, features: NDArray[np.int32], values: NDArray[np.float32]
        ) -> NDArray[np.float32]:
            weights = model.top.block_weights("words", features, learnt[choices])
            return np.where(classes[choices] < len(self._learnt), values * weights, np.float32(0))

        return contributions

    def _phrase(self, column: int) -> str:
        return self._table.phrases[column]

    def _of_phrases(self, classes: Numbers) -> Contributions:
        return lambda choices, phrases, values: values * self._cues[phrases, classes[choices]]


def serve_taxonomy(artifact: Artifact, topics: Sequence[Topic], departments: Sequence[Department]) -> CityTopics:
    """Raises `Invalid` for an artifact that is no classifier of the whole taxonomy."""
    if artifact.taxonomy is None:
        raise Invalid("这个模型不是按分类目录训练的，不能单独使用。")
    return CityTopics(artifact.model, artifact.taxonomy, topics, departments)

"""What a batch of texts says in words and pictures of feeling: read once, for rules and models alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256

import numpy as np

from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.ngrams import Batch, Occurrences
from nlp.ngrams import lay_out as lay_out_words
from nlp.tone.emoji import EmojiReader, Pictures
from nlp.tone.laid_out import LaidOut, lay_out
from nlp.tone.words import EMOTIONS, TITLE_WEIGHT, TROUBLE, Said, Targets, ToneWords, Values

# Good and bad of words and of pictures, each feeling in words and in pictures, exclamation marks, questions.
SIGNS = 4 + 2 * len(EMOTIONS) + 2


@dataclass(frozen=True)
class Reading:
    """`good` and `bad` are the summed weights of words, `feelings` those of `EMOTIONS`, by document; `batch` are the
    documents with their words, where somebody has laid them out already."""

    documents: Sequence[Document]
    laid: LaidOut
    said: Said
    targets: Targets
    pictures: Pictures
    batch: Batch | None = None

    @cached_property
    def words(self) -> Occurrences:
        """All words that are not white space, in reading order."""
        return (self.batch or lay_out_words(self.documents)).words

    @cached_property
    def good(self) -> Values:
        return self._sum(np.maximum(self.said.valence, 0.0))

    @cached_property
    def bad(self) -> Values:
        return self._sum(np.maximum(-self.said.valence, 0.0))

    @cached_property
    def trouble(self) -> Values:
        """The part of `bad` that is the matter's own."""
        return self._sum(np.where(self.said.about == TROUBLE, np.maximum(-self.said.valence, 0.0), 0.0))

    @cached_property
    def accusing(self) -> Values:
        """Questions put to those who should act, by document."""
        clauses = np.unique(self.targets.accusing)
        places = self.laid.clause_end(clauses[self.laid.asks(clauses)])
        rows = np.searchsorted(self.laid.starts, places, side="right") - 1
        return np.bincount(rows, minlength=len(self.documents)).astype(np.float64)

    @cached_property
    def feelings(self) -> Values:
        rows, width = self.said.places.rows, len(EMOTIONS)
        cells = (rows[:, None] * width + np.arange(width)).ravel()
        size = len(self.documents) * width
        sums: Values = np.bincount(cells, self.said.feelings.ravel(), minlength=size).astype(np.float64)
        return sums.reshape(-1, width)

    @cached_property
    def signs(self) -> Values:
        """What a model sees beside the characters: documents × `SIGNS`."""
        counts = [self.good, self.bad, self.pictures.good, self.pictures.bad]
        marks = [self.laid.shouts(), self.laid.questions()]
        columns = [*counts, *self.feelings.T, *self.pictures.feelings.T, *marks]
        signs: Values = np.log1p(np.stack(columns, axis=1))
        return signs

    def _sum(self, values: Values) -> Values:
        weighed = values * np.where(self.said.in_title, TITLE_WEIGHT, 1.0)
        sums: Values = np.bincount(self.said.places.rows, weighed, minlength=len(self.documents)).astype(np.float64)
        return sums


class ToneReader:
    """The word list and the pictures."""

    def __init__(self) -> None:
        self._words, self._pictures = ToneWords(), EmojiReader()

    @property
    def phrases(self) -> Iterable[str]:
        """What `Document.cues` has to hold, where it stands."""
        return {*self._words.phrases, *self._pictures.phrases}

    def read(self, documents: Sequence[Document], batch: Batch | None = None) -> Reading:
        """At least one document; `batch` are these, where they are laid out already."""
        laid = lay_out(documents)
        said, targets = self._words.read(documents, laid)
        return Reading(documents, laid, said, targets, self._pictures.read(documents, laid), batch)


@cache
def tone_reader() -> ToneReader:
    return ToneReader()


@cache
def lexicon_hash() -> str:
    """SHA-256 of the word lists: another hash, another reading."""
    lists = [load_lexicon(name) for name in ("tone", "aspects", "emotions", "emoji")]
    return sha256(repr(lists).encode()).hexdigest()

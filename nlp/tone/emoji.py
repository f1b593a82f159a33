"""What the pictures in a text say: 😡 and [怒], how good or bad, and which feeling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.cue_places import Wanted
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.ngrams import Numbers
from nlp.tone.laid_out import LaidOut, flags
from nlp.tone.words import EMOTIONS, Values

# The same picture ten times is one feeling, said loudly.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Pictures:
    """By document: how much of the pictures is good, how much bad, and what of `EMOTIONS` they show."""

    good: Values
    bad: Values
    feelings: Values


class EmojiReader:
    """Pictures of one character are looked up, those in brackets are phrases like others."""

    def __init__(self) -> None:
        scores: dict[str, tuple[float, int]] = {}
        for place, emotion in enumerate(EMOTIONS):
            for score, pictures in load_lexicon("emoji")[emotion.value].items():
                scores |= dict.fromkeys(pictures, (float(score), place))
        names = sorted(name for name in scores if len(name) > 1)
        self._named = Wanted(names)
        single = sorted((name for name in scores if len(name) == 1), key=ord)
        self._codes = np.array([ord(name) for name in single], dtype=np.uint32)
        # what lies beyond the first 65,536 characters shares the last place of the table
        self._may_be = flags("".join(name for name in single if ord(name) < 1 << 16) + "[\uffff")
        ordered = [*names, *single]
        self._scores = np.array([scores[name][0] for name in ordered])
        self._emotions = np.array([scores[name][1] for name in ordered], dtype=np.int64)
        self._names = len(names)

    @property
    def phrases(self) -> Iterable[str]:
        return self._named.phrases

    def read(self, documents: Sequence[Document], laid: LaidOut) -> Pictures:
        """`laid` are these documents."""
        candidates = np.flatnonzero(self._may_be[laid.small])
        if not len(candidates):
            none = np.zeros(len(documents))
            return Pictures(none, none, np.zeros((len(documents), len(EMOTIONS))))
        named = self._named.places(documents)
        codes = laid.codes[candidates]
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        hits = self._codes[places] == codes
        single_rows = np.searchsorted(laid.starts, candidates[hits], side="right") - 1
        rows = np.concatenate([named.rows, single_rows])
        columns = np.concatenate([named.columns, places[hits] + self._names])
        return self._add_up(rows, columns, len(documents))

    def _add_up(self, rows: Numbers, columns: Numbers, documents: int) -> Pictures:
        good, bad = np.zeros(documents), np.zeros(documents)
        feelings = np.zeros((documents, len(EMOTIONS)))
        if len(rows):
            keys, counts = np.unique(rows * len(self._scores) + columns, return_counts=True)
            rows, columns = keys // len(self._scores), keys % len(self._scores)
            loudness = 1 + 0.5 * (np.minimum(counts, _MOST) - 1)
            scores = self._scores[columns] * loudness
            np.add.at(good, rows, np.maximum(scores, 0.0))
            np.add.at(bad, rows, np.maximum(-scores, 0.0))
            np.add.at(feelings, (rows, self._emotions[columns]), np.maximum(np.abs(scores), 1.0))
        return Pictures(good, bad, feelings)

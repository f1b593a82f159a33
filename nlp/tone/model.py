"""How a learnt model judges: a linear model over runs of characters, words and signs of feeling, one table to look
up."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.ngrams import Numbers
from nlp.tone import grams
from nlp.tone.reading import SIGNS, Reading
from nlp.tone.words import Values
from nlp.topics.heads import probabilities

Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ToneModel:
    """`labels` are the values it can name. `slots` are the known runs of characters and words (`nlp.tone.grams`),
    ascending, `weights` theirs for each label, `sign_weights` those of `Reading.signs`; `places` leads from a slot to
    its row in `weights`, the first of which is for what is not known."""

    version: str
    labels: tuple[str, ...]
    slots: NDArray[np.int32]
    weights: Table
    sign_weights: Values
    bias: Values
    places: NDArray[np.int32]

    @classmethod
    def of(
        cls,
        version: str,
        labels: tuple[str, ...],
        slots: NDArray[np.int32],
        weights: Table,
        sign_weights: Values,
        bias: Values,
    ) -> "ToneModel":
        """`weights` has a row for each of `slots`. Raises `ValueError` where the parts do not fit each other."""
        shapes = weights.shape == (len(slots), len(labels)) and sign_weights.shape == (SIGNS, len(labels))
        if not shapes or bias.shape != (len(labels),) or len(labels) < 2 or slots.dtype != np.int32:
            raise ValueError("arrays do not fit")
        if np.any(np.diff(slots) <= 0) or (len(slots) and (slots[0] < 0 or slots[-1] >= grams.SLOTS)):
            raise ValueError("slots are not in order")
        if not all(np.all(np.isfinite(part)) for part in (weights, sign_weights, bias)):
            raise ValueError("weights are not numbers")
        places = np.zeros(grams.SLOTS, dtype=np.int32)
        places[slots] = np.arange(1, len(slots) + 1)
        unknown = np.zeros((1, len(labels)), dtype=np.float32)
        return cls(version, labels, slots, np.vstack([unknown, weights]), sign_weights, bias, places)

    def shares(self, reading: Reading) -> Values:
        """The shares of the labels for each document; they add up to 1."""
        total = reading.signs @ self.sign_weights + self.bias
        total += self._sums(grams.slots(reading.laid), len(total))
        if self.reads_words:
            total += self._sums([grams.word_slots(reading.words)], len(total))
        return probabilities(total)

    @property
    def reads_words(self) -> bool:
        """Whether any word has a weight; runs of characters alone are quicker to find."""
        return len(self.slots) > 0 and int(self.slots[-1]) >= grams.WORDS

    def _sums(self, found: Iterable[tuple[Numbers, Numbers]], texts: int) -> Values:
        """The weights of what was `found`, slots and rows, by text, as its length has it."""
        sums, counts = np.zeros((texts, len(self.labels))), np.zeros(texts)
        for slots, rows in found:
            counts += np.bincount(rows, minlength=texts)
            places = self.places[slots]
            known = places > 0
            _add_rows(sums, self.weights[places[known]], rows[known])
        scaled: Values = sums / length(counts)[:, None]
        return scaled


def length(counts: Values) -> Values:
    """What the weights of a text of so many runs, or so many words, are divided by."""
    return np.sqrt(counts + 1)


def _add_rows(sums: Values, weights: Table, rows: Numbers) -> None:
    """Add up the weights of each row; `rows` ascend."""
    if len(rows):
        starts = np.flatnonzero(np.diff(rows, prepend=rows[0] - 1))
        sums[rows[starts]] += np.add.reduceat(weights, starts, axis=0)

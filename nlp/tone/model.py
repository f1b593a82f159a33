"""How a learnt model judges: a linear model over runs of characters and signs of feeling, one table to look up."""

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
    """`labels` are the values it can name. `slots` are the known runs of characters, ascending, `weights` theirs for
    each label, `sign_weights` those of `Reading.signs`; `places` leads from a run to its row in `weights`, the first
    of which is for what is not known."""

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
        if np.any(np.diff(slots) <= 0) or (len(slots) and (slots[0] < 0 or slots[-1] >= 1 << grams.BITS)):
            raise ValueError("slots are not in order")
        if not all(np.all(np.isfinite(part)) for part in (weights, sign_weights, bias)):
            raise ValueError("weights are not numbers")
        places = np.zeros(1 << grams.BITS, dtype=np.int32)
        places[slots] = np.arange(1, len(slots) + 1)
        unknown = np.zeros((1, len(labels)), dtype=np.float32)
        return cls(version, labels, slots, np.vstack([unknown, weights]), sign_weights, bias, places)

    def shares(self, reading: Reading) -> Values:
        """The shares of the labels for each document; they add up to 1."""
        total = reading.signs @ self.sign_weights + self.bias
        sums, counts = np.zeros(total.shape), np.zeros(len(total))
        for slots, rows in grams.slots(reading.laid):
            counts += np.bincount(rows, minlength=len(total))
            places = self.places[slots]
            known = places > 0
            _add_rows(sums, self.weights[places[known]], rows[known])
        return probabilities(total + sums / length(counts)[:, None])


def length(counts: Values) -> Values:
    """What the weights of a text of so many runs are divided by."""
    return np.sqrt(counts + 1)


def _add_rows(sums: Values, weights: Table, rows: Numbers) -> None:
    """Add up the weights of each row; `rows` ascend."""
    if len(rows):
        starts = np.flatnonzero(np.diff(rows, prepend=rows[0] - 1))
        sums[rows[starts]] += np.add.reduceat(weights, starts, axis=0)

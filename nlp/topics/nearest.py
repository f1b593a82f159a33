"""What the labels of the most similar training letters say, beside what the linear model says.

Linear weights speak for words; the nearest letters speak for matters: the one about the same mill, the same scheme. A
topic is chosen by both, and how sure the choice is depends on how far ahead it is in both (a logistic regression on
letters that were not learnt from): that is what makes more letters safe to dispatch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from nlp.ngrams import Numbers
from nlp.topics import telling_words
from nlp.topics.features import CHUNK, Matrix
from nlp.topics.heads import Scores

# A letter is compared by its heaviest words: so many of the one that asks, so many of those that were learnt from.
ASKED, KEPT = 24, 48
_NEIGHBOURS = 3
# A class that no neighbour has is not out of the question.
_FLOOR = 0.003
# In the choice, what neighbours say counts half.
_SAY = 0.5
_COST = 1e-2


@dataclass(frozen=True, slots=True)
class Nearest:
    """`postings` are words × training letters, `targets` the classes of these. `weights` are those of the two leads (in
    logarithms of shares) and the constant of the certainty."""

    postings: Matrix
    targets: Numbers
    weights: Scores

    def join(self, shares: Scores, words: Matrix) -> Scores:
        """The model's `shares` of the classes, with the say of the nearest letters to the rows of `words`; rows still
        add up to 1, and the largest share is the calibrated certainty of the choice."""
        return _certain(shares, self.say(words, shares.shape[1]), self.weights)

    def say(self, words: Matrix, classes: int) -> Scores:
        """The shares of the classes among the nearest letters, by the square of their likeness."""
        found = np.full((words.shape[0], classes), _FLOOR)
        likeness, rows = self._likeness(words), np.arange(words.shape[0])
        for _ in range(min(_NEIGHBOURS, likeness.shape[1])):
            best = likeness.argmax(axis=1)
            found[rows, self.targets[best]] += likeness[rows, best] ** 2
            likeness[rows, best] = 0.0
        shares: Scores = found / found.sum(axis=1, keepdims=True)
        return shares

    def _likeness(self, words: Matrix) -> Scores:
        """Rows of `words` × training letters. The postings of a row's words are added up one after the other: a general
        product of sparse matrices takes twice as long for one letter alone."""
        letters, pointers = self.postings.shape[1], self.postings.indptr
        rows, columns, values = _heaviest(words, ASKED)
        starts = pointers[columns].astype(np.int64)
        lengths = pointers[columns + 1] - starts
        ends = np.cumsum(lengths)
        at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
        cells = self.postings.indices[at] + np.repeat(rows * letters, lengths)
        shared = self.postings.data[at] * np.repeat(values, lengths)
        found = np.bincount(cells, shared, minlength=words.shape[0] * letters).astype(np.float64, copy=False)
        return found.reshape(words.shape[0], letters)

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "pointers": self.postings.indptr.astype(np.int32),
            "letters": self.postings.indices.astype(np.int32),
            "values": self.postings.data.astype(np.float16),
            "targets": self.targets.astype(np.int32),
            "weights": self.weights,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], words: int, classes: int) -> "Nearest":
        """Raises `KeyError` or `ValueError` where the arrays do not fit each other or the model."""
        pointers, letters, values = arrays["pointers"], arrays["letters"], arrays["values"]
        targets, weights = arrays["targets"], arrays["weights"]
        kinds = (pointers, np.int32), (letters, np.int32), (values, np.float16), (targets, np.int32)
        fits = all(array.dtype == kind and array.ndim == 1 for array, kind in kinds)
        fits = fits and weights.shape == (3,) and weights.dtype == np.float64 and bool(np.all(np.isfinite(weights)))
        fits = fits and len(pointers) == words + 1 and pointers[0] == 0 and bool(np.all(np.diff(pointers) >= 0))
        fits = fits and len(letters) == len(values) == pointers[-1] and bool(np.all(np.isfinite(values)))
        fits = fits and len(targets) > 0 and 0 <= targets.min() <= targets.max() < classes
        fits = fits and (not len(letters) or 0 <= letters.min() <= letters.max() < len(targets))
        if not fits:
            raise ValueError("arrays do not fit")
        postings = csr_matrix((values.astype(np.float32), letters, pointers), shape=(words, len(targets)))
        return cls(postings, targets.astype(np.int64), weights)


def learn_nearest(words: Matrix, targets: Numbers, folds: Numbers, unseen: Scores) -> tuple[Nearest, Scores]:
    """The nearest letters of all of `words`, and what comes of `unseen` (shares said of letters not learnt from) when
    those speak too: each letter is compared with other folds only, by weights learnt on other folds."""
    classes = unseen.shape[1]
    said = np.zeros_like(unseen)
    for fold in np.unique(folds):
        others = np.flatnonzero(folds != fold)
        part = Nearest(_postings(words[others]), targets[others], np.zeros(3))
        said[folds == fold] = part.say(words[folds == fold], classes)
    leads, right = _leads(unseen, said), _choice(unseen, said).argmax(axis=1) == targets
    joined = np.zeros_like(unseen)
    for fold in np.unique(folds):
        asked = folds == fold
        joined[asked] = _certain(unseen[asked], said[asked], _weigh(leads[~asked], right[~asked]))
    return Nearest(_postings(words), targets, _weigh(leads, right)), joined


def heaviest(rows: Matrix, most: int) -> Matrix:
    """The `most` largest values above 0 of each row. A row does not depend on its neighbours."""
    parts = []
    for start in range(0, rows.shape[0], CHUNK):
        part = rows[start : start + CHUNK]
        parts.append(telling_words.to_matrix(*_heaviest(part, most), part.shape))
    return parts[0] if len(parts) == 1 else vstack(parts, format="csr")


def _heaviest(rows: Matrix, most: int) -> tuple[Numbers, Numbers, NDArray[np.float32]]:
    """The same of up to `CHUNK` rows: row, column and value, the largest first."""
    numbers = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    return telling_words.heaviest(numbers, rows.indices.astype(np.int64), rows.data.astype(np.float32), most)


def _postings(words: Matrix) -> Matrix:
    kept = heaviest(words.tocsr(), KEPT)
    # what is stored is what is asked: half precision, so that a loaded classifier says the same
    kept.data = kept.data.astype(np.float16).astype(np.float32)
    return kept.T.tocsr()


def _choice(shares: Scores, said: Scores) -> Scores:
    joint = shares * said**_SAY
    found: Scores = joint / joint.sum(axis=1, keepdims=True)
    return found


def _leads(shares: Scores, said: Scores) -> Scores:
    """How far the chosen class is ahead of the best other one, for the model and for the neighbours."""
    return _leads_of(_choice(shares, said).argmax(axis=1), shares, said)


def _leads_of(best: Numbers, shares: Scores, said: Scores) -> Scores:
    rows = np.arange(len(best))
    leads = np.empty((len(best), 2))
    for column, part in enumerate((shares, said)):
        others = np.maximum(part, 1e-12)
        own = others[rows, best]
        others[rows, best] = 1e-12
        leads[:, column] = np.log(own / others.max(axis=1))
    return leads


def _certain(shares: Scores, said: Scores, weights: Scores) -> Scores:
    rest = _choice(shares, said)
    best, rows = rest.argmax(axis=1), np.arange(len(rest))
    sure = 1 / (1 + np.exp(-(_leads_of(best, shares, said) @ weights[:2] + weights[2])))
    # whoever is chosen stays ahead
    rest[rows, best] = 0.0
    rest /= np.maximum(rest.sum(axis=1, keepdims=True), 1e-300)
    most = rest.max(axis=1)
    sure = np.maximum(sure, np.minimum(most / (1 + most) + 1e-9, 1.0))
    found: Scores = rest * (1 - sure[:, None])
    found[rows, best] = sure
    return found


def _weigh(leads: Scores, right: NDArray[np.bool_]) -> Scores:
    """Logistic regression of being right on the two leads; weights are not below 0: being ahead is no bad sign."""
    inputs = np.hstack([leads, np.ones((len(leads), 1))])

    def loss(weights: Scores) -> tuple[float, Scores]:
        said = inputs @ weights
        error = np.logaddexp(0, said).sum() - said[right].sum() + _COST * float(weights @ weights) / 2
        slope = inputs.T @ (1 / (1 + np.exp(-said)) - right) + _COST * weights
        return float(error) / len(inputs), slope / len(inputs)

    bounds = [(0.0, None), (0.0, None), (None, None)]
    from scipy.optimize import minimize  # see nlp.topics.heads

    found: Scores = minimize(loss, np.array([0.5, 0.2, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return found

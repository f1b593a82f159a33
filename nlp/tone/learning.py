"""How a model of tone is learnt: two linear models of the same texts, and one that weighs their word and calibrates it.

What only learning needs (scikit-learn) is imported where something is learnt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack, vstack
from threadpoolctl import threadpool_limits

from nlp.document import Document
from nlp.ngrams import Numbers
from nlp.tone import grams
from nlp.tone.model import ToneModel, length
from nlp.tone.reading import Reading, tone_reader
from nlp.tone.words import Values
from nlp.topics.features import chunks
from nlp.topics.heads import probabilities, stack, support_vectors

VERSION = "tone-learning/2"
Matrix: TypeAlias = Any  # scipy.sparse has no types
_SEEN_IN = 2
# Rows of characters have about this length; signs are smaller numbers than they are worth.
_SCALE, _SIGN_SCALE = 0.2, 0.15
_STRENGTH = 0.5
# Of the second model.
_STRENGTH_OF_TOLD, _SMOOTHING = 3.0, 1.0
_SEED = 0
# Rare labels count more than they are many, by this power: a dashboard needs fear as much as joy.
_RARE = 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """`counts` are runs of characters and words by document, each kind divided by `length`; `signs` those of
    `Reading.signs`."""

    counts: Matrix
    signs: Values


@dataclass(frozen=True, slots=True)
class Learnt:
    """The model, and what those who had not seen a text's fold said of it: a share per text and label."""

    model: ToneModel
    unseen: Values


def see(documents: Sequence[Document], *, words: bool) -> Features:
    """What a model sees of `documents`, which carry the cues of `tone_reader().phrases`; with their `words`, or runs of
    characters alone."""
    readings = [tone_reader().read(chunk) for chunk in chunks(documents)]
    counts = vstack([_counts(reading, words) for reading in readings], format="csr")
    return Features(counts, np.vstack([reading.signs for reading in readings]))


def _counts(reading: Reading, words: bool) -> Matrix:
    texts = len(reading.documents)
    slots, rows = (np.concatenate(parts) for parts in zip(*grams.slots(reading.laid), strict=True))
    found = _counted(slots, rows, texts)
    return found + _counted(*grams.word_slots(reading.words), texts) if words else found


def _counted(slots: Numbers, rows: Numbers, texts: int) -> Matrix:
    found = csr_matrix((np.ones(len(slots), dtype=np.float32), (rows, slots)), shape=(texts, grams.SLOTS))
    found.sum_duplicates()
    return (diags(1 / length(np.bincount(rows, minlength=texts).astype(np.float64))) @ found).tocsr().astype(np.float32)


def learn(
    features: Features,
    targets: Numbers,
    labels: Sequence[str],
    folds: Numbers,
    *,
    version: str,
    weights: Values | None = None,
    step: Callable[[], None] = lambda: None,
) -> Learnt:
    """Learn `targets` (places in `labels`). `folds` keep texts apart that say the same. `step` is called after each
    fold and after the whole. The same input gives the same model, to the bit."""
    with threadpool_limits(limits=1):
        return _learn(features, targets, tuple(labels), folds, version, weights, step)


def _learn(
    features: Features,
    targets: Numbers,
    labels: tuple[str, ...],
    folds: Numbers,
    version: str,
    weights: Values | None,
    step: Callable[[], None],
) -> Learnt:
    classes = len(labels)
    seen = np.bincount(features.counts.indices, minlength=features.counts.shape[1])
    slots = np.flatnonzero(seen >= _SEEN_IN).astype(np.int32)
    idf = (np.log((1 + len(targets)) / (1 + seen[slots])) + 1) * _SCALE
    rows = (features.counts[:, slots] @ diags(idf)).tocsr().astype(np.float32)
    signs = features.signs * _SIGN_SCALE
    counts = np.ones(len(targets)) if weights is None else weights
    said = np.zeros((len(targets), 2 * classes))
    numbers = np.unique(folds)
    for fold in numbers:
        kept, asked = folds != fold, folds == fold
        heads = _fit(rows[kept], signs[kept], targets[kept], classes, counts[kept])
        said[asked] = np.hstack([rows[asked] @ by + signs[asked] @ of + bias for by, of, bias in heads])
        step()
    fair = counts * _balance(targets, classes)
    unseen = np.zeros((len(targets), classes))
    for fold in numbers:
        kept, asked = folds != fold, folds == fold
        shares, bias = stack(said[kept], targets[kept], classes, fair[kept])
        unseen[asked] = probabilities(said[asked] @ shares + bias)
    shares, bias = stack(said, targets, classes, fair)
    heads = _fit(rows, signs, targets, classes, counts)
    by_slot = np.hstack([by for by, _, _ in heads]) @ shares * idf[:, None]
    by_sign = np.hstack([of for _, of, _ in heads]) @ shares * _SIGN_SCALE
    bias = bias + np.hstack([own for _, _, own in heads]) @ shares
    step()
    return Learnt(ToneModel.of(version, labels, slots, by_slot.astype(np.float32), by_sign, bias), unseen)


_Head: TypeAlias = tuple[Values, Values, Values]


def _fit(rows: Matrix, signs: Values, targets: Numbers, classes: int, counts: Values) -> list[_Head]:
    """By slot, by sign, and bias, of each model."""
    joined = hstack([rows, csr_matrix(signs)], format="csr")
    models = (support_vectors(_STRENGTH, balanced=True), by_what_tells(rows.shape[1]))
    learnt = [model(joined, targets, classes, counts) for model in models]
    return [(weights[: rows.shape[1]], weights[rows.shape[1] :], own) for weights, own in learnt]


def by_what_tells(width: int) -> Callable[[Matrix, Numbers, int, Values], tuple[Values, Values]]:
    """Logistic regression, each label against the rest, over what tells it apart: the first `width` columns are as
    large as the log of how much oftener they stand in its texts (Wang & Manning 2012)."""

    def fit(rows: Matrix, targets: Numbers, classes: int, counts: Values) -> tuple[Values, Values]:
        from sklearn.linear_model import LogisticRegression

        weights, bias = np.zeros((rows.shape[1], classes)), np.full(classes, -1.0)
        there = rows[:, :width].copy()
        there.data[:] = 1
        whole = there.T @ counts
        present = np.unique(targets).tolist()
        mirrored = classes == len(present) == 2
        for label in present[:1] if mirrored else present:
            own = there.T @ (counts * (targets == label))
            told = np.ones(rows.shape[1])
            told[:width] = _log_shares(own) - _log_shares(whole - own)
            model = LogisticRegression(C=_STRENGTH_OF_TOLD, solver="liblinear", tol=0.02, random_state=_SEED)
            model.fit(rows @ diags(told), targets == label, sample_weight=counts)
            weights[:, label], bias[label] = model.coef_[0] * told, model.intercept_[0]
        if mirrored:
            weights[:, 1], bias[1] = -weights[:, 0], -bias[0]
        return weights, bias

    return fit


def _log_shares(counts: Values) -> Values:
    logs: Values = np.log((counts + _SMOOTHING) / (counts + _SMOOTHING).sum())
    return logs


def _balance(targets: Numbers, classes: int) -> Values:
    frequent = np.bincount(targets, minlength=classes)[targets] / len(targets)
    weights: Values = frequent ** (-_RARE)
    fair: Values = weights / weights.mean()
    return fair

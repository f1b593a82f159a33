"""Six linear models that each read a letter in their own way, and one that weighs their word and calibrates it.

All of it is linear, so the trained whole folds into one table: features × classes, and each feature's share in a
decision is exactly its value times its weight.

What only learning needs (scikit-learn, optimisers) is imported where something is learnt: it takes longer to load than
everything else together, and whoever serves a learnt model does without.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack

from nlp.ngrams import Numbers
from nlp.topics.features import WITH_CUES, Matrix
from nlp.topics.half_tables import HalfTables
from nlp.topics.sparse_rows import SparseRows

Scores: TypeAlias = NDArray[np.float64]
Weights: TypeAlias = NDArray[np.float64]
_SEED = 0
# What a weight of the stack costs, on the own class and across classes (half its square, per letter).
_COST, _COST_ACROSS = 5e-4, 2e-2
_STACK_ROUNDS = 300
_MANY_CLASSES, _MANY_LETTERS = 32, 32


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores of the classes: Σ over blocks of `rows @ weights[block]`, plus `bias`."""

    weights: Mapping[str, NDArray[np.float32]]
    bias: Scores

    def scores(self, rows: Mapping[str, Matrix]) -> Scores:
        """One row per document. Each row is summed on its own: neighbours make no difference, not even in a bit."""
        total = np.zeros((next(iter(rows.values())).shape[0], len(self.bias)))
        for block in self.weights:
            matrix = rows[block]
            if matrix.shape[0] == 1 and isinstance(self.weights, HalfTables):
                lines = self.weights.for_letter(block, matrix.indices)
                if lines is not None:
                    columns = np.arange(len(lines), dtype=np.int32)
                    total += SparseRows(matrix.data, columns, matrix.indptr, (1, len(lines))) @ lines
                    continue
            # the sums are the same, in the same order, but each long line of weights is fetched once for all letters
            if len(self.bias) >= _MANY_CLASSES and matrix.shape[0] >= _MANY_LETTERS:
                matrix = matrix.tocsc()
            total += matrix @ self.weights[block]
        return total + self.bias


@dataclass(frozen=True, slots=True)
class _Head:
    blocks: tuple[str, ...]
    fit: Callable[[Matrix, Numbers, int, Weights], tuple[Scores, Scores]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The folded model, and what it says of letters it had not seen: a probability per letter and class."""

    model: Linear
    unseen: Scores


def fit(
    rows: Mapping[str, Matrix],
    targets: Numbers,
    classes: int,
    folds: Numbers,
    step: Callable[[], None],
    weights: Weights | None = None,
) -> Fitted:
    """Learn `targets` (0 … `classes` - 1). `folds` keeps letters apart that say the same; `step` is called after each
    of `steps(folds)` parts of the work; `weights` are what each letter counts.

    The heads speak about each fold after learning from the others; the stack learns from that. `unseen` comes from a
    stack that has not seen the fold either.
    """
    if classes == 1:
        return Fitted(Linear({}, np.zeros(1)), np.ones((len(targets), 1)))
    counts = np.ones(len(targets)) if weights is None else weights
    numbers = np.unique(folds)
    said = np.zeros((len(targets), len(_HEADS) * classes))
    for fold in numbers:
        kept, asked = folds != fold, folds == fold
        heads = _fit_heads(_part(rows, kept), targets[kept], classes, counts[kept])
        said[asked] = _speak(heads, _part(rows, asked))
        step()
    unseen = np.zeros((len(targets), classes))
    for fold in numbers:
        kept, asked = folds != fold, folds == fold
        shares, bias = stack(said[kept], targets[kept], classes, counts[kept])
        unseen[asked] = probabilities(said[asked] @ shares + bias)
    heads = _fit_heads(rows, targets, classes, counts)
    model = _fold_in(heads, *stack(said, targets, classes, counts))
    step()
    return Fitted(model, unseen)


def _part(rows: Mapping[str, Matrix], chosen: NDArray[np.bool_]) -> dict[str, Matrix]:
    return {name: matrix[chosen] for name, matrix in rows.items()}


def steps(folds: Numbers) -> int:
    return len(np.unique(folds)) + 1


def probabilities(scores: Scores) -> Scores:
    """The shares of the classes in each row; they add up to 1."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Scores = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _fit_heads(rows: Mapping[str, Matrix], targets: Numbers, classes: int, counts: Weights) -> list[Linear]:
    heads = []
    for head in _HEADS:
        columns = [rows[block] for block in head.blocks]
        weights, bias = _learn(head, hstack(columns, format="csr"), targets, classes, counts)
        ends = np.cumsum([matrix.shape[1] for matrix in columns])[:-1]
        parts = np.split(weights.astype(np.float32), ends, axis=0)
        heads.append(Linear(dict(zip(head.blocks, parts, strict=True)), bias))
    return heads


def _learn(head: _Head, rows: Matrix, targets: Numbers, classes: int, counts: Weights) -> tuple[Scores, Scores]:
    if not rows.shape[1]:  # nothing to read: letters without titles
        return np.zeros((0, classes)), np.zeros(classes)
    if targets.min() < targets.max():
        return head.fit(rows, targets, classes, counts)
    return np.zeros((rows.shape[1], classes)), np.where(np.arange(classes) == targets[0], 1.0, -1.0)


def _speak(heads: Sequence[Linear], rows: Mapping[str, Matrix]) -> Scores:
    return np.hstack([head.scores(rows) for head in heads])


def stack(said: Scores, targets: Numbers, classes: int, counts: Weights | None = None) -> tuple[Scores, Scores]:
    """Weights (what the heads say × classes) and bias of the model above the heads.

    Multinomial logistic regression; what a head says of a class bears on that class, so weights across classes cost
    more: with 35 columns and some hundred letters of a class they learn the noise.
    """
    mean, spread = said.mean(axis=0), said.std(axis=0)
    spread[spread == 0] = 1.0
    inputs, letters = (said - mean) / spread, np.arange(len(targets))
    own = np.tile(np.eye(classes, dtype=np.bool_), (said.shape[1] // classes, 1))
    costs = np.where(own, _COST, _COST_ACROSS)
    size = costs.size
    share = np.full(len(targets), 1 / len(targets)) if counts is None else counts / counts.sum()

    def loss(values: Scores) -> tuple[float, Scores]:
        weights = values[:size].reshape(costs.shape)
        shares = probabilities(inputs @ weights + values[size:])
        error = -share @ np.log(np.maximum(shares[letters, targets], 1e-300)) + (costs * weights**2).sum() / 2
        shares[letters, targets] -= 1
        shares *= share[:, None]
        slope = inputs.T @ shares + costs * weights
        return float(error), np.concatenate([slope.ravel(), shares.sum(axis=0)])

    start = np.concatenate([own.ravel() * classes / len(own), np.zeros(classes)])
    from scipy.optimize import minimize

    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STACK_ROUNDS}).x
    weights = best[:size].reshape(costs.shape) / spread[:, None]
    return weights, best[size:] - mean @ weights


def _fold_in(heads: Sequence[Linear], weights: Scores, bias: Scores) -> Linear:
    folded: dict[str, NDArray[np.float32]] = {}
    bias = bias + np.hstack([head.bias for head in heads]) @ weights
    shares = np.split(weights.astype(np.float32), len(heads), axis=0)
    for head, share in zip(heads, shares, strict=True):
        for block, table in head.weights.items():
            folded[block] = folded.get(block, np.float32(0)) + table @ share
    # what all classes share decides nothing; without it a weight says what its feature speaks for
    return Linear(
        {block: table - table.mean(axis=1, keepdims=True) for block, table in folded.items()}, bias - bias.mean()
    )


def support_vectors(strength: float, balanced: bool) -> Callable[..., tuple[Scores, Scores]]:
    def learn(rows: Matrix, targets: Numbers, classes: int, weights: Weights | None = None) -> tuple[Scores, Scores]:
        from sklearn.svm import LinearSVC

        # a coarse tolerance costs nothing in accuracy and saves half the time
        weight = "balanced" if balanced else None
        model = LinearSVC(C=strength, tol=0.1, class_weight=weight, random_state=_SEED)
        model.fit(rows, targets, sample_weight=weights)
        return _all_classes(model.coef_, model.intercept_, model.classes_, classes)

    return learn


def _logistic(rows: Matrix, targets: Numbers, classes: int, counts: Weights) -> tuple[Scores, Scores]:
    """One against the rest, class by class."""
    from sklearn.linear_model import LogisticRegression

    weights, bias = np.zeros((rows.shape[1], classes)), np.full(classes, -1.0)
    for number in np.unique(targets):
        model = LogisticRegression(C=30.0, solver="liblinear", tol=0.05, random_state=_SEED)
        model.fit(rows, targets == number, sample_weight=counts)
        weights[:, number], bias[number] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _complement_bayes(rows: Matrix, targets: Numbers, classes: int, counts: Weights) -> tuple[Scores, Scores]:
    from sklearn.naive_bayes import ComplementNB

    model = ComplementNB(alpha=0.3)
    model.partial_fit(rows, targets, classes=np.arange(classes), sample_weight=counts)
    return model.feature_log_prob_.T, np.zeros(classes)


def _all_classes(coefficients: Scores, intercepts: Scores, present: Numbers, classes: int) -> tuple[Scores, Scores]:
    """What scikit-learn learnt, for all classes: two classes share one column there, and absent ones have none."""
    if len(present) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.concatenate([-intercepts, intercepts])
    weights, bias = np.zeros((coefficients.shape[1], classes)), np.full(classes, -1.0)
    weights[:, present], bias[present] = coefficients.T, intercepts
    return weights, bias


_HEADS = (
    _Head(("title",), support_vectors(0.3, balanced=False)),
    _Head(("words",), _logistic),
    _Head(("words",), _complement_bayes),
    _Head(("characters",), support_vectors(1.0, balanced=False)),
    _Head(("cues",), support_vectors(0.5, balanced=False)),
    _Head(WITH_CUES, support_vectors(1.0, balanced=True)),
)

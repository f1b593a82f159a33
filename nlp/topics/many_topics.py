"""One decision among two hundred topics that have some dozens of letters each.

`heads` gives every class its own weights in the stack; here there are too few letters a class for that, so all classes
share them: a head's word counts the same for each topic, and so does a unit of cue evidence. A class of the first level
is the sum of its sub-topics: what people write about one department is too varied for one direction in space (measured
on four hands held out in turn: .75 to .79 of first-level topics right by way of the sub-topics, .65 to .69 directly).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from nlp.ngrams import Numbers
from nlp.topics.cue_table import Table
from nlp.topics.features import BLOCKS, Block, Blocks, Matrix, Rows
from nlp.topics.heads import Linear, Scores, probabilities, support_vectors

# A fold number that says: learn from these always, ask about them never.
ALWAYS = -1
_HEADS = (BLOCKS, ("characters",))
_STRENGTH = 0.5
_COST = 1e-4


@dataclass(frozen=True, slots=True)
class Learnt:
    """`linear` scores the classes by the text, those of topics first and last what lies outside of all; `cue_weights`
    are what a unit of cue evidence adds, one for each kind of evidence. `unseen` are the shares of the topics for
    letters in folds, by models that had not seen the fold."""

    linear: Linear
    cue_weights: tuple[float, ...]
    unseen: Scores


def fit(
    rows: Rows,
    evidence: Sequence[Table],
    targets: Numbers,
    topics: int,
    folds: Numbers,
    weights: NDArray[np.float64],
    step: Callable[[], None],
) -> Learnt:
    """Learn `targets` (0 … `topics` - 1, and `topics` for what lies outside); `evidence` are cue scores, letters ×
    topics each.

    `folds` keeps letters apart that say the same, or that one hand wrote; those in fold `ALWAYS` are never asked about.
    `weights` are what a letter counts. `step` is called after each of the heads' `steps(folds)` fits.
    """
    numbers = [number for number in np.unique(folds).tolist() if number != ALWAYS]
    jobs = [(number, blocks) for number in (*numbers, None) for blocks in _HEADS]

    def work(job: tuple[int | None, tuple[str, ...]]) -> Linear:
        number, blocks = job
        # what is always learnt from (the catalogue) is left to the last heads: else the stack, which learns from
        # letters that avoid the catalogue's words, would believe that cue words say nothing
        chosen = (folds != number) & (folds != ALWAYS) if number is not None else folds >= ALWAYS
        kept = np.flatnonzero(chosen)
        head = _fit_head({name: rows[name][kept] for name in blocks}, targets[kept], topics + 1, weights[kept])
        step()
        return head

    # one after the other: liblinear's random numbers are one for the whole process, and threads would share them
    heads = {job: work(job) for job in jobs}
    said = np.zeros((len(_HEADS) + len(evidence), len(targets), topics + 1), dtype=np.float32)
    for (number, blocks), head in heads.items():
        if number is not None:
            asked = np.flatnonzero(folds == number)
            said[_HEADS.index(blocks), asked] = head.scores({name: rows[name][asked] for name in blocks})
    said[len(_HEADS) :, :, :-1] = evidence
    judged = folds != ALWAYS
    inside = judged & (targets < topics)
    shares = _stack(said[:, inside, :-1], targets[inside], weights[inside])
    unseen = np.zeros((len(targets), topics))
    for number in numbers:
        others = inside & (folds != number) if len(numbers) > 1 else inside
        without = _stack(said[:, others, :-1], targets[others], weights[others])
        asked = np.flatnonzero(folds == number)
        unseen[asked] = probabilities(np.tensordot(without, said[:, asked, :-1], 1).astype(np.float64))
    final = [heads[None, blocks] for blocks in _HEADS]
    return Learnt(_fold_in(final, shares), tuple(shares[len(_HEADS) :].tolist()), unseen)


def steps(folds: Numbers) -> int:
    return (len(set(np.unique(folds).tolist()) - {ALWAYS}) + 1) * len(_HEADS)


def telling(rows: Rows, blocks: Blocks, wanted: Sequence[tuple[Numbers, int]]) -> Blocks:
    """The features that say most of some class: for each (targets, most) so many, the same part of every block.

    How much a feature says is the largest term of its G statistic over the classes: letters of the class that have it,
    times the logarithm of how many times more they are than chance would give. Letters with target -1 say nothing.
    """
    total = sum(len(block.slots) for block in blocks.values())
    kept = {name: np.zeros(len(block.slots), dtype=np.bool_) for name, block in blocks.items()}
    for targets, most in wanted:
        judged = np.flatnonzero(targets >= 0)
        for name, block in blocks.items():
            gains = _gains(rows[name][judged], targets[judged])
            kept[name][np.argsort(-gains, kind="stable")[: len(block.slots) * most // total]] = True
    return {name: Block.of(block.slots[kept[name]], block.idf[kept[name]]) for name, block in blocks.items()}


def _gains(rows: Matrix, targets: Numbers) -> Scores:
    shares = np.bincount(targets) / len(targets)
    members = csr_matrix((np.ones(len(targets)), (np.arange(len(targets)), targets)))
    present = csr_matrix((np.ones(rows.nnz), rows.indices, rows.indptr), shape=rows.shape)
    together = (present.T @ members).tocoo()
    having = np.bincount(rows.indices, minlength=rows.shape[1])
    gains = together.data * np.log(together.data / (having[together.row] * shares[together.col]))
    best = np.zeros(rows.shape[1])
    np.maximum.at(best, together.row, gains)
    return best


def _fit_head(rows: Rows, targets: Numbers, classes: int, weights: NDArray[np.float64]) -> Linear:
    columns: list[Matrix] = list(rows.values())
    table, bias = support_vectors(_STRENGTH, balanced=False)(hstack(columns, format="csr"), targets, classes, weights)
    ends = np.cumsum([matrix.shape[1] for matrix in columns])[:-1]
    parts = np.split(table.astype(np.float32), ends, axis=0)
    return Linear(dict(zip(rows, parts, strict=True)), bias)


def _stack(said: NDArray[np.float32], targets: Numbers, weights: NDArray[np.float64]) -> Scores:
    """One weight for each speaker, by the likelihood of the right class; never below 0."""
    spread = np.maximum(said.std(axis=(1, 2)), 1e-6).astype(np.float64)
    inputs, letters = said / spread[:, None, None].astype(np.float32), np.arange(len(targets))
    right, share = inputs[:, letters, targets], weights / weights.sum()

    def loss(values: Scores) -> tuple[float, Scores]:
        shares = probabilities(np.tensordot(values.astype(np.float32), inputs, 1))
        error = -float(share @ np.log(np.maximum(shares[letters, targets], 1e-30))) + _COST * float(values @ values) / 2
        expected = np.einsum("knc,nc->kn", inputs, shares)
        return error, ((expected - right) @ share + _COST * values).astype(np.float64)

    from scipy.optimize import minimize  # see nlp.topics.heads

    start = np.full(len(said), 0.5)
    bounds = [(0.0, None)] * len(said)  # nobody's word for a topic speaks against it
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 100}).x
    scaled: Scores = best / spread
    return scaled


def _fold_in(heads: Sequence[Linear], shares: Scores) -> Linear:
    folded: dict[str, NDArray[np.float32]] = {}
    bias = np.zeros(len(heads[0].bias))
    for head, share in zip(heads, shares, strict=False):
        bias += share * head.bias
        for block, table in head.weights.items():
            folded[block] = folded.get(block, np.float32(0)) + np.float32(share) * table
    # what all classes share decides nothing
    return Linear(
        {block: table - table.mean(axis=1, keepdims=True) for block, table in folded.items()}, bias - bias.mean()
    )

"""A classifier from a city's own labelled letters, with what it is worth by grouped cross-validation."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nlp.letters import LabelledLetter, read
from nlp.ngrams import Numbers
from nlp.segmentation import Segmenter
from nlp.topics import heads
from nlp.topics.evaluation import Scores, safe_threshold, score
from nlp.topics.features import WITH_CUES, Rows, learn, vectors
from nlp.topics.grouping import group_alike, split
from nlp.topics.heads import Scores as Shares
from nlp.topics.labels import assign_codes, choose
from nlp.topics.model import Level, TopicModel, narrow
from nlp.topics.nearest import learn_nearest

FOLDS = 5
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A letter whose label is probably wrong: those who never saw it are surer of another than they usually are."""

    number: int
    title: str
    label: str
    suggested: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Training:
    """`scores` are those of letters in folds that were not learnt from, of the whole decision and, where there are two
    levels, of the first alone. `contradictory` are row numbers of letters that say the same and are labelled
    differently; `left_out` says why letters were not used; `threshold` is the confidence that promises at most 2 %
    errors, if any does; `data_hash` is the SHA-256 of all that was learnt from."""

    model: TopicModel
    scores: Scores
    parent_scores: Scores | None
    threshold: float | None
    letters: int
    groups: int
    data_hash: str
    left_out: dict[str, int]
    contradictory: tuple[tuple[int, ...], ...]
    suspects: tuple[Suspect, ...]


def train(letters: Sequence[LabelledLetter], segmenter: Segmenter, *, on_progress: Progress) -> Training:
    """The same letters in the same order give the same model. Raises `Invalid` where they cannot teach anything."""
    # several threads would add up in another order on another machine, and burn twice the time on matrices this small
    with threadpool_limits(limits=1):
        return _train(letters, segmenter, on_progress)


def _train(letters: Sequence[LabelledLetter], segmenter: Segmenter, on_progress: Progress) -> Training:
    chosen, left_out = choose(letters)
    on_progress("查找重复的来信", 0.02)
    groups = group_alike(read(chosen, segmenter))
    codes, kept = assign_codes(chosen, groups, left_out)
    chosen, codes, groups = [chosen[i] for i in kept], [codes[i] for i in kept], groups[kept]
    on_progress("提取特征", 0.08)
    blocks = learn(read(chosen, segmenter), WITH_CUES)
    rows = vectors(read(chosen, segmenter), blocks)
    folds = split(codes, groups, FOLDS)
    weights = np.array([letter.weight for letter in chosen])

    tops = [letter.parent or letter.label for letter in chosen]
    below = {top: sorted({code for code, t in zip(codes, tops, strict=True) if t == top}) for top in sorted(set(tops))}
    below = {top: found for top, found in below.items() if found != [top]}
    work = _Work(1 + len(below), on_progress)
    first, shares = _decide(rows, tops, np.arange(len(chosen)), folds, None, weights, work)
    nearest = None
    if len(first.codes) > 1:
        targets = np.array([first.codes.index(top) for top in tops], dtype=np.int64)
        nearest, shares = learn_nearest(rows["words"], targets, folds, shares)
    levels: dict[str, Level] = {}
    joint: list[Shares] = []
    names: list[str] = []
    for place, top in enumerate(first.codes):
        if top in below:
            inside = np.flatnonzero([t == top for t in tops])
            levels[top], unseen = _decide(rows, codes, inside, folds, _columns(rows, inside), weights, work)
            conditional = levels[top].probabilities(rows)
            conditional[inside] = unseen
            joint.append(shares[:, place, None] * conditional)
            names += levels[top].codes
        else:
            joint.append(shares[:, place, None])
            names.append(top)
    data_hash = _hash(chosen)
    model = TopicModel(f"trained/3+{data_hash[:8]}", blocks, first, levels, nearest)
    everything = np.hstack(joint)
    return Training(
        model=model,
        scores=_cross_validated(codes, names, everything, folds),
        parent_scores=_cross_validated(tops, first.codes, shares, folds) if levels else None,
        threshold=_threshold(codes, names, everything),
        letters=len(chosen),
        groups=len(np.unique(groups)),
        data_hash=data_hash,
        left_out=dict(left_out),
        contradictory=_contradictory(chosen, codes),
        suspects=find_suspects(chosen, codes, names, everything),
    )


class _Work:
    """How far the training is: decisions of `FOLDS` + 1 parts each, the first the longest."""

    def __init__(self, decisions: int, on_progress: Progress) -> None:
        self._total = decisions * (FOLDS + 1)
        self._done = 0
        self._on_progress = on_progress

    def step(self) -> None:
        self._done = min(self._done + 1, self._total)
        self._on_progress("训练", 0.15 + 0.85 * self._done / self._total)


def _decide(
    rows: Rows,
    labels: Sequence[str],
    inside: Numbers,
    folds: Numbers,
    columns: dict[str, NDArray[np.int32]] | None,
    weights: NDArray[np.float64],
    work: _Work,
) -> tuple[Level, Shares]:
    """Learn one decision from the letters `inside`; with it what was said of each letter by those who never saw it."""
    codes = sorted({labels[i] for i in inside})
    targets = np.array([codes.index(labels[i]) for i in inside], dtype=np.int64)
    seen = narrow(rows, columns)
    fitted = heads.fit(
        {name: matrix[inside] for name, matrix in seen.items()},
        targets,
        len(codes),
        folds[inside],
        work.step,
        weights[inside],
    )
    return Level(tuple(codes), fitted.model, columns), fitted.unseen


def _columns(rows: Rows, inside: Numbers) -> dict[str, NDArray[np.int32]]:
    """The features that at least two of these letters have: a parent's vocabulary is a small part of the whole."""
    counts = {name: np.bincount(rows[name][inside].indices, minlength=rows[name].shape[1]) for name in rows}
    return {name: np.flatnonzero(count > 1).astype(np.int32) for name, count in counts.items()}


def _cross_validated(gold: Sequence[str], names: Sequence[str], shares: Shares, folds: Numbers) -> Scores:
    best, sure, right = _best(gold, names, shares)
    automatic = np.zeros(len(gold), dtype=np.bool_)
    for fold in np.unique(folds):
        others = folds != fold
        threshold = safe_threshold(sure[others].tolist(), right[others].tolist())
        if threshold is not None:
            automatic |= ~others & (sure >= threshold)
    return score(gold, [names[i] for i in best], sure.tolist(), automatic.tolist())


def _threshold(gold: Sequence[str], names: Sequence[str], shares: Shares) -> float | None:
    _, sure, right = _best(gold, names, shares)
    return safe_threshold(sure.tolist(), right.tolist())


def _best(gold: Sequence[str], names: Sequence[str], shares: Shares) -> tuple[Numbers, Shares, NDArray[np.bool_]]:
    best: Numbers = shares.argmax(axis=1)
    return best, shares.max(axis=1), np.array([names[i] for i in best]) == np.array(gold)


def _contradictory(letters: Sequence[LabelledLetter], codes: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    same: dict[str, list[int]] = defaultdict(list)
    for index, letter in enumerate(letters):
        same["".join(f"{letter.title}{letter.body}".split())].append(index)
    return tuple(
        tuple(letters[i].number for i in members) for members in same.values() if len({codes[i] for i in members}) > 1
    )


def find_suspects(
    letters: Sequence[LabelledLetter], codes: Sequence[str], names: Sequence[str], shares: Shares
) -> tuple[Suspect, ...]:
    """Confident learning: another class is at least as likely as it is, on average, for letters that carry it."""
    best, sure, right = _best(codes, names, shares)
    targets = np.array([names.index(code) for code in codes])
    own = np.bincount(targets, shares[np.arange(len(codes)), targets], minlength=len(names))
    usual = own / np.maximum(np.bincount(targets, minlength=len(names)), 1)
    doubtful = np.flatnonzero(~right & (sure >= usual[best]))
    ranked = doubtful[np.argsort(-sure[doubtful], kind="stable")]
    return tuple(
        Suspect(letters[i].number, letters[i].title, codes[i], names[best[i]], round(float(sure[i]), 4)) for i in ranked
    )


def _hash(letters: Sequence[LabelledLetter]) -> str:
    digest = hashlib.sha256()
    for letter in letters:
        digest.update(repr((letter.title, letter.body, letter.parent, letter.label, letter.weight)).encode())
    return digest.hexdigest()

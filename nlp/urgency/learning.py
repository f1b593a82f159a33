"""What an alarm sounds like, learnt from our own texts in some seconds.

A squared hinge loss, solved by Newton steps of conjugate gradients in a fixed number: the same texts give the same
coefficients. A lesson is seen as the reader sees a window: each run of characters, each word of a group and each
pattern counts, by the length of the text.
"""

from functools import cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack

from nlp.cues import CueIndex
from nlp.urgency import windows
from nlp.urgency.company import Kinds, groups, groups_of, holding, patterns
from nlp.urgency.corpus import Kind, load_lessons
from nlp.urgency.model import AlarmModel
from nlp.urgency.windows import Floats

VERSION = "alarms/3"
# A word of a group weighs so much beside a run of characters, and a pattern twice as much.
_GROUP, _PATTERN = 0.2, 0.4
_RIDGE = 0.8
_ROUNDS, _STEPS = 8, 20
# What only sounds like an alarm teaches most; of ordinary stretches there are six times as many.
_WEIGHTS = {Kind.ALARM: 4.0, Kind.CALM: 4.0, Kind.ORDINARY: 1.5}
# What no lesson says anything about is calm.
_UNKNOWN = -0.2
# A run of characters must stand in so many texts.
_SEEN_IN = 2
# What says less than this says nothing.
_LEAST = 0.01


@cache
def learn_alarms() -> AlarmModel:
    lessons = load_lessons()
    detectors = tuple(sorted({lesson.detector for lesson in lessons if lesson.detector}))
    labels = np.array([lesson.detector for lesson in lessons])
    runs, marks = _see([lesson.text for lesson in lessons])
    # whether anything is wrong at all is asked of every lesson, what it is only of those that are or sound like it
    told = np.flatnonzero([lesson.kind is not Kind.ORDINARY for lesson in lessons])
    known, telling = _known(runs), _known(runs[told])
    targets = np.stack([labels != "", *(labels == detector for detector in detectors)], axis=1) * 2.0 - 1.0
    shares = np.array([_WEIGHTS[lesson.kind] for lesson in lessons])
    biases = np.minimum(np.average(targets, axis=0, weights=shares), _UNKNOWN).astype(np.float32)
    wanted, shares = targets.astype(np.float32), shares.astype(np.float32)
    whether = _solve(_join(runs[:, known], marks), wanted[:, :1], biases[:1], shares)
    which = _solve(_join(runs[told][:, telling], marks[told]), wanted[told, 1:], biases[1:], shares[told])
    scales = np.repeat(np.array([_GROUP, _PATTERN], dtype=np.float32), [len(groups()), len(patterns())])
    by_mark = np.concatenate([whether[len(known) :], which[len(telling) :]], axis=1) * scales[:, None]
    loud = np.flatnonzero(np.abs(whether[: len(known), 0]) >= _LEAST)
    any_alarm = known[loud].astype(np.uint32), whether[loud, 0]
    return AlarmModel.of(detectors, any_alarm, (telling.astype(np.uint32), which[: len(telling)]), by_mark, biases)


def _known(runs: Any) -> Any:
    return np.flatnonzero(np.diff(runs.tocsc().indptr) >= _SEEN_IN)


def _join(runs: Any, marks: Any) -> Any:
    return hstack([runs, marks], format="csr").astype(np.float32)


def _see(texts: list[str]) -> tuple[Any, Any]:
    """A row per text: the runs of characters, and the groups and patterns."""
    layout = windows.lay_out(texts)
    lengths = np.array([len(text) for text in texts])
    scale = (1 / np.sqrt(lengths + windows.DAMPING)).astype(np.float32)
    rows = np.arange(len(texts)).repeat(lengths + 1)
    found = windows.slots(layout.codes)
    at = np.concatenate([np.arange(len(runs)) for runs in found])
    last = np.concatenate([np.arange(len(runs)) + size for size, runs in enumerate(found)])
    inside = rows[at] == rows[last]  # no run reaches into the next text
    runs = _matrix(rows[at[inside]], np.concatenate(found)[inside], scale, len(texts), 1 << windows.BITS)

    index = CueIndex(groups_of())
    cues = index.find_all(texts)
    counts = [len(found) for found in cues]
    starts = np.concatenate([found.starts for found in cues]) + layout.offsets.repeat(counts)
    places, kinds = Kinds(index.phrases).expand(np.concatenate([found.numbers for found in cues]))
    words = layout.starts.searchsorted(starts, side="right")[places] - 1
    held, clauses = holding(words, kinds, layout.rows)
    by_group = _matrix(layout.rows[words], kinds, scale * _GROUP, len(texts), len(groups()))
    by_pattern = _matrix(layout.rows[clauses], held, scale * _PATTERN, len(texts), len(patterns()))
    return runs, hstack([by_group, by_pattern], format="csr")


def _matrix(rows: Any, columns: Any, scale: Floats, height: int, width: int) -> Any:
    return csr_matrix((scale[rows], (rows, columns.astype(np.int64))), shape=(height, width))  # sums duplicates


def _solve(matrix: Any, targets: Floats, biases: Floats, shares: Floats) -> Floats:
    """Coefficients by column of `targets`. A text that is already clearly on its side pulls no more."""
    ridge = np.float32(_RIDGE * float(matrix.multiply(matrix).sum()) / matrix.shape[0])
    turned = matrix.T.tocsr()
    found: Floats = np.zeros((matrix.shape[1], targets.shape[1]), dtype=np.float32)
    for _ in range(_ROUNDS):
        scores = matrix @ found + biases
        pull = shares[:, None] * (scores * targets < 1)
        residual = turned @ (pull * (targets - scores)) - ridge * found
        direction = residual.copy()
        size = (residual**2).sum(axis=0)
        for _ in range(_STEPS):
            image = turned @ (pull * (matrix @ direction)) + ridge * direction
            step = size / np.maximum((direction * image).sum(axis=0), 1e-12)
            found += step * direction
            residual -= step * image
            grown = (residual**2).sum(axis=0)
            direction = residual + grown / np.maximum(size, 1e-12) * direction
            size = grown
    return found

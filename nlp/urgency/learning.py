"""What an alarm sounds like, learnt from our own texts in some seconds.

A squared hinge loss, solved by Newton steps of conjugate gradients in a fixed number: the same texts give the same
coefficients. A lesson is seen as the reader sees a window: each run of characters, by how rare and how telling it is,
each word of a group and each pattern counts, by the length of the text.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from nlp.cues import CueIndex
from nlp.urgency import windows
from nlp.urgency.company import Kinds, groups, groups_of, holding, patterns
from nlp.urgency.corpus import Kind, Lesson, load_lessons
from nlp.urgency.model import AlarmModel
from nlp.urgency.windows import Floats

VERSION = "alarms/7"
# A word of a group weighs so much beside a run of characters, and a pattern twice as much.
_GROUP, _PATTERN = 0.4, 0.8
# How much coefficients are held back, for any alarm and for each detector.
_RIDGE, _RIDGE_EACH = 2.0, 0.8
_ROUNDS, _STEPS = 4, 16
# What only sounds like an alarm teaches; ordinary stretches count little: with the weight of the others they teach that
# whatever letters mostly speak of is calm, and alarms speak of it too.
_WEIGHTS = {Kind.ALARM: 4.0, Kind.CALM: 4.0, Kind.ORDINARY: 0.3}
# What no lesson says anything about is calm.
_UNKNOWN = -0.2
# A run of characters must stand in so many texts.
_SEEN_IN = 3
# So often a run is counted more than it was seen, in alarms and in calm texts; and what one that tells nothing counts,
# of the mean.
_SMOOTH, _LEAST_RATIO = 2.0, 0.1
# How much more a rare run counts than a common one: the power of the logarithm of its rarity.
_RARITY = 1.0
# What says less than this says nothing.
_LEAST = 0.01


@cache
def learn_alarms(without: str = "") -> AlarmModel:
    """From all lessons, but for those of the hand `without`."""
    lessons = load_lessons(without)
    detectors = tuple(sorted({detector for lesson in lessons for detector in lesson.detectors}))
    runs, marks = _see([lesson.text for lesson in lessons])
    # whether anything is wrong at all is asked of every lesson, what it is only of those that are or sound like it
    told = np.flatnonzero([lesson.kind is not Kind.ORDINARY for lesson in lessons])
    known, telling = _known(runs), _known(runs[told])
    rarity, rarity_told = _rarity(runs), _rarity(runs[told])
    wanted, shares = _targets(lessons, detectors)
    tells = _tells(runs[:, known], wanted[:, 0] > 0, shares[:, 0], rarity[known])
    biases = np.minimum(np.average(wanted, axis=0, weights=shares), _UNKNOWN).astype(np.float32)
    whether = _solve(_join(runs[:, known], tells, marks), wanted[:, :1], biases[:1], shares[:, :1], _RIDGE)
    both = _join(runs[told][:, telling], rarity_told[telling], marks[told])
    which = _solve(both, wanted[told, 1:], biases[1:], shares[told, 1:], _RIDGE_EACH)
    whether[: len(known)] *= tells[:, None]
    which[: len(telling)] *= rarity_told[telling, None]
    scales = np.repeat(np.array([_GROUP, _PATTERN], dtype=np.float32), [len(groups()), len(patterns())])
    by_mark = np.concatenate([whether[len(known) :], which[len(telling) :]], axis=1) * scales[:, None]
    loud = np.flatnonzero(np.abs(whether[: len(known), 0]) >= _LEAST)
    any_alarm = known[loud].astype(np.uint32), whether[loud, 0]
    return AlarmModel.of(detectors, any_alarm, (telling.astype(np.uint32), which[: len(telling)]), by_mark, biases)


def _known(runs: Any) -> Any:
    known = np.flatnonzero(np.diff(runs.tocsc().indptr) >= _SEEN_IN)
    return known[known != windows.NOWHERE]


def _rarity(runs: Any) -> Floats:
    """What each run counts: a rare one more than one that stands in every text, on the average 1."""
    seen = np.diff(runs.tocsc().indptr)
    rare = np.log(runs.shape[0] / np.maximum(seen, 1)) ** _RARITY
    found: Floats = (rare / np.average(rare, weights=seen)).astype(np.float32)
    return found


def _tells(runs: Any, alarms: NDArray[np.bool_], shares: Floats, rarity: Floats) -> Floats:
    """What each run counts for any alarm: its rarity, and more where it stands mostly in alarms or mostly in calm texts
    (the log-count ratio of Wang and Manning, "Baselines and Bigrams", 2012, damped), on the average 1."""
    seen = (runs > 0).astype(np.float32)
    loud, calm = (seen.T @ (shares * which) + _SMOOTH for which in (alarms, ~alarms))
    ratio = np.sqrt(np.abs(np.log((loud / loud.sum()) / (calm / calm.sum())))) * rarity
    ratio += _LEAST_RATIO * ratio.mean()
    found: Floats = (ratio / np.average(ratio, weights=np.diff(seen.tocsc().indptr))).astype(np.float32)
    return found


def _targets(lessons: Sequence[Lesson], detectors: Sequence[str]) -> tuple[Floats, Floats]:
    """What each lesson says of any alarm and of each detector, 1 or -1, and how much that counts."""
    wanted = [[bool(lesson.detectors), *(name in lesson.detectors for name in detectors)] for lesson in lessons]
    perhaps = [[False, *(name in lesson.perhaps for name in detectors)] for lesson in lessons]
    weights = np.array([_WEIGHTS[lesson.kind] * lesson.share for lesson in lessons], dtype=np.float32)
    shares = np.where(np.array(perhaps), 0, weights[:, None]).astype(np.float32)
    return np.array(wanted).astype(np.float32) * 2 - 1, shares


def _join(runs: Any, rarity: Floats, marks: Any) -> Any:
    return hstack([runs @ diags(rarity), marks], format="csr").astype(np.float32)


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


def _solve(matrix: Any, targets: Floats, biases: Floats, shares: Floats, hold: float) -> Floats:
    """Coefficients by column of `targets`. A text that is already clearly on its side pulls no more."""
    ridge = np.float32(hold * float(matrix.multiply(matrix).sum()) / matrix.shape[0])
    turned = matrix.T.tocsr()
    found: Floats = np.zeros((matrix.shape[1], targets.shape[1]), dtype=np.float32)
    for _ in range(_ROUNDS):
        scores = matrix @ found + biases
        pull = shares * (scores * targets < 1)
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

"""What an alarm sounds like: one linear score for each detector and one for any, learnt from our own texts in a second.

Ridge regression in a fixed number of conjugate-gradient steps: the same texts give the same coefficients. Nothing is
stored: every process learns anew from what it can read.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from nlp.corpus_urgency import Kind, load_lessons
from nlp.cues import CueIndex
from nlp.urgency import windows
from nlp.urgency.hints import HINT_WEIGHT, group_numbers, groups_of

VERSION = "alarms/1"
_RIDGE = 0.3
_STEPS = 30
# Alarms are rarer than calm texts among the lessons, and missing one is worse. The hardest only sounds like one.
_WEIGHTS = {Kind.ALARM: 4.0, Kind.CALM: 6.0, Kind.ORDINARY: 0.5}
# What no lesson says anything about is calm.
_UNKNOWN = -0.5
# A run of characters must stand in so many texts.
_SEEN_IN = 2


@dataclass(frozen=True, slots=True)
class AlarmModel:
    """`alarm` gives each hash its weight for "any alarm", `places` its row in `weights` (0: unknown, all zero), whose
    columns are the `detectors`; `group_alarm` and `group_weights` are the same for the groups of words of
    lexicon/alarms.yaml. A score near 1 is as sure as the lessons themselves, near -1 as calm."""

    detectors: tuple[str, ...]
    alarm: NDArray[np.float32]
    places: NDArray[np.uint16]
    weights: NDArray[np.float32]
    group_alarm: NDArray[np.float32]
    group_weights: NDArray[np.float32]
    alarm_bias: float
    biases: NDArray[np.float32]


@cache
def learn_alarms() -> AlarmModel:
    lessons = load_lessons()
    detectors = tuple(sorted({lesson.detector for lesson in lessons if lesson.detector}))
    texts = [lesson.text for lesson in lessons]
    labels = np.array([lesson.detector for lesson in lessons])
    matrix = _rows(texts)
    runs, groups = matrix[:, : 1 << windows.BITS], matrix[:, 1 << windows.BITS :]
    kept = np.flatnonzero(np.diff(runs.tocsc().indptr) >= _SEEN_IN)
    seen = hstack([runs[:, kept], groups], format="csr")
    targets = np.stack([labels != "", *(labels == detector for detector in detectors)], axis=1) * 2.0 - 1.0
    shares = np.array([_WEIGHTS[lesson.kind] for lesson in lessons])
    biases = np.minimum(np.average(targets, axis=0, weights=shares), _UNKNOWN)
    found = _solve(seen.astype(np.float32), (targets - biases).astype(np.float32), shares.astype(np.float32))
    alarm = np.zeros(1 << windows.BITS, dtype=np.float32)
    alarm[kept] = found[: len(kept), 0]
    places = np.zeros(1 << windows.BITS, dtype=np.uint16)
    places[kept] = np.arange(1, len(kept) + 1)
    weights = np.concatenate([np.zeros((1, len(detectors)), dtype=np.float32), found[: len(kept), 1:]])
    by_group = found[len(kept) :] * np.float32(HINT_WEIGHT)
    return AlarmModel(
        detectors=detectors,
        alarm=alarm,
        places=places,
        weights=weights,
        group_alarm=np.ascontiguousarray(by_group[:, 0]),
        group_weights=np.ascontiguousarray(by_group[:, 1:]),
        alarm_bias=float(biases[0]),
        biases=biases[1:].astype(np.float32),
    )


def _rows(texts: list[str]) -> Any:
    """A row per text as the reader sees a window: each run of characters and each word of a group counts, by the length
    of the text. The groups stand behind the runs."""
    numbers = group_numbers()
    columns, values = [], []
    for text, cues in zip(texts, CueIndex(groups_of()).find_all(texts), strict=True):
        runs = np.concatenate(windows.slots(windows.code_points(text))).astype(np.int64)
        words = [(1 << windows.BITS) + group for cue in cues for group in numbers[cue.phrase]]
        columns.append(np.concatenate([runs, np.array(words, dtype=np.int64)]))
        weights = np.ones(len(runs) + len(words))
        weights[len(runs) :] = HINT_WEIGHT
        values.append(weights / np.sqrt(len(text) + windows.DAMPING))
    pointers = np.cumsum([0, *map(len, columns)])
    shape = (len(texts), (1 << windows.BITS) + 1 + max(group for found in numbers.values() for group in found))
    matrix = csr_matrix((np.concatenate(values), np.concatenate(columns), pointers), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _solve(matrix: Any, targets: NDArray[np.float32], shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Coefficients of the weighted ridge regressions, one per column of `targets`."""
    scale = float(matrix.multiply(matrix).sum()) / matrix.shape[0]
    ridge = np.float32(_RIDGE * scale)
    turned = matrix.T.tocsr()
    residual = turned @ (shares[:, None] * targets)
    found: NDArray[np.float32] = np.zeros_like(residual)
    direction = residual.copy()
    size = (residual**2).sum(axis=0)
    for _ in range(_STEPS):
        image = turned @ (shares[:, None] * (matrix @ direction)) + ridge * direction
        step = size / np.maximum((direction * image).sum(axis=0), 1e-12)
        found += step * direction
        residual -= step * image
        grown = (residual**2).sum(axis=0)
        direction = residual + grown / np.maximum(size, 1e-12) * direction
        size = grown
    return found

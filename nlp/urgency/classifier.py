"""Which detectors a batch of texts sounds like, and where: the best window of each text for each detector.

First one number per character says where any alarm may be; only there the detectors are asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlp.urgency import windows
from nlp.urgency.learning import AlarmModel

# What a window must score to be an alarm, in texts of up to `_SHORT` characters, and how much more for every doubling:
# a long letter has many windows, and some of them sound like anything. Chosen on the development half of the test
# cases and on how many ordinary letters alarm.
_BAR = -0.4
_SHORT = 80.0
_PER_DOUBLING = 0.7
# Groups of words that a rule of lexicon/alarms.yaml wants together lower the bar by so much.
HINT_BONUS = 0.2
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """The score of a detector in its best window of a text, `start`:`end`."""

    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Impression:
    """How much a text sounds like any alarm (`alarm`, about -1 to 1), what would be enough (`bar`), and the detectors
    that some window near the bar may call."""

    alarm: float
    bar: float
    detectors: dict[str, Reading] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Words of groups: the clause each stands in, and the number of its group."""

    clauses: windows.Numbers
    groups: windows.Numbers


def read(texts: Sequence[str], marks: Sequence[Sequence[tuple[int, int]]], model: AlarmModel) -> list[Impression]:
    """The impression of each text. `marks` say where (first character) a word of which group (its number) stands."""
    layout = windows.lay_out(texts)
    slots = windows.slots(layout.codes)
    placed = _place(layout, marks)
    sums = np.add.reduceat(windows.weigh(slots, model.alarm, len(layout.codes)), layout.starts)
    sums += np.bincount(placed.clauses, model.group_alarm[placed.groups], minlength=len(sums)).astype(np.float32)
    bounds = np.append(layout.starts, len(layout.codes))
    first, stop, rows = windows.spans_of(layout)
    lengths = bounds[stop] - bounds[first]
    behind = np.concatenate(([0.0], np.cumsum(sums, dtype=np.float64)))
    alarms = windows.damped((behind[stop] - behind[first]).astype(np.float32), lengths) + model.alarm_bias
    alarms[lengths < _FEWEST] = -1.0
    loudest = np.full(len(texts), -1.0, dtype=np.float32)
    np.maximum.at(loudest, rows, alarms)
    bars = _BAR + _PER_DOUBLING * np.log2(np.maximum(1.0, np.array([len(text) for text in texts]) / _SHORT))
    found = [Impression(alarm, bar) for alarm, bar in zip(loudest.tolist(), bars.tolist(), strict=True)]
    asked = np.flatnonzero(alarms >= bars[rows] - HINT_BONUS)
    if len(asked):
        first, stop, rows = first[asked], stop[asked], rows[asked]
        scores = _ask(layout, slots, placed, first, stop, model)
        starts, ends = bounds[first] - layout.offsets[rows], bounds[stop] - layout.offsets[rows]
        order = np.argsort(rows, kind="stable")
        groups = np.flatnonzero(np.diff(rows[order], prepend=-1))
        for members in np.split(order, groups[1:]):
            best = members[scores[members].argmax(axis=0)]
            found[int(rows[members[0]])].detectors.update(
                (detector, Reading(float(scores[window, number]), int(starts[window]), int(ends[window])))
                for number, (detector, window) in enumerate(zip(model.detectors, best.tolist(), strict=True))
            )
    return found


def _place(layout: windows.Layout, marks: Sequence[Sequence[tuple[int, int]]]) -> _Marks:
    counts = list(map(len, marks))
    flat = np.array([pair for found in marks for pair in found], dtype=np.int64).reshape(-1, 2)
    places = flat[:, 0] + np.repeat(layout.offsets, counts)
    return _Marks(np.searchsorted(layout.starts, places, side="right") - 1, flat[:, 1])


def _ask(
    layout: windows.Layout,
    slots: Sequence[windows.Slots],
    placed: _Marks,
    first: windows.Numbers,
    stop: windows.Numbers,
    model: AlarmModel,
) -> NDArray[np.float32]:
    """The score of every detector in the windows of the clauses `first` to `stop`."""
    bounds = np.append(layout.starts, len(layout.codes))
    steps = np.zeros(len(layout.starts) + 1, dtype=np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, stop, -1)
    wanted = np.flatnonzero(np.cumsum(steps[:-1]) > 0)  # the clauses of all windows; those of one stand together
    numbers = np.concatenate(([0], np.cumsum(np.bincount(wanted, minlength=len(layout.starts)))))
    sizes = bounds[wanted + 1] - bounds[wanted]
    edges = np.cumsum(sizes) - sizes
    at = np.repeat(bounds[wanted] - edges, sizes) + np.arange(int(sizes.sum()))
    total = model.weights[model.places[slots[0][at]]]
    for runs in slots[1:]:
        total += model.weights[model.places[runs[np.minimum(at, len(runs) - 1)]]]
    per_clause = np.add.reduceat(total, edges, axis=0)
    named = numbers[placed.clauses + 1] > numbers[placed.clauses]
    np.add.at(per_clause, numbers[placed.clauses[named]], model.group_weights[placed.groups[named]])
    before = np.concatenate([np.zeros((1, per_clause.shape[1])), np.cumsum(per_clause, axis=0, dtype=np.float64)])
    sums = (before[numbers[stop]] - before[numbers[first]]).astype(np.float32)
    scores: NDArray[np.float32] = windows.damped(sums, bounds[stop] - bounds[first]) + model.biases
    return scores

"""Which detectors a batch of texts sounds like, and where: the best window of each text for each detector.

First one number per character says where any alarm may be; only there the detectors are asked. What a window scores is
the mean of both answers: "something is wrong", which counts twice, and "it is this". The text as a whole counts too:
what makes an anecdote of an alarm, or an alarm of arrangements, may stand far from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.urgency import windows
from nlp.urgency.model import AlarmModel
from nlp.urgency.windows import Codes, Floats, Layout, Numbers

# What a window must score to be an alarm, in texts of `_SHORT` characters, and how much more for every doubling, less
# for every halving: a long letter has many windows, and some of them sound like anything. Chosen on hands of which
# nothing was learnt (see tests/quality/urgency_bench.py) and on how many ordinary letters alarm.
_BAR = 0.03
_SHORT = 80.0
_PER_DOUBLING, _PER_HALVING = 0.2, 0.1
# What is so much below the bar is still worth a look: an alarm that is missed costs more than a letter looked at.
FAINTLY = 0.21
# How much the whole text counts beside its loudest window.
_WHOLE = 0.3
_FEWEST = 5
# Windows so much less loud than the loudest of their text are not asked.
_NEAR_LOUDEST = 0.3


@dataclass(frozen=True, slots=True)
class Reading:
    """The score of a detector in its best window of a text, `start`:`end`."""

    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Impressions:
    """How much each text sounds like any alarm (`alarms`, about -1 to 1) and what would be enough (`bars`; `FAINTLY`
    less for a faint one). `windows` is how much each window sounds like any alarm, in the order of `windows.spans_of`.
    Of the windows that are at least faint, `asked` by text, `scores` is what each of the `detectors` hears; `starts`
    and `ends` say where they stand."""

    alarms: list[float]
    bars: list[float]
    windows: Floats
    asked: Mapping[int, Numbers]
    detectors: Sequence[str]
    scores: Floats
    starts: Numbers
    ends: Numbers

    def readings(self, row: int) -> dict[str, Reading]:
        """What each detector hears in its best window of a text; none for one that does not come near the bar."""
        if row not in self.asked:
            return {}
        heard = self.scores[self.asked[row]]
        best = self.asked[row][heard.argmax(axis=0)]
        columns = zip(
            self.detectors,
            heard.max(axis=0).tolist(),
            self.starts[best].tolist(),
            self.ends[best].tolist(),
            strict=True,
        )
        return {detector: Reading(score, start, end) for detector, score, start, end in columns}

    def around(self, clauses: Numbers, layout: Layout) -> Floats:
        """How much the loudest window with each of `clauses` in it sounds like any alarm."""
        first, stop = windows.spans_of(layout)
        found = np.full(len(clauses), -np.inf, dtype=np.float32)
        for begin in range(0, len(first), len(layout.starts)):
            for step in range(max(windows.SPANS)):
                at = np.maximum(clauses - step, 0) + begin
                inside = (first[at] <= clauses) & (clauses < stop[at])
                np.maximum(found, np.where(inside, self.windows[at], -np.inf), out=found)
        return found


@dataclass(frozen=True, slots=True)
class Marks:
    """Words of groups and patterns that hold: the clause of each, and the number of its group, or of its pattern
    behind all groups."""

    clauses: Numbers
    kinds: Numbers


def read(layout: Layout, marks: Marks, model: AlarmModel) -> Impressions:
    found = windows.slots(layout.codes)
    bounds = layout.bounds
    sums = np.add.reduceat(windows.weigh(found, model.alarm), layout.starts).astype(np.float64)
    sums += np.bincount(marks.clauses, model.mark_alarm[marks.kinds], minlength=len(sums))
    behind = np.zeros(len(sums) + 1)
    sums.cumsum(out=behind[1:])
    first, stop = windows.spans_of(layout)
    lengths = bounds[stop] - bounds[first]
    alarms = windows.damped(behind[stop] - behind[first], lengths) + model.alarm_bias
    alarms[lengths < _FEWEST] = -1.0
    every = alarms.astype(np.float32)
    # the windows of one span stand by text; of each text the loudest in any span
    by_clause = alarms.reshape(len(windows.SPANS), -1).max(axis=0)
    loudest = np.maximum.reduceat(by_clause, layout.starts.searchsorted(layout.offsets))
    sizes = np.append(layout.offsets[1:], len(layout.codes)) - layout.offsets
    doublings = np.log2(np.maximum(1, sizes - 1) / _SHORT)
    bars = _BAR + np.where(doublings > 0, _PER_DOUBLING, _PER_HALVING) * doublings
    rows = np.tile(layout.rows, len(windows.SPANS))
    edges = layout.starts.searchsorted(np.append(layout.offsets, len(layout.codes)))
    whole = windows.damped(np.diff(behind[edges]), sizes) + model.alarm_bias
    least = np.maximum((1 + _WHOLE) * (bars - FAINTLY) - _WHOLE * whole, loudest - _NEAR_LOUDEST)
    asked = np.flatnonzero(alarms >= least[rows])
    loudest = (loudest + _WHOLE * whole) / (1 + _WHOLE)
    first, stop, rows = first[asked], stop[asked], rows[asked]
    scores = _ask(layout, found, marks, first, stop, model)
    members: dict[int, Numbers] = {}
    if len(asked):
        both = ((2 * alarms[asked] + scores.max(axis=1)) / 3 + _WHOLE * whole[rows]) / (1 + _WHOLE)
        loudest[rows] = -1.0
        np.maximum.at(loudest, rows, both)
        order = np.argsort(rows, kind="stable")
        cuts = np.flatnonzero(np.diff(rows[order])) + 1
        members = dict(zip(rows[order[np.append(0, cuts)]].tolist(), np.split(order, cuts), strict=True))
    begins = layout.offsets[rows]
    spans = bounds[first] - begins, bounds[stop] - begins
    return Impressions(loudest.tolist(), bars.tolist(), every, members, model.detectors, scores, *spans)


def _ask(layout: Layout, found: list[Codes], marks: Marks, first: Numbers, stop: Numbers, model: AlarmModel) -> Floats:
    """The score of every detector in the windows of the clauses `first` to `stop`."""
    if not len(first):
        return np.empty((0, len(model.detectors)), dtype=np.float32)
    bounds = layout.bounds
    steps = np.zeros(len(layout.starts) + 1, dtype=np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, stop, -1)
    wanted = np.flatnonzero(np.cumsum(steps[:-1]) > 0)  # the clauses of all windows; those of one stand together
    numbers = np.concatenate(([0], np.cumsum(np.bincount(wanted, minlength=len(layout.starts)))))
    sizes = bounds[wanted + 1] - bounds[wanted]
    edges = np.cumsum(sizes) - sizes
    at = np.repeat(bounds[wanted] - edges, sizes) + np.arange(int(sizes.sum()))
    total = model.weights[model.places[found[0][at]]]
    for runs in found[1:]:
        if len(runs):
            total += model.weights[model.places[runs[np.minimum(at, len(runs) - 1)]]]
    per_clause = np.add.reduceat(total, edges, axis=0)
    named = numbers[marks.clauses + 1] > numbers[marks.clauses]
    np.add.at(per_clause, numbers[marks.clauses[named]], model.mark_weights[marks.kinds[named]])
    before = np.concatenate([np.zeros((1, per_clause.shape[1])), np.cumsum(per_clause, axis=0, dtype=np.float64)])
    sums = (before[numbers[stop]] - before[numbers[first]]).astype(np.float32)
    scores: Floats = windows.damped(sums, bounds[stop] - bounds[first]) + model.biases
    return scores

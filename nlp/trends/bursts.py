"""Where suddenly more is said, or less: a scan over windows of several lengths, with few false alarms over all series.

The counts of the last 1, 3, 6, 12 and 24 hours are set against a negative binomial distribution around what the series
expects. The more series there are, the stricter each is judged: the budget of false alarms is for all together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from nlp.trends.baseline import Baseline, BaselineSettings, Floats, fit_baseline

VERSION = "bursts/1"
# Tests of one series in one step: five windows up, one or more down; and, as simulation shows, real counts stray a
# little further than the distribution says (tests/quality/bursts_bench.py).
_TESTS_PER_STEP = 100.0


@dataclass(frozen=True, slots=True)
class BurstSettings:
    """`false_alarms` a month over all series together; a burst has at least `least_letters` of `least_persons` (where
    persons are known); after an alarm a series is silent for `refractory_hours`. The first `first_day` days are history
    only. Daily data have windows in days."""

    false_alarms: float = 0.5
    least_letters: int = 4
    least_persons: int = 3
    refractory_hours: int = 72
    hours: tuple[int, ...] = (1, 3, 6, 12, 24)
    days: tuple[int, ...] = (1, 3, 6, 12, 24)
    first_day: int = 14
    baseline: BaselineSettings = field(default_factory=BaselineSettings)


@dataclass(frozen=True, slots=True)
class CountTable:
    """`counts` (and `persons`, if known) are series × step; steps are hours or days from `start` without gaps.
    `started[series]`: the step of its first row. `kinds[day]`: 0 for Monday to 6 for Sunday and holidays."""

    names: Sequence[str]
    start: datetime
    hourly: bool
    counts: Floats
    persons: Floats | None
    started: NDArray[np.int64]
    kinds: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Burst:
    """`since` is the beginning of the window, `found` the end of the step in which it was seen. `count` and `expected`
    are persons where the table has them, else letters; `size` is the one less the other. `direction` is "up" or "down";
    `p` the chance of such a count without a cause."""

    series: str
    since: datetime
    found: datetime
    direction: str
    count: int
    expected: float
    p: float

    @property
    def size(self) -> float:
        return self.count - self.expected


def find_bursts(table: CountTable, settings: BurstSettings | None = None) -> list[Burst]:
    """All bursts in order of time, each found with nothing but what was known in its hour (or day)."""
    settings = settings or BurstSettings()
    steps = 24 if table.hourly else 1
    windows = settings.hours if table.hourly else settings.days
    step = timedelta(hours=1) if table.hourly else timedelta(days=1)
    series, length = table.counts.shape
    threshold = settings.false_alarms / (series * 30 * steps * _TESTS_PER_STEP)
    silent = settings.refractory_hours if table.hourly else -(-settings.refractory_hours // 24)
    # where persons are known they are what is counted: one person's hundred letters are one voice
    voices = table.counts if table.persons is None else np.minimum(table.counts, table.persons)
    # the step of each series' last alarm; what led to it leads to no other
    alarmed = np.full(series, -(10**6), dtype=np.int64)
    bursts: list[Burst] = []
    for today in range(settings.first_day, -(-length // steps)):
        baseline = fit_baseline(voices, table.kinds, table.started, today, steps, windows, settings.baseline)
        end = min((today + 1) * steps, length)
        chances = _chances(table, voices, baseline, today * steps, end, windows, alarmed, settings)
        for place in range(end - today * steps):
            now = today * steps + place
            # the shortest window that is uncommon enough says best since when
            best = (chances[:, :, place] < threshold).argmax(axis=1)
            p = chances[np.arange(series), best, place]
            for i in np.flatnonzero((p < threshold) & (now - alarmed >= silent)).tolist():
                window = windows[best[i] % len(windows)]
                expected = _expected(baseline, window, place, steps)[i]
                seen = voices[i, now - window + 1 : now + 1]
                alarmed[i] = now
                bursts.append(
                    Burst(
                        series=table.names[i],
                        since=table.start + step * (now - window + 1),
                        found=table.start + step * (now + 1),
                        direction="up" if best[i] < len(windows) else "down",
                        count=int(seen.sum()),
                        expected=float(expected),
                        p=float(p[i]),
                    )
                )
    return bursts


def _chances(
    table: CountTable,
    voices: Floats,
    baseline: Baseline,
    begin: int,
    end: int,
    windows: Sequence[int],
    alarmed: NDArray[np.int64],
    settings: BurstSettings,
) -> Floats:
    """Series × (windows upward, windows downward) × step of the day."""
    steps = 24 if table.hourly else 1
    series = len(table.counts)
    chances = np.ones((series, 2 * len(windows), end - begin))
    for number, window in enumerate(windows):
        for place in range(end - begin):
            first = begin + place - window + 1
            if first < 0:
                continue
            seen = voices[:, first : begin + place + 1].sum(axis=1)
            expected = _expected(baseline, window, place, steps)
            shape = 1 / (baseline.spread[window] + baseline.level_spread)
            share = expected / (shape + expected)
            fresh = (table.started <= first) & (alarmed < first)
            letters = table.counts[:, first : begin + place + 1].sum(axis=1)
            enough = fresh & (letters >= settings.least_letters) & (seen > expected)
            if table.persons is not None:
                enough &= seen >= settings.least_persons
            up = np.flatnonzero(enough)
            chances[up, number, place] = betainc(seen[up], shape[up], share[up])
            # silence is told by whole days only: a quiet hour is nothing
            if window * (24 // steps) >= 24:
                down = np.flatnonzero(fresh & (seen < expected))
                low = 1 - betainc(seen[down] + 1, shape[down], share[down])
                chances[down, len(windows) + number, place] = low
    return chances


def _expected(baseline: Baseline, window: int, place: int, steps: int) -> Floats:
    end = baseline.expected.shape[1] - steps + place + 1
    total: Floats = baseline.expected[:, end - window : end].sum(axis=1)
    return total

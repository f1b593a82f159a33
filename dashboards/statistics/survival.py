"""How long do cases take, those that are not finished yet included?

Kaplan and Meier (1958): the share still open after each day, each open case counted as long as it has been watched
(censored now). Variance by Greenwood (1926); band and median interval on the log-log scale (Kalbfleisch and Prentice
2002, 1.4; Brookmeyer and Crowley 1982), which never leaves 0..1. Unlike the mean of finished cases it is not flattered
by those that are still lying. Pure: counts by day in, a curve out.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class DayCount:
    """After `days` natural days `completed` cases were finished, `censored` were last seen open."""

    days: int
    completed: int
    censored: int


@dataclass(frozen=True, slots=True)
class Watched:
    """Cases by `days`, ascending, each day once: after so many natural days `completed` were finished and `censored`
    were last seen open; `at_risk`: those still open and watched as the day began."""

    days: tuple[int, ...]
    completed: tuple[int, ...]
    censored: tuple[int, ...]
    at_risk: tuple[int, ...]

    @property
    def longest(self) -> int:
        """The last day on which any was seen; -1: there is none."""
        return self.days[-1] if self.days else -1

    def count_at_risk(self, day: int) -> int:
        """How many cases were still open and watched as this day began."""
        at = bisect_left(self.days, day)
        return self.at_risk[at] if at < len(self.days) else 0


@dataclass(frozen=True, slots=True)
class Step:
    """From the end of day `days` on the share `open` 0..1 is still open, between `low` and `high` with 95 % (None: not
    to be said, where none or all are open). `at_risk`: cases still open and watched as the day began."""

    days: int
    at_risk: int
    completed: int
    open: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Median:
    """Half are finished after `days`, with 95 % between `low` and `high`; None: not reached while they were watched."""

    days: int | None
    low: int | None
    high: int | None


def watch(counts: Iterable[DayCount]) -> Watched:
    """Days may come in any order and repeat. Raises `ValueError` for days below zero."""
    completed: dict[int, int] = {}
    censored: dict[int, int] = {}
    for count in counts:
        if count.days < 0:
            raise ValueError("a case cannot be finished before it came")
        completed[count.days] = completed.get(count.days, 0) + count.completed
        censored[count.days] = censored.get(count.days, 0) + count.censored
    size = max(completed, default=-1) + 1
    by_day = np.zeros((2, size), np.int64)
    for day in completed:
        by_day[:, day] = completed[day], censored[day]
    return watch_days(*by_day)


def watch_days(completed: NDArray[np.int64], censored: NDArray[np.int64]) -> Watched:
    """How many cases were finished after so many days, at each place from day 0 on, and how many last seen open."""
    left = completed + censored
    days = np.flatnonzero(left)
    at_risk = left[::-1].cumsum()[::-1]
    columns = (tuple(column[days].tolist()) for column in (completed, censored, at_risk))
    return Watched(tuple(days.tolist()), *columns)


def trace(counts: Watched) -> list[Step]:
    """The curve, one step for each day on which cases were finished."""
    share, variance = 1.0, 0.0
    steps = []
    every = zip(counts.days, counts.completed, counts.at_risk, strict=True)
    for day, done, at_risk in compress(every, counts.completed):
        share *= 1 - done / at_risk
        variance += done / (at_risk * (at_risk - done)) if at_risk > done else 0.0
        # rounding may leave a trace of a share where all are finished
        share = share if at_risk > done else 0.0
        low, high = _band(share, variance)
        steps.append(Step(day, at_risk, done, share, low, high))
    return steps


def find_median(steps: Sequence[Step]) -> Median:
    """The first day after which at most half are open; the interval from where the band crosses the half."""

    def first(values: Iterable[tuple[int, float | None]]) -> int | None:
        return next((days for days, value in values if value is not None and value <= 0.5), None)

    return Median(
        days=first((step.days, step.open) for step in steps),
        low=first((step.days, step.low) for step in steps),
        high=first((step.days, step.high) for step in steps),
    )


def open_after(steps: Sequence[Step], days: int) -> float:
    """The share still open at the end of day `days`."""
    at = bisect_right(steps, days, key=lambda step: step.days)
    return steps[at - 1].open if at else 1.0


def _band(share: float, variance: float) -> tuple[float | None, float | None]:
    if not 0 < share < 1:
        return None, None
    width = _Z * sqrt(variance) / abs(log(share))
    return share ** exp(width), share ** exp(-width)

"""How long do cases take, those that are not finished yet included?

Kaplan and Meier (1958): the share still open after each day, each open case counted as long as it has been watched
(censored now). Variance by Greenwood (1926); band and median interval on the log-log scale (Kalbfleisch and Prentice
2002, 1.4; Brookmeyer and Crowley 1982), which never leaves 0..1. Unlike the mean of finished cases it is not flattered
by those that are still lying. Pure: counts by day in, a curve out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class DayCount:
    """After `days` natural days `completed` cases were finished, `censored` were last seen open."""

    days: int
    completed: int
    censored: int


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


def trace(counts: Iterable[DayCount]) -> list[Step]:
    """The curve, one step for each day on which cases were finished. Days may come in any order and repeat.
    Raises `ValueError` for days below zero."""
    completed: dict[int, int] = {}
    left: dict[int, int] = {}
    for count in counts:
        if count.days < 0:
            raise ValueError("a case cannot be finished before it came")
        completed[count.days] = completed.get(count.days, 0) + count.completed
        left[count.days] = left.get(count.days, 0) + count.completed + count.censored
    at_risk = sum(left.values())
    share, variance = 1.0, 0.0
    steps = []
    for day in sorted(left):
        done = completed[day]
        if done:
            share *= 1 - done / at_risk
            variance += done / (at_risk * (at_risk - done)) if at_risk > done else 0.0
            # rounding may leave a trace of a share where all are finished
            share = share if at_risk > done else 0.0
            low, high = _band(share, variance)
            steps.append(Step(day, at_risk, done, share, low, high))
        at_risk -= left[day]
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


def count_at_risk(counts: Sequence[DayCount], days: Sequence[int]) -> list[int]:
    """How many cases were still open and watched as each of `days` began."""
    return [sum(c.completed + c.censored for c in counts if c.days >= day) for day in days]


def open_after(steps: Sequence[Step], days: int) -> float:
    """The share still open at the end of day `days`."""
    return next((step.open for step in reversed(steps) if step.days <= days), 1.0)


def _band(share: float, variance: float) -> tuple[float | None, float | None]:
    if not 0 < share < 1:
        return None, None
    width = _Z * sqrt(variance) / abs(log(share))
    return share ** exp(width), share ** exp(-width)

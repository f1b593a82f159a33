"""Made-up hourly counts that are as hard as real ones, and outbreaks put into them.

Two hundred series, each with a level and a week of its own, whole days that are busy or quiet (lognormal), hours that
clump (gamma), a trend up or down, days on which the whole city is busy or quiet, and three days off. Eight weeks of
history, then a month that is watched. An outbreak of N letters comes within hours: exponential, three on average.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from nlp.trends.baseline import Floats
from nlp.trends.bursts import CountTable

SERIES, HISTORY, MONTH = 200, 56, 30
OUTBREAKS = 20
_MEAN_HOURS = 3.0


@dataclass(frozen=True, slots=True)
class Kind:
    """Letters an hour from `least` to `most`; `days`: how far whole days stray (sigma of the logarithm), `tied`: how
    much a day is like the day before; `clumps`: the less, the more hours clump; `trend`: sigma of growth a week."""

    least: float = 0.02
    most: float = 1.0
    days: float = 0.25
    tied: float = 0.0
    clumps: float = 4.0
    trend: float = 0.05
    city: float = 0.1


HARD = Kind()
# Harder than what the scan was made on, each in one way.
OTHERS = {
    "wild days": Kind(days=0.4),
    "days tied": Kind(days=0.35, tied=0.7),
    "clumped": Kind(clumps=1.0),
    "steep": Kind(trend=0.1),
    "small": Kind(least=0.005, most=0.2),
    "large": Kind(least=0.2, most=6.0),
    "ideal": Kind(days=0.0, clumps=1e6, trend=0.0, city=0.0),
}


def made_series(
    random: np.random.Generator, kind: Kind = HARD, series: int = SERIES, days: int = HISTORY + MONTH
) -> Floats:
    """Counts without an outbreak, series × hour."""
    hour = np.arange(24)
    day_curve = 0.15 + np.exp(-((hour - 10.5) ** 2) / 14) + 0.8 * np.exp(-((hour - 16) ** 2) / 12)
    level = np.exp(random.uniform(np.log(kind.least), np.log(kind.most), series))
    week = np.array([1.15, 1.1, 1.0, 1.0, 1.0, 0.7, 0.6]) * random.lognormal(0, 0.1, (series, 7))
    curve = day_curve * random.lognormal(0, 0.15, (series, 24))
    curve /= curve.mean(axis=1, keepdims=True)
    trend = np.exp(random.normal(0, kind.trend, series)[:, None] * np.arange(days) / 7)
    stray = random.normal(0, 1, (series, days))
    for day in range(1, days):
        stray[:, day] = kind.tied * stray[:, day - 1] + np.sqrt(1 - kind.tied**2) * stray[:, day]
    busy = np.exp(kind.days * stray - kind.days**2 / 2)
    city = random.lognormal(-(kind.city**2) / 2, kind.city, days)
    if kind.city:
        city[HISTORY + 12 : HISTORY + 15] *= 0.6
    mean = level[:, None] * week[:, np.arange(days) % 7] * trend * busy * city
    hourly = mean[:, :, None] * curve[:, None, :] * random.gamma(kind.clumps, 1 / kind.clumps, (series, days, 24))
    return random.poisson(hourly).reshape(series, -1).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Outbreak:
    """`begin` is an hour; `hours` those of its letters."""

    begin: int
    hours: NDArray[np.int64]


def add_outbreaks(
    random: np.random.Generator, counts: Floats, size: int, outbreaks: int = OUTBREAKS, first_day: int = HISTORY
) -> dict[int, Outbreak]:
    """Adds the letters of an outbreak to each of that many series, in hours that are watched; by series."""
    added: dict[int, Outbreak] = {}
    for series in random.choice(len(counts), min(outbreaks, len(counts)), replace=False).tolist():
        begin = int(random.integers((first_day + 1) * 24, counts.shape[1] - 48))
        hours = begin + random.exponential(_MEAN_HOURS, size).astype(np.int64)
        added[series] = Outbreak(begin, hours[hours < counts.shape[1]])
        np.add.at(counts[series], added[series].hours, 1)
    return added


def table_of(counts: Floats, kinds: NDArray[np.int64] | None = None) -> CountTable:
    """Hourly, from a Monday."""
    series, hours = counts.shape
    return CountTable(
        names=[str(number) for number in range(series)],
        start=datetime(2026, 1, 5, tzinfo=UTC),
        hourly=True,
        counts=counts,
        persons=None,
        started=np.zeros(series, dtype=np.int64),
        kinds=np.arange(-(-hours // 24)) % 7 if kinds is None else kinds,
    )

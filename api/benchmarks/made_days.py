"""Made-up daily counts by topic × county with what real ones have: weeks, holidays, seasons, drift, busy days."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.trends.baseline import Floats


@dataclass(frozen=True, slots=True)
class MadeDays:
    """`counts` is series × day from `first` on; `expected` the means they were drawn around; `kinds` reaches 14 days
    further."""

    first: date
    counts: Floats
    expected: Floats
    kinds: NDArray[np.int64]

    @property
    def started(self) -> NDArray[np.int64]:
        return np.zeros(len(self.counts), dtype=np.int64)


def made_days(
    seed: int,
    *,
    series: int = 200,
    days: int = 800,
    least: float = 0.1,
    most: float = 30.0,
    stray: float = 0.25,
    drift: float = 0.02,
    season: float = 0.35,
    holiday: float = 0.45,
) -> MadeDays:
    """Levels from `least` to `most` letters a day. `stray`: sigma of single days; `drift`: of the level's daily step;
    `season`: how far the year moves half of the series; `holiday`: what is left on a day off (16 a year)."""
    random = np.random.default_rng(seed)
    first = date(2024, 9, 2)
    kinds = np.array([_kind(first + timedelta(days=n)) for n in range(days + 14)], dtype=np.int64)
    level = np.exp(random.uniform(np.log(least), np.log(most), series))[:, None]
    week = np.concatenate([[1.15, 1.1, 1.0, 1.0, 1.0, 0.7, 0.6], [holiday]])
    shape = week * random.lognormal(0, 0.1, (series, 8))
    wandering = np.cumsum(random.normal(0, drift, (series, days)), axis=1)
    year = np.sin(2 * np.pi * np.arange(days)[None, :] / 365.25 + random.uniform(0, 2 * np.pi, (series, 1)))
    seasonal = season * year * (random.random((series, 1)) < 0.5)
    expected = level * shape[:, kinds[:days]] * np.exp(wandering + seasonal)
    counts = random.poisson(expected * random.lognormal(-(stray**2) / 2, stray, (series, days)))
    return MadeDays(first, counts.astype(np.float64), expected, kinds)


def _kind(day: date) -> int:
    """A week off in October and in February, May Day; 7 stands for a holiday."""
    off = (day.month, day.day) in {(10, n) for n in range(1, 8)} | {(2, n) for n in range(10, 17)} | {(5, 1), (5, 2)}
    return 7 if off else day.weekday()

"""False alarms a month and bursts found within six hours, on simulated series: python -m tests.quality.bursts_bench

200 hard series: levels from a letter in two days to one an hour, each with a week of its own shape, whole days that are
busy or quiet (lognormal), hours that clump (gamma), a trend up or down, and one holiday week. Eight weeks of history,
then 30 days in which alarms are counted. A burst of N letters comes within hours: exponential, three hours on average.
"""

import argparse
from datetime import UTC, datetime
from time import perf_counter

import numpy as np

from nlp.trends.baseline import Floats
from nlp.trends.bursts import BurstSettings, CountTable, find_bursts

_HISTORY, _MONTH = 56, 30
_WITHIN = 6


def hard_series(random: np.random.Generator, series: int = 200, days: int = _HISTORY + _MONTH) -> Floats:
    """Counts without a burst, series × hour."""
    hour = np.arange(24)
    day_curve = 0.15 + np.exp(-((hour - 10.5) ** 2) / 14) + 0.8 * np.exp(-((hour - 16) ** 2) / 12)
    level = np.exp(random.uniform(np.log(0.02), np.log(1.0), series))
    week = np.array([1.15, 1.1, 1.0, 1.0, 1.0, 0.7, 0.6]) * random.lognormal(0, 0.1, (series, 7))
    curve = day_curve * random.lognormal(0, 0.15, (series, 24))
    curve /= curve.mean(axis=1, keepdims=True)
    trend = np.exp(random.normal(0, 0.05, series)[:, None] * np.arange(days) / 7)
    day = random.lognormal(-0.03, 0.25, (series, days))
    city = random.lognormal(-0.005, 0.1, days)
    city[_HISTORY + 12 : _HISTORY + 15] *= 0.6
    mean = level[:, None] * week[:, np.arange(days) % 7] * trend * day * city
    hourly = mean[:, :, None] * curve[:, None, :] * random.gamma(4, 1 / 4, (series, days, 24))
    return random.poisson(hourly).reshape(series, -1).astype(np.float64)


def table_of(counts: Floats) -> CountTable:
    series, hours = counts.shape
    return CountTable(
        names=[str(number) for number in range(series)],
        start=datetime(2026, 1, 5, tzinfo=UTC),
        hourly=True,
        counts=counts,
        persons=None,
        started=np.zeros(series, dtype=np.int64),
        kinds=np.arange(-(-hours // 24)) % 7,
    )


def false_alarms(random: np.random.Generator, rounds: int, settings: BurstSettings) -> list[int]:
    """Alarms in the last 30 days of each round, with no burst in the data."""
    return [len(find_bursts(table_of(hard_series(random)), settings)) for _ in range(rounds)]


def found(random: np.random.Generator, size: int, settings: BurstSettings) -> float:
    """Share of bursts of `size` letters, one in each series at a random hour, that are found within six hours."""
    counts = hard_series(random, days=_HISTORY + 4)
    begins = random.integers(_HISTORY * 24 + 24, _HISTORY * 24 + 72, len(counts))
    for row, begin in zip(counts, begins, strict=True):
        hours = begin + random.exponential(3.0, size).astype(int)
        np.add.at(row, hours[hours < len(row)], 1)
    caught = {
        burst.series
        for burst in find_bursts(table_of(counts), settings)
        if burst.direction == "up"
        and 0 < (burst.found - table_of(counts).start).total_seconds() / 3600 - begins[int(burst.series)] <= _WITHIN
    }
    return len(caught) / len(counts)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4)
    rounds = parser.parse_args().rounds
    settings = BurstSettings(first_day=_HISTORY)
    begin = perf_counter()
    alarms = false_alarms(np.random.default_rng(1), rounds, settings)
    print(f"false alarms a month, 200 series: {np.mean(alarms):.2f} {alarms}  {perf_counter() - begin:.0f} s")
    for size in (50, 25, 12):
        shares = [found(np.random.default_rng(seed), size, settings) for seed in range(2, 2 + rounds)]
        print(f"+{size} letters: {np.mean(shares):.3f} within {_WITHIN} h")


if __name__ == "__main__":
    main()

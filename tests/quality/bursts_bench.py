"""Bursts in real counts: python -m tests.quality.bursts_bench FOLDER   (the made-up ones: wenzheng bench bursts)

FOLDER holds weibo_hotsearch_hourly_2025.csv.gz: new titles of the hot search list by category and hour, three months.
What is a false alarm among real events nobody has marked, so three things are measured: how many alarms there are; how
many there are in simulated series that have the means and variances of the real ones, hour by hour and day by day, and
no event; and how many outbreaks put into the real counts are found, in series too that are silent just then.
"""

import argparse
import csv
import gzip
import os
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from scipy.special import betaincinv

from api.benchmarks.bursts import REPORTED, WITHIN
from api.benchmarks.made_series import HISTORY, OUTBREAKS
from nlp.trends.baseline import Floats
from nlp.trends.bursts import BurstSettings, CountTable, find_bursts

_FILE = "weibo_hotsearch_hourly_2025.csv.gz"
_LEAST_TITLES = 20
# Titles a day of a category in which fifty more within hours are no large part of what comes anyway.
_BUSY = 100


def read_weibo(path: Path) -> CountTable:
    """Titles in the hour in which they first came up, by category; categories with some titles."""
    first: dict[str, tuple[datetime, str]] = {}
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            moment = datetime.fromisoformat(row["date"]) + timedelta(hours=int(row["hour"]))
            first.setdefault(row["title"], (moment, row["category"].split("\n")[0].strip()))
    categories = Counter(category for _, category in first.values())
    # titles of no category came when the list was read badly
    names = sorted(name for name, titles in categories.items() if name and titles >= _LEAST_TITLES)
    start = min(moment for moment, _ in first.values()).replace(hour=0)
    days = (max(moment for moment, _ in first.values()) - start).days + 1
    counts = np.zeros((len(names), days * 24))
    places = {name: number for number, name in enumerate(names)}
    for moment, category in first.values():
        if category in places:
            counts[places[category], (moment - start) // timedelta(hours=1)] += 1
    # on the first day every title is new
    counts[:, :24] = counts[:, 24:48]
    kinds = (np.arange(days) + start.weekday()) % 7
    return CountTable(names, start, True, counts, None, np.zeros(len(names), dtype=np.int64), kinds)


def simulated(random: np.random.Generator, table: CountTable) -> Floats:
    """Counts with each series' level, hours of weekdays and days off, and spread of hours and of days; no event."""
    series, days = len(table.names), len(table.kinds)
    real = table.counts.reshape(series, days, 24)
    mean = np.empty_like(real)
    for chosen in (table.kinds >= 5, table.kinds < 5):
        shape = real[:, chosen].sum(axis=(0, 1)) + 0.5
        level = real[:, chosen].mean(axis=(1, 2))
        mean[:, chosen] = (level[:, None] * shape / shape.mean())[:, None, :]
    of_hours = _spread(real.reshape(series, -1), mean.reshape(series, -1))
    of_days = np.minimum(_spread(real.sum(axis=2), mean.sum(axis=2)), of_hours)
    busy = _gamma(random, of_days, (series, days))
    clumps = _gamma(random, (1 + of_hours) / (1 + of_days) - 1, (series, days * 24)).reshape(series, days, 24)
    return random.poisson(mean * busy[:, :, None] * clumps).reshape(series, -1).astype(np.float64)


def _spread(seen: Floats, mean: Floats) -> Floats:
    spread: Floats = np.maximum(((seen - mean) ** 2 - mean).sum(axis=1) / (mean**2).sum(axis=1), 1e-6)
    return spread


def _gamma(random: np.random.Generator, variance: Floats, shape: tuple[int, int]) -> Floats:
    """Of mean 1, a row for each variance."""
    drawn: Floats = random.gamma(1 / np.maximum(variance, 1e-6)[:, None], np.maximum(variance, 1e-6)[:, None], shape)
    return drawn


def found(
    random: np.random.Generator, table: CountTable, size: int, settings: BurstSettings
) -> list[tuple[str, bool]]:  # fmt: skip
    """Outbreaks put into some series at random hours: the series of each, and whether it is found within six hours."""
    counts = table.counts.copy()
    begins: dict[str, int] = {}
    for series in random.choice(len(counts), OUTBREAKS // 2, replace=False).tolist():
        begin = int(random.integers((HISTORY + 1) * 24, counts.shape[1] - 48))
        begins[table.names[series]] = begin
        hours = begin + random.exponential(3.0, size).astype(np.int64)
        np.add.at(counts[series], hours[hours < counts.shape[1]], 1)
    caught = {
        burst.series
        for burst in find_bursts(replace(table, counts=counts), settings)
        if burst.direction == "up"
        and burst.series in begins
        and 0 < (burst.found - table.start) // table.step - begins[burst.series] <= WITHIN
    }
    return [(name, name in caught) for name in begins]


def interval(caught: int, of: int) -> str:
    """The share with 95 % around it (Jeffreys)."""
    if not of:
        return "none"
    low, high = betaincinv(caught + 0.5, of - caught + 0.5, [0.025, 0.975])
    return f"{caught} of {of} = {caught / of:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=os.environ.get("WENZHENG_BENCH_DATA", ""))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--list", action="store_true", help="print the alarms")
    arguments = parser.parse_args()
    path = Path(arguments.folder) / _FILE
    if not arguments.folder or not path.is_file():
        print(f"{_FILE} is not in the folder given: nothing measured.")
        return
    table = read_weibo(path)
    settings = BurstSettings(first_day=HISTORY)
    months = (table.counts.shape[1] / 24 - HISTORY) / 30
    bursts = find_bursts(table, settings)
    print(f"{len(table.names)} series, {months:.2f} months watched: {len(bursts) / months:.1f} alarms a month")
    for burst in bursts if arguments.list else []:
        print(f"  {burst.series} {burst.since:%m-%d %H} {burst.found:%m-%d %H} {burst.direction} {burst.size:+.1f}")
    a_day = table.counts.mean(axis=1) * 24
    busiest = {name for name, mean in zip(table.names, a_day, strict=True) if mean >= _BUSY}
    seeds = range(arguments.seed, arguments.seed + arguments.rounds)
    alarms = [
        len(find_bursts(replace(table, counts=simulated(np.random.default_rng(seed), table)), settings))
        for seed in seeds
    ]
    print(f"simulated without an event: {np.mean(alarms) / months:.2f} alarms a month {alarms}")
    for size in (50, 25, 12):
        outcomes = [one for seed in seeds for one in found(np.random.default_rng([seed, size]), table, size, settings)]
        caught = {large: [told for name, told in outcomes if (name in busiest) == large] for large in (False, True)}
        of_all = [told for _, told in outcomes]
        print(f"+{size} within {WITHIN} h: {interval(sum(of_all), len(of_all))}")
        for large, told in caught.items():
            side = "at least" if large else "fewer than"
            print(f"    {side} {_BUSY} titles a day: {interval(sum(told), len(told))}")


if __name__ == "__main__":
    main()

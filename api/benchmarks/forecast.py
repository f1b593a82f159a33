"""How good are the forecasts of two weeks: on made-up series, and on real dates where somebody has them."""

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from api.benchmarks.made_days import MadeDays, made_days
from nlp.trends.forecast import HORIZON, LEAST_DAYS, forecast

LETTERS, HOT_SEARCH = "letters_labelled.csv", "weibo_hotsearch_hourly_2025.csv.gz"
MADE: dict[str, dict[str, Any]] = {
    "usual": {},
    "no drift": {"drift": 0.0},
    "wild days": {"stray": 0.5},
    "steep": {"drift": 0.04},
    "no season": {"season": 0.0},
    "small": {"least": 0.02, "most": 1.0},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastFigures:
    """The back-test on origins that chose no setting. `unseen`: share of totals in their 80 % interval in the two weeks
    behind the last origin. `listed`, `came`, `base`: as in nlp.trends.forecast.BackTest, both reasons together."""

    name: str
    series: int
    days: int
    origins: int
    mase: float
    against_flat: float
    coverage: float
    coverage_day: float
    unseen: float
    rising: tuple[int, int]
    seasonal: tuple[int, int]
    base: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


Tell = Callable[[str, float], None]


def measure_forecasts(seeds: int, data: Path | None, *, on_progress: Tell) -> Iterator[ForecastFigures]:
    """Made-up series of each kind with seeds from 100 on (the method was tried on seeds 1 to 7), then what is found in
    the folder `data`. What has too few days is left out. `on_progress`: what is measured now, and which share of all
    is done."""
    # one thread of linear algebra: on tables of this size several wait for each other
    with threadpool_limits(1):
        files = [(LETTERS, _read_letters), (HOT_SEARCH, _read_hot_search)] if data else []
        steps = len(MADE) * seeds + len(files)
        done = 0
        for name, settings in MADE.items():
            found = []
            for n in range(seeds):
                on_progress(name, done / steps)
                found.append(_measure(name, made_days(100 + n, **settings)))
                done += 1
            yield _together([one for one in found if one is not None])
        for file, read in files:
            on_progress(file, done / steps)
            done += 1
            if data is not None and (data / file).exists():
                figures = _measure(file, _table(read(data / file)))
                if figures is not None:
                    yield figures


def _measure(name: str, made: MadeDays) -> ForecastFigures | None:
    end = made.counts.shape[1] - HORIZON
    if end < LEAST_DAYS:
        return None
    found, test, _ = forecast(made.counts[:, :end], made.kinds, made.started)
    if test is None:
        return None
    came = made.counts[:, end:].sum(axis=1)
    inside = (came >= found.total_low) & (came <= found.total_high)
    return ForecastFigures(
        name=name,
        series=int(found.known.sum()),
        days=end,
        origins=len(test.origins),
        mase=test.mase,
        against_flat=test.against_flat,
        coverage=test.coverage,
        coverage_day=test.coverage_day,
        unseen=float(inside[found.known].mean()) if found.known.any() else float("nan"),
        rising=test.rising,
        seasonal=test.seasonal,
        base=test.base,
    )


def _together(several: list[ForecastFigures]) -> ForecastFigures:
    """Means over seeds; the lists are added."""

    def mean(name: str) -> float:
        return float(np.mean([getattr(one, name) for one in several]))

    def added(name: str) -> tuple[int, int]:
        return sum(getattr(one, name)[0] for one in several), sum(getattr(one, name)[1] for one in several)

    first = several[0]
    return ForecastFigures(
        name=first.name,
        series=sum(one.series for one in several),
        days=first.days,
        origins=first.origins,
        mase=mean("mase"),
        against_flat=mean("against_flat"),
        coverage=mean("coverage"),
        coverage_day=mean("coverage_day"),
        unseen=mean("unseen"),
        rising=added("rising"),
        seasonal=added("seasonal"),
        base=mean("base"),
    )


def _table(counts: Counter[tuple[str, date]]) -> MadeDays:
    """Whole weeks of a calendar are not asked for: the longest stretch without a week of silence counts."""
    by_day: Counter[date] = Counter()
    for (_, day), number in counts.items():
        by_day[day] += number
    days = sorted(by_day)
    stretches: list[list[date]] = [[days[0]]]
    for day in days[1:]:
        if (day - stretches[-1][-1]).days > 7:
            stretches.append([])
        stretches[-1].append(day)
    longest = max(stretches, key=lambda stretch: (stretch[-1] - stretch[0]).days)
    first, length = longest[0], (longest[-1] - longest[0]).days + 1
    names = sorted({name for name, _ in counts})
    table = np.zeros((len(names), length))
    for (name, day), number in counts.items():
        if 0 <= (day - first).days < length:
            table[names.index(name), (day - first).days] += number
    kinds = np.array([(first + timedelta(days=n)).weekday() for n in range(length + HORIZON)], dtype=np.int64)
    return MadeDays(first, table, table, kinds)


def _read_letters(path: Path) -> Counter[tuple[str, date]]:
    """Letters with a time by first-level label and day; it is written as 2019/4/18 9:14:48."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["留言时间"] or "").strip()]
    return Counter((row["一级标签"], _day(row["留言时间"].split()[0])) for row in rows)


def _read_hot_search(path: Path) -> Counter[tuple[str, date]]:
    """Titles that are new on a day, by category: an hourly list repeats them."""
    seen: dict[str, tuple[str, date]] = {}
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            seen.setdefault(row["title"], (row["category"], date.fromisoformat(row["date"])))
    return Counter(seen.values())


def _day(text: str) -> date:
    year, month, day = (int(part) for part in text.replace("/", "-").split("-"))
    return date(year, month, day)

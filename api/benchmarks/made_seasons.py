"""Made-up counts over years in which some series have a season: is its rise taken for an outbreak?

Hourly counts as in made_series.py, of 112 days and a month that is watched, and the days of the years before them. One
in ten series has heating from November, one school enrolment from June, one floods in July. From year to year the
strength of a season strays by a quarter, its days by two (heating, by law), three or six (rain) for the city, and one
and a half for the series. Levels drift (0.25 around their mean, about 0.05 a week).
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from api.benchmarks.made_series import HARD, MONTH, OUTBREAKS, Kind, add_outbreaks
from nlp.trends.baseline import Floats
from nlp.trends.bursts import BurstSettings, CountTable, find_bursts
from nlp.trends.seasons import EarlierDays

SERIES, TABLE_DAYS = 200, 112
WITHIN = 6
_ONE_IN = 10
_DRIFT, _DRIFT_A_WEEK = 0.25, 0.05


@dataclass(frozen=True, slots=True)
class Yearly:
    """Days of the year on which it rises and falls, over about so many days each; `strays`: by so many days from year
    to year (sigma); `peak`: times the usual level. The month from `watched` on is watched: in it it rises."""

    name: str
    rises: int
    falls: int
    rise_days: float
    fall_days: float
    strays: float
    peak: float
    watched: date


SEASONS = (
    Yearly("heating", 316, 74, 3.0, 7.0, 2.0, 6.0, date(2026, 10, 26)),
    Yearly("school", 161, 253, 6.0, 5.0, 3.0, 5.0, date(2026, 5, 25)),
    Yearly("floods", 186, 211, 2.0, 6.0, 6.0, 8.0, date(2026, 6, 22)),
)


@dataclass(frozen=True, slots=True)
class SeasonPoint:
    """Over the months in which a season rises: false alarms a month of all series, and of those whose season it is by
    season; and the share of outbreaks of each size found in six hours, in series with this season and in others."""

    months_of_history: int
    seasons_used: bool
    months: int
    false_alarms: float
    of_season: dict[str, float]
    found_seasonal: dict[int, float]
    found_others: dict[int, float]


def measure_seasons(seed: int, rounds: int, histories: tuple[int, ...] = (6, 14, 26)) -> list[SeasonPoint]:
    """With seasons and without, for so many months of history before the month that is watched."""
    return [
        _measure(seed, rounds, months, used)
        for months in histories
        # half a year knows no season
        for used in ((True, False) if months > 12 else (True,))
    ]


def _measure(seed: int, rounds: int, months: int, used: bool) -> SeasonPoint:
    settings = BurstSettings(first_day=TABLE_DAYS)
    if not used:
        settings = replace(settings, baseline=replace(settings.baseline, years=0))
    alarms, of_season = 0, dict.fromkeys((season.name for season in SEASONS), 0.0)
    caught: dict[tuple[int, bool], list[bool]] = {(size, has): [] for size in (50, 25) for has in (True, False)}
    for number in range(rounds):
        for place, season in enumerate(SEASONS):
            random = np.random.default_rng([seed, number, place])
            table, seasonal = made_years(random, season, months)
            raised = [int(burst.series) for burst in find_bursts(table, settings) if burst.direction == "up"]
            alarms += len(raised)
            of_season[season.name] += int(seasonal[raised].sum()) / rounds
            for size in (50, 25):
                counts = table.counts.copy()
                # half of them where the season is
                groups = [np.flatnonzero(seasonal == has) for has in (True, False)]
                chosen = np.concatenate([random.choice(one, OUTBREAKS // 2, replace=False) for one in groups])
                part = counts[chosen]
                put = add_outbreaks(random, part, size, first_day=TABLE_DAYS)
                counts[chosen] = part
                found = [
                    (int(burst.series), (burst.found - table.start) // table.step)
                    for burst in find_bursts(replace(table, counts=counts), settings)
                    if burst.direction == "up"
                ]
                for at, outbreak in put.items():
                    series = int(chosen[at])
                    caught[size, bool(seasonal[series])].append(
                        any(name == series and 0 < hour - outbreak.begin <= WITHIN for name, hour in found)
                    )
    watched = rounds * len(SEASONS)

    def shares(has: bool) -> dict[int, float]:
        return {size: float(np.mean(caught[size, has])) for size in (50, 25)}

    return SeasonPoint(months, used, watched, alarms / watched, of_season, shares(True), shares(False))


def made_years(
    random: np.random.Generator, season: Yearly, months: int, kind: Kind = HARD, series: int = SERIES
) -> tuple[CountTable, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """The table, and which series have this season: with `months` of history before the month that is watched."""
    first = season.watched - timedelta(days=TABLE_DAYS)
    history = max(round(months * 30.44) - TABLE_DAYS, 0)
    start = first - timedelta(days=history)
    days = history + TABLE_DAYS + MONTH
    # which season a series has, if any
    has = random.permutation(series) % _ONE_IN
    level = np.exp(random.uniform(np.log(kind.least), np.log(kind.most), series))
    week = np.array([1.15, 1.1, 1.0, 1.0, 1.0, 0.7, 0.6]) * random.lognormal(0, 0.1, (series, 7))
    kinds = (np.arange(days) + start.weekday()) % 7
    busy = random.lognormal(-(kind.days**2) / 2, kind.days, (series, days))
    city = random.lognormal(-(kind.city**2) / 2, kind.city, days)
    factor = np.ones((series, days))
    for number, one in enumerate(SEASONS):
        factor[has == number] = _factor(random, one, start, days, int((has == number).sum()))
    mean = level[:, None] * week[:, kinds] * busy * city * factor * np.exp(_drift(random, series, days))
    hour = np.arange(24)
    curve = 0.15 + np.exp(-((hour - 10.5) ** 2) / 14) + 0.8 * np.exp(-((hour - 16) ** 2) / 12)
    curve = curve * random.lognormal(0, 0.15, (series, 24))
    curve /= curve.mean(axis=1, keepdims=True)
    late = mean[:, history:, None] * curve[:, None, :]
    late = late * random.gamma(kind.clumps, 1 / kind.clumps, late.shape)
    earlier = EarlierDays(random.poisson(24 * mean[:, :history]).astype(np.float64), kinds[:history])
    table = CountTable(
        names=[str(number) for number in range(series)],
        start=datetime.combine(first, time(), UTC),
        hourly=True,
        counts=random.poisson(late).reshape(series, -1).astype(np.float64),
        persons=None,
        started=np.zeros(series, dtype=np.int64),
        kinds=kinds[history:],
        earlier=earlier,
    )
    return table, has == SEASONS.index(season)


def _factor(random: np.random.Generator, season: Yearly, start: date, days: int, series: int) -> Floats:
    """Series × day: 1 outside the season, each year's own strength and days in it."""
    peaks = season.peak * random.lognormal(0, 0.3, series)
    dates = [start + timedelta(days=day) for day in range(days)]
    factor = np.ones((series, days))
    for year in range(dates[0].year - 1, dates[-1].year + 1):
        rises = (date(year, 1, 1) + timedelta(days=season.rises - 1) - start).days
        falls = (date(year + (season.falls < season.rises), 1, 1) + timedelta(days=season.falls - 1) - start).days
        shift = random.normal(0, season.strays) + random.normal(0, 1.5, series)[:, None]
        at = np.arange(days)[None, :] - shift
        within = 1 / (1 + np.exp(np.clip(-(at - rises) / season.rise_days, -50, 50)))
        within = within / (1 + np.exp(np.clip((at - falls) / season.fall_days, -50, 50)))
        strength = (peaks - 1) * random.lognormal(0, 0.25) * random.lognormal(0, 0.1, series)
        factor += strength[:, None] * within
    return factor


def _drift(random: np.random.Generator, series: int, days: int) -> Floats:
    """Logarithms of levels that wander around their mean."""
    weeks = days // 7 + 2
    kept = np.sqrt(1 - (_DRIFT_A_WEEK / _DRIFT) ** 2)
    steps = random.normal(0, 1, (series, weeks))
    levels = np.zeros((series, weeks))
    levels[:, 0] = _DRIFT * steps[:, 0]
    for week in range(1, weeks):
        levels[:, week] = kept * levels[:, week - 1] + _DRIFT_A_WEEK * steps[:, week]
    at = np.arange(days) / 7
    left = at.astype(np.int64)
    drift: Floats = levels[:, left] + (at - left) * (levels[:, left + 1] - levels[:, left])
    return drift

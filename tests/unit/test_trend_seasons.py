"""A season that comes each year is no burst; what comes on top of it is; short histories know of no season."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from api.benchmarks.made_seasons import SEASONS, TABLE_DAYS, made_years
from nlp.trends.baseline import BaselineSettings, Floats
from nlp.trends.bursts import Burst, BurstSettings, CountTable, find_bursts
from nlp.trends.seasons import REACH, YEAR, EarlierDays, read_season, same_weeks

_START = datetime(2025, 1, 6, tzinfo=UTC)
# Both years rise on this day, and the second one is watched around it.
_RISE, _DAYS = 60, YEAR + 90
_NO_HOLIDAY = np.zeros(_DAYS, dtype=np.bool_)
_THERE = np.zeros(1, dtype=np.int64)
_WITHOUT = BaselineSettings(years=0)


def yearly(series: int = 8, seasonal: int = 3, days: int = _DAYS) -> CountTable:
    """Eight letters a day; of the first series six times as many within ten days, from `_RISE` on for two months."""
    random = np.random.default_rng(11)
    day = np.arange(days) % YEAR
    rise = np.clip((day - _RISE) / 10, 0, 1) * np.clip((_RISE + 70 - day) / 10, 0, 1)
    factor = np.ones((series, days))
    factor[:seasonal] += 5 * rise
    counts = random.poisson(8 * factor * random.lognormal(0, 0.15, (series, days))).astype(np.float64)
    names = [str(number) for number in range(series)]
    return CountTable(names, _START, False, counts, None, np.zeros(series, dtype=np.int64), np.arange(days) % 7)


def watched(table: CountTable, baseline: BaselineSettings | None = None) -> list[Burst]:
    first = table.counts.shape[1] - 45
    return find_bursts(table, BurstSettings(first_day=first, baseline=baseline or BaselineSettings()))


def test_what_last_year_brought_too_is_no_burst() -> None:
    table = yearly()
    assert {burst.series for burst in watched(table, _WITHOUT)} & {"0", "1", "2"}, "the rise is one without a season"
    assert watched(table) == []


def test_what_comes_on_top_of_a_season_is_found() -> None:
    table = yearly()
    counts = table.counts.copy()
    day = YEAR + _RISE + 15
    usual = counts[1, day]
    counts[1, day] += 150
    [burst] = watched(replace(table, counts=counts))
    assert (burst.series, burst.since) == ("1", _START + timedelta(days=day))
    assert burst.expected == pytest.approx(usual, rel=0.4)


def test_less_than_a_year_knows_of_no_season() -> None:
    table = yearly(days=YEAR + 10)
    counts = table.counts.copy()
    counts[2, YEAR - 5] += 60
    short = replace(table, counts=counts)
    found = watched(short)
    assert found
    assert found == watched(short, _WITHOUT)


def test_days_before_the_table_say_what_its_own_days_say() -> None:
    whole = yearly()
    counts = whole.counts.copy()
    counts[0, -15] += 200
    whole = replace(whole, counts=counts)
    cut = _DAYS - 160
    part = replace(
        whole, start=_START + timedelta(days=cut), counts=counts[:, cut:], kinds=whole.kinds[cut:],
        earlier=EarlierDays(counts[:, :cut], whole.kinds[:cut]),
    )  # fmt: skip
    [found], [of_whole] = watched(part), watched(whole)
    assert (found.series, found.since) == ("0", _START + timedelta(days=_DAYS - 15))
    assert (found.expected, found.p) == pytest.approx((of_whole.expected, of_whole.p))
    assert len(watched(replace(part, earlier=None))) > 1, "without them the rise itself is one"


def test_an_outbreak_of_last_year_is_no_season() -> None:
    daily = np.full((1, _DAYS), 3.0)
    daily[0, 40:46] = 60.0
    weekly = _weekly(daily)
    assert weekly[0, 40 - (_DAYS - YEAR - 60) : 46].max() == pytest.approx(21.0)
    assert np.allclose(read_season(weekly).factor, 1.0)


def test_holidays_of_last_year_are_left_out() -> None:
    daily = np.full((1, _DAYS), 3.0)
    daily[0, 50:58] = 0.0
    holiday = _NO_HOLIDAY.copy()
    holiday[50:58] = True
    weekly = same_weeks(daily, holiday, _THERE, 60, 1)
    assert weekly is not None
    assert np.allclose(weekly, 21.0)


def test_what_chance_moves_is_no_season_and_a_series_that_is_new_has_none() -> None:
    random = np.random.default_rng(3)
    daily = random.poisson(4.0, (40, _DAYS)).astype(np.float64)
    season = read_season(_weekly(daily))
    assert np.abs(np.log(season.factor)).mean() < 0.05
    new = np.full(40, _DAYS - 100, dtype=np.int64)
    weekly = same_weeks(daily, _NO_HOLIDAY, new, 60, 1)
    assert weekly is not None
    assert (read_season(weekly).factor == 1).all()
    assert same_weeks(daily, _NO_HOLIDAY, new, 60, 0) is None


def test_a_rise_that_last_year_had_soon_makes_unsure() -> None:
    daily = np.full((1, _DAYS), 10.0)
    rise = _DAYS - YEAR
    daily[0, rise + 3 :] = 60.0
    before = daily[:, : rise + 40].copy()
    near, far = (read_season(_weekly(before[:, : before.shape[1]], _DAYS + back)).doubt[0] for back in (0, -25))
    assert near > far


def test_made_years_rise_where_they_have_the_season_and_are_the_same_each_time() -> None:
    (table, seasonal), (again, _) = (made_years(np.random.default_rng(5), SEASONS[0], 14, series=60) for _ in range(2))
    assert (table.counts == again.counts).all()
    assert table.earlier is not None
    assert table.counts.shape[1] == (TABLE_DAYS + 30) * 24
    assert table.earlier.totals.shape[1] == len(table.earlier.kinds) == round(14 * 30.44) - TABLE_DAYS
    daily = table.counts.reshape(60, -1, 24).sum(axis=2)
    rise = daily[:, -5:].mean(axis=1) / daily[:, TABLE_DAYS - 30 : TABLE_DAYS].mean(axis=1)
    assert seasonal.sum() == 6
    assert np.median(rise[seasonal]) > 2.5 > 1.5 > np.median(rise[~seasonal])


def _weekly(daily: Floats, length: int = _DAYS) -> Floats:
    """Of the last sixty days of `length`."""
    values = np.zeros((len(daily), length))
    values[:, : min(length, daily.shape[1])] = daily[:, :length]
    weekly = same_weeks(values, np.zeros(length, dtype=np.bool_), np.zeros(len(daily), dtype=np.int64), 60, 1)
    assert weekly is not None
    assert weekly.shape == (len(daily), 60 + REACH)
    return weekly

"""What did the same weeks of earlier years bring, and how much more than in the weeks before them is to be expected?

After Farrington and others (1996), who compare a week with the weeks around it in earlier years. Here these weeks give
a factor beside level, growth and week, believed as far as it stands out from chance; how unsure it is, is said as well:
no season comes on the same day as the year before, nor as strong.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Weekdays fall on each other; feasts of the lunar year do not, so holidays are left out.
YEAR = 364
# So many days before and after a day are looked at, of which the middle ones count: an outbreak of some days is no
# season, and a rise keeps its day.
REACH = 10
_LEAST_DAYS, _LEFT_OUT = 12, 2 / 7
# What is kept in memory at once.
_TOGETHER = 512
# Days in a row, up to today, whose last year has to be known.
_LEAST_KNOWN = 28
# So many letters a week are added, so that from one to three is no threefold rise.
_ADDED = 4.0
# How far the days of a week stray beyond chance (squared share), and how much of a week's chance is left.
_WEEK, _STRAYS, _CHANCE = 7, 0.1, 0.45
# A season has to stand out so much from chance.
_BEYOND_CHANCE = 2.0
# One standard deviation: so much of the rise; as much more as these days earlier or later would bring, or as much less.
_STRENGTH = 0.3
_MORE, _LESS = 10, 5
# Days whose level it is set against weigh half after so many.
_HALF_LIFE = 21.0


@dataclass(frozen=True, slots=True)
class EarlierDays:
    """Totals of the days right before a table's first (series × day, NaN where they were not asked for) and their kinds
    of day."""

    totals: Floats
    kinds: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Season:
    """`factor` on what a series expects, series × day, up to today; `doubt`: its squared relative error today, per
    series. 1 and 0 where earlier years are not known."""

    factor: Floats
    doubt: Floats


def same_weeks(
    daily: Floats, holiday: NDArray[np.bool_], started: NDArray[np.int64], days: int, years: int
) -> Floats | None:
    """Letters in a week around the same day of up to `years` earlier years, for the last `days` days of `daily` (series
    × day) and the REACH days after them; NaN where not known, None where there is no year that could tell.
    `started[series]` is its first day in `daily`."""
    many, length = daily.shape
    years = min(years, (length + REACH - _LEAST_KNOWN) // YEAR)
    if years < 1:
        return None
    found = np.zeros((years, many, days + REACH))
    for year in range(years):
        first = length - days - YEAR * (year + 1)
        for some in range(0, many, _TOGETHER):
            part = slice(some, some + _TOGETHER)
            found[year, part] = _weeks(daily[part], holiday, started[part], first, first + days + REACH)
    known = np.isfinite(found)
    number = known.sum(axis=0)
    weekly: Floats = np.where(number > 0, np.where(known, found, 0.0).sum(axis=0) / np.maximum(number, 1), np.nan)
    return weekly


def read_season(weekly: Floats) -> Season:
    """`weekly` as from `same_weeks`, its last day REACH days after today."""
    many, length = weekly.shape
    today = length - REACH - 1
    factor, doubt = np.ones((many, today + 1)), np.zeros(many)
    told = np.isfinite(weekly[:, max(today + 1 - _LEAST_KNOWN, 0) :]).all(axis=1)
    if today + 1 < _LEAST_KNOWN or not told.any():
        return Season(factor, doubt)
    log = np.log(_filled(weekly[told]) + _ADDED)
    letters = np.exp(log)
    # of the weeks, how far chance moves them and how far they moved
    chance = _CHANCE * ((letters - _ADDED) / letters**2 + _STRAYS / _WEEK).mean(axis=1)
    moved = log.var(axis=1)
    believed = np.clip(1 - _BEYOND_CHANCE * chance / np.maximum(moved, 1e-12), 0.0, 1.0)
    weights = 0.5 ** ((today - np.arange(today + 1)) / _HALF_LIFE)
    usual = (log[:, : today + 1] @ weights) / weights.sum()
    rise = log[:, : today + 1] - usual[:, None]
    more = log[:, today - _MORE : today + _MORE + 1].max(axis=1) - log[:, today]
    # what has not risen yet this year is seen in its own last days: less is asked
    less = log[:, today] - log[:, today - _LESS : today + _LESS + 1].min(axis=1)
    off = np.maximum(more, less)
    factor[told] = np.exp(believed[:, None] * rise)
    doubt[told] = believed**2 * (chance + (_STRENGTH * rise[:, -1]) ** 2 + off**2)
    return Season(factor, doubt)


def _weeks(
    daily: Floats, holiday: NDArray[np.bool_], started: NDArray[np.int64], first: int, stop: int
) -> Floats:  # fmt: skip
    """Letters a week around each day from `first` to `stop`, by the days in the middle of those around it."""
    length = daily.shape[1]
    places = np.arange(first - REACH, stop + REACH)
    at = np.clip(places, 0, length - 1)
    counted = (places == at) & ~holiday[at] & (at >= started[:, None])
    values = np.where(counted, daily[:, at], np.nan)
    # unknown days are sorted last
    ordered = np.sort(np.lib.stride_tricks.sliding_window_view(values, 2 * REACH + 1, axis=1), axis=2)
    number = np.isfinite(ordered).sum(axis=2)
    sums = np.cumsum(np.pad(np.nan_to_num(ordered), ((0, 0), (0, 0), (1, 0))), axis=2)
    low = (number * _LEFT_OUT).astype(np.int64)
    high = number - low
    middle = np.take_along_axis(sums, high[:, :, None], 2) - np.take_along_axis(sums, low[:, :, None], 2)
    weeks: Floats = np.where(number >= _LEAST_DAYS, _WEEK * middle[:, :, 0] / np.maximum(high - low, 1), np.nan)
    return weeks


def _filled(weekly: Floats) -> Floats:
    """Unknown days are like the next known one."""
    filled = weekly.copy()
    for day in range(filled.shape[1] - 2, -1, -1):
        filled[:, day] = np.where(np.isfinite(filled[:, day]), filled[:, day], filled[:, day + 1])
    return filled

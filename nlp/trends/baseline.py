"""How many letters a series may expect: its level and growth, the shape of its week, and how far counts stray.

After Farrington and others (1996) and Noufaily and others (2013), "An improved algorithm for outbreak detection in
multiple surveillance systems": a quasi-Poisson level with a trend, past outbreaks weighed down, the last days left out;
here with the shape of the week shared by all series, and gamma and normal priors in place of tests of significance.
The season is that of earlier years (nlp/trends/seasons.py); with less than a year of history there is none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.trends.seasons import read_season

Floats = NDArray[np.float64]

# Kinds of day: 0 for Monday to 6 for Sunday, 7 for a holiday, which is like a Sunday until holidays were seen.
KINDS, SUNDAY, HOLIDAY = 8, 6, 7
_HOLIDAYS_LIKE_SUNDAY = 3.0
_LEAST_SPREAD = 0.02
# Weight of all series in the spread of one, and how much calmer than all one may be taken to be.
_SPREAD_OF_ALL = 60.0
_CALMEST = 1.0
# Before there is any history.
_UNKNOWN_SPREAD = 0.25
# No growth is followed further than this from the days it was seen in (as a factor e^±0.7: double or half).
_FURTHEST_GROWTH = 0.7


@dataclass(frozen=True, slots=True)
class BaselineSettings:
    """Days throughout. `half_life` of what counts for the level; `withheld`: the last days, in which the burst itself
    may already be, are left out; `history`: days looked back. `shape_letters`: letters a series needs before its own
    week counts as much as that of all. `growth`: the usual growth or decline, as a share a day: slow trends and seasons
    are followed, a jump is not taken for a trend. `years`: earlier ones that the season is learnt from."""

    half_life: float = 21.0
    withheld: int = 2
    history: int = 84
    shape_letters: float = 60.0
    growth: float = 0.01
    years: int = 3


@dataclass(frozen=True, slots=True)
class Baseline:
    """For the steps of one day and of the days that its windows reach back into: `expected` per series and step;
    `level_spread` is the squared relative error of what is expected; `spread[window]` is how far real counts stray
    beyond chance, per series, as a squared share; `growth` the change a day, as a share."""

    today: int
    expected: Floats
    level_spread: Floats
    spread: dict[int, Floats]
    growth: Floats


def fit_baseline(
    counts: Floats, kinds: NDArray[np.int64], started: NDArray[np.int64], today: int, steps: int,
    windows: tuple[int, ...], settings: BaselineSettings, weekly: Floats | None = None,
) -> Baseline:  # fmt: skip
    """The baseline of day `today`, from the days before the withheld ones; `today` itself is not looked at.

    `counts` is series × step; `kinds[day]` as above; `started[series]` is the step of its first row; `steps` in a day
    are 24 or 1. A new series borrows the level of the others (gamma prior). `weekly` is what the same weeks of earlier
    years brought, from `first_day` to REACH days after today.
    """
    last = today - settings.withheld
    first = first_day(today, settings)
    days = np.arange(first, last)
    past = counts[:, first * steps : last * steps].reshape(len(counts), len(days), steps)
    lived = days[None, :] >= -(-started[:, None] // steps)
    season = np.ones((len(counts), today + 1 - first))
    season_doubt = np.zeros(len(counts))
    if weekly is not None:
        read = read_season(weekly)
        season, season_doubt = read.factor, read.doubt
    then = season[:, : len(days)]
    past = np.where(lived[:, :, None], _tame(past, lived, then), 0.0)
    weights = np.where(lived, 0.5 ** ((last - 1 - days) / settings.half_life), 0.0)
    shape = _shape(past, weights, weights * then, kinds[days], settings.shape_letters)
    by_day = shape.sum(axis=2)[:, kinds[days]] * then
    totals = past.sum(axis=2)
    letters = (weights * totals).sum(axis=1)
    growth, doubt, middle = _growth(totals, by_day, weights, days, settings.growth)
    trend = np.exp(growth[:, None] * (days - middle[:, None]))
    exposure = (weights * by_day * trend).sum(axis=1)
    rate, strength = _prior(letters, exposure)
    level = (letters + rate * strength) / (exposure + strength)
    fitted = np.where(lived[:, :, None], (level[:, None] * trend * then)[:, :, None] * shape[:, kinds[days]], 0.0)
    spread = _spreads(past, fitted, windows)
    ahead = today - middle
    grown = np.exp(np.clip(growth * ahead, -_FURTHEST_GROWTH, _FURTHEST_GROWTH))
    # the windows of a morning reach back into yesterday
    reach = np.maximum(np.arange(today - -(-max(windows) // steps), today + 1), 0)
    seasonal = season[:, np.maximum(reach - first, 0)]
    expected = (level * grown)[:, None] * (shape[:, kinds[reach]] * seasonal[:, :, None]).reshape(len(counts), -1)
    # errors of the level: few letters; days that stray, of all and of this kind; a growth not well known
    day_spread = spread[max(windows)]
    same_kind = np.where(kinds[days] == kinds[today], weights, 0.0).sum(axis=1)
    own_week = letters / (letters + 7 * settings.shape_letters)
    of_days = day_spread * (1 / (1 + weights.sum(axis=1)) + own_week**2 / (1 + same_kind))
    unsure = 1 / np.maximum(letters + rate * strength, 1e-9) + of_days + doubt * ahead**2 + season_doubt
    return Baseline(today, expected, unsure, spread, growth)


def first_day(today: int, settings: BaselineSettings) -> int:
    """The first of the days that the baseline of `today` looks back on."""
    return max(0, today - settings.withheld - settings.history)


def _tame(past: Floats, lived: NDArray[np.bool_], season: Floats) -> Floats:
    """Old bursts count as an uncommonly busy day, no more: days beyond the bound are scaled down to it."""
    totals = past.sum(axis=2) / season
    number = lived.sum(axis=1)
    ordered = np.sort(np.where(lived, totals, np.inf), axis=1)
    rows = np.arange(len(past))
    low, high = np.maximum(number - 1, 0) // 2, np.minimum(number // 2, totals.shape[1] - 1)
    middle = np.where(number > 0, (ordered[rows, low] + ordered[rows, high]) / 2, 0.0)
    usual = middle[:, None] * season
    bound = usual + 4 * np.sqrt(usual + 0.1 * usual**2 + 1)
    factor = np.minimum(1, bound / np.maximum(totals * season, 1e-9))
    tamed: Floats = past * factor[:, :, None]
    return tamed


def _shape(
    past: Floats, weights: Floats, exposed: Floats, kinds: NDArray[np.int64], own_letters: float
) -> Floats:  # fmt: skip
    """Series × kind of day × hour, 1 on average: of all together, bent towards the series' own days and hours."""
    kind_of = np.eye(KINDS)[kinds]
    present = exposed @ kind_of
    weighted = weights[:, :, None] * past
    letters = np.stack([weighted[:, kinds == kind].sum(axis=1) for kind in range(KINDS)], axis=1)
    # a quiet day or hour keeps a little: nothing is impossible
    seen, lasted = letters.sum(axis=0), present.sum(axis=0)
    usual = (seen[:HOLIDAY].sum(axis=0) + 0.5) / (lasted[:HOLIDAY].sum() + 0.5)
    pooled = np.empty((KINDS, past.shape[2]))
    # a kind of day not seen yet is like any other day
    pooled[:HOLIDAY] = (seen[:HOLIDAY] + usual) / (lasted[:HOLIDAY, None] + 1)
    borrowed = _HOLIDAYS_LIKE_SUNDAY * len(past)
    pooled[HOLIDAY] = (seen[HOLIDAY] + borrowed * pooled[SUNDAY]) / (lasted[HOLIDAY] + borrowed)
    pooled /= max(float(pooled[:HOLIDAY].mean()), 1e-12)
    level = letters.sum(axis=(1, 2)) / np.maximum((present @ pooled).sum(axis=1), 1e-9)
    expected = level[:, None, None] * present[:, :, None] * pooled
    by_kind = (letters.sum(axis=2) + own_letters) / (expected.sum(axis=2) + own_letters)
    by_hour = (letters.sum(axis=1) + own_letters) / (expected.sum(axis=1) + own_letters)
    shape: Floats = pooled * by_kind[:, :, None] * by_hour[:, None, :]
    shape /= np.maximum(shape[:, :HOLIDAY].mean(axis=(1, 2), keepdims=True), 1e-9)
    return shape


def _growth(
    totals: Floats, by_day: Floats, weights: Floats, days: NDArray[np.int64], usual: float
) -> tuple[Floats, Floats, Floats]:
    """Growth a day of each series, its squared error, and the day that it turns about.

    One step of Newton's for log growth, with the growth of all as the middle of the prior: what few letters seem to say
    about a trend is not believed.
    """
    level = (weights * totals).sum(axis=1) / np.maximum((weights * by_day).sum(axis=1), 1e-9)
    mean = level[:, None] * by_day
    weighted = weights * mean
    middle = (weighted @ days) / np.maximum(weighted.sum(axis=1), 1e-12)
    distance = np.where(weights > 0, days - middle[:, None], 0.0)
    # busy days weigh less than their letters: a whole day may stray
    sure = weights / (1 + 0.1 * mean)
    pull = (sure * distance * (totals - mean)).sum(axis=1)
    known = (sure * mean * distance**2).sum(axis=1)
    if usual <= 0:
        return np.zeros_like(level), np.zeros_like(level), middle
    believed = 1 / usual**2
    of_all = pull.sum() / (known.sum() + believed)
    growth = (pull + of_all * believed) / (known + believed)
    return np.clip(growth, -5 * usual, 5 * usual), 1 / (known + believed), middle


def _prior(letters: Floats, exposure: Floats) -> tuple[float, float]:
    """Mean level of all series and the exposure it is worth, by moments; at most as much as a day's, so that a series
    with a history of its own is judged by that."""
    rate = max(float(letters.sum()), 0.5) / max(float(exposure.sum()), 1.0)
    known = exposure > 0
    levels = letters[known] / exposure[known]
    variance = float(levels.var()) if len(levels) > 1 else rate**2
    return rate, min(rate / max(variance, 1e-9), 24.0)


def _spreads(seen: Floats, mean: Floats, windows: tuple[int, ...]) -> dict[int, Floats]:
    """Var = m + c·m² of the counts in each window: c of each series, drawn towards that of all."""
    series = len(seen)
    seen, mean = seen.reshape(series, -1), mean.reshape(series, -1)
    spreads: dict[int, Floats] = {}
    width = 1
    for window in sorted(windows):
        if window % width == 0:
            # out of the sums of the window before
            seen, mean = _sums(seen, window // width), _sums(mean, window // width)
            width = window
            spreads[window] = _spread(seen, mean)
        else:
            spreads[window] = np.full(series, _UNKNOWN_SPREAD)
    return spreads


def _sums(values: Floats, length: int) -> Floats:
    """Of each `length` steps; what is left over is left out. Strided sums are three times as fast as a reduction."""
    whole = values.shape[1] // length * length
    sums = values[:, 0:whole:length]
    for offset in range(1, length):
        sums = sums + values[:, offset:whole:length]
    return sums


def _spread(seen: Floats, mean: Floats) -> Floats:
    if not seen.shape[1]:
        return np.full(len(seen), _UNKNOWN_SPREAD)
    scaled, off = mean / (1 + mean), (seen - mean) / (1 + mean)
    excess = np.einsum("st,st->s", off, off) - (scaled / (1 + mean)).sum(axis=1)
    squares = np.einsum("st,st->s", scaled, scaled)
    pooled = max(float(excess.sum()) / max(float(squares.sum()), 1e-9), _LEAST_SPREAD)
    own = (excess + _SPREAD_OF_ALL * pooled) / (squares + _SPREAD_OF_ALL)
    # a series that happened to be calm is not believed to stay so: that is where false alarms come from
    spread: Floats = np.maximum(own, _CALMEST * pooled)
    return spread

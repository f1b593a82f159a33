"""How many letters will the next fourteen days bring, how sure is that, and how far off was the same method before?

The level, the shape of the week and of holidays are those of nlp/trends/baseline.py, seen from the evening before the
first day; counts are negative binomial around them. Whether growth goes on, how much of last year's same days is
followed and how wide the intervals must be is chosen on older origins; the errors are those of newer ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.trends.baseline import BaselineSettings, Floats, fit_baseline

HORIZON = 14
# Days of history below which a series gets no forecast, and letters in its last RECENT days.
LEAST_DAYS, RECENT, LEAST_LETTERS = 56, 56, 8
# Weekdays fall on each other; the lunar year is not followed.
_YEAR = 364
_HISTORY, _HALF_LIFE = 168, 28.0
_ORIGINS, _LEAST_ORIGINS = 16, 4
# Days of history from which on there is a back-test.
LEAST_TESTED_DAYS = LEAST_DAYS + _LEAST_ORIGINS * HORIZON
# The season of one series is believed as much as so many letters of it speak for it.
_SEASON_LETTERS = 20.0
_GROWTHS, _SEASONS = (0.0, 0.004), (0.0, 0.5, 1.0)
_WIDER = (0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 5.0, 8.0)
_SHARE = 0.8
# 未诉先办: forecast so much above its recent level, and so many letters more in the two weeks; or so much more than was
# to be expected on the same days of last year.
RISE, MORE, SEASON = 1.15, 3.0, 1.3
# What counts as having come: at least so much above the recent level.
CAME = 1.15


@dataclass(frozen=True, slots=True)
class Settings:
    """`growth`: as in BaselineSettings; `season`: the power of last year's ratio; `wider_day`, `wider_total`: factors
    on the spread of one day and of all days together."""

    growth: float = 0.0
    season: float = 0.0
    wider_day: float = 1.0
    wider_total: float = 1.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Series × HORIZON days, and of all these days together; between `low` and `high` with 80 %. `recent`: letters in
    HORIZON days at the level of the last RECENT days. `season`: last year's same days against what was to be expected
    then, 1.0 where there is no last year. NaN where there is too little history."""

    mean: Floats
    low: Floats
    high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    recent: Floats
    season: Floats
    known: NDArray[np.bool_]

    @property
    def rising(self) -> NDArray[np.bool_]:
        """On the list of what is likely to come (未诉先办): the forecast is above the recent level."""
        ahead = np.nan_to_num(self.total)
        return self.known & (ahead >= RISE * self.recent) & (ahead >= self.recent + MORE)

    @property
    def seasonal(self) -> NDArray[np.bool_]:
        """On the list because more came on the same days of last year than was to be expected then."""
        return self.known & (self.season >= SEASON) & ~self.rising


@dataclass(frozen=True, slots=True)
class BackTest:
    """Errors of the totals of HORIZON days at `origins` that no setting was chosen on. `mae`, `naive` (the HORIZON days
    before again), `flat` (the mean of the last RECENT days) per series, NaN where never forecast; `hits` of `times`
    totals lay in the interval. `coverage_day`: share of single days in theirs, of all series with a letter a day;
    `rising` and `seasonal`: how many series were on the list, and how many of them came to CAME times their recent
    level or more; `base`: the share of all series that did."""

    origins: tuple[int, ...]
    chosen_on: int
    mae: Floats
    naive: Floats
    flat: Floats
    times: NDArray[np.int64]
    hits: NDArray[np.int64]
    coverage_day: float
    rising: tuple[int, int]
    seasonal: tuple[int, int]
    base: float

    @property
    def mase(self) -> float:
        """Mean error by that of the naive forecast, over all series; below 1 is better than naive."""
        return _ratio(self.mae, self.naive, self.times)

    @property
    def against_flat(self) -> float:
        """Mean error by that of the flat forecast."""
        return _ratio(self.mae, self.flat, self.times)

    @property
    def coverage(self) -> float:
        """Share of totals in their 80 % interval."""
        return float(self.hits.sum() / max(self.times.sum(), 1))


class _Fit(NamedTuple):
    mean: Floats
    spread_day: Floats
    spread_total: Floats
    season: Floats
    recent: Floats
    known: NDArray[np.bool_]


def forecast(
    counts: Floats, kinds: NDArray[np.int64], started: NDArray[np.int64]
) -> tuple[Forecast, BackTest | None, Settings]:
    """The HORIZON days after the last column of `counts` (series × day); `kinds` (as in nlp.trends.baseline) reaches as
    far. `started[series]`: its first day. The back-test is None where history is too short for one: then nothing is
    known about the errors, and the intervals are those of the past spread."""
    origin = counts.shape[1]
    settings, test = back_test(counts, kinds, started)
    return predict(counts, kinds, started, origin, settings), test, settings


def predict(
    counts: Floats, kinds: NDArray[np.int64], started: NDArray[np.int64], origin: int, settings: Settings
) -> Forecast:
    """The days `origin` … `origin` + HORIZON - 1, by nothing but the columns before `origin`."""
    return _spell(_fit(counts, kinds, started, origin, settings.growth), settings)


def back_test(counts: Floats, kinds: NDArray[np.int64], started: NDArray[np.int64]) -> tuple[Settings, BackTest | None]:
    """Settings chosen on the older half of up to 16 origins, two weeks apart, and the errors on the newer half."""
    end = counts.shape[1]
    origins = [end - HORIZON * n for n in range(_ORIGINS, 0, -1) if end - HORIZON * n >= LEAST_DAYS]
    if len(origins) < _LEAST_ORIGINS:
        return Settings(), None
    older, newer = origins[: len(origins) // 2], origins[len(origins) // 2 :]
    settings = _choose(counts, kinds, started, older)
    return settings, _measure(counts, kinds, started, newer, settings, len(older))


def _choose(counts: Floats, kinds: NDArray[np.int64], started: NDArray[np.int64], origins: Sequence[int]) -> Settings:
    fits = {growth: [_fit(counts, kinds, started, at, growth) for at in origins] for growth in _GROWTHS}
    actual = [_actual(counts, at) for at in origins]

    def error(growth: float, season: float) -> float:
        settings = Settings(growth, season)
        return sum(
            float(np.abs(_mean(fit, settings).sum(axis=1) - days.sum(axis=1))[fit.known].sum())
            for fit, days in zip(fits[growth], actual, strict=True)
        )

    # the simpler one where there is next to no difference
    growth, season = min(product(_GROWTHS, _SEASONS), key=lambda pair: error(*pair) * (1 + 0.01 * sum(map(bool, pair))))

    def covered(wider: float) -> tuple[float, float]:
        found = [_spell(fit, Settings(growth, season, wider, wider)) for fit in fits[growth]]
        inside = [_inside(one, days) for one, days in zip(found, actual, strict=True)]
        day = np.concatenate([one[0] for one in inside])
        total = np.concatenate([one[1] for one in inside])
        return float(day.mean()) if len(day) else 1.0, float(total.mean()) if len(total) else 1.0

    shares = [covered(wider) for wider in _WIDER]
    # counts are whole numbers: an interval of few letters holds more than it promises, so only larger ones choose
    pick = [next((w for w, s in zip(_WIDER, shares, strict=True) if s[n] >= _SHARE), _WIDER[-1]) for n in (0, 1)]
    return Settings(growth, season, pick[0], pick[1])


def _measure(
    counts: Floats,
    kinds: NDArray[np.int64],
    started: NDArray[np.int64],
    origins: Sequence[int],
    settings: Settings,
    chosen_on: int,
) -> BackTest:
    many = len(counts)
    sums = np.zeros((3, many))
    times, hits = np.zeros(many, dtype=np.int64), np.zeros(many, dtype=np.int64)
    days_inside: list[NDArray[np.bool_]] = []
    lists = np.zeros((2, 2), dtype=np.int64)
    could = total_could = 0
    for at in origins:
        found, actual = predict(counts, kinds, started, at, settings), _actual(counts, at)
        known, total = found.known, actual.sum(axis=1)
        times += known
        hits += known & (total >= found.total_low) & (total <= found.total_high)
        naive = counts[:, at - HORIZON : at].sum(axis=1)
        for n, guess in enumerate((found.total, naive, found.recent)):
            sums[n] += np.where(known, np.abs(guess - total), 0.0)
        days_inside.append(_inside(found, actual)[0])
        up = known & (total >= CAME * found.recent) & (total >= found.recent + 1)
        for n, chosen in enumerate((found.rising, found.seasonal)):
            lists[n] += (int(chosen.sum()), int((chosen & up).sum()))
        could, total_could = could + int(up.sum()), total_could + int(known.sum())
    with np.errstate(invalid="ignore"):
        mae, naive_mae, flat = sums / np.where(times > 0, times, np.nan)
    inside = np.concatenate(days_inside)
    return BackTest(
        origins=tuple(origins),
        chosen_on=chosen_on,
        mae=mae,
        naive=naive_mae,
        flat=flat,
        times=times,
        hits=hits,
        coverage_day=float(inside.mean()) if len(inside) else float("nan"),
        rising=(int(lists[0, 0]), int(lists[0, 1])),
        seasonal=(int(lists[1, 0]), int(lists[1, 1])),
        base=could / max(total_could, 1),
    )


def _fit(counts: Floats, kinds: NDArray[np.int64], started: NDArray[np.int64], origin: int, growth: float) -> _Fit:
    mean, spread, level = _expect(counts, kinds, started, origin, growth)
    recent_letters = counts[:, max(0, origin - RECENT) : origin].sum(axis=1)
    known = (origin - started >= LEAST_DAYS) & (recent_letters >= LEAST_LETTERS)
    return _Fit(
        mean=mean,
        spread_day=spread[1] + level,
        spread_total=spread[HORIZON] + level,
        season=_season(counts, kinds, started, origin),
        recent=recent_letters * HORIZON / RECENT,
        known=known,
    )


def _expect(
    counts: Floats, kinds: NDArray[np.int64], started: NDArray[np.int64], origin: int, growth: float
) -> tuple[Floats, dict[int, Floats], Floats]:
    settings = BaselineSettings(half_life=_HALF_LIFE, withheld=HORIZON - 1, history=_HISTORY, growth=growth)
    # the baseline of the last day ahead, all days ahead withheld: seen from the evening before the first of them
    last = origin + HORIZON - 1
    fitted = fit_baseline(counts[:, :origin], kinds, started, last, 1, (1, HORIZON), settings)
    mean = fitted.expected[:, -HORIZON:]
    # the growth of the last day is that of the middle one on average
    return mean * np.exp(-fitted.growth * HORIZON / 2)[:, None], fitted.spread, fitted.level_spread


def _season(counts: Floats, kinds: NDArray[np.int64], started: NDArray[np.int64], origin: int) -> Floats:
    """Last year's same days against what was expected for them then."""
    then = origin - _YEAR
    if then < LEAST_DAYS:
        return np.ones(len(counts))
    expected = _expect(counts, kinds, started, then, 0.0)[0].sum(axis=1)
    ratio = (_actual(counts, then).sum(axis=1) + _SEASON_LETTERS) / (expected + _SEASON_LETTERS)
    return np.where(then - started >= LEAST_DAYS, ratio, 1.0)


def _mean(fit: _Fit, settings: Settings) -> Floats:
    mean: Floats = fit.mean * (fit.season**settings.season)[:, None]
    return mean


def _spell(fit: _Fit, settings: Settings) -> Forecast:
    mean = _mean(fit, settings)
    total = mean.sum(axis=1)
    low, high = _interval(mean, (settings.wider_day * fit.spread_day)[:, None])
    total_low, total_high = _interval(total, settings.wider_total * fit.spread_total)

    def shown(values: Floats) -> Floats:
        return np.where(fit.known if values.ndim == 1 else fit.known[:, None], values, np.nan)

    return Forecast(
        mean=shown(mean),
        low=shown(low),
        high=shown(high),
        total=shown(total),
        total_low=shown(total_low),
        total_high=shown(total_high),
        recent=fit.recent,
        season=fit.season,
        known=fit.known,
    )


def _interval(mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """80 % of a negative binomial with Var = m + c·m²."""
    from scipy.stats import nbinom  # a second of loading that whoever asks for no forecast need not wait

    size = 1 / np.maximum(spread, 1e-6)
    chance = size / (size + np.maximum(mean, 1e-9))
    tail = (1 - _SHARE) / 2
    return nbinom.ppf(tail, size, chance), nbinom.ppf(1 - tail, size, chance)


def _inside(found: Forecast, actual: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of the series with a letter a day or more: single days and totals in their intervals."""
    large = found.known & (np.nan_to_num(found.total) >= HORIZON)
    days = (actual >= found.low) & (actual <= found.high)
    total = actual.sum(axis=1)
    return days[large].ravel(), ((total >= found.total_low) & (total <= found.total_high))[large]


def _actual(counts: Floats, origin: int) -> Floats:
    return counts[:, origin : origin + HORIZON]


def _ratio(ours: Floats, theirs: Floats, times: NDArray[np.int64]) -> float:
    counted = times > 0
    below = float((theirs[counted] * times[counted]).sum())
    return float((ours[counted] * times[counted]).sum()) / below if below else float("nan")

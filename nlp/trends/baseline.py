"""How many letters a series may expect: its level, the shape of its week, and how far counts stray from both."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LEAST_SPREAD = 0.02
# Weight of all series in the spread of one, and how much calmer than all one may be taken to be.
_SPREAD_OF_ALL = 30.0
_CALMEST = 0.9
# Before there is any history.
_UNKNOWN_SPREAD = 0.25


@dataclass(frozen=True, slots=True)
class BaselineSettings:
    """Days throughout. `half_life` of what counts for the level; `withheld`: the last days, in which the burst itself
    may already be, are left out; `history`: days looked back. `shape_letters`: letters a series needs before its own
    week counts as much as that of all."""

    half_life: float = 21.0
    withheld: int = 2
    history: int = 84
    shape_letters: float = 60.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """For the hours (or days) of one day: `expected` per series and step; `level_spread` is the squared relative error
    of the level; `spread(window)` is how far real counts stray beyond chance, per series, as a squared share."""

    expected: Floats
    level_spread: Floats
    spread: dict[int, Floats]


def fit_baseline(
    counts: Floats, kinds: NDArray[np.int64], started: NDArray[np.int64], today: int, steps: int,
    windows: tuple[int, ...], settings: BaselineSettings,
) -> Baseline:  # fmt: skip
    """The baseline of day `today`, from the days before the withheld ones.

    `counts` is series × step; `kinds[day]` is 0 for Monday to 6 for Sunday (a holiday may say 6); `started[series]` is
    the step of its first row; `steps` in a day are 24 or 1. A new series borrows the level of the others (gamma prior).
    """
    last = today - settings.withheld
    first = max(0, last - settings.history)
    days = np.arange(first, last)
    past = counts[:, first * steps : last * steps].reshape(len(counts), len(days), steps)
    lived = days[None, :] >= -(-started[:, None] // steps)
    past = _tame(past, lived)
    weights = np.where(lived, 0.5 ** ((last - 1 - days) / settings.half_life), 0.0)
    shape = _shape(past, weights, kinds[days], settings.shape_letters)
    exposure = np.einsum("sd,sdh->s", weights, shape[:, kinds[days]])
    letters = np.einsum("sd,sdh->s", weights, past)
    rate, strength = _prior(letters, exposure)
    level = (letters + rate * strength) / (exposure + strength)
    fitted = level[:, None, None] * shape[:, kinds[days]]
    spread = {window: _spread(past, fitted, lived, window) for window in windows}
    # the windows of a morning reach back into yesterday
    reach = np.arange(today - -(-max(windows) // steps), today + 1)
    expected = level[:, None] * shape[:, kinds[np.maximum(reach, 0)]].reshape(len(counts), -1)
    effective = letters + rate * strength
    return Baseline(expected, 1 / np.maximum(effective, 1e-9), spread)


def _tame(past: Floats, lived: NDArray[np.bool_]) -> Floats:
    """Old bursts count as an uncommonly busy day, no more: days beyond the bound are scaled down to it."""
    totals = past.sum(axis=2)
    middle = np.array([np.median(row[seen]) if seen.any() else 0.0 for row, seen in zip(totals, lived, strict=True)])
    bound = middle + 4 * np.sqrt(middle + 0.1 * middle**2 + 1)
    factor = np.minimum(1, bound[:, None] / np.maximum(totals, 1e-9))
    tamed: Floats = past * factor[:, :, None]
    return tamed


def _shape(past: Floats, weights: Floats, kinds: NDArray[np.int64], own_letters: float) -> Floats:
    """Series × kind of day × hour, 1 on average: of all together, bent towards the series' own days and hours."""
    kind_of = np.eye(7)[kinds]
    letters = np.einsum("sd,sdh,dk->skh", weights, past, kind_of)
    present = np.einsum("sd,dk->sk", weights, kind_of)
    # a quiet day or hour keeps a little: nothing is impossible
    pooled = (letters.sum(axis=0) + 0.5) / (present.sum(axis=0)[:, None] + 0.5)
    pooled /= pooled.mean()
    level = letters.sum(axis=(1, 2)) / np.maximum(np.einsum("sk,kh->s", present, pooled), 1e-9)
    expected = level[:, None, None] * present[:, :, None] * pooled
    by_kind = (letters.sum(axis=2) + own_letters) / (expected.sum(axis=2) + own_letters)
    by_hour = (letters.sum(axis=1) + own_letters) / (expected.sum(axis=1) + own_letters)
    shape: Floats = pooled * by_kind[:, :, None] * by_hour[:, None, :]
    shape /= np.maximum(shape.mean(axis=(1, 2), keepdims=True), 1e-9)
    return shape


def _prior(letters: Floats, exposure: Floats) -> tuple[float, float]:
    """Mean level of all series and the exposure it is worth, by moments; at most as much as a day's, so that a series
    with a history of its own is judged by that."""
    rate = max(float(letters.sum()), 0.5) / max(float(exposure.sum()), 1.0)
    known = exposure > 0
    levels = letters[known] / exposure[known]
    variance = float(levels.var()) if len(levels) > 1 else rate**2
    return rate, min(rate / max(variance, 1e-9), 24.0)


def _spread(past: Floats, fitted: Floats, lived: NDArray[np.bool_], window: int) -> Floats:
    """Var = m + c·m²: c of each series, drawn towards that of all."""
    series = len(past)
    seen = np.where(lived[:, :, None], past, 0.0).reshape(series, -1)
    mean = np.where(lived[:, :, None], fitted, 0.0).reshape(series, -1)
    whole = seen.shape[1] // window * window
    if not whole:
        return np.full(series, _UNKNOWN_SPREAD)
    seen = seen[:, :whole].reshape(series, -1, window).sum(axis=2)
    mean = mean[:, :whole].reshape(series, -1, window).sum(axis=2)
    weight = 1 / (1 + mean) ** 2
    excess = (weight * ((seen - mean) ** 2 - mean)).sum(axis=1)
    squares = (weight * mean**2).sum(axis=1)
    pooled = max(float(excess.sum()) / max(float(squares.sum()), 1e-9), _LEAST_SPREAD)
    own = (excess + _SPREAD_OF_ALL * pooled) / (squares + _SPREAD_OF_ALL)
    # a series that happened to be calm is not believed to stay so: that is where false alarms come from
    spread: Floats = np.maximum(own, _CALMEST * pooled)
    return spread

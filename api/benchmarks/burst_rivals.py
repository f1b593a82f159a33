"""What others would look for bursts with: a weekly z-score, a cumulative sum, Kleinberg's automaton; our own writing.

Each gives a number for every series and hour that is large where much is said; an alarm is where it passes a limit. The
limit of the textbook is in `RIVALS`; the benchmark also asks each at the limit that keeps false alarms as few as ours.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from nlp.trends.baseline import Floats

_WEEK, _WEEKS = 168, 8
_WINDOW = 6


@dataclass(frozen=True, slots=True)
class Rival:
    """`score` of counts (series × hour) from an hour on; `limit` as textbooks have it."""

    name: str
    score: Callable[[Floats, int], Floats]
    limit: float


def weekly_z(counts: Floats, begin: int) -> Floats:
    """The last six hours against the same hours of the eight weeks before: standard deviations above the mean."""
    running = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    six = running[:, _WINDOW:] - running[:, :-_WINDOW]
    six = np.pad(six, ((0, 0), (_WINDOW - 1, 0)))
    now = np.arange(begin, counts.shape[1])
    before = np.stack([six[:, now - week * _WEEK] for week in range(1, _WEEKS + 1)])
    # at least what chance does to a letter
    scores: Floats = (six[:, now] - before.mean(axis=0)) / np.maximum(before.std(axis=0, ddof=1), 0.5)
    return scores


def cusum(counts: Floats, begin: int) -> Floats:
    """Page's cumulative sum of standardised hourly counts (Page 1954), allowance one half."""
    mean = _usual(counts, begin)
    sums = np.zeros((len(counts), counts.shape[1] - begin))
    level = np.zeros(len(counts))
    for place, now in enumerate(range(begin, counts.shape[1])):
        level = np.maximum(0.0, level + (counts[:, now] - mean[:, place]) / np.sqrt(mean[:, place] + 0.05) - 0.5)
        sums[:, place] = level
    return sums


def kleinberg(counts: Floats, begin: int) -> Floats:
    """Kleinberg's automaton (2002, "Bursty and hierarchical structure in streams") over hourly counts, four states of
    rates 1, 2, 4, 8: by how much the cheapest way that ends in a burst is cheaper than that which ends in none.

    The usual rate knows the hour of the week, which is more than the original does; costs look at the past only.
    """
    mean = _usual(counts, begin)
    rates = 2.0 ** np.arange(4)
    move = np.log(counts.shape[1] - begin)
    costs = np.array([0.0, *(move * np.arange(1, 4))])[None, :].repeat(len(counts), axis=0)
    change = np.maximum(np.arange(4)[None, :] - np.arange(4)[:, None], 0) * move
    scores = np.zeros((len(counts), counts.shape[1] - begin))
    for place, now in enumerate(range(begin, counts.shape[1])):
        expected = mean[:, place, None] * rates
        seen = counts[:, now, None]
        unlikely = expected - seen * np.log(expected) + gammaln(seen + 1)
        costs = (costs[:, :, None] + change[None, :, :]).min(axis=1) + unlikely
        costs -= costs.min(axis=1, keepdims=True)
        scores[:, place] = costs[:, 0] - costs[:, 1:].min(axis=1)
    return scores


def _usual(counts: Floats, begin: int) -> Floats:
    """What a series expects in each hour from `begin`: its mean of eight weeks, in the shape of everybody's week."""
    past = counts[:, begin - _WEEKS * _WEEK : begin]
    shape = past.sum(axis=0).reshape(_WEEKS, _WEEK).sum(axis=0) + 0.5
    shape /= shape.mean()
    hours = np.arange(begin, counts.shape[1])
    usual: Floats = np.maximum(past.mean(axis=1), 1e-3)[:, None] * shape[(hours - begin) % _WEEK]
    return usual


RIVALS = (Rival("weekly z", weekly_z, 5.0), Rival("CUSUM", cusum, 5.0), Rival("Kleinberg", kleinberg, 0.0))


def alarms(scores: Floats, limit: float, refractory: int = 72) -> list[tuple[int, int]]:
    """Series and hour of every alarm; a series is then silent for three days."""
    raised: list[tuple[int, int]] = []
    for series, row in enumerate(scores):
        free = 0
        for place in np.flatnonzero(row > limit).tolist():
            if place >= free:
                raised.append((series, place))
                free = place + refractory
    return raised


def limit_for(scores: list[Floats], wanted: float) -> float:
    """The limit at which these months without an outbreak have `wanted` alarms a month on average."""
    low, high = 0.0, float(max(score.max() for score in scores))
    for _ in range(30):
        middle = (low + high) / 2
        if np.mean([len(alarms(score, middle)) for score in scores]) > wanted:
            low = middle
        else:
            high = middle
    return high

"""Whether people become more displeased: the share of displeased persons in each period, with how sure that is.

Persons are counted: somebody with a hundred posts is one voice, worth the share of those posts that is negative. Each
period's share is drawn towards that of all periods by a beta prior (beta-binomial), whose weight follows from how much
the periods really differ; where too few speak no share is given at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv

from nlp.trends.baseline import Floats

LEAST_PERSONS = 10
# The prior is worth from one to so many persons.
_LIGHTEST, _HEAVIEST = 1.0, 30.0
_GRID = 2001


@dataclass(frozen=True, slots=True)
class Band:
    """Of one period. `share` of displeased persons lies between `low` and `high` with 95 %; all three are None where
    fewer than `LEAST_PERSONS` spoke: too few to say. `submissions` are what they wrote together."""

    persons: int
    submissions: int
    share: float | None
    low: float | None
    high: float | None
    # of the beta distribution
    displeased: float
    content: float


def mood_bands(periods: Sequence[Sequence[tuple[str, bool]]]) -> list[Band]:
    """A band for each period of (person, whether this submission is negative)."""
    persons = [len({person for person, _ in period}) for period in periods]
    return bands_of(persons, [_displeased(period) for period in periods], [len(period) for period in periods])


def bands_of(persons: Sequence[int], displeased: Sequence[float], submissions: Sequence[int]) -> list[Band]:
    """The same from counts: so many persons in each period, so many of them displeased."""
    numbers, negatives = np.array(persons, dtype=np.float64), np.array(displeased, dtype=np.float64)
    enough = numbers >= LEAST_PERSONS
    mean, weight = _prior(negatives[enough], numbers[enough])
    bands = []
    for number, negative, written, told in zip(persons, displeased, submissions, enough.tolist(), strict=True):
        a, b = negative + mean * weight, number - negative + (1 - mean) * weight
        low, high = betaincinv(a, b, np.array([0.025, 0.975])).tolist() if told else (None, None)
        bands.append(Band(number, written, a / (a + b) if told else None, low, high, a, b))
    return bands


def surely_more(earlier: Band, later: Band) -> float | None:
    """The probability that the later period's share of displeased persons is the larger one; None where one of them
    has too few."""
    if earlier.share is None or later.share is None:
        return None
    grid = np.linspace(0.0, 1.0, _GRID)
    mass = np.diff(betainc(later.displeased, later.content, grid))
    below = betainc(earlier.displeased, earlier.content, (grid[1:] + grid[:-1]) / 2)
    return float((mass * below).sum())


def _displeased(period: Sequence[tuple[str, bool]]) -> float:
    moods: dict[str, list[bool]] = {}
    for person, negative in period:
        moods.setdefault(person, []).append(negative)
    return sum(sum(mood) / len(mood) for mood in moods.values())


def _prior(displeased: Floats, persons: Floats) -> tuple[float, float]:
    """Mean share and the persons it is worth, by moments: what periods differ beyond chance makes it lighter."""
    if not len(persons):
        return 0.5, _LIGHTEST
    mean = float((displeased.sum() + 0.5) / (persons.sum() + 1))
    if len(persons) < 2:
        return mean, _LIGHTEST
    chance = mean * (1 - mean)
    beyond = float(((displeased / persons - mean) ** 2 - chance / persons).mean())
    weight = chance / beyond - 1 if beyond > 0 else _HEAVIEST
    return mean, float(np.clip(weight, _LIGHTEST, _HEAVIEST))

"""How hot an issue is: many persons first, then the voices of those who only clicked, then how fast letters come."""

from dataclasses import dataclass
from math import log

VERSION = "heat/1"


@dataclass(frozen=True, slots=True)
class HeatWeights:
    """Weights of the three parts. Logarithms, because one post of two thousand likes is not two thousand letters;
    persons, not letters, because one person writes twenty."""

    persons: float = 2.0
    votes: float = 1.0
    rate: float = 1.0
    shortest_days: int = 7


@dataclass(frozen=True, slots=True)
class Heat:
    """The parts, already weighted; their sum is the heat."""

    persons: float
    votes: float
    rate: float

    @property
    def total(self) -> float:
        return self.persons + self.votes + self.rate


def heat_of(persons: int, votes: int, submissions: int, days: int | None, weights: HeatWeights) -> Heat:
    """Heat of `submissions` of `persons` within `days`, first and last included (None: unknown, no rate).

    `votes` are likes and dislikes together. The rate is in submissions a week; what is younger than
    `weights.shortest_days` counts as that old, so that two letters of one minute are no flood.
    """
    per_week = 0.0 if days is None else 7 * submissions / max(days, weights.shortest_days)
    return Heat(
        persons=weights.persons * log(1 + persons),
        votes=weights.votes * log(1 + votes),
        rate=weights.rate * log(1 + per_week),
    )

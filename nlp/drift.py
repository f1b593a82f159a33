"""Are the letters of this week still those that the classifier knows?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["none", "watch", "alarm"]
Statistic = Literal[
    "mean_confidence", "sure_share", "unknown_share", "unknown_word_rate", "topic_mix", "confidence_cusum"
]


@dataclass(frozen=True, slots=True)
class Week:
    """What the classifier said in one week.

    `letters` it read, the mean of their confidences (0 where it does not know), the share of them at .9 and above,
    the share it does not know, the letters of each topic it named (those it does not know are in none), and, where
    measured, the share of words that it had never seen in training.
    """

    letters: int
    mean_confidence: float
    sure_share: float
    unknown_share: float
    topics: Mapping[str, int]
    unknown_word_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding. `p` is the chance of so large a deviation (all statistics and the weeks' own unrest considered)
    where nothing has changed; the CUSUM has its `score` and its `limit` instead. `sentence` says it in Chinese."""

    statistic: Statistic
    level: Level
    expected: float
    observed: float
    score: float
    limit: float
    p: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class DriftReport:
    """`level` is that of the worst reason; `reasons` are worst first, and none where there is nothing to say.
    `enough` is False where there are too few weeks or letters to judge; then the level is "none"."""

    level: Level
    reasons: tuple[Reason, ...]
    enough: bool


def summarise(
    confidences: Sequence[float], topics: Sequence[str | None], *, unknown_word_rate: float | None = None
) -> Week:
    """The week of these letters; a topic of None is not known. Raises `Invalid` where the lengths differ."""
    raise NotImplementedError


def check_drift(reference: Sequence[Week], recent: Sequence[Week]) -> DriftReport:
    """`reference` are the weeks just after the classifier was put into use (eight or more are well, four the least),
    `recent` all complete weeks since, oldest first; the report is about the last of them."""
    raise NotImplementedError

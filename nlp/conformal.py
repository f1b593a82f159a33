"""Which one or two topics does a clerk need to see, so that the right one is among them as often as promised?

Split conformal prediction with a threshold on the true topic's probability, per class (Mondrian; Vovk 2012, Sadinle,
Lei and Wasserman 2019), with the finite-sample correction ⌈(n + 1)(1 - α)⌉ / n.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.analysis import TopicSuggestion

LEAST_OF_A_CLASS = 50


@dataclass(frozen=True, slots=True)
class SetRule:
    """A topic is shown if its probability is at least its entry in `cuts`, or `cut` where it has none.

    A cut of 0: nothing may be left out, all suggestions are shown. `level` is the promised share, `letters` how many
    it was learnt from.
    """

    level: float
    cut: float
    cuts: Mapping[str, float]
    letters: int


def calibrate(
    suggestions: Sequence[Sequence[TopicSuggestion]],
    gold: Sequence[str],
    *,
    level: float = 0.95,
    least: int | None = LEAST_OF_A_CLASS,
) -> SetRule:
    """Learn the rule from letters like those that it will be used on (for the clerk: letters of triage), none of them
    seen in training. `gold` is the true topic; one that is not among the suggestions counts as missed.

    Topics with at least `least` letters get a cut of their own (None: none does).
    Raises `Invalid` where the lengths differ or `level` is not inside 0..1.
    """
    raise NotImplementedError


def predict_set(rule: SetRule, suggestions: Sequence[TopicSuggestion]) -> tuple[str, ...]:
    """The codes to show, likeliest first; never empty where there is a suggestion."""
    raise NotImplementedError

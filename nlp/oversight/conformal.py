"""Which one or two topics does a clerk need to see, so that the right one is among them as often as promised?

Split conformal prediction with a threshold on the true topic's probability, per class (Mondrian; Vovk 2012, Sadinle,
Lei and Wasserman 2019), with the finite-sample correction: the ⌊(n + 1)(1 - level)⌋-th smallest probability.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

from models.analysis import TopicSuggestion
from models.errors import Invalid

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
    seen in training. `gold` is the true topic; one that is not among the suggestions has a probability of 0, so where
    more than 1 - `level` of them are missing the cut is 0, and no cut can promise more than the suggestions hold.

    Topics with at least `least` letters get a cut of their own (None: none does): each of them is then shown as often
    as promised, not only all on average. A topic with fewer has the cut of all letters.
    Raises `Invalid` where the lengths differ or `level` is not inside 0..1.
    """
    if not 0 < level < 1:
        raise Invalid("把握程度必须大于 0 且小于 1。")
    if len(suggestions) != len(gold):
        raise Invalid("建议与正确类别的数目不同。")
    everything: list[float] = []
    by_class: dict[str, list[float]] = defaultdict(list)
    for found, code in zip(suggestions, gold, strict=True):
        share = next((suggestion.confidence for suggestion in found if suggestion.topic_code == code), 0.0)
        everything.append(share)
        by_class[code].append(share)
    cuts = {
        code: _cut(shares, level) for code, shares in sorted(by_class.items()) if least and len(shares) >= max(least, 1)
    }
    return SetRule(level, _cut(everything, level), cuts, len(gold))


def predict_set(rule: SetRule, suggestions: Sequence[TopicSuggestion]) -> tuple[str, ...]:
    """The codes to show, likeliest first; never empty where there is a suggestion."""
    ranked = sorted(suggestions, key=lambda suggestion: -suggestion.confidence)
    return tuple(
        suggestion.topic_code
        for rank, suggestion in enumerate(ranked)
        if rank == 0 or suggestion.confidence >= rule.cuts.get(suggestion.topic_code, rule.cut)
    )


def _cut(shares: Sequence[float], level: float) -> float:
    """Of `len(shares)` + 1 letters of one kind at most this many lie below it; 0 where there are too few to leave any
    out."""
    rank = floor((len(shares) + 1) * (1 - level) + 1e-9)
    return sorted(shares)[rank - 1] if rank else 0.0

"""How sure an encoder may be and what it is worth: from its scores on letters that it did not learn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from nlp.ngrams import Numbers
from nlp.topics.evaluation import Scores, safe_threshold, score
from nlp.topics.heads import Scores as Shares
from nlp.topics.heads import probabilities

# Few letters, all of them right, would ask for a certainty without end.
_TEMPERATURES = (0.2, 10.0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`scores` are of the letters asked last, of the whole decision and, where there are two levels, of the first
    alone; `threshold` is the confidence above which those promise at most 2 % errors, if any does. What counts as
    automatic in `scores` lies above the threshold that the letters before them set."""

    temperature: float
    threshold: float | None
    scores: Scores
    parent_scores: Scores | None


def judge(
    codes: Sequence[str], parents: Mapping[str, str], before: tuple[Shares, Numbers], last: tuple[Shares, Numbers]
) -> Judgement:
    """`before` and `last` are raw scores of letters, and their classes. The ones set the temperature, the others are
    judged by it."""
    temperature = calibrate(*before)
    earlier, shares = (probabilities(scores / temperature) for scores, _ in (before, last))
    tops = sorted(set(parents.values()))
    above = np.array([tops.index(parents[code]) for code in codes])
    return Judgement(
        temperature=temperature,
        threshold=_threshold(shares, last[1]),
        scores=_score(codes, shares, last[1], _threshold(earlier, before[1])),
        parent_scores=_score(
            tops,
            together(shares, above),
            above[last[1]],
            _threshold(together(earlier, above), above[before[1]]),
        )
        if len(tops) < len(codes)
        else None,
    )


def calibrate(scores: Shares, targets: Numbers) -> float:
    """The temperature at which the shares are least surprised by the truth (Guo et al. 2017)."""
    places = np.arange(len(targets))

    def surprise(logarithm: float) -> float:
        shares = probabilities(scores / np.exp(logarithm))
        return float(-np.log(np.maximum(shares[places, targets], 1e-12)).mean())

    found = minimize_scalar(surprise, bounds=tuple(np.log(_TEMPERATURES)), method="bounded")
    return round(float(np.exp(found.x)), 4)


def together(shares: Shares, above: NDArray[np.int64]) -> Shares:
    """The shares of parents: the sums of those below them. `above` is the parent's place of each column."""
    sums: Shares = shares @ np.eye(int(above.max()) + 1)[above]
    return sums


def _threshold(shares: Shares, targets: Numbers) -> float | None:
    return safe_threshold(shares.max(axis=1).tolist(), (shares.argmax(axis=1) == targets).tolist())


def _score(names: Sequence[str], shares: Shares, targets: Numbers, threshold: float | None) -> Scores:
    sure = shares.max(axis=1)
    automatic = sure >= threshold if threshold is not None else np.zeros(len(sure), dtype=np.bool_)
    gold, predicted = ([names[i] for i in places.tolist()] for places in (targets, shares.argmax(axis=1)))
    return score(gold, predicted, sure.tolist(), automatic.tolist())

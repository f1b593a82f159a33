"""How good predictions are: per class, overall, and whether the confidence keeps its word. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.oversight.risk_control import Checked, keep_promise

_BINS = 10
CONFUSIONS_SHOWN = 20
ALLOWED_ERRORS = 0.02


@dataclass(frozen=True, slots=True)
class ClassScores:
    label: str
    letters: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Confusion:
    label: str
    predicted: str
    letters: int


@dataclass(frozen=True, slots=True)
class Scores:
    """`ece` is the expected calibration error in ten bins. `coverage_at_98` is the share of letters above a threshold
    that was set without them and promises at most 2 % errors (sure to 95 %); `accuracy_at_98` is what those
    letters achieved, and 1 where there are none."""

    letters: int
    macro_f1: float
    accuracy: float
    ece: float
    coverage_at_98: float
    accuracy_at_98: float
    per_class: tuple[ClassScores, ...]
    confusions: tuple[Confusion, ...]


def score(
    gold: Sequence[str], predicted: Sequence[str], confidences: Sequence[float], automatic: Sequence[bool]
) -> Scores:
    """`automatic` says which letters lie above the honest threshold. A prediction may be "" (not known): it is wrong.

    Classes are those of `gold`, so a label that can never be predicted counts with F1 0.
    """
    right = [one == other for one, other in zip(gold, predicted, strict=True)]
    expected, said, hits = (
        Counter(gold),
        Counter(predicted),
        Counter(g for g, ok in zip(gold, right, strict=True) if ok),
    )
    per_class = tuple(
        ClassScores(
            label=label,
            letters=expected[label],
            precision=hits[label] / said[label] if said[label] else 0.0,
            recall=hits[label] / expected[label],
            f1=2 * hits[label] / (expected[label] + said[label]),
        )
        for label in sorted(expected)
    )
    mistakes = Counter((g, p) for g, p, ok in zip(gold, predicted, right, strict=True) if not ok)
    kept = [ok for ok, yes in zip(right, automatic, strict=True) if yes]
    return Scores(
        letters=len(gold),
        macro_f1=sum(scores.f1 for scores in per_class) / len(per_class),
        accuracy=sum(right) / len(right),
        ece=calibration_error(confidences, right),
        coverage_at_98=len(kept) / len(right),
        accuracy_at_98=sum(kept) / len(kept) if kept else 1.0,
        per_class=per_class,
        confusions=tuple(
            Confusion(*pair, letters)
            for pair, letters in sorted(mistakes.items(), key=lambda item: (-item[1], item[0]))[:CONFUSIONS_SHOWN]
        ),
    )


def safe_threshold(
    confidences: Sequence[float], right: Sequence[bool], allowed: float = ALLOWED_ERRORS
) -> float | None:
    """The confidence above which at most `allowed` of such letters are wrong, sure to 95 %; None: no such.

    As many letters as can be proved to be safe, by `nlp.oversight.risk_control`.
    """
    checked = (Checked(confidence, bool(ok)) for confidence, ok in zip(confidences, right, strict=True))
    return keep_promise(checked, allowed=allowed).threshold


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error in ten bins of equal width (Naeini 2015); 0 without letters."""
    if not len(confidences):
        return 0.0
    sure, ok = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    bins = np.minimum((sure * _BINS).astype(np.int64), _BINS - 1)
    gaps = np.bincount(bins, sure - ok, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(sure))

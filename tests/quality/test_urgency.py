"""Kept floors of the fast-lane detectors on our own written cases, a little below what docs/quality.md says."""

import pytest

from models.analysis import Urgency
from nlp.urgency import UrgencyDetectors
from tests.quality.urgency_bench import ASIDE, UNREAD, detectors_for, load_cases, measure, measure_ordinary

DETECTORS = UrgencyDetectors()


@pytest.mark.parametrize(
    ("name", "recall", "precision"), [(UNREAD, 0.97, 0.90), (ASIDE, 0.975, 0.80), ("second", 0.975, 0.91)]
)
def test_alarms_are_heard(name: str, recall: float, precision: float) -> None:
    """By whom the detectors never met: of a hand they have learnt nothing."""
    result = measure(load_cases(name), detectors_for(name))
    assert result.recall >= recall
    assert result.precision >= precision


def test_ordinary_letters_are_seldom_critical() -> None:
    shares = measure_ordinary(DETECTORS)
    assert shares[Urgency.CRITICAL] <= 0.02
    assert shares[Urgency.NORMAL] >= 0.34

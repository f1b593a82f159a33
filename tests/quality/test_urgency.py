"""Kept floors of the fast-lane detectors on our own written cases, a little below what docs/quality.md says."""

import pytest

from models.analysis import Urgency
from nlp.urgency import UrgencyDetectors
from tests.quality.urgency_bench import load_cases, measure, measure_ordinary

DETECTORS = UrgencyDetectors()


@pytest.mark.parametrize(
    ("name", "recall", "precision"),
    [
        ("development", 0.98, 0.92),
        ("unseen", 0.97, 0.88),
        ("kept", 0.97, 0.92),
        ("second", 0.93, 0.82),
        ("third", 0.90, 0.83),
    ],
)
def test_alarms_are_heard(name: str, recall: float, precision: float) -> None:
    result = measure(load_cases(name), DETECTORS)
    assert result.recall >= recall
    assert result.precision >= precision


def test_ordinary_letters_are_seldom_critical() -> None:
    assert measure_ordinary(DETECTORS)[Urgency.CRITICAL] <= 0.10

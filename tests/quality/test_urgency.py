"""Kept floors of the fast-lane detectors on our own written cases, a little below what docs/quality.md says."""

import pytest

from nlp.urgency import UrgencyDetectors
from tests.quality.urgency_bench import load_cases, measure


@pytest.mark.parametrize(
    ("name", "recall", "precision"), [("development", 0.92, 0.83), ("unseen", 0.89, 0.80), ("fresh", 0.55, 0.78)]
)
def test_alarms_are_heard(name: str, recall: float, precision: float) -> None:
    result = measure(load_cases(name), UrgencyDetectors())
    assert result.recall >= recall
    assert result.precision >= precision

"""The risk of being late: only what was known counts, the measured weeks choose nothing, a real effect is found."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from dashboards.forecasts.risk_features import FEATURES, look_at, read_rows
from dashboards.forecasts.risk_model import fit, fit_and_test, measure

START = datetime(2026, 1, 5, tzinfo=UTC)


def row(n: int, given: float, took: float | None, *, limit: float = 10.0, **more: Any) -> dict[str, Any]:
    at = START + timedelta(days=given)
    return {
        "id": n,
        "sampled": True,
        "department": "d1",
        "topic": "T01",
        "appeal_type": "help",
        "dispatched_at": at,
        "acknowledged_at": at + timedelta(days=1),
        "completed_at": None if took is None else at + timedelta(days=took),
        "due_at": at + timedelta(days=limit),
        "changes": [],
        "returns": [],
        "pauses": [],
    } | more


def at(day: float) -> float:
    return (START + timedelta(days=day)).timestamp()


def column(name: str) -> int:
    return FEATURES.index(name)


def test_a_moment_sees_what_was_known_then() -> None:
    rows = read_rows(
        [
            row(1, 0, 5),  # completed before
            row(2, 0, 9),
            row(3, 0, 12),
            row(4, 7.5, 3),  # not given yet
            row(5, 0, None, limit=30),  # due much later
            row(6, 0, 9, acknowledged_at=START + timedelta(days=8)),
        ]
    )
    seen = look_at(rows, at(7), sampled_only=True)
    assert rows.ids[seen.places].tolist() == [2, 3, 6]
    assert seen.late.tolist() == [False, True, False]
    assert seen.features[:, column("unsigned")].tolist() == [0, 0, 1]
    np.testing.assert_allclose(seen.days_left, 3)


def test_an_extension_that_came_later_does_not_move_the_time_limit() -> None:
    later = row(1, 0, 14, limit=20, changes=[[at(9), at(10), True]])
    before = row(2, 0, 14, limit=15, changes=[[at(6), at(10), True]])
    rows = read_rows([later, before])
    seen = look_at(rows, at(8.5), sampled_only=True)
    assert rows.ids[seen.places].tolist() == [1, 2]
    assert seen.late.tolist() == [True, False]
    assert seen.features[:, column("extended")].tolist() == [0, 1]


def test_a_clock_that_stands_is_left_out() -> None:
    rows = read_rows([row(1, 0, 9, pauses=[[at(6), at(8)]]), row(2, 0, 9, pauses=[[at(1), at(3)]])])
    assert look_at(rows, at(7), sampled_only=True).places.tolist() == [1]


def test_a_unit_is_judged_by_what_fell_due_before() -> None:
    future = [row(n, 20, 15, department="d2") for n in range(50)]
    now = [row(100, 0, 9, department="d2"), row(101, 0, 9, department="d1")]
    seen = look_at(read_rows([*now, *future]), at(7), sampled_only=True)
    assert seen.unit_late[0] == pytest.approx(seen.unit_late[1])
    past = [row(n, -20, 15, department="d2") for n in range(50)]
    seen = look_at(read_rows([*now, *past]), at(7), sampled_only=True)
    assert seen.unit_late[0] > seen.unit_late[1]


def made(seed: int, weeks: int = 24, each: int = 100) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = random.normal(0, 1, (weeks * each, 3))
    late = random.random(len(x)) < 1 / (1 + np.exp(-(-2.2 + 1.2 * x[:, 0] + 0.6 * x[:, 1])))
    return x, late, np.repeat(np.arange(weeks), each)


def test_what_makes_late_is_found_and_the_chances_are_right() -> None:
    x, late, weeks = made(1)
    found = fit_and_test(x, late, weeks)
    assert found is not None
    model, test = found
    assert model.weights[0] > model.weights[1] > abs(model.weights[2])
    assert test.auc > 0.75 and test.brier < test.brier_plain and test.useful
    assert test.top_late / test.top > 2 * test.late / test.rows
    assert all(abs(said - was) < 0.08 for _, said, was in test.bins)


def test_the_measured_weeks_choose_nothing() -> None:
    x, late, weeks = made(2)
    found = fit_and_test(x, late, weeks)
    turned = late.copy()
    turned[weeks >= 15] = ~turned[weeks >= 15]
    other = fit_and_test(x, turned, weeks)
    assert found is not None and other is not None
    assert found[0] == other[0]
    assert not other[1].useful


def test_too_little_history_gives_no_model() -> None:
    x, late, weeks = made(3)
    few = weeks < 5
    assert fit_and_test(x[few], late[few], weeks[few]) is None
    assert fit_and_test(x, np.zeros(len(late), dtype=bool), weeks) is None


def test_the_fit_is_that_of_a_reference() -> None:
    statsmodels = pytest.importorskip("statsmodels.api")
    x, late, _ = made(4)
    ours = fit(x, late)
    theirs = statsmodels.Logit(late.astype(float), statsmodels.add_constant((x - x.mean(0)) / x.std(0))).fit(disp=0)
    np.testing.assert_allclose([ours.base, *ours.weights], theirs.params, atol=0.02)


def test_auc_counts_ties_half() -> None:
    chances = np.array([0.1, 0.4, 0.4, 0.9])
    late = np.array([False, False, True, True])
    assert measure(chances, late, np.zeros(4, dtype=np.int64), plain=0.5).auc == pytest.approx(3.5 / 4)

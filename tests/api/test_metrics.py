"""A number, the list behind it and what is in the tables are the same."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from dashboards.metrics.dispatch_metrics import DISPATCH_METRICS
from dashboards.metrics.follow_up_metrics import FOLLOW_UP_METRICS
from models.account import Role
from models.analysis import Aspect, AspectTone, Sentiment
from models.case import CaseAction
from tests import factories
from tests.api.door import Door, ok, problem

_AT = (
    "sentiment = 'negative' AND EXISTS (SELECT FROM analyses a, jsonb_array_elements(a.aspects) e"
    " WHERE a.submission_id = cases.submission_id AND e->>'sentiment' = 'negative' AND e->>'aspect' {})"
)
SQL = {
    "received": "true",
    "open": "status IN ('triage', 'dispatched', 'in_progress')",
    "overdue": "status IN ('triage', 'dispatched', 'in_progress') AND due_at < %(now)s",
    "completed": "completed_at IS NOT NULL",
    "awaiting_triage": "status = 'triage'",
    "dispatched": "dispatched_at IS NOT NULL",
    "without_due_date": "due_at IS NULL",
    "due": "due_at <= %(now)s",
    "on_time_completion_rate": "due_at <= %(now)s AND completed_at <= due_at",
    "overdue_rate": "due_at <= %(now)s AND (completed_at IS NULL OR completed_at > due_at)",
    "completion_rate": "completed_at IS NOT NULL",
    "displeased_rate": _AT.format("<> 'matter'"),
    "displeased_department_rate": _AT.format("= 'department'"),
    "displeased_reply_rate": _AT.format("= 'reply'"),
    "displeased_policy_rate": _AT.format("= 'policy'"),
}


@pytest.fixture(scope="module", autouse=True)
def life(door: Door) -> None:
    """Thirty days of cases in every state, on time and late."""
    door.triage_case()
    door.case(until=CaseAction.COMPLETE)
    door.case(until=CaseAction.CLOSE)
    door.case(until=CaseAction.REPLY)
    late = door.case(until=CaseAction.REPLY)
    door.pass_time(days=30)
    ok(door.post(f"/cases/{late.case_number}/complete", Role.OFFICER, result="solved"))
    door.case(until=CaseAction.COMPLETE, lead="swj")
    angry = AspectTone(Aspect.DEPARTMENT, Sentiment.NEGATIVE, -0.7)
    door.case(says=replace(factories.analysis(), aspects=(angry,)))
    door.triage_case()


def metrics(door: Door, **criteria: str) -> dict[str, dict[str, Any]]:
    return {m["id"]: m for m in ok(door.get("/metrics", Role.LEADER, **criteria))}


def plain(door: Door) -> dict[str, dict[str, Any]]:
    """Those that the columns of a case give by themselves."""
    return {name: metric for name, metric in metrics(door).items() if name in SQL}


def test_every_metric_is_checked_here_or_has_records_of_its_own(door: Door) -> None:
    """What follows an answer and first dispatches: tests/database/test_follow_up_metrics.py and test_desk.py."""
    elsewhere = {metric.id for metric in (*DISPATCH_METRICS, *FOLLOW_UP_METRICS)}
    assert metrics(door).keys() == SQL.keys() | elsewhere


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"department": "zjj"},
        {"unit": "swj"},
        {"status": "triage"},
        {"submitted_from": "2026-12-01"},
        {"submitted_to": "2026-11-30"},
    ],
    ids=str,
)
def test_the_number_opens_a_list_of_as_many_cases(door: Door, criteria: dict[str, str]) -> None:
    for metric in metrics(door, **criteria).values():
        assert criteria.items() <= metric["cases"].items()
        page = ok(door.get("/cases", Role.LEADER, **metric["cases"]))
        assert (page["total"], len(page["rows"])) == (metric["numerator"], metric["numerator"]), metric["id"]


def test_the_number_is_what_is_in_the_tables(door: Door, city_dsn: str) -> None:
    with psycopg.connect(city_dsn) as conn:
        for name, metric in plain(door).items():
            row = conn.execute(f"SELECT count(*) FROM cases WHERE {SQL[name]}", {"now": door.runtime.clock}).fetchone()
            assert row == (metric["numerator"],), name


def test_the_numbers_of_this_life(door: Door) -> None:
    found = metrics(door)
    assert {name: m["numerator"] for name, m in plain(door).items()} == {
        "received": 8,
        "open": 4,
        "overdue": 2,
        "completed": 4,
        "awaiting_triage": 2,
        "dispatched": 6,
        "without_due_date": 0,
        "due": 5,
        "on_time_completion_rate": 2,
        "overdue_rate": 3,
        "completion_rate": 4,
        "displeased_rate": 1,
        "displeased_department_rate": 1,
        "displeased_reply_rate": 0,
        "displeased_policy_rate": 0,
    }
    rate = found["on_time_completion_rate"]
    assert (rate["value"], rate["denominator"], rate["unit"]) == (0.4, 5, "%")
    assert rate["interval"][0] < 0.4 < rate["interval"][1]
    assert found["received"]["value"] == 8
    assert all(m["definition"] and m["label"] for m in found.values())


def test_a_metric_that_chooses_otherwise_than_the_filter_is_left_out(door: Door) -> None:
    assert "displeased_rate" not in metrics(door, sentiment="positive")
    assert "displeased_rate" not in metrics(door, displeased_with="policy")
    assert metrics(door, displeased_with="authority")["displeased_rate"]["numerator"] == 1


def test_a_share_of_nothing_is_none(door: Door) -> None:
    rate = metrics(door, topic="T99")["on_time_completion_rate"]
    assert (rate["value"], rate["numerator"], rate["denominator"]) == (None, 0, 0)


def test_numbers_need_an_account_and_a_filter_that_makes_sense(door: Door) -> None:
    problem(door.get("/metrics"), 401)
    assert list(problem(door.get("/metrics", Role.LEADER, state="x"), 422)["fields"]) == ["state"]

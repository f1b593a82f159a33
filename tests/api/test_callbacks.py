"""Callbacks over the JSON door: the queue, the rules, what a submitter says alone."""

from dataclasses import replace
from typing import Any

import pytest

from api.schemas.casework import ActionIn
from api.staff.casework import perform
from models.account import Role
from models.callback import CallbackState
from models.case import Case, CaseAction, CompletionResult
from models.database import transaction
from models.errors import Forbidden
from routing import case_repository, lifecycle
from routing.casework import callback_repository
from routing.process import process_batch
from tests import factories
from tests.api.case_actions import act, ready_for, stored
from tests.api.door import Door, ok, problem
from tests.database.follow_up_cases import forget_callbacks, rule

CONTENT = {"outcome": "answered", "solved": "yes", "satisfaction": "very"}


@pytest.fixture(autouse=True)
def everything_is_drawn(door: Door) -> None:
    with transaction(door.runtime.pool) as conn:
        forget_callbacks(conn)
        rule(conn, door.runtime.directory(conn))


def letter(door: Door, **changes: Any) -> tuple[str, str]:
    """A citizen's own letter: number and code."""
    body = {"title": "路灯不亮", "body": "小区门口的路灯坏了三天，晚上走路很危险。", "name": "周念安", **changes}
    receipt = ok(door.request("POST", "/letters", None, json=body), 201)
    return receipt["receipt_number"], receipt["query_code"]


def test_the_queue_is_for_callers_and_the_next_is_taken(door: Door) -> None:
    case = door.case(until=CaseAction.COMPLETE)
    for role in (Role.OFFICER, Role.LEADER, Role.ADMINISTRATOR):
        problem(door.get("/callbacks", role), 403)
        problem(door.request("POST", "/callbacks/next", role), 403)
    desk = ok(door.get("/callbacks", Role.SUPERVISOR))
    assert [row["case_number"] for row in desk["waiting"]] == [case.case_number]
    assert (
        desk["waiting"][0]["by"] == "2026-12-01T00:00:00+08:00" and desk["waiting"][0]["callback"]["state"] == "waiting"
    )
    assert ok(door.request("POST", "/callbacks/next", Role.DISPATCHER)) == {"case_number": case.case_number}
    assert ok(door.request("POST", "/callbacks/next", Role.SUPERVISOR)) == {"case_number": None}
    assert "正在回访" in problem(act(door, case, "callback", Role.SUPERVISOR, CONTENT), 409)["detail"]
    ok(act(door, case, "callback", Role.DISPATCHER, CONTENT))
    assert ok(door.get("/callbacks", Role.SUPERVISOR))["waiting"] == []


def test_displeasure_waits_for_a_decision(door: Door) -> None:
    case = ready_for(door, CaseAction.REWORK)
    desk = ok(door.get("/callbacks", Role.DISPATCHER))
    assert [row["case_number"] for row in desk["to_decide"]] == [case.case_number]
    view = ok(door.get(f"/cases/{case.case_number}", Role.DISPATCHER))
    assert {"rework", "settle"} <= set(view["actions"]) and "close" not in view["actions"]
    assert view["follow_up"]["callbacks"][0]["note"] == "还是不亮。"
    assert "请先决定重办" in problem(act(door, case, "close", Role.DISPATCHER), 409)["detail"]
    ok(act(door, case, "rework", Role.SUPERVISOR))
    assert ok(door.get("/callbacks", Role.DISPATCHER))["to_decide"] == []


def test_what_was_said_is_masked(door: Door) -> None:
    case = door.case(until=CaseAction.COMPLETE)
    ok(act(door, case, "callback", Role.DISPATCHER, CONTENT | {"text": "打我电话19900001234"}))
    view = door.get(f"/cases/{case.case_number}", Role.OFFICER)
    assert ok(view)["follow_up"]["callbacks"][0]["note"].startswith("打我电话") and "19900001234" not in view.text


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"outcome"}),
        ({"outcome": "answered"}, {"solved", "satisfaction"}),
        ({"outcome": "answered", "solved": "yes"}, {"solved", "satisfaction"}),
        ({"outcome": "answered", "solved": "maybe", "satisfaction": "very"}, {"solved"}),
        ({"outcome": "no_answer", "text": "字" * 1001}, {"text"}),
    ],
)
def test_a_call_that_says_too_little(door: Door, body: dict[str, Any], fields: set[str]) -> None:
    case = door.case(until=CaseAction.COMPLETE)
    assert set(problem(act(door, case, "callback", Role.DISPATCHER, body), 422)["fields"]) == fields
    assert stored(door, case) == case


def test_a_dispatcher_of_the_unit_cannot_call_either(door: Door) -> None:
    """Roles are of accounts; a dispatcher may sit in a unit."""
    case = door.case(until=CaseAction.COMPLETE)
    sitting = replace(door.account(Role.DISPATCHER), department_id="zjj")
    with transaction(door.runtime.pool) as conn, pytest.raises(Forbidden, match="承办单位不能回访"):
        given = ActionIn(**CONTENT).given()
        perform(conn, door.runtime, sitting, case.case_number, CaseAction.CALLBACK, given, now=door.runtime.clock)


def test_rules_are_read_by_staff_and_set_by_the_administrator(door: Door) -> None:
    wanted = {"share": 0.3, "shares": {"complain": 1.0}, "always": ["supervised"], "basically_counts": False}
    problem(door.request("POST", "/callback-rules", Role.SUPERVISOR, json=wanted), 403)
    made = ok(door.request("POST", "/callback-rules", Role.ADMINISTRATOR, json=wanted), 201)
    versions = ok(door.get("/callback-rules", Role.OFFICER))
    assert versions[0] == made and versions[0]["version"] == versions[1]["version"] + 1
    assert (made["share"], made["shares"], made["always"]) == (0.3, {"complain": 1.0}, ["supervised"])
    assert "seed" not in made
    for wrong in ({"share": 1.2}, {"share": 0.5, "shares": {"complain": 7}}, {"share": 0.5, "always": ["not_drawn"]}):
        problem(door.request("POST", "/callback-rules", Role.ADMINISTRATOR, json=wrong), 422)


# The submitter


def finished(door: Door, number: str) -> Case:

    with transaction(door.runtime.pool) as conn:
        directory, now = door.runtime.directory(conn), door.runtime.clock
        process_batch(
            conn, factories.FixedAnalyser(factories.analysis()), directory, now=now, zone=factories.ZONE, limit=100
        )
        case = case_repository.get_case(conn, number)
        case = lifecycle.acknowledge(conn, case, actor="test", now=now)
        case = lifecycle.reply(
            conn, case, body="已修好。", public=False, department_id=case.lead_department_id, actor="test", now=now
        )
        return lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor="test", now=now)


def test_a_submitter_says_it_once_with_number_and_code(door: Door) -> None:
    number, code = letter(door)
    said = {"code": code, "solved": "partly", "satisfaction": "basically", "note": "周念安说：还差一盏"}
    problem(door.request("POST", f"/letters/{number}/rating", None, json=said), 409)
    case = finished(door, number)
    problem(door.request("POST", f"/letters/{number}/rating", None, json=said | {"code": "00000000"}), 404)
    assert ok(door.request("POST", f"/letters/{number}/rating", None, json=said)) == {
        "receipt_number": number,
        "solved": "partly",
        "satisfaction": "basically",
    }
    again = problem(door.request("POST", f"/letters/{number}/rating", None, json=said | {"solved": "yes"}), 409)
    assert "已经评价过" in again["detail"]
    with transaction(door.runtime.pool) as conn:
        callback = callback_repository.find_current(conn, case.id)
    assert callback is not None and callback.state is CallbackState.DONE
    assert "周念安" not in callback.note and callback.note.endswith("还差一盏")


def test_the_numbers_have_their_rule(door: Door) -> None:
    metrics = {m["id"]: m for m in ok(door.get("/metrics", Role.LEADER))}
    assert metrics["satisfaction_rate"]["note"].startswith("抽样规则第")
    assert metrics["received"]["note"] == ""
    for id_ in ("response_rate", "resolution_rate", "satisfaction_rate", "rework_rate"):
        assert ok(door.get("/cases", Role.LEADER, **metrics[id_]["cases"]))["total"] == metrics[id_]["numerator"]

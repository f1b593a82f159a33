"""The issue desk for programs: who may do what, in which order, and who was quicker."""

from typing import Any

import pytest

from models.account import Role
from models.case import Case, CaseStatus
from models.database import Connection, transaction
from routing import case_repository
from routing.directory import Directory
from tests.api.door import Door, ok, problem
from tests.issue_rows import issue_of_cases

OPINION: dict[str, Any] = {"level": "orange", "opinion": "请住建局今日抢修，说明原因。"}
ANSWER: dict[str, Any] = {"title": "关于桂香街道路灯的回应", "body": "坏掉的路灯已于今晚全部修复，电缆接头全部换新。"}


@pytest.fixture
def issue(city_conn: Connection, directory: Directory) -> tuple[int, list[Case]]:
    return issue_of_cases(city_conn, directory)


def opened(door: Door, issue_id: int, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = ok(door.post(f"/issues/{issue_id}/responses", Role.SUPERVISOR, **given), 201)
    return found


def act(
    door: Door, response: dict[str, Any], action: str, role: Role = Role.SUPERVISOR, **given: Any
) -> dict[str, Any]:
    path = f"/issues/{response['issue_id']}/responses/{response['id']}/{action}"
    moved: dict[str, Any] = ok(door.post(path, role, version=response["version"], **given))
    return moved


def published(door: Door, issue_id: int) -> dict[str, Any]:
    response = act(door, opened(door, issue_id), "submit", text="多人反映路灯不亮。")
    response = act(door, response, "assess", **OPINION)
    response = act(door, response, "draft", Role.DISPATCHER, **ANSWER)
    return act(door, act(door, response, "sign"), "publish", Role.DISPATCHER)


def test_from_opening_to_closing_every_case_is_answered(door: Door, issue: tuple[int, list[Case]]) -> None:
    issue_id, cases = issue
    response = published(door, issue_id)
    [desk] = ok(door.get(f"/issues/{issue_id}/responses", Role.LEADER))
    assert desk["waiting_cases"] == 0 and desk["actions"] == ["hand_over", "note"]
    [desk] = ok(door.get(f"/issues/{issue_id}/responses", Role.SUPERVISOR))
    assert desk["waiting_cases"] == 2 and "close" in desk["actions"]
    closed = act(door, response, "close", review="声音已经平息。", result="solved", lead="zjj")
    assert closed["stage"] == "closed"
    [desk] = ok(door.get(f"/issues/{issue_id}/responses", Role.SUPERVISOR))
    assert desk["answered_cases"] == 2
    statuses = [ok(door.get(f"/cases/{case.case_number}", Role.SUPERVISOR))["case"]["status"] for case in cases]
    assert statuses == ["completed", "completed"]
    back = act(door, closed, "undo_close", reason="还有两盏没有修好。")
    assert back["stage"] == "review"
    statuses = [ok(door.get(f"/cases/{case.case_number}", Role.SUPERVISOR))["case"]["status"] for case in cases]
    assert statuses == ["in_progress", "in_progress"]


def test_a_refused_closing_answers_nobody(door: Door, issue: tuple[int, list[Case]]) -> None:
    issue_id, cases = issue
    response = published(door, issue_id)
    path = f"/issues/{issue_id}/responses/{response['id']}/close"
    given = {"result": "solved", "lead": "zjj", "version": response["version"]}
    assert "review" in problem(door.post(path, Role.SUPERVISOR, review=" ", **given), 422)["fields"]
    assert (
        "result" in problem(door.post(path, Role.SUPERVISOR, review="好", version=response["version"]), 422)["fields"]
    )
    with transaction(door.runtime.pool) as conn:
        assert case_repository.get_case(conn, cases[0].case_number).status is CaseStatus.DISPATCHED


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR])
def test_who_may_not_open(door: Door, issue: tuple[int, list[Case]], role: Role) -> None:
    problem(door.post(f"/issues/{issue[0]}/responses", role), 403)


def test_officers_see_no_issue_and_nobody_sees_without_an_account(door: Door, issue: tuple[int, list[Case]]) -> None:
    problem(door.get(f"/issues/{issue[0]}/responses", Role.OFFICER), 403)
    problem(door.get(f"/issues/{issue[0]}/responses"), 401)
    problem(door.get("/response-tasks", Role.LEADER), 403)


def test_what_is_not_there(door: Door, issue: tuple[int, list[Case]]) -> None:
    problem(door.get("/issues/77/responses", Role.LEADER), 404)
    problem(door.post("/issues/77/responses", Role.SUPERVISOR), 404)
    problem(door.post(f"/issues/{issue[0]}/responses/77/note", Role.SUPERVISOR, text="x"), 404)
    response = opened(door, issue[0])
    problem(door.post(f"/issues/77/responses/{response['id']}/note", Role.SUPERVISOR, text="x"), 404)
    problem(door.post(f"/issues/{issue[0]}/responses/{response['id']}/burn", Role.SUPERVISOR), 422)
    problem(door.post(f"/issues/{issue[0]}/responses/{response['id']}/open", Role.SUPERVISOR), 409)


def test_the_second_opening_and_the_late_hand_are_told_who_was_quicker(
    door: Door, issue: tuple[int, list[Case]]
) -> None:
    response = opened(door, issue[0])
    problem(door.post(f"/issues/{issue[0]}/responses", Role.DISPATCHER), 409)
    act(door, response, "note", text="已联系街道。")
    path = f"/issues/{issue[0]}/responses/{response['id']}/submit"
    refused = problem(door.post(path, Role.DISPATCHER, version=response["version"], text="情况"), 409)
    assert "已由测试督办员于11-23 10:00补充情况" in refused["detail"]


def test_stage_and_role_are_guarded(door: Door, issue: tuple[int, list[Case]]) -> None:
    response = opened(door, issue[0])
    path = f"/issues/{issue[0]}/responses/{response['id']}"
    problem(door.post(f"{path}/publish", Role.SUPERVISOR), 409)
    response = act(door, response, "submit", Role.DISPATCHER, text="情况")
    problem(door.post(f"{path}/assess", Role.DISPATCHER, **OPINION), 403)
    assert "level" in problem(door.post(f"{path}/assess", Role.LEADER, opinion="好"), 422)["fields"]
    assert act(door, response, "assess", Role.LEADER, **OPINION)["level"] == "orange"


def test_an_answer_is_signed_by_another_than_its_author(door: Door, issue: tuple[int, list[Case]]) -> None:
    response = act(door, opened(door, issue[0]), "submit", text="情况")
    response = act(door, act(door, response, "assess", **OPINION), "draft", **ANSWER)
    path = f"/issues/{issue[0]}/responses/{response['id']}"
    problem(door.post(f"{path}/sign", Role.SUPERVISOR), 403)
    response = act(door, response, "return", Role.LEADER, reason="写清楚何时修好。")
    assert response["stage"] == "dispose"
    response = act(door, act(door, response, "draft", Role.DISPATCHER, **ANSWER), "sign", Role.LEADER)
    assert response["stage"] == "respond"


def test_personal_data_are_published_only_with_a_reason(door: Door, issue: tuple[int, list[Case]]) -> None:
    response = act(door, opened(door, issue[0]), "submit", text="情况")
    response = act(door, response, "assess", **OPINION)
    body = "经与市民0李向阳（电话19900001234）核实，路灯已修复。"
    response = act(door, response, "draft", Role.DISPATCHER, title="回应", body=body)
    response = act(door, response, "sign")
    path = f"/issues/{issue[0]}/responses/{response['id']}/publish"
    refused = problem(door.post(path, Role.DISPATCHER), 422)
    assert "手机" in refused["detail"] and "reason" in refused["fields"]
    act(door, response, "publish", Role.DISPATCHER, reason="本人要求公开表扬。")
    [desk] = ok(door.get(f"/issues/{issue[0]}/responses", Role.SUPERVISOR))
    assert desk["answers"][0]["note"] == "本人要求公开表扬。"


def test_a_task_is_reported_by_its_unit_alone(door: Door, issue: tuple[int, list[Case]]) -> None:
    response = act(door, act(door, opened(door, issue[0]), "submit", text="情况"), "assess", **OPINION)
    due = "2026-11-24T10:00:00+08:00"
    path = f"/issues/{issue[0]}/responses/{response['id']}"
    given: dict[str, Any] = {"what": "查明原因", "due_at": due}
    assert "department_id" in problem(door.post(f"{path}/task", Role.SUPERVISOR, **given), 422)["fields"]
    assert "due_at" in problem(door.post(f"{path}/task", Role.SUPERVISOR, department_id="zjj", what="x"), 422)["fields"]
    act(door, response, "task", department_id="zjj", **given)
    [found] = [one for one in ok(door.get("/response-tasks", Role.OFFICER)) if one["issue_id"] == issue[0]]
    task = found["task"]["id"]
    other = door.account(Role.OFFICER, "sthjj")
    assert [one for one in ok(door.get("/response-tasks", other)) if one["issue_id"] == issue[0]] == []
    problem(door.post(f"{path}/report", other, task_id=task, report="不是我们"), 403)
    told = ok(door.post(f"{path}/report", Role.OFFICER, task_id=task, report="电缆接头烧坏，今晚修好。"))
    assert (told["level"], told["opinion"]) == (None, "")  # what was found of the issue is not the unit's to read
    problem(door.post(f"{path}/report", Role.OFFICER, task_id=task, report="再报一次"), 409)
    problem(door.post(f"{path}/report", Role.OFFICER, task_id=10_000, report="哪一项"), 404)
    problem(door.post(f"{path}/withdraw", Role.SUPERVISOR, task_id=task, reason="不用了"), 409)


def test_another_owner_is_somebody_who_can_be_it(door: Door, issue: tuple[int, list[Case]]) -> None:
    response = opened(door, issue[0])
    path = f"/issues/{issue[0]}/responses/{response['id']}/hand_over"
    problem(door.post(path, Role.LEADER, owner_id=door.account(Role.OFFICER).id), 422)
    leader = door.account(Role.LEADER)
    assert act(door, response, "hand_over", owner_id=leader.id)["owner_id"] == leader.id


def test_known_since_is_a_time_that_has_passed(door: Door, issue: tuple[int, list[Case]]) -> None:
    refused = problem(
        door.post(f"/issues/{issue[0]}/responses", Role.SUPERVISOR, known_at="2027-01-01T00:00:00+08:00"), 422
    )
    assert "known_at" in refused["fields"]
    response = opened(door, issue[0], known_at="2026-11-23T08:00:00+08:00", major=True)
    [desk] = ok(door.get(f"/issues/{issue[0]}/responses", Role.LEADER))
    assert {clock["kind"] for clock in desk["clocks"]} == {"information", "conference"}
    assert act(door, response, "dismiss", Role.LEADER, reason="经查是谣言。")["dismissed"] == "经查是谣言。"
    path = f"/issues/{issue[0]}/responses/{response['id']}/undo_close"
    problem(door.post(path, Role.SUPERVISOR, reason="误操作"), 409)

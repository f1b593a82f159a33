"""Cases over the JSON door: what each role may do, and how each refusal is told."""

from typing import Any

import pytest

from models.account import Role
from models.analysis import Urgency
from models.case import TRANSITIONS, CaseAction, CaseStatus
from models.database import transaction
from routing import event_repository
from routing.policies import ACTION_ROLES
from tests import factories
from tests.api.case_actions import act, in_status, ready_for, stored
from tests.api.door import Door, ok, problem

ACTIONS = [action for action in CaseAction if ACTION_ROLES[action] and action is not CaseAction.OPEN]
# Every action


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_by_each_role(door: Door, action: CaseAction, role: Role) -> None:
    case = ready_for(door, action)
    if case.status is CaseStatus.TRIAGE and role is Role.OFFICER:
        problem(act(door, case, action, role), 404)  # in triage it is no unit's yet
    elif role not in ACTION_ROLES[action]:
        assert problem(act(door, case, action, role), 403)["detail"] == f"{role.label}不能{action.label}。"
    else:
        after = ok(act(door, case, action, role))
        assert after["status"] == TRANSITIONS[case.status][action].value
        with transaction(door.runtime.pool) as conn:
            events = event_repository.list_events(conn, case.id)[case.version :]
        assert after["version"] == case.version + len(events)
        follows = [CaseAction.REPLY] if action is CaseAction.APPROVE_REPLY else []  # what is approved is sent with it
        assert [(e.action, e.actor) for e in events] == [(a, door.account(role).actor) for a in [action, *follows]]
        return
    assert stored(door, case) == case


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_acts_without_an_account(door: Door, action: CaseAction) -> None:
    case = ready_for(door, action)
    problem(act(door, case, action, None), 401)
    assert stored(door, case) == case


@pytest.mark.parametrize("action", ACTIONS)
def test_a_case_that_is_not_there(door: Door, action: CaseAction) -> None:
    role = next(iter(sorted(ACTION_ROLES[action])))
    problem(act(door, "20261123-0000000", action, role), 404)


@pytest.mark.parametrize("status", CaseStatus)
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_that_the_status_does_not_allow(door: Door, action: CaseAction, status: CaseStatus) -> None:
    if action in TRANSITIONS[status] or action is CaseAction.OPINION:  # the latter: not for the unit that leads
        return
    case = in_status(door, status)
    role = Role.OFFICER if Role.OFFICER in ACTION_ROLES[action] else min(ACTION_ROLES[action])
    if status is CaseStatus.TRIAGE and role is Role.OFFICER:
        problem(act(door, case, action, role), 404)
    else:
        assert problem(act(door, case, action, role), 409)["detail"] == f"工单{status.label}，不能{action.label}。"
    assert stored(door, case) == case


def test_who_saw_an_older_version_is_told_who_was_quicker(door: Door) -> None:
    case = door.case()
    ok(act(door, case, "acknowledge", Role.OFFICER, {"version": case.version}))
    refused = problem(act(door, case, "reply", Role.OFFICER, {"version": case.version, "body": "x"}), 409)
    name = door.account().display_name
    local = f"{door.runtime.clock.astimezone(factories.ZONE):%m-%d %H:%M}"
    assert refused["detail"] == f"工单已由{name}于{local}签收，您填写的内容没有提交，请核对后再试。"
    ok(act(door, case, "reply", Role.OFFICER, {"version": case.version + 1, "body": "x", "text": "已当面说明。"}))


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("dispatch", {}, "lead"),
        ("dispatch", {"lead": "nobody"}, "lead"),
        ("dispatch", {"lead": "zjj", "topic_code": "T9999"}, "topic_code"),
        ("dispatch", {"lead": "zjj", "appeal_type": "wish"}, "appeal_type"),
        ("dispatch", {"lead": "zjj", "co_handling": ["a"] * 21}, "co_handling"),
        ("dispatch", {"lead": "zjj", "note": "x" * 1001}, "note"),
        ("dispatch", {"lead": "zjj", "note": "a\0b"}, "note"),
        ("redispatch", {"lead": "zjj"}, "lead"),
        ("name_topic", {}, "topic_code"),
        ("name_topic", {"topic_code": "T04"}, "topic_code"),
        ("name_topic", {"topic_code": "T9999"}, "topic_code"),
        ("reply", {"body": "   "}, "body"),
        ("reply", {"body": "字" * 5001}, "body"),
        ("reply", {"body": "a\0b"}, "body"),
        ("complete", {}, "result"),
        ("complete", {"result": "maybe"}, "result"),
        ("reopen", {"reason": " "}, "reason"),
        ("request_return", {}, "return_reason"),
        ("request_return", {"return_reason": "not_our_duty", "text": "不归我们管"}, "proposed"),
        ("request_return", {"return_reason": "not_our_duty", "proposed": "zjj", "text": "不归我们管"}, "proposed"),
        ("request_return", {"return_reason": "other", "text": " "}, "text"),
        ("accept_return", {"lead": "zjj"}, "lead"),
        ("refuse_return", {}, "note"),
        ("request_extension", {"text": "配件"}, "days"),
        ("request_extension", {"text": "配件", "days": 11}, "days"),
        ("request_extension", {"days": 3}, "text"),
        ("answer_supervision", {}, "text"),
        ("contact", {}, "text"),
        ("contact", {"text": "字" * 1001}, "text"),
        ("reopen", {"reason": "\0"}, "reason"),
        ("acknowledge", {"surprise": 1}, "surprise"),
        ("acknowledge", {"version": "old"}, "version"),
    ],
)
def test_what_is_filled_in_wrong_is_named(door: Door, action: str, body: dict[str, Any], field: str) -> None:
    case = ready_for(door, CaseAction(action))
    role = Role.OFFICER if Role.OFFICER in ACTION_ROLES[CaseAction(action)] else Role.DISPATCHER
    assert list(problem(act(door, case, action, role, body), 422)["fields"]) == [field]
    assert stored(door, case) == case


def test_completing_before_answering_is_a_conflict(door: Door) -> None:
    case = door.case(until=CaseAction.ACKNOWLEDGE)
    assert problem(act(door, case, "complete", Role.OFFICER), 409)["detail"] == "还没有答复诉求人，不能办结。"


def test_a_topic_that_was_left_open_is_named_once(door: Door) -> None:
    case = ready_for(door, CaseAction.NAME_TOPIC)
    assert "name_topic" in ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))["actions"]
    named = ok(act(door, case, "name_topic", Role.OFFICER, {"topic_code": "T0402", "version": case.version}))
    assert named["topic_code"] == "T0402"
    assert "name_topic" not in ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))["actions"]
    slower = {"topic_code": "T0403", "version": case.version}
    assert (
        "补充类别，您填写的内容没有提交"
        in problem(act(door, case, "name_topic", Role.DISPATCHER, slower), 409)["detail"]
    )
    again = problem(act(door, case, "name_topic", Role.DISPATCHER, {"topic_code": "T0403"}), 409)
    assert "要更正请改派" in again["detail"]
    assert stored(door, case).topic_code == "T0402"


@pytest.mark.parametrize("action", ["delete", "OPEN", "dispatch/now"])
def test_an_action_that_does_not_exist(door: Door, action: str) -> None:
    case = door.case()
    response = act(door, case, action, Role.DISPATCHER, {})
    problem(response, 404 if "/" in action else 422)


def test_a_case_is_opened_from_its_submission_only(door: Door) -> None:
    case = door.case()
    assert problem(act(door, case, "open", Role.DISPATCHER, {}), 409)["detail"] == "工单待签收，不能立案。"


def test_an_answer_says_only_what_is_committed(door: Door) -> None:
    """A commit that fails is an error, not a 200: checked by a constraint that speaks up at commit."""
    case = door.case()
    with transaction(door.runtime.pool) as conn:
        conn.execute("RESET ROLE")
        conn.execute("CREATE TABLE at_commit (case_id bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        conn.execute("GRANT INSERT ON at_commit TO wenzheng_app")
        conn.execute("INSERT INTO at_commit VALUES (%s)", (case.id,))
        conn.execute(
            "CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN INSERT INTO at_commit VALUES (NEW.case_id); RETURN NEW; END'"
        )
        conn.execute("CREATE TRIGGER at_commit AFTER INSERT ON case_events FOR EACH ROW EXECUTE FUNCTION at_commit()")
        conn.execute("SET ROLE wenzheng_app")
    try:
        problem(act(door, case, "acknowledge", Role.OFFICER), 500)
    finally:
        with transaction(door.runtime.pool) as conn:
            conn.execute("RESET ROLE")
            conn.execute("DROP TABLE at_commit")
            conn.execute("DROP FUNCTION at_commit CASCADE")
            conn.execute("SET ROLE wenzheng_app")
    assert stored(door, case) == case


# One case


def test_a_case_as_its_officer_sees_it(door: Door) -> None:
    case = door.case(until=CaseAction.REPLY, new=factories.letter(title="路灯不亮", contact="19900001234"))
    view = ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))
    assert (view["case"]["case_number"], view["case"]["status"]) == (case.case_number, "in_progress")
    assert [e["action"] for e in view["events"]] == ["open", "dispatch", "redispatch", "acknowledge", "reply"]
    assert [r["body"] for r in view["replies"]] == ["已派人到现场修好。"]
    assert view["actions"] == [
        *("reply", "complete", "request_return", "contact", "request_extension", "note"),
        *("submit_reply", "request_suspension", "reveal"),
    ]
    assert [c["kind"] for c in view["beside"]["clocks"] if not c["ended_at"]] == ["acknowledge", "contact"]
    assert view["analysis"]["topic_code"] == "T0402"
    assert {a["department_id"] for a in view["assignments"] if a["ended_at"] is None} == {"zjj"}
    assert view["original"] is None  # who wrote is shown for a reason only (tests/api/test_disclosures.py)


@pytest.mark.parametrize(
    ("role", "confidential", "sees"),
    [
        (Role.OFFICER, False, True),
        (Role.OFFICER, True, False),
        (Role.DISPATCHER, True, True),
        (Role.SUPERVISOR, False, False),
        (Role.LEADER, False, False),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_who_wrote_is_shown_to_few_and_for_a_reason(door: Door, role: Role, confidential: bool, sees: bool) -> None:
    case = door.case(new=factories.letter(confidential=confidential, contact="19900001234"))
    assert "19900001234" not in door.get(f"/cases/{case.case_number}", role).text
    assert (act(door, case, "reveal", role).status_code == 200) is sees
    response = door.get(f"/cases/{case.case_number}", role)
    assert (ok(response)["original"] is not None) is sees
    assert ("19900001234" in response.text) is sees


def test_looking_needs_an_account_and_a_case(door: Door) -> None:
    case = door.case()
    problem(door.get(f"/cases/{case.case_number}"), 401)
    problem(door.get("/cases/20261123-0000000", Role.LEADER), 404)
    problem(door.get("/cases/a%00b", Role.LEADER), 404)
    problem(door.get(f"/cases/{case.case_number}'--", Role.LEADER), 404)


# Lists


def test_the_list_is_filtered_counted_and_paged(door: Door) -> None:
    title = "独一无二的标题"
    cases = [door.case(new=factories.letter(title=f"{title}{i}")) for i in range(3)]
    page = ok(door.get("/cases", Role.LEADER, text=title, limit=2, sort="submitted"))
    assert (page["total"], len(page["rows"])) == (3, 2)
    rest = ok(door.get("/cases", Role.LEADER, text=title, limit=2, offset=2, sort="submitted"))
    numbers = [row["case_number"] for row in page["rows"] + rest["rows"]]
    assert sorted(numbers) == sorted(case.case_number for case in cases)
    assert ok(door.get("/cases", Role.LEADER, text=title, status="triage"))["total"] == 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"status": "lost"},
        {"state": "x"},
        {"channel": "pigeon"},
        {"urgency": "9"},
        {"submitted_from": "yesterday"},
        {"submitted_to": "9999-12-31"},
        {"submitted_from": "0001-01-01"},
        {"import_id": "x"},
        {"import_id": str(2**63)},
        {"import_id": "-1"},
        {"text": "x" * 201},
        {"limit": "0"},
        {"limit": "501"},
        {"offset": "-1"},
        {"sort": "luck"},
    ],
    ids=str,
)
def test_a_filter_that_makes_no_sense_is_named(door: Door, parameters: dict[str, str]) -> None:
    assert list(problem(door.get("/cases", Role.LEADER, **parameters), 422)["fields"]) == list(parameters)


@pytest.mark.parametrize(
    "parameters",
    [
        {"status": ""},
        {"unknown": "1"},
        {"submitted_to": "2200-12-31"},
        {"submitted_from": "1900-01-01"},
        {"text": "%_'\"\\"},
        {"topic": "none"},
    ],
)
def test_what_forms_and_strangers_send_is_no_error(door: Door, parameters: dict[str, str]) -> None:
    ok(door.get("/cases", Role.LEADER, **parameters))


def test_lists_need_an_account(door: Door) -> None:
    for path in ("/cases", "/triage", "/metrics", "/submissions", "/session"):
        problem(door.get(path), 401)


def test_the_triage_queue_is_the_dispatchers(door: Door) -> None:
    waiting = door.triage_case()
    door.pass_time(minutes=1)
    urgent = door.case(says=factories.analysis(urgency=Urgency.CRITICAL), lead=None)
    queue = [item["case"]["case_number"] for item in ok(door.get("/triage", Role.DISPATCHER, limit=500))]
    assert queue.index(urgent.case_number) < queue.index(waiting.case_number)
    item = ok(door.get("/triage", Role.DISPATCHER, limit=1))[0]
    assert item["case"]["triage_reason"] == "可能危及人身安全，请立即人工处理"
    assert item["analysis"]["suggestions"] == [{"topic_code": "T0402", "confidence": 0.95, "cues": ["路灯"]}]
    for role in set(Role) - {Role.DISPATCHER}:
        problem(door.get("/triage", role), 403)


# The officer of another unit


@pytest.mark.parametrize("until", [CaseAction.OPEN, CaseAction.REPLY, CaseAction.COMPLETE])
def test_another_units_case_is_not_there_for_an_officer(door: Door, until: CaseAction) -> None:
    case = door.case(until=until, lead="swj")
    missing = problem(door.get("/cases/20261123-0000000", Role.OFFICER), 404)
    hidden = problem(door.get(f"/cases/{case.case_number}", Role.OFFICER), 404)
    assert hidden | {"instance": ""} == missing | {"instance": ""}  # not even told apart
    for action in ACTIONS:
        problem(act(door, case, action, Role.OFFICER), 404)
    assert stored(door, case) == case


def test_a_unit_that_gave_a_case_away_no_longer_sees_it(door: Door) -> None:
    case = door.case(until=CaseAction.ACKNOWLEDGE)
    ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))
    ok(act(door, case, "redispatch", Role.DISPATCHER, {"lead": "swj"}))
    problem(door.get(f"/cases/{case.case_number}", Role.OFFICER), 404)


def test_a_helping_unit_reads_and_does_not_act(door: Door) -> None:
    case = door.case(lead="swj")
    ok(act(door, case, "redispatch", Role.DISPATCHER, {"lead": "swj", "co_handling": ["zjj"]}))
    view = ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))
    assert (view["actions"], view["original"]) == (["opinion", "note"], None)
    assert problem(act(door, case, "acknowledge", Role.OFFICER), 403)["detail"] == "只有主办单位可以签收。"


@pytest.mark.parametrize("parameters", [{}, {"unit": "swj"}, {"department": "swj"}, {"unit": "none"}, {"unit": ""}])
def test_an_officers_list_is_the_units_whatever_the_address_says(door: Door, parameters: dict[str, str]) -> None:
    mine, theirs = door.case(), door.case(lead="swj")
    page = ok(door.get("/cases", Role.OFFICER, limit=500, **parameters))
    numbers = {row["case_number"] for row in page["rows"]}
    assert theirs.case_number not in numbers
    assert (mine.case_number in numbers) is ("department" not in parameters)
    everybody = ok(door.get("/cases", Role.LEADER, limit=500, unit="zjj"))
    if "department" not in parameters:
        assert page == everybody


def test_an_officers_numbers_are_the_units_too(door: Door) -> None:
    door.case(lead="swj")
    for parameters in ({}, {"unit": "swj"}):
        own = {m["id"]: m["numerator"] for m in ok(door.get("/metrics", Role.OFFICER, **parameters))}
        assert own == {m["id"]: m["numerator"] for m in ok(door.get("/metrics", Role.LEADER, unit="zjj"))}
    door.pass_time(seconds=1)
    assert own["received"] < {m["id"]: m["numerator"] for m in ok(door.get("/metrics", Role.LEADER))}["received"]


def test_time_left_comes_first_in_the_list(door: Door) -> None:
    """Overdue, then due soon, then completed."""
    title = "按剩余时间"
    old = door.case(new=factories.letter(title=title))
    door.pass_time(days=30)
    new = door.case(new=factories.letter(title=title))
    done = door.case(new=factories.letter(title=title), until=CaseAction.COMPLETE)
    rows = ok(door.get("/cases", Role.LEADER, text=title))["rows"]
    assert [row["case_number"] for row in rows] == [old.case_number, new.case_number, done.case_number]


def test_a_list_is_walked_forth_and_back(door: Door) -> None:
    numbers = [door.case(new=factories.letter(title=f"藤椅坏了{n}", body="藤椅")).case_number for n in range(5)]
    asked: dict[str, Any] = {"text": "藤椅坏了", "sort": "oldest", "limit": 2}
    first = ok(door.get("/cases", Role.LEADER, **asked))
    second = ok(door.get("/cases", Role.LEADER, **asked, after=first["after"]))
    third = ok(door.get("/cases", Role.LEADER, **asked, after=second["after"]))
    assert [_numbers(page) for page in (first, second, third)] == [numbers[:2], numbers[2:4], numbers[4:]]
    assert first["before"] is None and third["after"] is None
    again = ok(door.get("/cases", Role.LEADER, **asked, before=third["before"]))
    assert _numbers(again) == numbers[2:4] and again["after"] == second["after"]
    assert _numbers(ok(door.get("/cases", Role.LEADER, **asked, before=again["before"]))) == numbers[:2]
    # the same from an offset on: what stands in front of its first row
    inside = ok(door.get("/cases", Role.LEADER, **asked, offset=3))
    assert _numbers(inside) == numbers[3:]
    assert _numbers(ok(door.get("/cases", Role.LEADER, **asked, before=inside["before"]))) == numbers[1:3]
    problem(door.get("/cases", Role.LEADER, **asked, before=third["before"], after=first["after"]), 422)
    problem(door.get("/cases", Role.LEADER, **asked, before=third["before"], offset=1), 422)
    problem(door.get("/cases", Role.LEADER, **asked, before="x"), 422)


def _numbers(page: dict[str, Any]) -> list[str]:
    return [row["case_number"] for row in page["rows"]]

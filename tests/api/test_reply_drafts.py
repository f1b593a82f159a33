"""Replies before they are sent, over the JSON door: who may, what is refused, and how it is told."""

from typing import Any

import pytest

from models.account import Account, Role
from models.case import Case, CaseAction
from models.database import transaction
from models.reply_draft import ReviewNeed
from routing import case_repository, event_repository
from routing.replies import draft_repository
from tests import factories
from tests.api.case_actions import GOOD_REPLY, act, awaiting_review, stored
from tests.api.door import Door, ok, problem
from tests.factories import NOW


def in_progress(door: Door, **options: Any) -> Case:
    return door.case(until=CaseAction.ACKNOWLEDGE, **options)


def put(door: Door, case: Case, role: Role | Account | None = Role.OFFICER, **body: Any) -> Any:
    return door.request("PUT", f"/cases/{case.case_number}/draft", role, json=body)


def colleague(door: Door) -> Account:
    with transaction(door.runtime.pool) as conn:
        return factories.account(conn, department="zjj")


@pytest.fixture
def review(door: Door) -> Any:
    """Set the city's rule for one test."""

    def set_need(need: ReviewNeed | None) -> None:
        with transaction(door.runtime.pool) as conn:
            draft_repository.set_need(conn, None, need, actor="test", now=NOW)

    yield set_need
    set_need(None)


# Saving


def test_a_draft_is_saved_and_read_again(door: Door) -> None:
    case = in_progress(door)
    assert ok(door.get(f"/cases/{case.case_number}/draft", Role.OFFICER)) is None
    first = ok(put(door, case, body="您好", public=True, result="solved"))
    assert (first["state"], first["version"], first["author"]) == ("draft", 1, door.account().actor)
    ok(put(door, case, body="您好，修好了", version=1))
    read = ok(door.get(f"/cases/{case.case_number}/draft", Role.OFFICER))
    assert (read["body"], read["public"], read["result"], read["version"]) == ("您好，修好了", False, None, 2)
    assert stored(door, case) == case  # no event, no new version of the case


def test_the_second_of_two_is_told_who_changed_it(door: Door) -> None:
    case, other = in_progress(door), colleague(door)
    ok(put(door, case, body="第一稿"))
    ok(put(door, case, other, body="同事改的", version=1))
    refused = problem(put(door, case, body="我接着写的", version=1), 409)
    local = f"{door.runtime.clock.astimezone(factories.ZONE):%m-%d %H:%M}"
    assert refused["detail"].startswith(f"答复草稿已由{other.display_name}于{local}修改")
    assert ok(door.get(f"/cases/{case.case_number}/draft", Role.OFFICER))["body"] == "同事改的"


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR])
def test_only_the_unit_writes_and_others_do_not_read_what_is_unfinished(door: Door, role: Role) -> None:
    case = in_progress(door)
    ok(put(door, case, body="写到一半"))
    problem(put(door, case, role, body="我来写", version=1), 403)
    assert ok(door.get(f"/cases/{case.case_number}/draft", role)) is None
    assert "写到一半" not in door.get(f"/cases/{case.case_number}", role).text


def test_who_has_no_account_or_another_unit_sees_no_draft(door: Door) -> None:
    case = in_progress(door)
    path = f"/cases/{case.case_number}/draft"
    problem(put(door, case, None, body="x"), 401)
    problem(door.get(path), 401)
    problem(door.get(path, door.account(department="swj")), 404)
    problem(put(door, case, door.account(department="swj"), body="x"), 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"body": "字" * 20_001}, "body"),
        ({"body": "a\0b"}, "body"),
        ({"body": "x", "version": 0}, "version"),
        ({"body": "x", "result": "maybe"}, "result"),
        ({"body": "x", "surprise": 1}, "surprise"),
    ],
)
def test_what_makes_no_draft_is_named(door: Door, body: dict[str, Any], field: str) -> None:
    assert list(problem(put(door, in_progress(door), **body), 422)["fields"]) == [field]


def test_a_draft_is_dropped_by_who_saw_it(door: Door) -> None:
    case = in_progress(door)
    ok(put(door, case, body="不要了"))
    path = f"/cases/{case.case_number}/draft"
    problem(door.request("DELETE", path, Role.OFFICER, params={"version": 5}), 409)
    ok(door.request("DELETE", path, Role.OFFICER, params={"version": 1}), 204)
    assert ok(door.get(path, Role.OFFICER)) is None
    problem(door.request("DELETE", path, Role.OFFICER, params={"version": 1}), 409)


# The check


def test_the_check_says_what_to_do_and_where(door: Door) -> None:
    case = in_progress(door)
    path = f"/cases/{case.case_number}/draft/check"
    body = "您反映的问题已收悉，我局高度重视，感谢您的理解和支持。"
    found = ok(door.request("POST", path, Role.OFFICER, json={"body": body}))
    assert found["level"] == "serious" and found["findings"]
    for finding in found["findings"]:
        assert finding["advice"].endswith("。")
        for evidence, quoted in zip(finding["evidence"], finding["quoted"], strict=True):
            if evidence["text"] == "reply":
                assert body[evidence["start"] : evidence["end"]].strip() == quoted
    good = ok(door.request("POST", path, Role.OFFICER, json={"body": GOOD_REPLY, "public": True}))
    assert good["level"] != "serious"
    assert ok(door.get(f"/cases/{case.case_number}/draft", Role.OFFICER)) is None  # nothing is saved
    problem(door.request("POST", path, Role.SUPERVISOR, json={"body": body}), 403)


def test_a_serious_finding_needs_a_reason_that_the_reviewer_reads(door: Door) -> None:
    case = in_progress(door)
    empty = {"body": "您反映的问题已收悉，我局高度重视，感谢您的理解和支持。"}
    refused = problem(act(door, case, "submit_reply", Role.OFFICER, empty), 422)
    assert list(refused["fields"]) == ["text"] and "应当修改的问题" in refused["detail"]
    assert stored(door, case) == case
    ok(act(door, case, "submit_reply", Role.OFFICER, empty | {"text": "已当面答复，仅作告知"}))
    draft = ok(door.get(f"/cases/{case.case_number}/draft", Role.SUPERVISOR))
    assert draft["reason"] == "已当面答复，仅作告知"
    assert {"serious"} <= {finding["weight"] for finding in draft["findings"]}
    with transaction(door.runtime.pool) as conn:
        event = event_repository.list_events(conn, case.id)[-1]
    assert event.payload["reason"] == "已当面答复，仅作告知" and event.payload["findings"]


def test_personal_data_in_a_public_draft_need_their_reason_once(door: Door) -> None:
    case = in_progress(door, new=factories.letter(name="陈晓梅", contact="16812345678"))
    body = {"body": f"陈晓梅您好。{GOOD_REPLY}", "public": True}
    refused = problem(act(door, case, "submit_reply", Role.OFFICER, body), 422)
    assert set(refused["fields"]) == {"body", "reason"}
    ok(act(door, case, "submit_reply", Role.OFFICER, body | {"reason": "本人要求公开"}))
    ok(act(door, case, "approve_reply", Role.SUPERVISOR, {}))
    with transaction(door.runtime.pool) as conn:
        last = event_repository.list_events(conn, case.id)[-1]
    assert (last.action, last.payload["disclosure"]) == (CaseAction.REPLY, "本人要求公开")


# The review


def test_where_a_review_is_needed_a_public_reply_goes_by_it(door: Door, review: Any) -> None:
    review(ReviewNeed.PUBLIC)
    case = in_progress(door)
    told = problem(act(door, case, "reply", Role.OFFICER, {"body": GOOD_REPLY, "public": True}), 409)["detail"]
    assert told == "按规定，公开的答复须由他人审核签发，不能直接发出，请送审。"
    ok(act(door, case, "reply", Role.OFFICER, {"body": GOOD_REPLY}))  # to the submitter alone: as ever
    ok(act(door, case, "submit_reply", Role.OFFICER, {"body": GOOD_REPLY, "public": True, "result": "solved"}))
    after = ok(act(door, case, "approve_reply", Role.SUPERVISOR, {}))
    assert (after["status"], after["completion_result"]) == ("completed", "solved")


def test_the_author_cannot_approve_and_a_colleague_can(door: Door) -> None:
    case = in_progress(door)
    ok(act(door, case, "submit_reply", Role.OFFICER, {"body": GOOD_REPLY}))
    assert "起草人不能签发" in problem(act(door, case, "approve_reply", Role.OFFICER, {}), 403)["detail"]
    view = ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))
    assert "approve_reply" not in view["actions"] and "send_back_reply" in view["actions"]
    assert not {"reply", "submit_reply", "complete"} & set(view["actions"])
    other = colleague(door)
    ok(act(door, case, "approve_reply", other, {}))
    with transaction(door.runtime.pool) as conn:
        [reply] = case_repository.list_replies(conn, case.id)
    assert (reply.author, reply.body) == (door.account().actor, GOOD_REPLY)


def test_who_approves_says_which_version_was_read(door: Door) -> None:
    case = awaiting_review(door)
    path = f"/cases/{case.case_number}/approve_reply"
    assert "version" in problem(door.request("POST", path, Role.SUPERVISOR, json={}), 422)["fields"]
    stale = problem(door.request("POST", path, Role.SUPERVISOR, json={"version": case.version - 1}), 409)
    assert "同事" in stale["detail"] and "送审" in stale["detail"]
    ok(door.request("POST", path, Role.SUPERVISOR, json={"version": case.version}))


def test_what_waits_is_listed_for_who_can_review_it(door: Door) -> None:
    case = awaiting_review(door)

    def numbers(account: Account | Role) -> list[str]:
        return [row["case_number"] for row in ok(door.get("/approvals", account, limit=500))]

    assert case.case_number in numbers(Role.SUPERVISOR) and case.case_number in numbers(Role.OFFICER)
    assert case.case_number not in numbers(door.account(department="swj"))
    for role in (Role.DISPATCHER, Role.LEADER, Role.ADMINISTRATOR):
        problem(door.get("/approvals", role), 403)
    ok(act(door, case, "send_back_reply", Role.SUPERVISOR, {"note": "写明依据"}))
    assert case.case_number not in numbers(Role.SUPERVISOR)
    draft = ok(door.get(f"/cases/{case.case_number}/draft", Role.OFFICER))
    assert (draft["state"], draft["review_note"]) == ("refused", "写明依据")


def test_only_the_administrator_sets_the_rule(door: Door, review: Any) -> None:
    problem(door.request("PUT", "/reply-review", Role.SUPERVISOR, json={"need": "all"}), 403)
    ok(door.request("PUT", "/reply-review", Role.ADMINISTRATOR, json={"need": "all"}), 204)
    unit = {"department_id": "zjj", "need": "none"}
    ok(door.request("PUT", "/reply-review", Role.ADMINISTRATOR, json=unit), 204)
    rules = {row["department_id"]: row["need"] for row in ok(door.get("/reply-review", Role.ADMINISTRATOR))}
    assert rules == {None: "all", "zjj": "none"}
    ok(door.request("PUT", "/reply-review", Role.ADMINISTRATOR, json=unit | {"need": None}), 204)
    assert len(ok(door.get("/reply-review", Role.OFFICER))) == 1
    problem(door.request("PUT", "/reply-review", Role.ADMINISTRATOR, json={"need": None}), 422)
    problem(door.request("PUT", "/reply-review", Role.ADMINISTRATOR, json=unit | {"department_id": "nobody"}), 422)


# Templates

TEMPLATE = {"title": "路灯已修复", "body": "{{诉求人称呼}}，您好。{{今天}}已修好。", "action": "complete"}


def test_templates_of_the_city_and_of_units(door: Door) -> None:
    city = ok(door.request("POST", "/reply-templates", Role.ADMINISTRATOR, json=TEMPLATE), 201)
    own = ok(door.request("POST", "/reply-templates", Role.OFFICER, json=TEMPLATE | {"department_id": "zjj"}), 201)
    theirs = door.account(department="swj")
    seen = {row["id"] for row in ok(door.get("/reply-templates", theirs))}
    assert city["id"] in seen and own["id"] not in seen
    for who, template, status in (
        (Role.OFFICER, city, 403),
        (theirs, own, 404),
        (Role.DISPATCHER, own, 403),
        (Role.SUPERVISOR, city, 403),
    ):
        problem(door.request("PUT", f"/reply-templates/{template['id']}", who, json=TEMPLATE), status)
    problem(door.request("POST", "/reply-templates", Role.OFFICER, json=TEMPLATE), 403)
    changed = TEMPLATE | {"title": "路灯修好了", "version": 1}
    assert ok(door.request("PUT", f"/reply-templates/{own['id']}", Role.OFFICER, json=changed))["version"] == 2
    problem(door.request("PUT", f"/reply-templates/{own['id']}", Role.OFFICER, json=changed), 409)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"body": "{{诉求人姓名}}您好"}, "body"),
        ({"body": "{{今天"}, "body"),
        ({"body": " "}, "body"),
        ({"title": " "}, "title"),
        ({"title": "长" * 51}, "title"),
        ({"action": "note"}, "action"),
        ({"topic_code": "T9999"}, "topic_code"),
    ],
)
def test_a_template_that_makes_no_sense_is_refused(door: Door, given: dict[str, Any], field: str) -> None:
    refused = problem(door.request("POST", "/reply-templates", Role.ADMINISTRATOR, json=TEMPLATE | given), 422)
    assert list(refused["fields"]) == [field]

"""What should be looked into, over JSON and on the pages: counts that open their cases, notes that stay, thresholds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.pages.desk.integrity_wording import evidence_words
from api.staff.integrity import keep_counts
from models.account import Account, Role
from models.case import Case, CaseAction
from models.database import Connection
from models.integrity import IntegrityRule
from routing.directory import Directory
from tests import factories
from tests.api.door import Door, ok, problem
from tests.api.html_page import Page
from tests.factories import NOW

SignIn = Callable[[Account], str]
RULE = "/integrity/without_contact"


def silent(door: Door, **fields: Any) -> Case:
    """Completed without a contact."""
    return door.case(until=CaseAction.COMPLETE, **fields)


def hit_of(door: Door, case: Case) -> dict[str, Any]:
    rows = ok(door.get(RULE, Role.SUPERVISOR, limit=500))["rows"]
    return next(row for row in rows if row["case_number"] == case.case_number)


@pytest.mark.parametrize("path", ["/integrity", RULE])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 401),
        (Role.OFFICER, 403),
        (Role.DISPATCHER, 403),
        (Role.LEADER, 200),
        (Role.SUPERVISOR, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_who_reads_it(door: Door, path: str, role: Role | None, status: int) -> None:
    assert door.get(path, role).status_code == status


def test_counts_by_unit_are_those_of_the_list(door: Door) -> None:
    silent(door), silent(door, lead="swj")
    found = ok(door.get("/integrity", Role.LEADER))
    assert (found["first"], found["last"]) == ("2026-10-25", "2026-11-23")
    assert [rule["rule"] for rule in found["rules"]] == [rule.value for rule in IntegrityRule]
    [rule] = [rule for rule in found["rules"] if rule["rule"] == "without_contact"]
    assert "3次" in rule["question"] and rule["thresholds"] == {"attempts": 3}
    for count in rule["counts"]:
        assert ok(door.get(RULE, Role.LEADER, unit=count["department_id"]))["total"] == count["hits"] > 0
    only = ok(door.get("/integrity", Role.LEADER, unit="swj"))["rules"][1]["counts"]
    assert [count["department_id"] for count in only] == ["swj"]
    assert ok(door.get(RULE, Role.LEADER, last="2026-11-22"))["total"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"unit": "nobody"},
        {"first": "2026-12-01", "last": "2026-11-01"},
        {"first": "2020-01-01", "last": "2026-11-01"},
        {"first": "0001-01-01"},
        {"limit": "501"},
    ],
)
def test_impossible_questions_are_refused(door: Door, query: dict[str, str]) -> None:
    problem(door.get(RULE, Role.SUPERVISOR, **query), 422)


def test_an_unknown_rule_is_none(door: Door) -> None:
    assert door.get("/integrity/cheating", Role.SUPERVISOR).status_code == 422


def test_a_confidential_title_is_not_in_the_list(door: Door) -> None:
    plain = silent(door, new=factories.letter(title="路灯不亮"))
    secret = door.case(new=factories.letter(title="某人受贿", confidential=True), until=CaseAction.ACKNOWLEDGE)
    for action, body in (("reply", {"body": "已查处。", "text": "已当面说明。"}), ("complete", {"result": "solved"})):
        ok(door.request("POST", f"/cases/{secret.case_number}/{action}", Role.OFFICER, json=body))
    assert hit_of(door, plain)["title"] == "路灯不亮"
    assert hit_of(door, secret)["title"] == ""


def test_a_supervisor_says_what_was_found_and_the_hit_stays(door: Door) -> None:
    case = silent(door, new=factories.letter(name="欧阳若兰", contact="16800001234"))
    body = {"case_number": case.case_number, "at": hit_of(door, case)["at"]}
    for role in (Role.LEADER, Role.ADMINISTRATOR, Role.DISPATCHER, Role.OFFICER):
        problem(door.post(f"{RULE}/reviews", role, **body, note="没有问题。"), 403)
    problem(door.post(f"{RULE}/reviews", Role.SUPERVISOR, **body, note=" "), 422)
    ok(door.post(f"{RULE}/reviews", Role.SUPERVISOR, **body, note="已问欧阳若兰16800001234，当面说过。"), 201)
    ok(door.post(f"{RULE}/reviews", Role.SUPERVISOR, **body, note="补充：有照片。"), 201)
    notes = [review["note"] for review in hit_of(door, case)["reviews"]]
    assert notes[1] == "补充：有照片。" and "16800001234" not in notes[0] and "若兰" not in notes[0]
    for method in ("DELETE", "PUT", "PATCH"):
        assert door.request(method, f"{RULE}/reviews", Role.SUPERVISOR, json=body).status_code == 405


def test_what_no_rule_points_at_is_not_marked(door: Door) -> None:
    case = silent(door)
    at = hit_of(door, case)["at"]
    wrong = {"case_number": case.case_number, "note": "没有问题。"}
    problem(door.post("/integrity/came_back/reviews", Role.SUPERVISOR, **wrong, at=at), 409)
    problem(door.post(f"{RULE}/reviews", Role.SUPERVISOR, **wrong, at="2026-11-20T00:00:00Z"), 409)
    problem(door.post(f"{RULE}/reviews", Role.SUPERVISOR, case_number="20261123-0000000", note="x", at=at), 404)


def test_only_the_administrator_sets_thresholds_and_the_log_keeps_them(door: Door) -> None:
    path = "/integrity/quick_bulk/thresholds"
    for role in (Role.SUPERVISOR, Role.LEADER, Role.OFFICER):
        problem(door.request("PUT", path, role, json={"values": {"cases": 3}}), 403)
    for values, status in (({"cases": 0}, 422), ({"cases": 10_001}, 422), ({"hours": 3}, 404)):
        problem(door.request("PUT", path, Role.ADMINISTRATOR, json={"values": values}), status)
    try:
        put = door.request("PUT", path, Role.ADMINISTRATOR, json={"values": {"cases": 12}})
        assert ok(put) == {"minutes": 30, "percent": 1, "cases": 12, "window_minutes": 60, "burst_minutes": 3}
        with door.runtime.pool.connection() as conn:
            row = conn.execute("SELECT action, payload FROM administration_events ORDER BY id DESC LIMIT 1").fetchone()
        assert row == ("integrity.threshold", {"rule": "quick_bulk", "changed": {"cases": {"from": 10, "to": 12}}})
    finally:
        door.request("PUT", path, Role.ADMINISTRATOR, json={"values": {"cases": 10}})


def test_what_is_counted_ahead_is_what_the_rules_say_then(door: Door) -> None:
    silent(door), silent(door, lead="swj")
    asked = {"unit": "swj"}
    live, of_unit = ok(door.get("/integrity", Role.LEADER)), ok(door.get("/integrity", Role.LEADER, **asked))
    keep_counts(door.runtime, actor="test")
    late = silent(door, lead="swj")
    assert ok(door.get("/integrity", Role.LEADER)) == live, "with its moment, not with the newest case"
    assert ok(door.get("/integrity", Role.LEADER, **asked)) == of_unit

    def counted(**days: str) -> int:
        rules = ok(door.get("/integrity", Role.LEADER, **asked, **days))["rules"]
        return int(rules[1]["counts"][0]["hits"])

    before = of_unit["rules"][1]["counts"][0]["hits"]
    assert counted() == before
    assert counted(first="2026-10-24") == before + 1, "other days are counted now"
    door.runtime.clock += timedelta(minutes=31)
    assert counted() == before + 1, "what is too old is counted now"
    door.runtime.clock -= timedelta(minutes=31)
    change = ("PUT", "/integrity/quick_bulk/thresholds", Role.ADMINISTRATOR)
    ok(door.request(*change, json={"values": {"cases": 12}}))
    assert counted() == before + 1, "other numbers of a rule, other hits"
    ok(door.request(*change, json={"values": {"cases": 10}}))
    assert counted() == before
    body = {"case_number": late.case_number, "at": hit_of(door, late)["at"], "note": "已核实。"}
    ok(door.post(f"{RULE}/reviews", Role.SUPERVISOR, **body), 201)
    assert counted() == before + 1, "who looked into something sees it at once"


# Pages


def test_the_pages_from_the_number_to_the_note(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="cgj", until=CaseAction.COMPLETE, at=NOW - timedelta(days=2))
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    page = Page(client.get("/integrity?unit=cgj").text)
    assert "作弊" not in page.words and "不是结论" in page.words
    [link] = {link for link in page.links if "/without_contact" in link and "unit=cgj" in link}
    shown = client.get(link)
    assert case.case_number in shown.text and "没有联系诉求人的记录" in shown.text and "待核实" in shown.text
    form = Page(shown.text).form("/without_contact/reviews")
    refused = client.post(form.action, data=form.data(note=""))
    assert refused.status_code == 422 and "请填写核实情况" in refused.text
    done = client.post(form.action, data=form.data(note="当面说过，有照片。"))
    assert "核实情况已记下" in done.text and "当面说过，有照片。" in done.text and "已核实" in done.text
    assert "已核实1" in Page(client.get("/integrity?unit=cgj").text).words
    assert client.get("/integrity?first=2026-12-01&last=2026-11-01").status_code == 422
    assert client.get("/integrity/cheating").status_code == 404
    assert client.get("/integrity/came_back?page=999999").status_code == 200


def test_the_administrator_changes_a_threshold_on_the_page(
    client: TestClient, city_conn: Connection, sign_in: SignIn
) -> None:
    sign_in(factories.account(city_conn, Role.ADMINISTRATOR))
    form = Page(client.get("/integrity/came_back").text).form("/came_back/thresholds")
    assert (form.values["name"], form.values["value"]) == (["days"], ["30"])
    assert client.post(form.action, data=form.data(value="0")).status_code == 422
    assert client.post(form.action, data=form.data(value="zehn")).status_code == 422
    done = client.post(form.action, data=form.data(value="15"))
    assert "规则的数值已更改" in done.text and "办结后15天内" in done.text
    client.post(form.action, data=form.data(value="30"))


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DISPATCHER])
@pytest.mark.parametrize("path", ["/integrity", "/integrity/came_back"])
def test_the_pages_are_not_for_those_looked_at(
    client: TestClient, city_conn: Connection, sign_in: SignIn, role: Role, path: str
) -> None:
    sign_in(factories.account(city_conn, role))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("rule", "evidence", "words"),
    [
        (IntegrityRule.QUICK_BULK, {"seconds": 30, "together": 12}, "签收后不到1分钟办结，同一时段共12件"),
        (
            IntegrityRule.QUICK_BULK,
            {"seconds": 90000, "together": 0, "by_one": 14},
            "签收后1天1小时办结，同一时段同一人共14件",
        ),
        (IntegrityRule.WITHOUT_CONTACT, {"attempts": 2}, "尝试联系2次，未联系上"),
        (IntegrityRule.SAME_REPLY, {"together": 10}, "同样的答复共10件"),
        (IntegrityRule.LATE_CLOCK, {"action": "grant_extension", "minutes_left": 190}, "到期前3小时10分钟批准延期"),
        (IntegrityRule.LATE_CLOCK, {"action": "redispatch", "minutes_left": -1500}, "逾期1天1小时后改派"),
        (IntegrityRule.CAME_BACK, {"days": 0, "again": "1"}, "办结当天又来反映"),
        (
            IntegrityRule.DOUBTFUL_ANSWER,
            {"own": True, "together": 0, "by_phone": True},
            "由办过这件工单的人或单位记下",
        ),
        (
            IntegrityRule.DOUBTFUL_ANSWER,
            {"own": False, "together": 11, "by_phone": False},
            "同一时段诉求人自己评价满意的共11件",
        ),
        (IntegrityRule.LAST_HOUR_RETURN, {"minutes_left": 90, "reason": "other"}, "离退单期限1小时30分钟"),
        (IntegrityRule.TAKEN_DOWN, {"back": False}, "撤下后没有恢复"),
        (IntegrityRule.TAKEN_DOWN, {"back": True}, "撤下后又恢复公开"),
    ],
)
def test_what_was_measured_in_words(rule: IntegrityRule, evidence: dict[str, Any], words: str) -> None:
    assert evidence_words(rule, evidence) == words

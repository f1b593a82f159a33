"""Who wrote is hidden until somebody says why; the submitter reads it; files and reveals are in the log."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from api.staff.export_log import EXPORTS_PER_HOUR
from models.account import Account, Role
from models.analysis import AppealType
from models.case import Case, CaseAction
from models.database import Connection, transaction
from routing import lifecycle
from routing.casework import disclosure_repository
from routing.casework.disclosure_repository import LogCriteria
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.api.case_actions import act, stored
from tests.api.door import Door, ok, problem
from tests.api.html_page import Page
from tests.database.test_protection import report

SignIn = Callable[[Account], str]
CONTACT = "16800001234"
WHY = {"reveal_reason": "contact", "text": "约时间上门查看。"}


def letter(door: Door, **fields: Any) -> Case:
    return door.case(new=factories.letter(name="欧阳若兰", contact=CONTACT, **fields))


def text_of(door: Door, case: Case, who: Account | Role) -> str:
    return door.get(f"/cases/{case.case_number}", who).text


@pytest.mark.parametrize("who", [Role.OFFICER, Role.DISPATCHER])
def test_name_and_contact_are_shown_after_a_reason_and_for_a_day(door: Door, who: Role) -> None:
    case = letter(door)
    assert CONTACT not in text_of(door, case, who) and "欧阳若兰" not in text_of(door, case, who)
    ok(act(door, case, "reveal", who, WHY))
    view = ok(door.get(f"/cases/{case.case_number}", who))
    assert (view["original"]["submitter_name"], view["original"]["submitter_contact"]) == ("欧阳若兰", CONTACT)
    assert view["original_until"]
    before = door.runtime.clock
    try:
        door.pass_time(hours=24)
        assert CONTACT not in text_of(door, case, who)
    finally:
        door.runtime.clock = before


def test_one_person_s_reason_opens_nothing_for_a_colleague(door: Door) -> None:
    case = letter(door)
    ok(act(door, case, "reveal", Role.OFFICER, WHY))
    with transaction(door.runtime.pool) as conn:
        colleague = factories.account(conn, department="zjj")
    assert CONTACT not in text_of(door, case, colleague)


@pytest.mark.parametrize(
    "body", [{}, {"text": "约时间"}, {"reveal_reason": "contact"}, {"reveal_reason": "curious", "text": "约时间"}]
)
def test_without_a_reason_nothing_is_shown_or_written(door: Door, body: dict[str, str]) -> None:
    case = letter(door)
    problem(act(door, case, "reveal", Role.OFFICER, body), 422)
    assert CONTACT not in text_of(door, case, Role.OFFICER)
    assert stored(door, case) == case


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR])
def test_others_may_not_ask(door: Door, role: Role) -> None:
    case = letter(door)
    problem(act(door, case, "reveal", role, WHY), 403)
    assert CONTACT not in text_of(door, case, role)


def test_what_is_confidential_is_hidden_below_the_level_that_decides(door: Door) -> None:
    case = letter(door, confidential=True)
    assert "保密" in problem(act(door, case, "reveal", Role.OFFICER, WHY), 403)["detail"]
    assert "reveal" not in ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))["actions"]
    ok(act(door, case, "reveal", Role.DISPATCHER, WHY))
    assert CONTACT in text_of(door, case, Role.DISPATCHER)
    assert CONTACT not in text_of(door, case, Role.OFFICER)


def test_a_guessed_number_of_another_unit_s_case_is_not_found(door: Door) -> None:
    case = letter(door)
    problem(act(door, case, "reveal", door.account(department="swj"), WHY), 404)
    problem(act(door, "20261123-9999999", "reveal", Role.OFFICER, WHY), 404)


def test_a_stale_page_reveals_nothing_of_a_case_that_was_given_on(door: Door) -> None:
    """The officer still has the form open when the dispatcher gives the case to others."""
    case = letter(door)
    ok(act(door, case, "reveal", Role.OFFICER, WHY))
    door.pass_time(seconds=1)
    ok(act(door, case, "redispatch", Role.DISPATCHER, {"lead": "swj"}))
    problem(door.get(f"/cases/{case.case_number}", Role.OFFICER), 404)
    problem(act(door, case, "reveal", Role.OFFICER, WHY | {"version": case.version}), 404)
    # and back again: a stale form is refused, and the reason of before the move opens nothing
    ok(act(door, case, "redispatch", Role.DISPATCHER, {"lead": "zjj"}))
    assert CONTACT not in text_of(door, case, Role.OFFICER)
    problem(act(door, case, "reveal", Role.OFFICER, WHY | {"version": case.version}), 409)


def test_what_staff_write_as_the_reason_is_masked(door: Door) -> None:
    case = letter(door)
    ok(act(door, case, "reveal", Role.OFFICER, WHY | {"text": f"打{CONTACT}找欧阳若兰核实。"}))
    events = ok(door.get(f"/cases/{case.case_number}", Role.SUPERVISOR))["events"]
    assert CONTACT not in str(events) and "欧阳若兰" not in str(events)


# The submitter's page


def test_the_submitter_reads_who_looked_and_why_but_no_name_of_staff(door: Door) -> None:
    receipt = ok(door.post("/letters", title="路灯不亮", body="桂香街道的路灯坏了。", contact=CONTACT), 201)
    with transaction(door.runtime.pool) as conn:
        says = factories.FixedAnalyser(factories.analysis())
        process_batch(conn, says, door.runtime.directory(conn), now=door.runtime.clock, zone=factories.ZONE, limit=100)
        conn.commit()
    number = receipt["receipt_number"]
    ok(act(door, number, "redispatch", Role.DISPATCHER, {"lead": "zjj"}))
    ok(act(door, number, "reveal", Role.OFFICER, WHY))
    ok(act(door, number, "reveal", Role.DISPATCHER, WHY | {"reveal_reason": "verify"}))
    progress = ok(door.post(f"/letters/{number}/progress", code=receipt["query_code"]))
    texts = [step["text"] for step in progress["steps"]]
    unit = next(d["name"] for d in ok(door.get("/departments")) if d["id"] == "zjj")
    assert f"{unit}因联系核实查看了您的姓名和联系方式" in texts
    assert "受理中心因核对身份查看了您的姓名和联系方式" in texts
    assert "约时间上门" not in str(progress) and "测试" not in str(texts)


# Exports


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def last_export(conn: Connection) -> Any:
    return disclosure_repository.list_exports(conn, LogCriteria(), limit=1)[0]


def test_a_list_as_a_file_says_who_when_and_what_and_is_in_the_log(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    factories.case(city_conn, directory, lead="zjj", new=factories.letter(title="路灯不亮"))
    factories.case(city_conn, directory, lead="zjj", new=factories.letter(title="某人受贿", confidential=True))
    officer = factories.account(city_conn, department="zjj")
    sign_in(officer)
    *rows, [mark] = lines(client.get("/cases.csv?status=dispatched").content)
    logged = last_export(city_conn)
    assert (logged.account_id, logged.department_id, logged.what, logged.row_count) == (
        officer.id,
        "zjj",
        "工单清单",
        len(rows) - 1,
    )
    assert f"由测试承办人员（{officer.username}，承办人员）于2026-11-23 10:00:00导出" in mark
    assert "状态：待签收" in mark and directory.department_name("zjj") in mark and f"导出编号{logged.id}。" in mark
    assert "某人受贿" not in str(rows) and "（保密）" in str(rows)


def test_the_overview_as_a_file_is_marked_on_every_sheet(
    client: TestClient, city_conn: Connection, sign_in: SignIn
) -> None:
    leader = factories.account(city_conn, Role.LEADER)
    sign_in(leader)
    book = load_workbook(io.BytesIO(client.get("/overview.xlsx?channel=letter").content))
    logged = last_export(city_conn)
    for sheet in book:
        mark = str([row[0].value for row in sheet.iter_rows() if row[0].value][-1])
        assert mark.startswith("总览由测试领导") and "渠道：来信" in mark and f"导出编号{logged.id}。" in mark
        assert "总览由测试领导" in str(sheet.oddFooter)


def test_a_loop_of_exports_ends(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    answers = [client.get("/cases.csv?text=没有这样的工单").status_code for _ in range(EXPORTS_PER_HOUR + 2)]
    assert answers == [200] * EXPORTS_PER_HOUR + [429, 429]
    assert client.get("/overview.xlsx").status_code == 429  # one limit for all doors


# The log


@pytest.mark.parametrize("path", ["/disclosures", "/exports"])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 401),
        (Role.OFFICER, 403),
        (Role.DISPATCHER, 403),
        (Role.LEADER, 403),
        (Role.SUPERVISOR, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_the_log_is_for_who_supervises(door: Door, path: str, role: Role | None, status: int) -> None:
    assert door.get(path, role).status_code == status


def test_the_log_is_filtered_and_comes_in_pages(door: Door) -> None:
    cases = [letter(door) for _ in range(3)]
    for case in cases:
        ok(act(door, case, "reveal", Role.OFFICER, WHY))
    everything = ok(door.get("/disclosures", Role.SUPERVISOR, person="承办", unit="zjj", first="2026-11-23"))
    assert everything["total"] >= 3 and everything["rows"][0]["case_number"] == cases[-1].case_number
    page = ok(door.get("/disclosures", Role.SUPERVISOR, person="承办", unit="zjj", limit=1, offset=1))
    assert [row["case_number"] for row in page["rows"]] == [cases[-2].case_number]
    assert page["total"] == everything["total"]
    for nothing in ({"person": "没有此人"}, {"unit": "cgj"}, {"last": "2026-11-22"}, {"first": "2026-11-24"}):
        assert ok(door.get("/disclosures", Role.SUPERVISOR, **nothing)) == {"total": 0, "rows": []}
    problem(door.get("/disclosures", Role.SUPERVISOR, first="0001-01-01"), 422)
    problem(door.get("/disclosures", Role.SUPERVISOR, limit=501), 422)


def test_the_pages_of_the_log(client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn) -> None:
    case = factories.case(city_conn, directory, lead="zjj", new=factories.letter(title="桥下积水", contact=CONTACT))
    sign_in(factories.account(city_conn, department="zjj"))
    page = client.get(f"/cases/{case.case_number}")
    assert CONTACT not in page.text and "姓名已隐去" in page.text
    form = Page(page.text).form("/reveal")
    refused = client.post(form.action, data=form.data(reveal_reason="visit", text=""))
    assert refused.status_code == 422 and CONTACT not in refused.text
    again = Page(refused.text).form("/reveal")
    assert again.values["reveal_reason"] == ["visit"]
    done = client.post(form.action, data=again.data(text="上门看积水。"))
    assert CONTACT in done.text and "诉求人可以看到本次查看" in done.text and "上门走访：上门看积水。" in done.text
    assert client.get("/disclosures").status_code == 403
    client.get("/cases.csv")
    sign_in(factories.account(city_conn, Role.ADMINISTRATOR))
    reveals = client.get("/disclosures?person=承办&first=2026-11-23&last=2026-11-23")
    assert "桥下积水" in reveals.text and "上门看积水。" in reveals.text
    assert CONTACT not in reveals.text
    assert "工单清单" in client.get("/disclosures/exports").text
    assert client.get("/disclosures?first=yesterday").status_code == 422
    assert "没有符合条件的记录" in client.get("/disclosures?person=无人").text


def test_a_report_that_its_accused_has_is_shown_to_the_dispatcher(door: Door) -> None:
    """Who has it is not told so."""
    case = door.case(says=report(accused="zjj", kind=AppealType.COMPLAIN), lead="zjj")
    with transaction(door.runtime.pool) as conn:
        # as if the topic had been named later
        lifecycle.act_beside(
            conn, case, CaseAction.NOTE, {"text": "x"}, changes={"confidential": True}, actor="test", now=factories.NOW
        )
    assert ok(door.get(f"/cases/{case.case_number}", Role.DISPATCHER))["held_by_complained"] != []
    assert ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))["held_by_complained"] == []

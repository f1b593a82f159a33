"""Many cases at once: each by itself, each refusal with its reason, nothing half-done in silence."""

import csv
import io
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.staff import bulk, casework
from models.account import Account, Role
from models.case import Case, CaseAction, CaseStatus
from models.database import Connection
from routing import case_repository, event_repository, lifecycle
from routing.casework import supervision
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW, ZONE, letter

SignIn = Callable[[Account], str]


def ticked(*cases: Case) -> list[str]:
    return [f"{case.case_number}:{case.version}" for case in cases]


def stored(conn: Connection, case: Case) -> Case:
    conn.rollback()
    return case_repository.get_case(conn, case.case_number)


def test_rows_of_the_queue_are_signed_in_at_once(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    cases = [factories.case(city_conn, directory, lead="lyj") for _ in range(3)]
    sign_in(factories.account(city_conn, department="lyj"))
    page = Page(client.get("/desk").text)
    assert all(value in page.html for value in ticked(*cases))
    form = page.form("/bulk")
    assert form.values["back"] == ["/desk"]
    done = client.post("/bulk", data=form.data(action="acknowledge") | {"case": ticked(*cases)})
    assert "3件已办" in done.text and "没有办" not in done.text and "/desk" in Page(done.text).links
    for case in cases:
        assert stored(city_conn, case).status is CaseStatus.IN_PROGRESS
        assert event_repository.list_events(city_conn, case.id)[-1].action is CaseAction.ACKNOWLEDGE


def test_each_row_is_refused_by_itself_with_its_reason(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    fresh, stale = (factories.case(city_conn, directory, lead="lyj") for _ in range(2))
    signed = factories.case(city_conn, directory, lead="lyj", until=CaseAction.ACKNOWLEDGE)
    foreign = factories.case(city_conn, directory, lead="zjj", new=letter(title="别单位的秘密"))
    rows = ticked(stale, signed, foreign, fresh)
    supervision.add_note(city_conn, stale, text="先等一等", actor="account:7:同事", now=NOW)
    city_conn.commit()
    csrf = sign_in(factories.account(city_conn, department="lyj"))
    done = client.post("/bulk", data={"csrf": csrf, "action": "acknowledge", "case": rows})
    assert done.status_code == 200 and "1件已办，3件没有办" in done.text
    assert "工单已由同事于" in done.text and "工单办理中，不能签收" in done.text and "没有找到该工单" in done.text
    assert "别单位的秘密" not in done.text
    assert stored(city_conn, fresh).status is CaseStatus.IN_PROGRESS
    assert stored(city_conn, foreign).version == foreign.version


def test_a_database_that_fails_in_the_middle_leaves_nothing_half_done(
    client: TestClient,
    city_conn: Connection,
    directory: Directory,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = [factories.case(city_conn, directory, lead="lyj") for _ in range(3)]

    def failing(conn: Connection, *args: Any, **kwargs: Any) -> Case:
        moved = casework.perform(conn, *args, **kwargs)
        if moved.case_number == cases[1].case_number:
            raise psycopg.errors.DiskFull("no space")
        return moved

    monkeypatch.setattr(bulk, "perform", failing)
    csrf = sign_in(factories.account(city_conn, department="lyj"))
    done = client.post("/bulk", data={"csrf": csrf, "action": "acknowledge", "case": ticked(*cases)})
    assert "2件已办，1件没有办" in done.text and "数据库出错，这一件没有办理" in done.text
    expected = [CaseStatus.IN_PROGRESS, CaseStatus.DISPATCHED, CaseStatus.IN_PROGRESS]
    assert [stored(city_conn, case).status for case in cases] == expected


def test_the_dispatcher_gives_many_to_another_unit_and_helpers_stay(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    case = lifecycle.dispatch(
        city_conn, case, directory, lead="zjj", co_handling=["jyj"], actor="test", now=NOW, zone=ZONE
    )
    city_conn.commit()
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    form = Page(client.get("/cases?state=open").text).form("/bulk")
    asked = client.post("/bulk", data=form.data(action="redispatch") | {"case": ticked(case)})
    confirm = Page(asked.text).form("/bulk")
    assert stored(city_conn, case).lead_department_id == "zjj", "asked first"
    assert confirm.values["case"] == ticked(case) and confirm.values["back"] == ["/cases?state=open"]
    empty = client.post("/bulk", data=confirm.data())
    assert empty.status_code == 422 and "请选择改派给哪个单位" in empty.text
    assert "1件已办" in client.post("/bulk", data=confirm.data(lead="swj")).text
    current = [a for a in case_repository.list_assignments(city_conn, case.id) if a.ended_at is None]
    assert [a.department_id for a in current] == ["swj", "jyj"]


def test_notes_reminders_and_archiving_ask_before_they_act(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    open_case = factories.case(city_conn, directory)
    completed = factories.case(city_conn, directory, until=CaseAction.COMPLETE)
    csrf = sign_in(factories.account(city_conn, Role.SUPERVISOR))
    for action, case, text, event in (
        ("note", open_case, "请核对", CaseAction.NOTE),
        ("remind", open_case, "请抓紧", CaseAction.REMIND),
        ("close", completed, "", CaseAction.CLOSE),
    ):
        case = stored(city_conn, case)
        data = {"csrf": csrf, "action": action, "case": ticked(case)}
        asked = client.post("/bulk", data=data)
        assert stored(city_conn, case).version == case.version, action
        form = Page(asked.text).form("/bulk")
        assert "1件已办" in client.post("/bulk", data=form.data(text=text)).text, action
        assert stored(city_conn, case).version == case.version + 1
        assert event_repository.list_events(city_conn, case.id)[-1].action is event


def test_chosen_rows_are_a_file_with_its_mark(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    plain = factories.case(city_conn, directory, lead="lyj", new=letter(title="公园长椅"))
    secret = factories.case(city_conn, directory, lead="lyj", new=letter(title="不要说出去", confidential=True))
    foreign = factories.case(city_conn, directory, lead="zjj", new=letter(title="别单位的"))
    csrf = sign_in(factories.account(city_conn, department="lyj"))
    answer = client.post("/bulk", data={"csrf": csrf, "action": "export", "case": ticked(plain, secret, foreign)})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[:2] for row in rows[1:3]] == [[plain.case_number, "公园长椅"], [secret.case_number, "（保密）"]]
    assert len(rows) == 4 and "导出" in rows[3][0] and "勾选的2件" in rows[3][0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"action": "acknowledge"}, "还没有选择工单"),
        ({"action": "acknowledge", "case": ["20261123-0000012"]}, "所选的工单有误"),
        ({"action": "complete", "case": ["20261123-0000012:1"]}, "请选择要进行的操作"),
        ({"action": "acknowledge", "case": [f"20261123-{n}:1" for n in range(201)]}, "一次最多办理200件，现选了201件"),
    ],
)
def test_what_makes_no_sense_says_so(
    client: TestClient, city_conn: Connection, sign_in: SignIn, data: dict[str, object], says: str
) -> None:
    csrf = sign_in(factories.account(city_conn))
    answer = client.post("/bulk", data=data | {"csrf": csrf})
    assert answer.status_code == 422 and says in answer.text


def test_nobody_does_to_many_what_the_role_may_not_do_to_one(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory)
    csrf = sign_in(factories.account(city_conn, Role.LEADER))
    page = Page(client.get("/cases").text)
    assert '<button class="button button--small" type="submit" name="action" value="export">' in page.html
    assert 'value="acknowledge"' not in page.html
    refused = client.post("/bulk", data={"csrf": csrf, "action": "acknowledge", "case": ticked(case)})
    assert refused.status_code == 403
    assert client.post("/bulk", data={"action": "acknowledge", "case": ticked(case)}).status_code == 403
    outside = {"csrf": csrf, "action": "note", "case": ticked(case), "back": "//evil.example/cases"}
    assert "evil" not in client.post("/bulk", data=outside).text

"""The calendar page: a notice is read, its effect seen, then it is saved; rules of escalation."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from models.account import Account, Role
from models.case import CaseAction
from models.database import Connection
from models.issue_response import ResponseClockKind
from routing.casework import casework_repository
from routing.clocks import calendar_repository
from routing.directory import Directory
from routing.issues import issue_response_repository
from tests import factories
from tests.api.html_page import Page

SignIn = Callable[[Account], str]
ADDRESS = "/administration/calendar"


@pytest.fixture
def administrator(city_conn: Connection, sign_in: SignIn) -> Account:
    account = factories.account(city_conn, Role.ADMINISTRATOR)
    sign_in(account)
    return account


def preview(client: TestClient, **fields: str) -> Page:
    form = Page(client.get(ADDRESS).text).form(f"{ADDRESS}/preview")
    answer = client.post(f"{ADDRESS}/preview", data=form.data(**fields))
    return Page(answer.text)


def test_a_year_without_notice_is_told(client: TestClient, administrator: Account) -> None:
    assert "2027年的放假安排尚未录入" in client.get(ADDRESS).text


def test_the_effect_is_seen_before_it_counts_and_then_saved(
    client: TestClient, city_conn: Connection, directory: Directory, administrator: Account
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.DISPATCH)
    page = preview(client, days="2026-11-24 放假 临时放假", reason="市政府通知")
    assert case.case_number in page.words and "的办结时限会改变" in page.words
    assert calendar_repository.list_changes(city_conn) == []
    city_conn.rollback()
    done = client.post(ADDRESS, data=page.form(ADDRESS).data())
    assert "日历已保存" in done.text and "市政府通知" in done.text and "等待重算" in done.text
    [change] = calendar_repository.list_changes(city_conn)
    assert (change.changed_by, len(change.days)) == (administrator.actor, 1)
    assert "没有变化" in preview(client, days="2026-11-24 放假 临时放假", reason="再来").words


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"days": "下周二放假", "reason": "x"}, "第1行看不懂"),
        ({"days": "2027-02-05 放假", "region": "nowhere", "reason": "x"}, "请选择列表中的区划"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    client: TestClient, administrator: Account, fields: dict[str, str], told: str
) -> None:
    page = preview(client, **fields)
    assert told in page.words and fields["days"] in page.words


def test_a_reason_is_needed(client: TestClient, administrator: Account) -> None:
    page = preview(client, days="2027-02-05 放假")
    answer = client.post(ADDRESS, data=page.form(ADDRESS).data())
    assert answer.status_code == 422 and "请写明依据" in answer.text


def test_rules_of_escalation_are_added_and_switched_off(
    client: TestClient, city_conn: Connection, administrator: Account
) -> None:
    form = Page(client.get(ADDRESS).text).form(f"{ADDRESS}/escalation")
    assert "请填写-30至180的整数" in client.post(f"{ADDRESS}/escalation", data=form.data(name="甲", when="x")).text
    done = client.post(f"{ADDRESS}/escalation", data=form.data(name="超期两天报告", when="2", role="leader"))
    assert "提醒规则已保存" in done.text and "超期两天报告" in done.text
    [rule] = [r for r in calendar_repository.list_escalation_rules(city_conn) if r.name == "超期两天报告"]
    off = Page(done.text).form(f"{ADDRESS}/escalation/{rule.id}/active")
    assert client.post(f"{ADDRESS}/escalation/{rule.id}/active", data=off.data()).status_code == 200
    city_conn.rollback()
    assert not next(r for r in calendar_repository.list_escalation_rules(city_conn) if r.id == rule.id).active


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER])
def test_the_calendar_is_the_administrators(
    client: TestClient, city_conn: Connection, sign_in: SignIn, role: Role
) -> None:
    csrf = sign_in(factories.account(city_conn, role))
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, data={"csrf": csrf, "days": "2027-02-05 放假", "reason": "x"}).status_code == 403


HOURS = "/administration/hours"


def test_when_a_clock_turns_amber_is_set_on_a_page(
    client: TestClient, city_conn: Connection, directory: Directory, administrator: Account
) -> None:
    page = Page(client.get(HOURS).text)
    assert len(set(page.ids)) == len(page.ids) and not page.unlabelled and page.inline_scripts == 0
    form = page.form(f"{HOURS}/amber")
    assert form.values["complete"] == ["48"]
    refused = client.post(form.action, data=form.data(complete="72", contact="一天"))
    assert refused.status_code == 422 and 'id="contact-error"' in refused.text
    assert Page(refused.text).form(f"{HOURS}/amber").values["complete"] == ["72"], "what was typed is kept"
    assert "提醒时间已保存" in client.post(form.action, data=form.data(complete="72", contact="6")).text
    city_conn.rollback()
    amber = casework_repository.get_amber(city_conn, directory.city.deadline_profile)
    assert (amber.complete, amber.contact) == (72, 6)


def test_how_soon_an_issue_is_answered_is_set_with_its_ground(
    client: TestClient, city_conn: Connection, administrator: Account
) -> None:
    form = Page(client.get(HOURS).text).form(f"{HOURS}/response")
    given = {"clock": "response-other", "hours": "36", "basis": "本市应急预案"}
    for wrong in ({"hours": "0"}, {"hours": "nan"}, {"basis": " "}, {"clock": "response-major"}):
        assert client.post(form.action, data=form.data(**(given | wrong))).status_code == 422
    assert "本市应急预案" in client.post(form.action, data=form.data(**given)).text
    city_conn.rollback()
    row = issue_response_repository.list_hours(city_conn)[(ResponseClockKind.RESPONSE, False)]
    assert (row.hours, row.basis) == (36.0, "本市应急预案")


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OFFICER])
def test_hours_are_the_administrators(client: TestClient, city_conn: Connection, sign_in: SignIn, role: Role) -> None:
    sign_in(factories.account(city_conn, role))
    assert client.get(HOURS).status_code == 403

"""The page of what waits for a decision, and the forms that ask for it and decide it."""

from collections.abc import Callable
from datetime import timedelta

from fastapi.testclient import TestClient

from models.account import Account, Role
from models.case import CaseAction
from models.database import Connection
from routing import case_repository, lifecycle
from routing.casework import casework_repository
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page

SignIn = Callable[[Account], str]


def test_a_unit_returns_a_case_and_the_dispatcher_gives_it_on(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    sign_in(factories.account(city_conn, department="zjj"))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/request_return")
    missing = client.post(form.action, data=form.data(return_reason="not_our_duty", text="属水务职责。"))
    assert missing.status_code == 422 and "请写明应由哪个单位办理。" in missing.text
    again = Page(missing.text).form("/request_return")
    assert again.values["text"] == ["属水务职责。"]  # nobody types it twice
    done = client.post(form.action, data=again.data(proposed="swj"))
    assert "等待派单员审批" in done.text and "不属于本单位职责；属水务职责；建议由" in done.text

    sign_in(factories.account(city_conn, Role.DISPATCHER))
    waiting = Page(client.get("/requests").text)
    assert f"/cases/{case.case_number}" in waiting.links and "属水务职责。" in waiting.words
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/accept_return")
    assert form.values["lead"] == ["swj"]
    assert "已同意退单" in client.post(form.action, data=form.data()).text
    assert f"/cases/{case.case_number}" not in Page(client.get("/requests").text).links
    assert case_repository.get_case(city_conn, case.case_number).lead_department_id == "swj"


def test_an_extension_is_asked_for_granted_and_told_to_the_citizen(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    sign_in(factories.account(city_conn, department="zjj"))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/request_extension")
    assert "已申请延期" in client.post(form.action, data=form.data(days="5", text="等待配件")).text
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    assert "延期5个工作日" in client.get("/requests").text
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/grant_extension")
    done = client.post(form.action, data=form.data())
    assert "经批准延期5个工作日" in done.text and "理由：等待配件" in done.text


def test_a_supervision_waits_on_the_page_until_it_is_answered(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/supervise")
    day = f"{factories.NOW + timedelta(days=3):%Y-%m-%d}"
    done = client.post(form.action, data=form.data(trigger="repeated", level="listed", text="限期解决", due_on=day))
    assert "已督办" in done.text and "挂牌督办" in client.get("/requests").text
    sign_in(factories.account(city_conn, department="zjj"))
    page = client.get(f"/cases/{case.case_number}")
    assert "限期解决" in page.text
    form = Page(page.text).form("/answer_supervision")
    assert "督办已回复" in client.post(form.action, data=form.data(text="已安排抢修")).text
    assert casework_repository.find_open_supervision(city_conn, case.id) is None


def test_only_who_decides_sees_what_waits(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.LEADER))
    assert client.get("/requests").status_code == 403


def test_a_refused_supervision_says_what_is_wrong_beside_its_day(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/supervise")
    for day in ("2020-01-01", "9999-12-30"):
        refused = client.post(form.action, data=form.data(trigger="repeated", level="listed", text="限期", due_on=day))
        assert refused.status_code == 422
        assert 'href="#due_on"' in refused.text and 'id="due_on-error"' in refused.text
    assert client.post(form.action, data=form.data(text="限期", due_on="9999-12-31")).status_code == 422


def test_what_staff_write_beside_the_answer_is_masked_and_helpers_stay(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    """Units that may not know who wrote read it."""
    case = factories.case(
        city_conn, directory, lead="zjj", new=factories.letter(name="欧阳明远", contact="19900005678")
    )
    case = lifecycle.dispatch(
        city_conn,
        case,
        directory,
        lead="zjj",
        co_handling=["jyj"],
        actor="test",
        now=factories.NOW,
        zone=factories.ZONE,
    )
    case = lifecycle.acknowledge(city_conn, case, actor="test", now=factories.NOW)
    city_conn.commit()
    sign_in(factories.account(city_conn, department="zjj"))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/contact")
    client.post(form.action, data=form.data(text="已致电欧阳明远19900005678，约定周五上门。", reached="1"))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/request_return")
    client.post(form.action, data=form.data(return_reason="other", text="应由水务办理"))
    sign_in(factories.account(city_conn, department="jyj"))
    page = client.get(f"/cases/{case.case_number}").text
    assert "约定周五上门" in page and "欧阳明远" not in page and "19900005678" not in page
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/accept_return")
    client.post(form.action, data=form.data(lead="swj"))
    current = [a for a in case_repository.list_assignments(city_conn, case.id) if a.ended_at is None]
    assert [a.department_id for a in current] == ["swj", "jyj"]

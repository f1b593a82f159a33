"""The pages of scores: a scheme is made, looked at, published, appealed; a case is left out by two people."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from models.account import Account, Role
from models.case import CaseAction
from models.database import Connection
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW

SignIn = Callable[[Account], str]


def make_scheme(client: TestClient, name: str = "部门考核") -> str:
    form = Page(client.get("/scoring/schemes/new").text).form("/scoring/schemes")
    done = client.post("/scoring/schemes", data=form.data(name=name))
    assert "方案已保存" in done.text
    return str(done.url.path)


def test_a_scheme_is_made_looked_at_published_and_appealed(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    at = NOW - timedelta(days=70)
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE, at=at)
    assert case.due_date is not None
    month = f"{case.due_date:%Y-%m}"
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    path = make_scheme(client)
    page = Page(client.get(f"{path}?month={month}").text)
    assert "住房和城乡建设局" in page.words and "0.00%（0/" in page.words
    done = client.post(f"{path}/publish", data=page.form(f"{path}/publish").data())
    assert "已公布" in done.text
    sheet = done.url.path
    again = client.post(f"{path}/publish", data=page.form(f"{path}/publish").data())
    assert again.status_code == 409 and "已经公布" in again.text

    sign_in(factories.account(city_conn, Role.OFFICER, department="swj"))
    assert client.get(sheet).status_code == 404
    sign_in(factories.account(city_conn, Role.OFFICER, department="zjj"))
    own = Page(client.get(sheet).text)
    assert "水务局" not in own.words
    action = next(f.action for f in own.forms if "/appeal" in f.action)
    wrong = client.post(action, data=own.form(action).data(indicator="i1", case_number="nonsense", reason="已延期"))
    assert wrong.status_code == 422 and "没有找到这件工单" in wrong.text and "已延期" in wrong.text
    asked = client.post(
        action, data=own.form(action).data(indicator="i1", case_number=case.case_number, reason="已延期")
    )
    assert "申诉已提交" in asked.text

    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    page = Page(client.get(sheet).text)
    decide = next(f.action for f in page.forms if "/appeals/" in f.action)
    assert (
        "补回的分数不对"
        in client.post(decide, data=page.form(decide).data(points="99", note="核实") | {"accepted": "1"}).text
    )
    done = client.post(decide, data=page.form(decide).data(points="3.5", note="核实") | {"accepted": "1"})
    assert "补回3.50分" in Page(done.text).words


def test_a_faulty_scheme_comes_back_as_typed(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.ADMINISTRATOR))
    form = Page(client.get("/scoring/schemes/new").text).form("/scoring/schemes")
    data = form.data(name="试试")
    data["points"] = ["x", *list(data["points"])[1:]]
    answer = client.post("/scoring/schemes", data=data)
    assert answer.status_code == 422 and 'value="x"' in answer.text and 'value="试试"' in answer.text


def test_a_case_is_left_out_by_two_people(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    sign_in(factories.account(city_conn, Role.OFFICER, department="zjj"))
    page = Page(client.get(f"/cases/{case.case_number}").text)
    action = f"/cases/{case.case_number}/exclusions"
    client.post(action, data=page.form(action).data(metric="all", reason="恶意投诉"))
    assert "恶意投诉" in client.get(f"/cases/{case.case_number}").text
    assert client.post(action, data=page.form(action).data(metric="all", reason="再来")).status_code == 409
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    page = Page(client.get("/scoring").text)
    decide = next(f.action for f in page.forms if "/scoring/exclusions/" in f.action)
    done = client.post(decide, data=page.form(decide).data(note="经核实") | {"accepted": "1"})
    assert "经核实" in done.text and case.case_number in done.text


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DISPATCHER, Role.LEADER])
def test_schemes_are_made_by_who_supervises_or_administers(
    client: TestClient, city_conn: Connection, sign_in: SignIn, role: Role
) -> None:
    csrf = sign_in(factories.account(city_conn, role))
    assert client.get("/scoring/schemes/new").status_code == 403
    assert client.post("/scoring/schemes", data={"csrf": csrf, "name": "x"}).status_code == 403
    assert client.get("/scoring").status_code == 200


def test_a_deduction_is_entered_for_a_reason_and_taken_back(
    client: TestClient, city_conn: Connection, sign_in: SignIn
) -> None:
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    path = make_scheme(client, "人工扣分")
    form = Page(client.get(f"{path}?month={NOW:%Y-%m}").text).form(f"{path}/deductions")
    indicator = "i4"  # the one without a metric
    given = {"indicator": indicator, "department": "zjj", "happened_on": f"{NOW:%Y-%m-%d}", "times": "2"}
    refused = client.post(form.action, data=form.data(**given, reason=" "))
    assert refused.status_code == 422 and 'id="reason-error"' in refused.text and 'value="2"' in refused.text
    done = client.post(form.action, data=form.data(**given, reason="答复敷衍"))
    assert "答复敷衍" in done.text
    withdraw = next(f for f in Page(done.text).forms if f.action.endswith("/withdraw"))
    assert "已撤回" in client.post(withdraw.action, data=withdraw.data()).text
    assert client.post(withdraw.action, data=withdraw.data()).status_code == 409
    csrf = sign_in(factories.account(city_conn, Role.OFFICER, department="zjj"))
    assert client.post(withdraw.action, data={"csrf": csrf}).status_code == 403
    assert client.post(form.action, data={"csrf": csrf, **given, "reason": "x"}).status_code == 403


def test_a_scheme_is_edited_into_its_successor(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    path = make_scheme(client, "要改的")
    form = Page(client.get(f"{path}/edit").text).form("/scoring/schemes")
    assert form.values["name"] == ["要改的"] and form.values["replaces"] == [path.rsplit("/", 1)[1]]
    after = client.post(form.action, data=form.data(name="改好的"))
    assert "改好的" in after.text and after.url.path != path
    assert client.get(f"{path}/edit").status_code == 409, "replaced"
    sign_in(factories.account(city_conn, Role.LEADER))
    assert client.get(f"{after.url.path}/edit").status_code == 403

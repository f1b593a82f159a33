from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from api.auth import MAX_FAILURES
from api.dependencies import SESSION_COOKIE
from models.account import Account, Role
from models.database import Connection
from tests import factories
from tests.api.html_page import Page
from tests.factories import PASSWORD

STAFF_PAGES = (
    "/desk",
    "/cases",
    "/cases.csv",
    "/cases/20261123-0000017",
    "/triage",
    "/submissions",
    "/overview",
    "/overview.xlsx",
    "/administration",
    "/administration/rules",
    "/administration/city",
    "/administration/operation",
)
HOME = {
    Role.OFFICER: "/desk",
    Role.DISPATCHER: "/triage",
    Role.SUPERVISOR: "/due-soon",
    Role.LEADER: "/overview",
    Role.ADMINISTRATOR: "/administration",
}


def _sign_in(client: TestClient, username: str, password: str = PASSWORD, path: str = "/login") -> Response:
    form = Page(client.get(path).text).form("/login")
    data = form.data(username=username, password=password)
    answer: Response = client.post("/login", data=data, follow_redirects=False)
    return answer


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_a_visitor_is_sent_to_sign_in_and_back(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}?topic=T04", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={path.replace('/', '%2F')}%3Ftopic%3DT04"


@pytest.mark.parametrize("role", list(Role))
def test_each_role_lands_where_its_work_is(client: TestClient, city_conn: Connection, role: Role) -> None:
    account = factories.account(city_conn, role)
    answer = _sign_in(client, account.username.upper())
    assert answer.status_code == 303 and answer.headers["location"] == HOME[role]
    page = client.get(HOME[role])
    assert page.status_code == 200 and account.display_name in page.text
    assert client.get("/login", follow_redirects=False).headers["location"] == HOME[role]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient, city_conn: Connection) -> None:
    cookie = _sign_in(client, factories.account(city_conn).username).headers["set-cookie"].lower()
    assert cookie.startswith(SESSION_COOKIE) and "httponly" in cookie and "samesite=lax" in cookie


def test_after_signing_in_the_wanted_page_opens(client: TestClient, city_conn: Connection) -> None:
    account = factories.account(city_conn, Role.LEADER)
    answer = _sign_in(client, account.username, path="/login?next=%2Fcases%3Fstate%3Doverdue")
    assert answer.headers["location"] == "/cases?state=overdue"


@pytest.mark.parametrize("next_", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "evil"])
def test_nobody_is_sent_to_another_site(client: TestClient, city_conn: Connection, next_: str) -> None:
    account = factories.account(city_conn, Role.LEADER)
    form = Page(client.get("/login").text).form("/login")
    data = form.data(username=account.username, password=PASSWORD, next=next_)
    answer = client.post("/login", data=data, follow_redirects=False)
    assert answer.headers["location"] == "/overview"


def test_wrong_passwords_are_refused_and_then_limited(client: TestClient, city_conn: Connection) -> None:
    account = factories.account(city_conn)
    answers = [_sign_in(client, account.username, "wrong") for _ in range(MAX_FAILURES + 1)]
    assert [answer.status_code for answer in answers] == [401] * MAX_FAILURES + [429]
    assert "用户名或密码不正确" in answers[0].text and account.username in answers[0].text
    assert _sign_in(client, account.username).status_code == 429
    assert SESSION_COOKIE not in client.cookies


def test_an_unknown_name_reads_like_a_wrong_password(client: TestClient) -> None:
    answer = _sign_in(client, "nobody\0")
    assert answer.status_code == 401 and "用户名或密码不正确" in answer.text


def test_a_sign_in_that_did_not_come_from_our_page_is_refused(client: TestClient, city_conn: Connection) -> None:
    account = factories.account(city_conn)
    client.get("/login")
    data = {"username": account.username, "password": PASSWORD, "csrf": "guessed"}
    assert client.post("/login", data=data).status_code == 403
    assert SESSION_COOKIE not in client.cookies


def test_signing_out_ends_the_session_and_needs_the_token(
    client: TestClient, city_conn: Connection, sign_in: Callable[[Account], str]
) -> None:
    sign_in(factories.account(city_conn, Role.LEADER))
    token = client.cookies[SESSION_COOKIE]
    assert client.post("/logout", data={"csrf": "guessed"}).status_code == 403
    assert client.get("/overview").status_code == 200
    client.post("/logout", data=Page(client.get("/overview").text).form("/logout").data())
    client.cookies.set(SESSION_COOKIE, token)
    assert client.get("/overview", follow_redirects=False).status_code == 303


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client: TestClient) -> None:
    answer = client.post(
        "/cases/20261123-0000017/reply", headers={"referer": "http://testserver/cases/20261123-0000017"}
    )
    assert answer.status_code == 401
    assert "/login?next=%2Fcases%2F20261123-0000017" in Page(answer.text).links

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.account_repository import find_credentials, list_accounts
from api.dependencies import SESSION_COOKIE
from models.account import Account, Role
from models.database import Connection
from routing.learning.learnt_place_repository import list_learnt_places, replace_learnt_places
from routing.learning.learnt_places import LearntPlace
from tests import factories
from tests.api.html_page import Page

SignIn = Callable[[Account], str]
NEW = {
    "username": "Xin-Ren",
    "display_name": "新人",
    "role": "officer",
    "department": "zjj",
    "password": "一个足够长的密码吧",
}


@pytest.fixture
def administrator(city_conn: Connection, sign_in: SignIn) -> Account:
    account = factories.account(city_conn, Role.ADMINISTRATOR)
    sign_in(account)
    return account


def _form(client: TestClient, action: str) -> dict[str, list[str] | str]:
    return Page(client.get("/administration").text).form(action).data()


def test_an_account_is_added_and_signs_in(client: TestClient, city_conn: Connection, administrator: Account) -> None:
    done = client.post("/administration/accounts", data=_form(client, "/accounts") | NEW | {"password": "a" * 12})
    assert "账号已添加。" in done.text and "xin-ren" in done.text
    client.cookies.clear()
    form = Page(client.get("/login").text).form("/login")
    assert client.post("/login", data=form.data(username="xin-ren", password="a" * 12)).url.path == "/desk"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "带空 格"}, "username"),
        ({"display_name": " "}, "display_name"),
        ({"role": "king"}, "role"),
        ({"department": ""}, "department"),
        ({"department": "nowhere"}, "department"),
        ({"password": "short"}, "password"),
    ],
)
def test_a_faulty_account_comes_back_with_the_reason(
    client: TestClient, city_conn: Connection, administrator: Account, changes: dict[str, str], field: str
) -> None:
    before = len(list_accounts(city_conn))
    data = _form(client, "/accounts") | NEW | {"username": "jiaren"} | changes
    answer = client.post("/administration/accounts", data=data)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert 'value="新人"' in answer.text or field == "display_name"
    city_conn.rollback()
    assert len(list_accounts(city_conn)) == before


def test_a_name_is_taken_once(client: TestClient, administrator: Account) -> None:
    data = _form(client, "/accounts") | NEW | {"username": administrator.username.upper()}
    answer = client.post("/administration/accounts", data=data)
    assert answer.status_code == 422 and "用户名已存在" in answer.text


def test_a_deactivated_account_is_signed_out(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    officer = factories.account(city_conn)
    sign_in(officer)
    token = client.cookies[SESSION_COOKIE]
    sign_in(factories.account(city_conn, Role.ADMINISTRATOR))
    client.post(f"/administration/accounts/{officer.username}/active", data=_form(client, f"{officer.username}/active"))
    assert "已停用" in client.get("/administration").text
    client.cookies.set(SESSION_COOKIE, token)
    assert client.get("/desk", follow_redirects=False).status_code == 303


def test_a_new_password_replaces_the_old_one(client: TestClient, city_conn: Connection, administrator: Account) -> None:
    officer = factories.account(city_conn)
    before = find_credentials(city_conn, officer.username)
    city_conn.rollback()
    path = f"/administration/accounts/{officer.username}/password"
    assert client.post(path, data=_form(client, path) | {"password": "short"}).status_code == 422
    assert "密码已重设" in client.post(path, data=_form(client, path) | {"password": "一二三四五六七八九十"}).text
    assert find_credentials(city_conn, officer.username) != before


def test_nobody_locks_the_own_account(client: TestClient, administrator: Account) -> None:
    csrf = _form(client, "/accounts")["csrf"]
    answer = client.post(f"/administration/accounts/{administrator.username}/active", data={"csrf": csrf, "active": ""})
    assert answer.status_code == 422
    assert client.get("/administration").status_code == 200


def test_changes_need_the_token(client: TestClient, city_conn: Connection, administrator: Account) -> None:
    own = f"accounts/{administrator.username}"
    for path in ("accounts", f"{own}/password", f"{own}/active"):
        assert client.post(f"/administration/{path}", data=NEW | {"csrf": "guessed"}).status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_administration_is_for_administrators(
    client: TestClient, city_conn: Connection, sign_in: SignIn, role: Role
) -> None:
    account = factories.account(city_conn, role)
    csrf = sign_in(account)
    for path in ("", "/rules", "/city", "/operation"):
        assert client.get(f"/administration{path}").status_code == 403
    for path in ("accounts", f"accounts/{account.username}/password", f"accounts/{account.username}/active"):
        assert client.post(f"/administration/{path}", data=NEW | {"csrf": csrf}).status_code == 403


def test_the_rules_name_duties_not_single_towns(client: TestClient, administrator: Account) -> None:
    words = Page(client.get("/administration/rules").text).words
    assert "镇街" in words and "桂香街道办" not in words


def test_operation_tells_what_is_wrong_and_what_came(client: TestClient, administrator: Account) -> None:
    page = client.get("/administration/operation").text
    assert "数据库正常" in page and "2027年放假安排尚未录入" in page and "还没有导入过文件" in page


def test_a_learnt_place_is_shown_and_taken_back(
    client: TestClient, city_conn: Connection, administrator: Account
) -> None:
    place = LearntPlace(
        name="听泉苑",
        kind="estate",
        region_code="990102",
        submitters=4,
        share=1.0,
        first_seen=factories.NOW,
        last_seen=factories.NOW,
    )
    replace_learnt_places(city_conn, [place], actor="test")
    city_conn.commit()
    page = Page(client.get("/administration/city").text)
    assert "听泉苑" in client.get("/administration/city").text
    client.post("/administration/places/withdraw", data=page.form("/administration/places/withdraw").data())
    assert "听泉苑" not in client.get("/administration/city").text
    assert [p.name for p in list_learnt_places(city_conn, withdrawn=True)] == ["听泉苑"]

"""Signing in, staying signed in, and everything that ends it."""

from typing import Any

import pytest
from httpx import Response

import api.auth
from api import account_repository
from api.auth import MAX_FAILURES, MAX_PER_ADDRESS
from api.dependencies import SESSION_COOKIE
from models.account import Account, Role
from models.database import transaction
from models.errors import Invalid
from tests import factories
from tests.api.door import Door, ok, problem
from tests.factories import PASSWORD


@pytest.fixture(autouse=True)
def attempts_of_other_tests_are_over(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.pass_time(minutes=16)
    monkeypatch.setattr(api.auth, "_DUMMY_HASH", factories.CHEAP_HASHER.hash("x"))


@pytest.fixture
def account(door: Door) -> Account:
    """A fresh one: tests lock, deactivate and rename it."""
    with transaction(door.runtime.pool) as conn:
        return factories.account(conn)


def sign_in(door: Door, username: str, password: str = PASSWORD, **options: Any) -> Response:
    return door.request("POST", "/session", json={"username": username, "password": password}, **options)


def cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"{SESSION_COOKIE}={token}"}


def current(door: Door, token: str) -> Response:
    response: Response = door.client.get("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    return response


def test_a_sign_in_gives_a_token_that_says_who_it_is(door: Door, account: Account) -> None:
    session = ok(sign_in(door, account.username.upper()), 201)  # names know no case
    assert session["account"] == {
        "username": account.username,
        "display_name": account.display_name,
        "role": "officer",
        "department_id": "zjj",
    }
    assert ok(current(door, session["token"])) == session["account"]


def test_neither_password_nor_token_is_in_the_database(door: Door, account: Account) -> None:
    token = ok(sign_in(door, account.username), 201)["token"]
    with transaction(door.runtime.pool) as conn:
        rows = conn.execute("SELECT a::text || s::text FROM accounts a CROSS JOIN sessions s").fetchall()
        assert not any(PASSWORD in row[0] or token in row[0] or token.encode().hex() in row[0] for row in rows)


def test_passwords_are_kept_by_argon2_at_its_usual_cost() -> None:
    assert api.auth.hash_password(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    with pytest.raises(Invalid, match="密码至少需要10个字符"):
        api.auth.hash_password("123456789")


def test_an_unknown_name_and_a_wrong_password_are_the_same_answer(door: Door, account: Account) -> None:
    wrong = problem(sign_in(door, account.username, "wrong password"), 401)
    unknown = problem(sign_in(door, "nobody", "wrong password"), 401)
    assert wrong == unknown
    assert wrong["detail"] == "用户名或密码不正确。"


def test_an_unknown_name_costs_as_much_time_as_a_wrong_password(
    door: Door, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: each answer comes after one verification."""
    calls: list[str] = []
    verify = api.auth._hasher.verify

    class Counting:
        def verify(self, hash_: str, password: str) -> bool:
            calls.append(hash_)
            return verify(hash_, password)

    monkeypatch.setattr(api.auth, "_hasher", Counting())
    sign_in(door, account.username, "wrong password")
    sign_in(door, "nobody", "wrong password")
    assert len(calls) == 2


def test_after_too_many_failures_not_even_the_right_password_helps(door: Door, account: Account) -> None:
    for _ in range(MAX_FAILURES):
        problem(sign_in(door, account.username, "wrong password"), 401)
    assert problem(sign_in(door, account.username), 429)["detail"] == "尝试次数过多，请15分钟后再试。"
    problem(sign_in(door, account.username.upper()), 429)
    with transaction(door.runtime.pool) as conn:
        other = factories.account(conn)
    ok(sign_in(door, other.username), 201)  # others are not locked out
    door.pass_time(minutes=15)
    ok(sign_in(door, account.username), 201)


def test_a_success_forgets_the_failures_of_the_name(door: Door, account: Account) -> None:
    for _ in range(MAX_FAILURES - 1):
        problem(sign_in(door, account.username, "wrong password"), 401)
    ok(sign_in(door, account.username), 201)
    for _ in range(MAX_FAILURES):
        problem(sign_in(door, account.username, "wrong password"), 401)


def test_one_address_cannot_go_through_all_names(door: Door) -> None:
    statuses = [sign_in(door, f"name{i}", "wrong password").status_code for i in range(MAX_PER_ADDRESS + 1)]
    assert statuses == [401] * MAX_PER_ADDRESS + [429]


def test_the_address_counts_no_forged_header(door: Door, account: Account) -> None:
    """Without a trusted proxy X-Forwarded-For is what the client says, nothing more."""
    for i in range(MAX_PER_ADDRESS):
        sign_in(door, f"name{i}", "wrong password", headers={"X-Forwarded-For": f"192.0.2.{i % 250}"})
    problem(sign_in(door, account.username, headers={"X-Forwarded-For": "198.51.100.7"}), 429)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "x"},
        {"username": "x" * 201, "password": "y"},
        {"username": ["x"], "password": "y"},
        {"username": "a\0b", "password": "y"},
    ],
)
def test_half_a_sign_in_is_told_what_is_missing(door: Door, body: dict[str, object]) -> None:
    fields = problem(door.request("POST", "/session", json=body), 422)["fields"]
    assert set(fields) <= {"username", "password"}


def test_a_session_ends_after_twelve_hours_of_work(door: Door, account: Account) -> None:
    token = ok(sign_in(door, account.username), 201)["token"]
    for _ in range(24):
        ok(current(door, token))
        door.pass_time(minutes=30)
    problem(current(door, token), 401)


def test_a_session_ends_after_an_hour_without_a_click(door: Door, account: Account) -> None:
    token = ok(sign_in(door, account.username), 201)["token"]
    door.pass_time(minutes=59)
    ok(current(door, token))
    door.pass_time(minutes=59)
    ok(current(door, token))  # the click before counted
    door.pass_time(minutes=60)
    problem(current(door, token), 401)


def test_signing_out_ends_this_session_only(door: Door, account: Account) -> None:
    here, there = (ok(sign_in(door, account.username), 201)["token"] for _ in range(2))
    gone = door.client.delete("/api/v1/session", headers={"Authorization": f"Bearer {here}"})
    assert (gone.status_code, gone.content) == (204, b"")
    problem(current(door, here), 401)
    ok(current(door, there))


def test_a_deactivated_account_is_out_at_once_and_stays_out(door: Door, account: Account) -> None:
    token = ok(sign_in(door, account.username), 201)["token"]
    with transaction(door.runtime.pool) as conn:
        account_repository.set_active(conn, account.username, False, actor="test", now=door.runtime.clock)
    problem(current(door, token), 401)
    assert problem(sign_in(door, account.username), 401)["detail"] == "用户名或密码不正确。"


def test_an_account_switched_off_in_the_table_is_out_too(door: Door, account: Account) -> None:
    token = ok(sign_in(door, account.username), 201)["token"]
    with transaction(door.runtime.pool) as conn:
        conn.execute("UPDATE accounts SET active = false WHERE id = %s", (account.id,))
    problem(current(door, token), 401)


def test_a_new_password_ends_every_session(door: Door, account: Account) -> None:
    token = ok(sign_in(door, account.username), 201)["token"]
    with transaction(door.runtime.pool) as conn:
        account_repository.set_password(conn, account.username, "x", actor="test", now=door.runtime.clock)
    problem(current(door, token), 401)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic dXNlcjpwYXNz", "bearer\twrong", "Bearer " + "x" * 5000]
)
def test_no_token_or_a_wrong_one(door: Door, header: str) -> None:
    response = door.client.get("/api/v1/session", headers={"Authorization": header} if header else {})
    assert problem(response, 401)["detail"] == "请先登录。"
    assert response.headers["www-authenticate"] == "Bearer"


def test_the_scheme_knows_no_case(door: Door) -> None:
    token, _ = door.tokens(door.account())
    ok(door.client.get("/api/v1/session", headers={"Authorization": f"bearer {token}"}))


# Requests forged by another site

CHANGES = [
    ("DELETE", "/api/v1/session"),
    ("POST", "/api/v1/cases/x/acknowledge"),
    ("POST", "/api/v1/submissions/1/case"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES)
@pytest.mark.parametrize(
    "headers",
    [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": "错"}, {"Authorization": "Basic eDp5"}],
    ids=["none", "empty", "wrong", "chinese", "proxy password"],
)
def test_a_change_by_cookie_needs_the_sessions_token(
    door: Door, method: str, path: str, headers: dict[str, str]
) -> None:
    token, _ = door.tokens(door.account(Role.DISPATCHER))
    encoded = {name: value.encode() for name, value in (headers | cookie(token)).items()}
    response = door.client.request(method, path, headers=encoded, json={})
    assert problem(response, 403)["detail"] == "页面已过期，请刷新后再试。"


def test_a_cookie_with_its_token_may_change_and_without_may_read(door: Door, account: Account) -> None:
    token, csrf = door.tokens(account)
    case = door.case()
    ok(door.client.get("/api/v1/session", headers=cookie(token)))
    response = door.client.post(
        f"/api/v1/cases/{case.case_number}/acknowledge", headers={"X-CSRF-Token": csrf} | cookie(token), json={}
    )
    assert ok(response)["status"] == "in_progress"
    _, other = door.tokens(door.account(Role.LEADER))
    response = door.client.delete("/api/v1/session", headers={"X-CSRF-Token": other} | cookie(token))
    problem(response, 403)  # somebody else's token does not do

"""One shape for everything that goes wrong, on every door (RFC 9457), and the headers that every answer carries."""

import contextlib
from collections.abc import Iterator

import psycopg
import pytest
from httpx import Response
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.app import MAX_BODY_BYTES
from models.account import Role
from models.database import Connection, connect
from models.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated, Unavailable, WenzhengError
from tests.api.door import Door, ok, problem

ERRORS: list[tuple[WenzhengError, int]] = [
    (NotFound(), 404),
    (Unauthenticated(), 401),
    (Forbidden(), 403),
    (Conflict(), 409),
    (TooMany(), 429),
    (Unavailable(), 503),
    (Invalid("填写有误。", {"title": "必填"}), 422),
]


@pytest.fixture(scope="module")
def breaking(city_dsn: str) -> Iterator[Door]:
    """A door with routes that fail in every way."""
    with contextlib.closing(Door(city_dsn, own_routes=True)) as door:

        @door.app.get("/api/v1/broken")
        @door.app.get("/broken")
        def broken() -> None:
            raise ZeroDivisionError("a secret of the inside")

        @door.app.get("/api/v1/cut-off")
        def cut_off() -> None:
            raise psycopg.OperationalError("server closed the connection unexpectedly")

        @door.app.get("/api/v1/raises/{number}")
        def raises(number: int) -> None:
            raise ERRORS[number][0]

        yield door


@pytest.mark.parametrize("number", range(len(ERRORS)), ids=[type(error).__name__ for error, _ in ERRORS])
def test_every_kind_of_error_has_its_number_and_its_words(breaking: Door, number: int) -> None:
    error, status = ERRORS[number]
    body = problem(breaking.get(f"/raises/{number}"), status)
    assert (body["detail"], body["instance"]) == (error.message, f"/api/v1/raises/{number}")
    assert body.get("fields") == (error.fields if isinstance(error, Invalid) else None)


def test_a_bug_is_told_by_a_number_and_nothing_else(breaking: Door, caplog: pytest.LogCaptureFixture) -> None:
    response = breaking.get("/broken")
    body = problem(response, 500)
    reference = body["detail"].removeprefix("系统出错，已记录（编号 ").removesuffix("）。")
    assert len(reference) == 12
    assert f"error {reference} on GET /api/v1/broken" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in response.text and "Traceback" not in response.text


def test_a_bug_on_a_page_is_a_page(breaking: Door) -> None:
    response = breaking.client.get("/broken")
    assert (response.status_code, response.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "已记录（编号" in response.text and "secret" not in response.text


def test_a_connection_cut_off_in_the_middle_is_not_a_bug(breaking: Door) -> None:
    problem(breaking.get("/cut-off"), 503)


def test_an_address_that_does_not_exist(door: Door) -> None:
    assert problem(door.get("/nowhere"), 404)["instance"] == "/api/v1/nowhere"
    problem(door.client.get("/api/v2/cases"), 404)
    problem(door.client.get("/static/nothing.css"), 404)
    page = door.client.get("/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_a_method_that_does_not_exist(door: Door) -> None:
    response = door.request("PUT", "/letters")
    problem(response, 405)
    assert response.headers["allow"] == "POST"


def test_a_number_that_is_none(breaking: Door) -> None:
    assert problem(breaking.get("/raises/x"), 422)["fields"] == {"number": "应为整数"}


def test_a_body_that_is_no_json_is_named_as_the_body(door: Door) -> None:
    response = door.request("POST", "/letters", content=b"{", headers={"Content-Type": "application/json"})
    assert problem(response, 422)["fields"] == {"body": "不是有效的 JSON"}


# Too large


def chunks(size: int) -> Iterator[bytes]:
    yield b'{"title": "'
    for _ in range(size // 1024):
        yield b"x" * 1024


@pytest.mark.parametrize("path", ["/api/v1/letters", "/api/v1/session", "/letters/new", "/login"])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
def test_more_than_a_megabyte_is_refused(door: Door, path: str, declared: bool) -> None:
    kind = "application/json" if path.startswith("/api") else "application/x-www-form-urlencoded"
    content = b"x" * (MAX_BODY_BYTES + 1) if declared else chunks(MAX_BODY_BYTES + 2048)
    response: Response = door.client.post(path, content=content, headers={"Content-Type": kind})
    assert response.status_code == 413
    if path.startswith("/api"):
        assert problem(response, 413)["detail"] == "提交的内容超过 1 MB。"
    else:
        assert "提交的内容超过 1 MB" in response.text


def test_just_a_megabyte_is_read(door: Door) -> None:
    content = b'{"title": "' + b"x" * (MAX_BODY_BYTES - 13) + b'"}'
    assert len(content) == MAX_BODY_BYTES
    headers = {"Content-Type": "application/json"}
    problem(door.request("POST", "/letters", content=content, headers=headers), 422)


# The database is away

END_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
)


def test_without_a_database_everybody_is_told_to_come_back(dsn: str) -> None:
    with contextlib.closing(Door(dsn)) as door:
        door.runtime.pool.timeout = 0.5
        tokens = door.tokens(door.account(Role.LEADER))
        switch_off(dsn)
        for path in ("/api/v1/cases", "/api/v1/topics"):
            headers = {"Authorization": f"Bearer {tokens[0]}"}
            assert problem(door.client.get(path, headers=headers), 503)["detail"] == "服务暂时不可用，请稍后再试。"
        page = door.client.get("/")
        assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert door.client.get("/healthz").status_code == 200
        unready = door.client.get("/readyz")
        assert unready.status_code == 503
        assert unready.json()["checks"] == [
            {"name": "database", "ok": False, "required": True, "detail": "数据库连接失败，请检查数据库是否在运行"}
        ]


def switch_off(dsn: str) -> None:
    """For whoever works with this database it is as if its server had stopped."""
    name = conninfo_to_dict(dsn)["dbname"]
    with psycopg.connect(make_conninfo(dsn, dbname="postgres"), autocommit=True) as owner:
        owner.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(str(name))))
        owner.execute(END_CONNECTIONS, (name,))


def test_a_server_that_ends_all_connections_is_survived(door: Door, city_dsn: str) -> None:
    """As in a restart of the database: the pool notices dead connections before it hands them out."""
    ok(door.get("/topics"))
    with psycopg.connect(city_dsn, autocommit=True) as owner:
        owner.execute(END_CONNECTIONS, (owner.info.dbname,))
    ok(door.get("/topics"))


# Headers

PATHS = [
    "/api/v1/topics",
    "/api/v1/nowhere",
    "/nowhere",
    "/",
    "/healthz",
    "/api/v1/cases",
    "/static/tokens.css",
    "/api/v1/broken",
    "/broken",
]


@pytest.mark.parametrize("path", PATHS)
def test_headers_that_protect_every_answer(breaking: Door, path: str) -> None:
    headers = breaking.client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["script-src"]) == ("'self'", "'self'")
    assert (policy["frame-ancestors"], policy["object-src"], policy["base-uri"]) == ("'none'", "'none'", "'none'")
    assert "unsafe" not in policy["script-src"] and "*" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert (headers.get("cache-control") == "no-store") is not path.startswith("/static/")


def test_a_refused_large_body_is_protected_too(door: Door) -> None:
    response = door.client.post("/api/v1/letters", content=b"x" * (MAX_BODY_BYTES + 1))
    assert "content-security-policy" in response.headers


def test_the_owner_of_the_database_is_nobody_here(city_conn: Connection, city_dsn: str) -> None:
    """Requests work under the application's role."""
    with contextlib.closing(connect(city_dsn)) as conn:
        assert conn.execute("SELECT current_user").fetchone() == ("wenzheng_app",)

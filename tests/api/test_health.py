"""/healthz says that the process runs, /readyz whether it can serve, and what is wrong where it cannot."""

import contextlib
from collections.abc import Iterator

import psycopg
import pytest

from intake.registration import register
from models.database import transaction
from routing.process import process_batch
from tests import factories
from tests.api.door import Door
from tests.factories import KEYS, ZONE


def ready(door: Door) -> tuple[int, dict[str, tuple[bool, str]]]:
    response = door.client.get("/readyz")
    body = response.json()
    assert body["ready"] is (response.status_code == 200)
    return response.status_code, {c["name"]: (c["ok"], c["detail"]) for c in body["checks"]}


def test_the_process_runs(door: Door) -> None:
    response = door.client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "address", ["/", "/healthz", "/readyz", "/letters/new", "/answers", "/answers.atom", "/responses", "/overview"]
)
def test_the_head_alone_is_that_of_the_page(door: Door, address: str) -> None:
    """Whether anybody may look (the overview sends to the login) or not: crawlers and watchers ask with HEAD."""
    whole, head = (door.client.request(method, address, follow_redirects=False) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (whole.status_code, b"")
    told = ("content-type", "content-length", "location", "cache-control", "content-security-policy")
    assert [head.headers.get(name) for name in told] == [whole.headers.get(name) for name in told]


@pytest.mark.parametrize("address", ["/wall/stream", "/alerts/stream", "/letters/rate"])
def test_what_has_no_end_or_only_writes_has_no_head(door: Door, address: str) -> None:
    assert door.client.head(address).status_code == 405


def test_everything_is_well(door: Door) -> None:
    status, checks = ready(door)
    assert status == 200
    assert checks == {
        "database": (True, "数据库正常"),
        "migrations": (True, "数据库结构是最新的"),
        "city": (True, "城市：青崖市"),
        "worker": (True, "来件及时分析"),
        # no worker runs in these tests
        "facts": (False, "统计表尚未建立或正在重建，请检查 wenzheng worker 是否在运行"),
        # the test city lives in November 2026, and next year's notice is not out: a warning
        "calendar": (False, "2027年放假安排尚未录入，跨年时限为暂定"),
        "classifier": (True, "类别由随程序提供的分类器判断"),
    }


def test_nobody_needs_an_account_and_nothing_inner_is_told(door: Door) -> None:
    assert "postgresql://" not in door.client.get("/readyz").text


def test_before_the_city_is_set_up(dsn: str) -> None:
    with contextlib.closing(Door(dsn)) as door:
        status, checks = ready(door)
        assert status == 503
        assert checks["city"] == (False, "城市资料尚未建立，请运行 wenzheng up")


@pytest.fixture
def one_migration_behind(city_dsn: str) -> Iterator[None]:
    with psycopg.connect(city_dsn, autocommit=True) as owner:
        [last] = (
            owner.execute(
                "DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)"
                " RETURNING (version, name)::text"
            ).fetchone()
            or ()
        )
        yield
        version, name = last.strip("()").split(",")
        owner.execute("INSERT INTO schema_migrations (version, name) VALUES (%s, %s)", (version, name))


def test_with_a_migration_missing(door: Door, one_migration_behind: None) -> None:
    status, checks = ready(door)
    assert status == 503
    assert checks["migrations"] == (False, "有1个数据库变更未执行，请运行 wenzheng migrate")


def test_with_letters_that_wait_too_long(door: Door) -> None:
    with transaction(door.runtime.pool) as conn:
        register(conn, [factories.letter()], actor="test", now=door.runtime.clock, keys=KEYS, zone=ZONE)
    door.pass_time(minutes=5)
    assert ready(door)[1]["worker"][0]
    door.pass_time(seconds=1)
    status, checks = ready(door)
    assert status == 200  # people can still write and read: a warning
    assert checks["worker"] == (False, "有来件等待分析超过5分钟，请检查 wenzheng worker 是否在运行")
    with transaction(door.runtime.pool) as conn:
        process_batch(
            conn,
            factories.FixedAnalyser(factories.analysis()),
            door.runtime.directory(conn),
            now=door.runtime.clock,
            zone=ZONE,
            limit=10,
        )
    assert ready(door)[1]["worker"][0]

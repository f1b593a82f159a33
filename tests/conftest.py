"""One throw-away PostgreSQL server per test run, one migrated template, one fresh database per test that asks."""

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import psycopg
import pytest
from psycopg_pool import ConnectionPool

from api.embedded import DATABASE, EmbeddedPostgres
from models.database import Connection, connect, open_pool
from models.migrate import migrate
from routing.directory import Directory
from routing.directory_repository import load_directory
from tests import factories
from tests.order import make_scheduler, sort_tests

# A busy machine is no failure.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.load_profile("default")

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE).astimezone(UTC)
_numbers = itertools.count()
# Where files are memory, if it has room for two servers: a test's own database is copied faster there.
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 1024**3


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("dist", "no") == "loadscope" or hasattr(config, "workerinput"):
        sort_tests(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return make_scheduler(config, log) if config.getoption("dist") == "loadscope" else None


def _folder() -> str | None:
    """Where the test server's files lie; None is the usual place."""
    return str(_MEMORY) if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM else None


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """The server of this test process (each xdist worker has its own), with durability off for speed."""
    folder = Path(tempfile.mkdtemp(prefix="wz-test-", dir=_folder()))
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    with psycopg.connect(postgres.dsn, autocommit=True) as conn:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            conn.execute(f"ALTER SYSTEM SET {setting}")
        conn.execute("SELECT pg_reload_conf()")
    migrate(postgres.dsn)
    yield postgres
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(postgres.socket_dir, ignore_errors=True)


@contextlib.contextmanager
def _fresh_database(server: EmbeddedPostgres) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    maintenance = server.dsn.replace(f"/{DATABASE}?", "/postgres?")
    with psycopg.connect(maintenance, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE} STRATEGY FILE_COPY")
    try:
        yield server.dsn.replace(f"/{DATABASE}?", f"/{name}?")
    finally:
        with psycopg.connect(maintenance, autocommit=True) as conn:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def dsn(server: EmbeddedPostgres) -> Iterator[str]:
    """A fresh, migrated, empty database; dropped afterwards."""
    with _fresh_database(server) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def city_dsn(server: EmbeddedPostgres) -> Iterator[str]:
    """One database with the sample city for a whole module: each test makes its own cases, leaves nothing pending."""
    with _fresh_database(server) as fresh:
        with contextlib.closing(connect(fresh)) as connection:
            factories.city(connection)
        yield fresh


@pytest.fixture
def city_conn(city_dsn: str) -> Iterator[Connection]:
    """As `conn`, on the module's city."""
    with contextlib.closing(connect(city_dsn)) as connection:
        yield connection


@pytest.fixture
def directory(city_conn: Connection) -> Directory:
    return load_directory(city_conn)


@pytest.fixture
def conn(dsn: str) -> Iterator[Connection]:
    """A configured connection under the application's role."""
    with contextlib.closing(connect(dsn)) as connection:
        yield connection


@pytest.fixture
def owner(dsn: str) -> Iterator[Connection]:
    """A connection as the owner: what an attacker with the database in hand could do."""
    with contextlib.closing(psycopg.connect(dsn)) as connection:
        yield connection


@pytest.fixture
def pool(dsn: str) -> Iterator[ConnectionPool[Connection]]:
    with contextlib.closing(open_pool(dsn, 8)) as opened:
        yield opened

"""The web application over the module's city, at a fixed time."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.auth import open_session
from api.dependencies import SESSION_COOKIE
from api.runtime import Runtime
from models.account import Account
from models.database import transaction
from models.settings import Settings
from tests.api.door import Door, StoppedRuntime, application
from tests.factories import NOW, SECRET

_addresses = itertools.count(1)


@pytest.fixture
def runtime(city_dsn: str, tmp_path: Path) -> Iterator[Runtime]:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET), pool_size=4)
    with contextlib.closing(StoppedRuntime(settings, city_dsn)) as opened:
        yield opened


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    """A browser: it keeps cookies and follows redirects. Each has its own address, since limits count by address."""
    return TestClient(application(runtime), client=(f"192.0.2.{next(_addresses)}", 50000))


@pytest.fixture
def sign_in(client: TestClient, runtime: Runtime) -> Callable[[Account], str]:
    """Sign this person in (without the form: argon2 is slow on purpose); the token for forms and requests."""

    def by_session(account: Account) -> str:
        with transaction(runtime.pool) as conn:
            token, csrf_token = open_session(conn, account, runtime.settings, now=NOW)
        client.cookies.set(SESSION_COOKIE, token)
        return csrf_token

    return by_session


@pytest.fixture(scope="module")
def door(city_dsn: str) -> Iterator[Door]:
    """The JSON door, for the tests that are not about pages."""
    with contextlib.closing(Door(city_dsn)) as opened:
        yield opened

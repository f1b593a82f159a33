"""The application as a client meets it."""

import copy
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from pydantic import SecretStr
from starlette.datastructures import State

from api.app import create_app, hold
from api.auth import open_session
from api.http_status import TITLES
from api.runtime import Runtime
from models.account import Account, Role
from models.analysis import Analysis
from models.case import Case, CaseAction
from models.database import transaction
from models.settings import Settings
from models.submission import NewSubmission
from tests import factories
from tests.factories import NOW, SECRET


class StoppedRuntime(Runtime):
    """Its time stands still until a test moves it."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        super().__init__(settings, dsn)
        self.clock = NOW

    def now(self) -> datetime:
        return self.clock


@cache
def _routes() -> FastAPI:
    return create_app(cast(Runtime, None))


def application(runtime: Runtime) -> FastAPI:
    """What `create_app` makes, on the routes that all tests of the process share: FastAPI works for a second at the
    first request of each application. Who adds routes makes one of their own."""
    app = copy.copy(_routes())
    app.state = State()
    hold(app, runtime)
    return app


class Door:
    """Client, accounts and cases of one application. `get`, `post` … go to /api/v1 as the account that is given. With
    `own_routes` a test may add some."""

    def __init__(self, dsn: str, *, own_routes: bool = False, **settings: Any) -> None:
        given = Settings(secret_key=SecretStr(SECRET), **({"letters_per_hour": 10_000} | settings))
        self.runtime = StoppedRuntime(given, dsn)
        self.app = create_app(self.runtime) if own_routes else application(self.runtime)
        self.client = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)
        self._accounts: dict[tuple[Role, str], Account] = {}
        self._tokens: dict[int, tuple[str, str, datetime]] = {}

    def close(self) -> None:
        self.client.close()
        self.runtime.close()

    def pass_time(self, **duration: float) -> None:
        self.runtime.clock += timedelta(**duration)

    def account(self, role: Role = Role.OFFICER, department: str = "zjj") -> Account:
        """One account for each role and department."""
        key = role, department if role is Role.OFFICER else ""
        if key not in self._accounts:
            with transaction(self.runtime.pool) as conn:
                self._accounts[key] = factories.account(conn, role, department=department)
        return self._accounts[key]

    def tokens(self, account: Account) -> tuple[str, str]:
        """Session token and token against forged requests, of a session that lives; without the sign-in's limits."""
        known = self._tokens.get(account.id)
        if known is None or self.runtime.clock - known[2] > timedelta(minutes=30):
            with transaction(self.runtime.pool) as conn:
                pair = open_session(conn, account, self.runtime.settings, now=self.runtime.clock)
            known = self._tokens[account.id] = (*pair, self.runtime.clock)
        return known[0], known[1]

    def request(self, method: str, path: str, account: Account | Role | None = None, **options: Any) -> Response:
        if isinstance(account, Role):
            account = self.account(account)
        headers = dict(options.pop("headers", {}))
        if account is not None:
            headers["Authorization"] = f"Bearer {self.tokens(account)[0]}"
        response: Response = self.client.request(method, f"/api/v1{path}", headers=headers, **options)
        return response

    def get(self, path: str, account: Account | Role | None = None, **parameters: Any) -> Response:
        return self.request("GET", path, account, params=parameters)

    def post(self, path: str, account: Account | Role | None = None, **body: Any) -> Response:
        return self.request("POST", path, account, json=body)

    def case(
        self,
        *,
        says: Analysis | None = None,
        until: CaseAction = CaseAction.OPEN,
        new: NewSubmission | None = None,
        lead: str | None = "zjj",
    ) -> Case:
        """A case led by `lead` (the department of `account()`), or as the rules say for None; committed."""
        with transaction(self.runtime.pool) as conn:
            return factories.case(
                conn, self.runtime.directory(conn), says=says, until=until, new=new, lead=lead, at=self.runtime.clock
            )

    def triage_case(self) -> Case:
        return self.case(says=factories.analysis(topic=None), lead=None)


def problem(response: Response, status: int) -> dict[str, Any]:
    """The problem details of a refusal, after checking that they have the one shape (RFC 9457)."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert (body["type"], body["title"], body["status"]) == ("about:blank", TITLES[status], status)
    assert body["detail"].endswith(("。", "！"))
    return body


def ok(response: Response, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json() if response.content else None

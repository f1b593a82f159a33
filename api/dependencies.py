"""What routes ask for: a transaction that commits before the answer leaves, the time, who is asking.

What waits for nothing is `async`: it is called where it is asked for. Everything else costs a turn in another thread.
"""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api import account_repository
from api.auth import session_id
from api.runtime import Runtime
from models.account import Account, Role, Session
from models.criteria import CaseCriteria
from models.database import Connection, transaction
from models.errors import Forbidden, Invalid, NotFound, TooMany, Unauthenticated

SESSION_COOKIE = "wenzheng_session"
FORM_COOKIE = "wenzheng_form"
WALL_COOKIE = "wenzheng_wall"
# An open page that only listens is no click: a sign-in ends by itself all the same.
LISTENING = "/alerts/stream"
LISTENING_WALL = "/wall/stream"
PERSON_WINDOW = timedelta(hours=1)


async def refuse_null(request: Request) -> None:
    """No address of ours holds the one character that a database cannot. Raises `NotFound` or `Invalid`."""
    if any("\0" in str(value) for value in request.path_params.values()):
        raise NotFound()
    if any("\0" in value for value in request.query_params.values()):
        raise Invalid("地址中有无法识别的字符。")


async def get_runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(get_runtime)]


def get_connection(runtime: RuntimeDep) -> Iterator[Connection]:
    """One request, one transaction. `scope="function"`: the commit happens before the answer, so that a failed commit
    is an error and not a lie."""
    with transaction(runtime.pool) as conn:
        yield conn


ConnectionDep = Annotated[Connection, Depends(get_connection, scope="function")]


async def get_now(runtime: RuntimeDep) -> datetime:
    return runtime.now()


NowDep = Annotated[datetime, Depends(get_now)]


async def client_address(request: Request, runtime: RuntimeDep) -> str:
    """The address limits are counted by. Behind a trusted proxy: the last hop it added."""
    if runtime.settings.trusted_proxy:
        forwarded = request.headers.get("x-forwarded-for", "").split(",")[-1].strip()
        if forwarded:
            return forwarded
    return request.client.host if request.client else "unknown"


AddressDep = Annotated[str, Depends(client_address)]


def request_token(request: Request) -> str | None:
    """The session token: `Authorization: Bearer …` for programs, a cookie for browsers."""
    return bearer_token(request) or request.cookies.get(SESSION_COOKIE)


def bearer_token(request: Request) -> str | None:
    """None also for another scheme: a browser sends `Basic` by itself where a proxy asks for it."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def find_session(request: Request, conn: ConnectionDep, now: NowDep, runtime: RuntimeDep) -> Session | None:
    token = request_token(request)
    if not token:
        return None
    idle = timedelta(minutes=runtime.settings.session_idle_minutes)
    seen = request.url.path not in (LISTENING, LISTENING_WALL)
    return account_repository.find_session(conn, session_id(token), now=now, idle=idle, seen=seen)


# Says in the OpenAPI document how a program signs in; `request_token` does the reading.
BearerDep = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]
OptionalSessionDep = Annotated[Session | None, Depends(find_session)]


async def get_session(session: OptionalSessionDep, _: BearerDep) -> Session:
    if session is None:
        raise Unauthenticated()
    return session


SessionDep = Annotated[Session, Depends(get_session)]


async def get_account(request: Request, session: SessionDep) -> Account:
    """The signed-in person. A change by cookie must carry the session's token (header, or form field on pages:
    `check_form_token`), so that another site cannot act in somebody's name."""
    by_cookie = bearer_token(request) is None
    if by_cookie and request.method not in ("GET", "HEAD") and request.url.path.startswith("/api/"):
        sent = request.headers.get("x-csrf-token", "")
        if not secrets.compare_digest(sent.encode(), session.csrf_token.encode()):
            raise Forbidden("页面已过期，请刷新后再试。")
    return session.account


AccountDep = Annotated[Account, Depends(get_account)]


def get_wall_viewer(request: Request, session: OptionalSessionDep, conn: ConnectionDep, now: NowDep) -> Account:
    """Who looks at the wall: the signed-in person, or who left this screen on. Raises `Unauthenticated`."""
    if session is not None:
        return session.account
    token = request.cookies.get(WALL_COOKIE)
    screen = account_repository.find_wall_screen(conn, session_id(token), now=now) if token else None
    if screen is None:
        raise Unauthenticated()
    return screen.account


WallViewerDep = Annotated[Account, Depends(get_wall_viewer)]


def check_form_token(sent: str, expected: str) -> None:
    """Raises `Forbidden` where a form did not come from our page."""
    if not expected or not secrets.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden("页面已过期，请返回刷新后再试。")


def require_role(account: Account, *roles: Role) -> None:
    if account.role not in roles:
        raise Forbidden(f"此页面供{'、'.join(role.label for role in roles)}使用。")


def limit_attempts(runtime: Runtime, key: str, limit: int, *, now: datetime, window: timedelta = PERSON_WINDOW) -> None:
    """Count an attempt in a transaction of its own (a refusal must not undo the count). Raises `TooMany`."""
    with transaction(runtime.pool) as conn:
        count = account_repository.count_attempt(conn, key, now=now, window=window, actor=key)
    if count > limit:
        raise TooMany()


def restrict(criteria: CaseCriteria, account: Account) -> CaseCriteria:
    """An officer's lists and numbers are the unit's own, whatever the address says."""
    if account.role is Role.OFFICER:
        return replace(criteria, unit=account.department_id)
    return criteria

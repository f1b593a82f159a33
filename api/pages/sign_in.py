"""Signing in and out. After it each role lands where its work is."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api import account_repository
from api.auth import check_attempts, open_session, session_id, verify_credentials
from api.dependencies import (
    SESSION_COOKIE,
    AddressDep,
    ConnectionDep,
    NowDep,
    OptionalSessionDep,
    RuntimeDep,
    request_token,
)
from api.http_status import status_of
from api.pages.city import DirectoryDep
from api.pages.form_token import check_visitor, form_token, keep_form_token, secure_cookies
from api.pages.navigation import HOME
from api.pages.problem import local_path
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep
from models.database import transaction
from models.errors import WenzhengError

router = APIRouter()


@router.get("/login")
def sign_in_form(
    request: Request,
    directory: DirectoryDep,
    session: OptionalSessionDep,
    following: Annotated[str, Query(alias="next")] = "",
) -> Response:
    if session is not None:
        return RedirectResponse(local_path(following) or HOME[session.account.role], status_code=303)
    return _page(request, following=following)


@router.post("/login")
def sign_in(
    request: Request,
    directory: DirectoryDep,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    following: Annotated[str, Form(alias="next")] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    username = username.replace("\0", "").strip()
    try:
        check_visitor(request, csrf)
        with transaction(runtime.pool) as conn:
            check_attempts(conn, username, address, now=now)
        with transaction(runtime.pool) as conn:
            account = verify_credentials(conn, username, password)
            token, _ = open_session(conn, account, runtime.settings, now=now)
    except WenzhengError as error:
        return _page(request, username=username, following=following, error=error)
    response = RedirectResponse(local_path(following) or HOME[account.role], status_code=303)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=runtime.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=secure_cookies(request),
    )
    return response


@router.post("/logout")
def sign_out(request: Request, staff: ActingStaffDep, conn: ConnectionDep) -> Response:
    account_repository.delete_session(conn, session_id(request_token(request) or ""), actor=staff.account.actor)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _page(request: Request, *, username: str = "", following: str = "", error: WenzhengError | None = None) -> Response:
    token = form_token(request)
    response = render(
        request,
        "staff/login.html",
        status_code=status_of(error) if error else 200,
        username=username,
        following=local_path(following),
        message=error.message if error else "",
        token=token,
    )
    keep_form_token(request, response, token)
    return response

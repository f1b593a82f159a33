"""Forms of people without a session: a random token in a cookie and again in the form. Another site cannot read it."""

import secrets

from fastapi import Request
from fastapi.responses import Response

from api.dependencies import FORM_COOKIE, check_form_token


def form_token(request: Request) -> str:
    """The visitor's token: the one of the cookie, or a new one (`keep_form_token` sends it)."""
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)


def keep_form_token(request: Request, response: Response, token: str) -> None:
    if request.cookies.get(FORM_COOKIE) != token:
        response.set_cookie(FORM_COOKIE, token, httponly=True, samesite="lax", secure=secure_cookies(request))


def check_visitor(request: Request, sent: str) -> None:
    """Raises `Forbidden` where the form did not come from our page."""
    check_form_token(sent, request.cookies.get(FORM_COOKIE, ""))


def secure_cookies(request: Request) -> bool:
    return bool(request.app.state.runtime.settings.environment == "production")

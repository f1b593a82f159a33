"""What went wrong, as a page: what happened, what to do now. Works while the database does not."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.pages.rendering import render


def problem_page(request: Request, body: dict[str, Any]) -> Response:
    """The problem details `body` (RFC 9457) for a person."""
    return render(
        request,
        "problem.html",
        status_code=body["status"],
        problem=body,
        login=_login_address(_came_from(request)) if body["status"] == 401 else "",
    )


def redirect_to_login(request: Request) -> Response:
    """To the sign-in page, and back here afterwards."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(_login_address(address), status_code=303)


def local_path(address: str) -> str:
    """The address if it leads into this site, else nothing: nobody is sent elsewhere after signing in."""
    if not address.startswith("/") or address.startswith(("//", "/\\")) or any(ord(char) < 32 for char in address):
        return ""
    return address


def _login_address(following: str) -> str:
    return f"/login?{urlencode({'next': following})}" if following not in ("", "/") else "/login"


def _came_from(request: Request) -> str:
    """The page whose form was sent, so that a person can go on there."""
    parts = urlsplit(request.headers.get("referer", ""))
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""))

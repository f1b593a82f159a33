"""Headers that every answer carries."""

from fastapi import Request
from fastapi.responses import Response

_SECURITY_HEADERS = {
    # Plotly sets styles on elements; scripts come from us only, and nothing of a page may be framed.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
        " frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def protect(request: Request, response: Response) -> Response:
    """The answer with what keeps browsers from misusing it; what a route set by itself stays."""
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.url.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response

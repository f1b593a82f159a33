"""Refuse requests that are too large before they fill the memory. Plain ASGI: it must see the bytes as they come."""

import re

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Where files may come, as forms with parts only: other forms are read into memory whole.
_UPLOADS = re.compile(
    r"/letters/new|/api/v1/letters/[^/]+/attachments|(?:/api/v1)?/cases/[^/]+/attachments|/reports/check"
)


class BodyLimit:
    """Raises 413 to whoever reads a body above `max_bytes` (`max_upload_bytes` where files may come), whatever its
    Content-Length claims. The answer is made by api/errors.py like every
    other (FastAPI's own `max_body_size` answers in plain text, without our headers)."""

    def __init__(self, app: ASGIApp, max_bytes: int, max_upload_bytes: int | None = None) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.max_upload_bytes = max_upload_bytes or max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        in_parts = headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data")
        allowed = self.max_upload_bytes if in_parts and _UPLOADS.fullmatch(scope["path"]) else self.max_bytes
        too_large = declared.isdigit() and int(declared) > allowed
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if message["type"] == "http.request" and (too_large or received > allowed):
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)

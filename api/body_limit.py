"""Refuse requests that are too large before they fill the memory. Plain ASGI: it must see the bytes as they come."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Raises 413 to whoever reads a body above `max_bytes`, whatever its Content-Length claims. The answer is made by
    api/errors.py like every other (FastAPI's own `max_body_size` answers in plain text, without our headers)."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        too_large = declared.isdigit() and int(declared) > self.max_bytes
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if message["type"] == "http.request" and (too_large or received > self.max_bytes):
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)

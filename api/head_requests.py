"""HEAD is answered as GET would be, without the body: crawlers and watchers ask so. One place for all addresses."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import LISTENING, LISTENING_WALL

# They have no end: the head alone says nothing, and whoever waited for it would hold a place.
_STREAMS = frozenset({LISTENING, LISTENING_WALL})


class HeadRequests:
    """Runs the route of GET, so that who may look and what is counted are the same, and lets no byte of the body out.
    Plain ASGI: the server's own view of the request stays HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"] in _STREAMS:
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app(dict(scope, method="GET"), receive, send_head)

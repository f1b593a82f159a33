"""The web application: assembled here and nowhere else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from api import errors, pages, routes
from api.body_limit import BodyLimit
from api.dependencies import refuse_null
from api.head_requests import HeadRequests
from api.headers import ProtectingHeaders
from api.leadership.wall import WallBoard
from api.messages.alert_stream import AlertHub
from api.runtime import Runtime
from api.settled_memory import settle
from intake.attachments import MOST_BYTES_TOGETHER
from intake.redaction import prepare as prepare_redaction

MAX_BODY_BYTES = 1024 * 1024
# the files together, and the words that come with them
MAX_UPLOAD_BYTES = MOST_BYTES_TOGETHER + MAX_BODY_BYTES


def create_app(runtime: Runtime) -> FastAPI:
    """The application around a runtime, which it closes at the end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        prepare_redaction()  # or the first letter of the day waits for it
        settle()
        yield
        app.state.alert_hub.stop()
        runtime.close()

    app = FastAPI(
        title="问政 Wenzheng",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(refuse_null)],
        description="来信、热线、问卷、网络帖文的受理、分派、办理、统计。错误为 application/problem+json（RFC 9457）。",
    )
    hold(app, runtime)
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES, max_upload_bytes=MAX_UPLOAD_BYTES)
    app.add_middleware(ProtectingHeaders)
    app.add_middleware(HeadRequests)

    errors.install(app)
    app.include_router(routes.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=str(files("api") / "static")), name="static")
    return app


def hold(app: FastAPI, runtime: Runtime) -> None:
    """What requests find at their application."""
    app.state.runtime = runtime
    app.state.alert_hub = AlertHub(runtime.dsn if runtime else "")
    app.state.wall_board = WallBoard(runtime)

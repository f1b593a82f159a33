"""The wall screen: one page for a large screen in a hall, without header and without anything personal, live."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from api import account_repository
from api.auth import MAX_WALL_NAME, WALL_DAYS, keep_wall, session_id
from api.criteria import LARGEST_ID
from api.dependencies import (
    LISTENING_WALL,
    SESSION_COOKIE,
    WALL_COOKIE,
    ConnectionDep,
    NowDep,
    OptionalSessionDep,
    RuntimeDep,
    WallViewerDep,
    request_token,
    require_role,
)
from api.http_status import status_of
from api.leadership.wall import WallBoard, stream_wall
from api.messages.alert_stream import AlertHub
from api.pages.form_token import secure_cookies
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from models.account import Role
from models.database import Connection
from models.errors import Invalid

router = APIRouter()


@router.get("/wall")
def show_wall(
    request: Request, session: OptionalSessionDep, viewer: WallViewerDep, runtime: RuntimeDep, conn: ConnectionDep
) -> Response:
    require_role(viewer, *CITY_WIDE)
    boards: WallBoard = request.app.state.wall_board
    return render(
        request,
        "staff/wall.html",
        city=runtime.directory(conn).city,
        board=boards.current(viewer, conn),
        stream=LISTENING_WALL,
        kept=session is None,
    )


@router.get(LISTENING_WALL)
def stream_board(request: Request, viewer: WallViewerDep) -> Response:
    """Server-sent events: the board, read at most every few seconds for all screens together."""
    require_role(viewer, *CITY_WIDE)
    hub: AlertHub = request.app.state.alert_hub
    hub.check_room()
    # some proxies would keep the stream until it ends
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = stream_wall(hub, request.app.state.wall_board, viewer)
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


@router.get("/wall/screens")
def show_screens(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep) -> Response:
    require_role(staff.account, *CITY_WIDE)
    return _screens(request, staff, conn, now=now)


@router.post("/wall/screens")
def keep_screen(
    request: Request, staff: ActingStaffDep, conn: ConnectionDep, now: NowDep, name: Annotated[str, Form()] = ""
) -> Response:
    """This browser shows the wall from now on and nothing else: whoever set it up is signed out of it."""
    require_role(staff.account, *CITY_WIDE)
    try:
        token = keep_wall(conn, staff.account, name, now=now)
    except Invalid as error:
        return _screens(request, staff, conn, now=now, name=name, error=error)
    account_repository.delete_session(conn, session_id(request_token(request) or ""), actor=staff.account.actor)
    response = RedirectResponse("/wall", status_code=303)
    response.delete_cookie(SESSION_COOKIE)
    response.set_cookie(
        WALL_COOKIE,
        token,
        max_age=WALL_DAYS * 86_400,
        path="/wall",
        httponly=True,
        samesite="lax",
        secure=secure_cookies(request),
    )
    return response


@router.post("/wall/screens/{number}/end")
def end_screen(
    number: Annotated[int, Path(ge=1, le=LARGEST_ID)], staff: ActingStaffDep, conn: ConnectionDep, now: NowDep
) -> Response:
    """It goes dark at its next reading of the page. Administrators end anybody's, others their own."""
    require_role(staff.account, *CITY_WIDE)
    account_repository.delete_wall_screen(conn, number, account_id=_whose(staff), actor=staff.account.actor, now=now)
    return RedirectResponse("/wall/screens", status_code=303)


def _screens(
    request: Request, staff: Staff, conn: Connection, *, now: datetime, name: str = "", error: Invalid | None = None
) -> Response:
    return render(
        request,
        "staff/wall_screens.html",
        status_code=status_of(error) if error else 200,
        screens=account_repository.list_wall_screens(conn, now=now, account_id=_whose(staff)),
        days=WALL_DAYS,
        max_name=MAX_WALL_NAME,
        name=name,
        error=error,
    )


def _whose(staff: Staff) -> int | None:
    return None if staff.account.role is Role.ADMINISTRATOR else staff.account.id

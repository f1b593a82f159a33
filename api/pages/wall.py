"""The wall screen: one page for a large screen in a hall, without header and without anything personal, live."""

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from api.alert_stream import AlertHub
from api.dependencies import LISTENING_WALL, AccountDep, ConnectionDep, require_role
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import StaffDep
from api.wall import WallBoard, stream_wall

router = APIRouter()


@router.get("/wall")
def show_wall(request: Request, staff: StaffDep, conn: ConnectionDep) -> Response:
    require_role(staff.account, *CITY_WIDE)
    boards: WallBoard = request.app.state.wall_board
    return render(request, "staff/wall.html", board=boards.current(staff.account, conn), stream=LISTENING_WALL)


@router.get(LISTENING_WALL)
def stream_board(request: Request, account: AccountDep) -> Response:
    """Server-sent events: the board, read at most every few seconds for all screens together."""
    require_role(account, *CITY_WIDE)
    hub: AlertHub = request.app.state.alert_hub
    hub.check_room()
    # some proxies would keep the stream until it ends
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = stream_wall(hub, request.app.state.wall_board, account)
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)

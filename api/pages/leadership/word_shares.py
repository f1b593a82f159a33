"""逐词得分: how the words of a letter add up to the score of its topic."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep
from api.http_status import status_of
from api.pages.rendering import render
from api.pages.staff import StaffDep
from api.staff.topic_sums import add_up_topic
from models.errors import Conflict

router = APIRouter()

SHOWN = 20


@router.get("/cases/{case_number}/why")
def show_word_shares(
    request: Request, case_number: str, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    try:
        found, message = add_up_topic(conn, runtime, staff.account, case_number), ""
    except Conflict as error:
        found, message = None, error.message
    return render(
        request,
        "staff/word_shares.html",
        status_code=200 if found else status_of(Conflict()),
        now=now,
        case_number=case_number,
        found=found,
        message=message,
        shown=SHOWN,
        directory=staff.directory,
    )

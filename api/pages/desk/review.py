"""标注复核: a minute for a letter that teaches the classifier, or that chance has drawn for a second look."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep, require_role
from api.http_status import status_of
from api.pages.choices import topic_choices
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.staff.reviewing import RECENT, list_review, review
from models.account import Role
from models.classifier import TopicLabel
from models.database import Connection
from models.errors import Conflict, Invalid, NotFound
from routing import case_repository
from routing.learning import label_repository

router = APIRouter()

SHOWN = 20
EXCERPT = 220


@router.get("/review")
def show_review(
    request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep, done: str = "", other: str = ""
) -> Response:
    """`other` names the case whose list of all topics is open, `done` the one just reviewed."""
    require_role(staff.account, Role.DISPATCHER)
    return _page(request, staff, conn, now, other=other, done=done)


@router.post("/review/{case_number}")
def review_case(
    request: Request,
    case_number: str,
    staff: ActingStaffDep,
    conn: ConnectionDep,
    now: NowDep,
    topic_code: Annotated[str, Form()] = "",
) -> Response:
    require_role(staff.account, Role.DISPATCHER)
    try:
        with conn.transaction():
            review(conn, staff.account, staff.directory, case_number, topic_code=topic_code, now=now)
    except (Conflict, Invalid) as error:
        other = case_number if isinstance(error, Invalid) else ""
        return _page(request, staff, conn, now, other=other, error=error)
    return RedirectResponse(f"/review?done={case_number}", status_code=303)


def _page(
    request: Request,
    staff: Staff,
    conn: Connection,
    now: datetime,
    *,
    other: str = "",
    done: str = "",
    error: Conflict | Invalid | None = None,
) -> Response:
    drawn, waiting = label_repository.count_audit(conn, since=now - RECENT)
    return render(
        request,
        "staff/review.html",
        status_code=status_of(error) if error else 200,
        now=now,
        items=list_review(conn, staff.account, staff.directory, budget=SHOWN, now=now),
        drawn=drawn,
        waiting=waiting,
        labelled=label_repository.count_labels(conn).submissions,
        other=other,
        reviewed=_reviewed(conn, done),
        directory=staff.directory,
        excerpt=EXCERPT,
        topics=topic_choices(staff.directory) if other else [],
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
    )


def _reviewed(conn: Connection, case_number: str) -> tuple[str, TopicLabel, bool] | None:
    """Case number, label, and whether the case was sent by another topic; none where the address was made up."""
    try:
        case = case_repository.get_case(conn, case_number) if case_number else None
    except NotFound:
        return None
    label = label_repository.find_label(conn, case.submission_id) if case else None
    return (case_number, label, label.topic_code != case.topic_code) if case and label else None

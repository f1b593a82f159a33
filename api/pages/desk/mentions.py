"""Where colleagues named me in a note, and whom I can name."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep
from api.pages.cases.case_list import Page
from api.pages.cases.filters import PAGE_SIZE, count_pages
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.staff.casework import load_case
from models.database import Connection
from routing.casework import mention_repository, mentions

router = APIRouter()


@router.get("/mentions")
def show_mentions(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep, page: Page = 1) -> Response:
    account = staff.account
    total = mention_repository.count_mentions(conn, account.id)
    return render(
        request,
        "staff/mentions.html",
        now=now,
        rows=mention_repository.list_mentions(conn, account, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE),
        total=total,
        page=page,
        pages=count_pages(total),
        to_page=lambda number: f"/mentions?page={number}" if number > 1 else "/mentions",
    )


@router.post("/mentions/read")
def read_all(staff: ActingStaffDep, conn: ConnectionDep, now: NowDep) -> Response:
    mention_repository.set_read(conn, staff.account.id, actor=staff.account.actor, now=now)
    return RedirectResponse("/mentions", status_code=303)


def read_mentions(request: Request, conn: Connection, staff: Staff, case_id: int, *, now: datetime) -> None:
    """Whoever opens a case has read where it names them."""
    snapshot, unread = request.state.marks
    if unread:
        read = mention_repository.set_read(conn, staff.account.id, case_id=case_id, actor=staff.account.actor, now=now)
        request.state.marks = snapshot, unread - read


@router.get("/cases/{case_number}/people.json")
def list_people(case_number: str, staff: StaffDep, conn: ConnectionDep) -> Response:
    """Whom a note of this case can name, for the list of suggestions. Raises `NotFound` as the case itself."""
    _, assignments = load_case(conn, staff.account, case_number)
    people: list[dict[str, Any]] = [
        {
            "name": person.display_name,
            "account": person.username,
            "where": staff.directory.department_name(person.department_id) or person.role.label,
        }
        for person in mentions.list_people(conn, assignments)
        if person.id != staff.account.id
    ]
    return JSONResponse(people)

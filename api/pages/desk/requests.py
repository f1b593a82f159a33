"""What units ask for and what they owe: returns and extensions to decide, supervisions that wait for their answer."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep, NowDep, require_role
from api.pages.cases.case_list import Page
from api.pages.cases.filters import count_pages
from api.pages.rendering import render
from api.pages.staff import StaffDep
from models.account import Role
from models.callback import CaseSuspension
from models.case import Case
from models.casework import CaseExtension, CaseReturn, CaseSupervision
from routing import case_repository
from routing.casework import casework_repository
from routing.clocks import suspension_repository
from routing.directory import Directory

router = APIRouter()

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line: the case, the unit, what it is about in words, since or until when."""

    case: Case
    unit: str
    what: str
    detail: str
    at: datetime
    late: bool = False


@router.get("/requests")
def show_requests(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep, page: Page = 1) -> Response:
    """One page number for the lists together: whoever has done with the first has done with most."""
    require_role(staff.account, Role.DISPATCHER, Role.SUPERVISOR)
    offset = (page - 1) * SHOWN
    returns = casework_repository.list_open_returns(conn, limit=SHOWN, offset=offset)
    extensions = casework_repository.list_open_extensions(conn, limit=SHOWN, offset=offset)
    supervisions = casework_repository.list_open_supervisions(conn, limit=SHOWN, offset=offset)
    suspensions = suspension_repository.list_requested(conn, limit=SHOWN, offset=offset)
    totals = (*casework_repository.count_open(conn), suspension_repository.count_requested(conn))
    ids = {
        *(row.case_id for row in returns),
        *(row.case_id for row in extensions),
        *(row.case_id for row in supervisions),
        *(row.case_id for row in suspensions),
    }
    cases = {case.id: case for case in case_repository.list_cases_by_id(conn, sorted(ids))}
    directory = staff.directory
    return render(
        request,
        "staff/requests.html",
        now=now,
        returns=[_of_return(row, cases[row.case_id], directory) for row in returns],
        extensions=[_of_extension(row, cases[row.case_id], directory, now) for row in extensions],
        supervisions=[_of_supervision(row, cases[row.case_id], directory, now) for row in supervisions],
        suspensions=[_of_suspension(row, cases[row.case_id], directory) for row in suspensions],
        totals=totals,
        page=page,
        pages=count_pages(max(totals), SHOWN),
        to_page=lambda number: f"/requests?page={number}" if number > 1 else "/requests",
    )


def _of_return(row: CaseReturn, case: Case, directory: Directory) -> Waiting:
    proposed = directory.department_name(row.proposed_id)
    return Waiting(
        case=case,
        unit=directory.department_name(row.department_id),
        what=f"{row.reason.label}{f'，建议由{proposed}办理' if proposed else ''}",
        detail=row.explanation,
        at=row.requested_at,
    )


def _of_extension(row: CaseExtension, case: Case, directory: Directory, now: datetime) -> Waiting:
    return Waiting(
        case=case,
        unit=directory.department_name(row.department_id),
        what=f"延期{row.days}个工作日",
        detail=row.reason,
        at=row.due_before,
        late=row.due_before <= now,
    )


def _of_suspension(row: CaseSuspension, case: Case, directory: Directory) -> Waiting:
    return Waiting(
        case=case,
        unit=directory.department_name(row.department_id),
        what=f"挂起至{row.until_date.year}年{row.until_date.month}月{row.until_date.day}日",
        detail=row.reason,
        at=row.requested_at,
    )


def _of_supervision(row: CaseSupervision, case: Case, directory: Directory, now: datetime) -> Waiting:
    return Waiting(
        case=case,
        unit=directory.department_name(case.lead_department_id),
        what=f"{row.level.label}：{row.trigger.label}",
        detail=row.demand,
        at=row.due_at,
        late=row.due_at <= now,
    )

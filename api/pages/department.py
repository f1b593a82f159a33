"""The officer's desk: what my unit has to do, the least time first."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.criteria import CriteriaDep
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role, restrict
from api.pages.case_list import Page
from api.pages.filters import PAGE_SIZE, address, count_pages, page_address
from api.pages.rendering import render
from api.pages.staff import StaffDep
from dashboards.case_lists import case_counts_by_state, list_cases
from models.account import Role
from models.criteria import CaseCriteria, CaseState

router = APIRouter()


@router.get("/desk")
def show_desk(
    request: Request,
    staff: StaffDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    page: Page = 1,
) -> Response:
    require_role(staff.account, Role.OFFICER)
    zone = runtime.settings.zone
    chosen = CaseCriteria(status=criteria.status, state=criteria.state)
    if chosen == CaseCriteria():
        chosen = CaseCriteria(state=CaseState.OPEN.value)
    unit = restrict(chosen, staff.account)
    tabs = [
        (count, address("/desk", replace(count.criteria, unit=None)), count.criteria == unit)
        for count in case_counts_by_state(conn, unit, now=now, zone=zone)
    ]
    found = list_cases(conn, unit, now=now, zone=zone, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return render(
        request,
        "staff/desk.html",
        now=now,
        tabs=tabs,
        found=found,
        page=page,
        pages=count_pages(found.total),
        to_page=page_address("/desk", chosen),
        unit_name=staff.directory.department_name(staff.account.department_id),
    )

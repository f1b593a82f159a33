"""The officer's desk: the queue of my unit in sections, or one state of it as a list."""

from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.criteria import CriteriaDep
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role, restrict
from api.http_status import status_of
from api.pages.cases.bulk import bulk_buttons, pickable
from api.pages.cases.case_list import After
from api.pages.cases.filters import PAGE_SIZE, address
from api.pages.cases.page_steps import page_steps
from api.pages.cases.saved_views import view_links
from api.pages.desk.desk_fields import DeskFields
from api.pages.desk.queue import queue_sections, read_queue
from api.pages.issues.issue_wording import task_badge
from api.pages.rendering import render
from api.pages.staff import Staff, StaffDep
from api.runtime import Runtime
from api.staff.issue_desk import list_unit_tasks
from dashboards.lists.case_lists import case_counts_by_state, list_cases
from dashboards.lists.desk_queue import count_open
from models.account import Role
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from models.errors import WenzhengError
from routing.issues.issue_responses import MAX_TEXT

router = APIRouter()

_DONE = {"report": "已反馈。"}


@router.get("/desk")
def show_desk(
    request: Request,
    staff: StaffDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    after: After = "",
    before: After = "",
    done: str = "",
) -> Response:
    require_role(staff.account, Role.OFFICER)
    said = _DONE.get(done, "")
    return desk_page(request, staff, runtime, conn, criteria, now=now, after=after, before=before, done=said)


def desk_page(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    conn: Connection,
    criteria: CaseCriteria,
    *,
    now: datetime,
    after: str = "",
    before: str = "",
    done: str = "",
    refused: tuple[WenzhengError, DeskFields] | None = None,
) -> Response:
    """The whole page; with the report that was refused, if one was."""
    zone = runtime.settings.zone
    chosen = CaseCriteria(status=criteria.status, state=criteria.state)
    in_sections = chosen == CaseCriteria()
    if in_sections:
        chosen = CaseCriteria(state=CaseState.OPEN.value)
    unit = restrict(chosen, staff.account)
    unit_id = staff.account.department_id or ""
    sections, found, versions, open_ones = None, None, {}, None
    if in_sections:
        queue = read_queue(conn, unit_id, now=now, zone=zone)
        sections, open_ones = queue_sections(queue, staff.directory, now=now, zone=zone), count_open(queue)
    counts = case_counts_by_state(conn, unit, now=now, zone=zone, open_ones=open_ones)
    current = None if in_sections else next((count for count in counts if count.criteria == unit), None)
    if not in_sections:
        counted = (current.value, current.exact) if current else None
        found = list_cases(conn, unit, now=now, zone=zone, limit=PAGE_SIZE, after=after, before=before, counted=counted)
        versions = pickable(conn, [row.id for row in found.rows])
    tabs = [(count, address("/desk", replace(count.criteria, unit=None)), count is current) for count in counts]
    return render(
        request,
        "staff/desk.html",
        status_code=status_of(refused[0]) if refused else 200,
        now=now,
        tasks=list_unit_tasks(conn, unit_id, now=now),
        task_badge=task_badge,
        message=refused[0].message if refused else "",
        typed=refused[1] if refused else None,
        done=done,
        max_text=MAX_TEXT,
        tabs=tabs,
        found=found,
        sections=sections,
        views=view_links(conn, staff.account),
        versions=versions,
        buttons=bulk_buttons(staff.account),
        steps=page_steps("/desk", chosen, found, moved=bool(after or before)) if found else None,
        unit_name=staff.directory.department_name(staff.account.department_id),
    )

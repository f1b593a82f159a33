"""A published score sheet: each unit's line, its appeals and what came of them."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.criteria import LARGEST_ID
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.pages.leadership.scoring import READS, metric_label
from api.pages.leadership.scoring_form import EDITS
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from api.staff.casework import view_case
from dashboards.score_counts import SCORED_METRICS
from models.account import Role
from models.database import Connection
from models.errors import Invalid, NotFound, WenzhengError
from routing import case_repository, scoring
from routing import scoring_repository as rows

router = APIRouter()

Text = Annotated[str, Form()]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_DONE = {
    "published": "已公布，各单位可以看到本单位的结果并提出申诉。",
    "appeal": "申诉已提交。",
    "decided": "处理意见已保存，公布的分数与补回的分数一并保留。",
}


@router.get("/scoring/sheets/{sheet_id}")
def show_sheet(
    request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep, sheet_id: Id, done: str = ""
) -> Response:
    return _page(request, staff, conn, sheet_id, now=now, told=_DONE.get(done, ""))


@router.post("/scoring/sheets/{sheet_id}/rows/{row_id}/appeal")
def appeal(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    sheet_id: Id,
    row_id: Id,
    indicator: Text = "",
    case_number: Text = "",
    reason: Text = "",
) -> Response:
    require_role(staff.account, Role.OFFICER)
    try:
        with conn.transaction():
            case_id = _case_of(conn, runtime, staff, case_number)
            scoring.appeal(conn, staff.account, row_id, indicator=indicator, case_id=case_id, reason=reason, now=now)
    except WenzhengError as error:
        typed = {"indicator": indicator, "case_number": case_number, "reason": reason}
        return _page(request, staff, conn, sheet_id, now=now, typed=typed, error=error)
    return RedirectResponse(f"/scoring/sheets/{sheet_id}?done=appeal", status_code=303)


@router.post("/scoring/sheets/{sheet_id}/appeals/{appeal_id}")
def decide_appeal(
    request: Request,
    staff: ActingStaffDep,
    conn: ConnectionDep,
    now: NowDep,
    sheet_id: Id,
    appeal_id: Id,
    accepted: Text = "",
    points: Text = "",
    note: Text = "",
) -> Response:
    require_role(staff.account, *EDITS)
    try:
        with conn.transaction():
            scheme = rows.get_scheme(conn, rows.get_sheet(conn, sheet_id).scheme_id)
            scoring.decide_appeal(
                conn,
                staff.account,
                scheme,
                appeal_id,
                accepted=accepted == "1",
                points=_points(points),
                note=note,
                now=now,
            )
    except WenzhengError as error:
        return _page(request, staff, conn, sheet_id, now=now, error=error)
    return RedirectResponse(f"/scoring/sheets/{sheet_id}?done=decided", status_code=303)


@router.post("/cases/{case_number}/exclusions")
def request_exclusion(
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    case_number: str,
    metric: Text = "",
    reason: Text = "",
) -> Response:
    """Whoever works on a case, dispatches or supervises may ask; somebody else agrees."""
    require_role(staff.account, Role.OFFICER, Role.DISPATCHER, Role.SUPERVISOR)
    view = view_case(conn, runtime, staff.account, case_number)
    scoring.request_exclusion(conn, staff.account, view.case.id, metric, reason=reason, metrics=SCORED_METRICS, now=now)
    return RedirectResponse(f"/cases/{case_number}#exclusions", status_code=303)


def _case_of(conn: Connection, runtime: Runtime, staff: Staff, case_number: str) -> int | None:
    """Raises `Invalid` for a number that the officer cannot see."""
    if not case_number.strip():
        return None
    try:
        return view_case(conn, runtime, staff.account, case_number.strip()).case.id
    except NotFound:
        raise Invalid("有几处需要修改。", {"case_number": "没有找到这件工单"}) from None


def _points(text: str) -> Decimal:
    try:
        found = Decimal(text.strip() or "0")
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


def _page(
    request: Request,
    staff: Staff,
    conn: Connection,
    sheet_id: int,
    *,
    now: datetime,
    told: str = "",
    typed: dict[str, str] | None = None,
    error: WenzhengError | None = None,
) -> Response:
    account = staff.account
    require_role(account, *READS, Role.OFFICER)
    sheet = rows.get_sheet(conn, sheet_id)
    scheme = rows.get_scheme(conn, sheet.scheme_id)
    lines = rows.list_score_rows(conn, sheet_id)
    if account.role is Role.OFFICER:
        lines = [line for line in lines if line.department_id == account.department_id]
        if not lines:
            raise NotFound("没有这份考核结果，或本单位不在其中。")
    appeals = [a for a in rows.list_appeals(conn, sheet_id) if a.row_id in {line.id for line in lines}]
    cases = case_repository.list_cases_by_id(conn, [a.case_id for a in appeals if a.case_id is not None])
    return render(
        request,
        "staff/scoring_sheet.html",
        status_code=status_of(error) if error else 200,
        now=now,
        told=told,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
        sheet=sheet,
        scheme=scheme,
        rows=lines,
        appeals=appeals,
        numbers={case.id: case.case_number for case in cases},
        labels={i.id: i.label for i in scheme.indicators},
        metric_labels={i.id: metric_label(i.metric) if i.metric else "人工扣分" for i in scheme.indicators},
        directory=staff.directory,
        edits=account.role in EDITS,
        own=account.role is Role.OFFICER,
        typed=typed or {"indicator": "", "case_number": "", "reason": ""},
    )

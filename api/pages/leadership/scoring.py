"""The pages of scores: the schemes, the scores of a month as they would be, and publishing them."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.criteria import LARGEST_ID
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.leadership.snapshot import one_snapshot
from api.pages.cases.filters import address
from api.pages.leadership.scoring_form import EDITS, KIND_LABELS
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from dashboards.metrics.metrics import METRICS
from dashboards.score_counts import ScoreCounts, period_criteria, score_counts
from dashboards.scoring import score_units
from models.account import Role
from models.casework import RequestState
from models.database import Connection
from models.errors import Conflict, Invalid, WenzhengError
from models.scoring import Scheme, UnitScore
from routing import case_repository, scoring
from routing import scoring_repository as rows
from routing.directory import Directory

router = APIRouter(prefix="/scoring")

Text = Annotated[str, Form()]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
READS = (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR)
_DONE = {
    "scheme": "方案已保存，已公布的结果不变。",
    "deduction": "扣分已记下。",
    "withdrawn": "扣分已撤回，记录保留。",
    "exclusion": "已处理。",
}


@router.get("")
def list_scores(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep, done: str = "") -> Response:
    require_role(staff.account, *READS, Role.OFFICER)
    reads = staff.account.role in READS
    waiting = rows.list_exclusions(conn, state=RequestState.REQUESTED) if reads else []
    agreed = rows.list_exclusions(conn, state=RequestState.ACCEPTED) if reads else []
    cases = case_repository.list_cases_by_id(conn, [e.case_id for e in (*waiting, *agreed)])
    numbers = {case.id: case.case_number for case in cases}
    return render(
        request,
        "staff/scoring.html",
        now=now,
        told=_DONE.get(done, ""),
        edits=staff.account.role in EDITS,
        reads=reads,
        schemes=rows.list_schemes(conn) if reads else [],
        sheets=[(s, rows.get_scheme(conn, s.scheme_id)) for s in rows.list_sheets(conn)],
        kind_labels=KIND_LABELS,
        waiting=[(e, numbers[e.case_id], metric_label(e.metric)) for e in waiting],
        agreed=[(e, numbers[e.case_id], metric_label(e.metric)) for e in agreed],
        me=staff.account.actor,
    )


@router.get("/schemes/{scheme_id}")
def show_scheme(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    scheme_id: Id,
    month: str = "",
    done: str = "",
) -> Response:
    """The scores of a month as they are now."""
    require_role(staff.account, *READS)
    scheme = rows.get_scheme(conn, scheme_id)
    return _page(request, staff, runtime, conn, scheme, month, now=now, told=_DONE.get(done, ""))


@router.post("/schemes/{scheme_id}/deductions")
def enter_deduction(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    scheme_id: Id,
    month: Text = "",
    indicator: Text = "",
    department: Text = "",
    happened_on: Text = "",
    times: Text = "",
    reason: Text = "",
) -> Response:
    require_role(staff.account, *EDITS)
    scheme = rows.get_scheme(conn, scheme_id)
    try:
        scoring.enter_deduction(
            conn,
            staff.account,
            staff.directory,
            scheme,
            indicator=indicator,
            department_id=department,
            happened_on=_day(happened_on),
            times=int(times) if times.isascii() and times.isdigit() and len(times) < 6 else None,
            reason=reason,
            now=now,
        )
    except Invalid as error:
        typed = {
            "indicator": indicator, "department": department, "happened_on": happened_on, "times": times,
            "reason": reason,
        }  # fmt: skip
        return _page(request, staff, runtime, conn, scheme, month, now=now, typed=typed, error=error)
    return RedirectResponse(
        f"/scoring/schemes/{scheme_id}?month={_month(month, now, runtime):%Y-%m}&done=deduction", 303
    )


@router.post("/schemes/{scheme_id}/deductions/{deduction_id}/withdraw")
def withdraw_deduction(
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    scheme_id: Id,
    deduction_id: Id,
    month: Text = "",
) -> Response:
    require_role(staff.account, *EDITS)
    if not rows.withdraw_deduction(conn, deduction_id, actor=staff.account.actor, now=now):
        raise Conflict("这项扣分已经撤回。")
    return RedirectResponse(
        f"/scoring/schemes/{scheme_id}?month={_month(month, now, runtime):%Y-%m}&done=withdrawn", 303
    )


@router.post("/schemes/{scheme_id}/publish")
def publish(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    scheme_id: Id,
    month: Text = "",
) -> Response:
    require_role(staff.account, *EDITS)
    scheme = rows.get_scheme(conn, scheme_id)
    first, last = _days(_month(month, now, runtime))
    try:
        with one_snapshot(conn):
            scores, counts = _scores(conn, scheme, staff.directory, first, last, now=now, runtime=runtime)
        with conn.transaction():
            today = now.astimezone(runtime.settings.zone).date()
            sheet = scoring.publish(
                conn, staff.account, scheme, first, last, scores, as_of=counts.as_of, today=today, now=now
            )
    except WenzhengError as error:
        return _page(request, staff, runtime, conn, scheme, month, now=now, error=error)
    return RedirectResponse(f"/scoring/sheets/{sheet}?done=published", status_code=303)


@router.post("/exclusions/{exclusion_id}")
def decide_exclusion(
    staff: ActingStaffDep, conn: ConnectionDep, now: NowDep, exclusion_id: Id, accepted: Text = "", note: Text = ""
) -> Response:
    require_role(staff.account, *EDITS)
    scoring.decide_exclusion(conn, staff.account, exclusion_id, accepted=accepted == "1", note=note, now=now)
    return RedirectResponse("/scoring?done=exclusion", status_code=303)


def metric_label(metric: str) -> str:
    """What an exclusion is about."""
    return "全部指标" if metric == "all" else METRICS[metric].label if metric in METRICS else metric


def _scores(
    conn: Connection,
    scheme: Scheme,
    directory: Directory,
    first: date,
    last: date,
    *,
    now: datetime,
    runtime: Runtime,
) -> tuple[list[UnitScore], ScoreCounts]:
    """The scores, and what they are made of."""
    units = [unit.id for unit in directory.departments.values() if unit.kind in scheme.unit_kinds]
    counts = score_counts(conn, scheme, units, first, last, now=now, zone=runtime.settings.zone)
    return score_units(scheme, counts.units), counts


def _page(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    conn: Connection,
    scheme: Scheme,
    month: str,
    *,
    now: datetime,
    told: str = "",
    typed: dict[str, str] | None = None,
    error: WenzhengError | None = None,
) -> Response:
    start = _month(month, now, runtime)
    first, last = _days(start)
    directory = staff.directory
    with one_snapshot(conn):
        scores, counts = _scores(conn, scheme, directory, first, last, now=now, runtime=runtime)
    criteria = period_criteria(first, last)
    units = [(u.id, u.name) for u in directory.departments.values() if u.kind in scheme.unit_kinds and u.active]
    today = now.astimezone(runtime.settings.zone).date()
    return render(
        request,
        "staff/scoring_scheme.html",
        status_code=status_of(error) if error else 200,
        now=now,
        told=told,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
        scheme=scheme,
        scores=scores,
        as_of=counts.as_of,
        note=counts.note,
        directory=directory,
        month=f"{start:%Y-%m}",
        month_words=f"{start.year}年{start.month}月",
        previous=f"{first - timedelta(days=1):%Y-%m}",
        following=f"{last + timedelta(days=1):%Y-%m}" if last < today else "",
        over=last < today,
        edits=staff.account.role in EDITS,
        deductions=rows.list_deductions(conn, scheme.id, first, last),
        by_hand=[(i.id, i.label) for i in scheme.indicators if i.metric is None],
        labels={i.id: i.label for i in scheme.indicators},
        metric_labels={i.id: metric_label(i.metric) if i.metric else "人工扣分" for i in scheme.indicators},
        units=units,
        kind_labels=KIND_LABELS,
        cases_of=lambda unit: address("/cases", criteria, department=unit),
        typed=typed or dict.fromkeys(("indicator", "department", "happened_on", "times", "reason"), ""),
    )


def _month(text: str, now: datetime, runtime: Runtime) -> date:
    """The first of the month that is asked for; of the one before this where none is."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        today = now.astimezone(runtime.settings.zone).date()
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _days(first: date) -> tuple[date, date]:
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

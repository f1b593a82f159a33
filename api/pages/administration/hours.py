"""When a clock turns amber, and how soon an issue must be answered: hours, set by the administrator."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.account_repository import add_administration_event
from api.dependencies import ConnectionDep, NowDep, require_role
from api.http_status import status_of
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from models.account import Role
from models.database import Connection
from models.errors import Invalid
from models.issue_response import ResponseHours
from routing.casework import casework_repository
from routing.issues import issue_response_repository

router = APIRouter(prefix="/administration/hours")

# Clock of a case, its name, the most hours that make sense: a month before the end; the unit's own clocks are short.
AMBER = (("complete", "办结时限", 720), ("acknowledge", "签收时限", 72), ("contact", "首次联系时限", 72))
_MOST_HOURS = 720.0
_DONE = {"amber": "提醒时间已保存。", "response": "回应时限已保存，从下一次处置起使用；正在走的时限不变。"}


@router.get("")
def show_hours(request: Request, staff: StaffDep, conn: ConnectionDep) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    return _page(request, staff, conn, told=_DONE.get(request.query_params.get("done", ""), ""))


@router.post("/amber")
def set_amber(
    request: Request,
    staff: ActingStaffDep,
    conn: ConnectionDep,
    now: NowDep,
    complete: Annotated[str, Form()] = "",
    acknowledge: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    typed = {"complete": complete, "acknowledge": acknowledge, "contact": contact}
    hours = {name: _whole(typed[name], most) for name, _, most in AMBER}
    wrong = {name: f"请填写1至{most}的整数" for name, _, most in AMBER if hours[name] is None}
    if wrong:
        return _page(request, staff, conn, typed=typed, error=Invalid("有几处需要修改。", wrong))
    profile = staff.directory.city.deadline_profile
    for name, value in hours.items():
        assert value is not None
        casework_repository.set_amber(conn, profile, name, value, actor=staff.account.actor)
    _note(conn, staff, "reference.amber", hours, now=now)
    return RedirectResponse("/administration/hours?done=amber", status_code=303)


@router.post("/response")
def set_response_hours(
    request: Request,
    staff: ActingStaffDep,
    conn: ConnectionDep,
    now: NowDep,
    clock: Annotated[str, Form()] = "",
    hours: Annotated[str, Form()] = "",
    basis: Annotated[str, Form()] = "",
) -> Response:
    """One clock of the response to issues: hours with the rule that they are from."""
    require_role(staff.account, Role.ADMINISTRATOR)
    known = {_key(row): row for row in issue_response_repository.list_hours(conn).values()}
    found, value, basis = known.get(clock), _number(hours), basis.strip()
    wrong = {} if found else {"clock": "请从列表中选择"}
    if value is None:
        wrong["hours"] = f"请填写大于0、不超过{_MOST_HOURS:g}的小时数"
    if not 1 <= len(basis) <= 200:
        wrong["basis"] = "请填写依据，不超过200字"
    if found is None or value is None or wrong:
        typed = {"clock": clock, "hours": hours, "basis": basis}
        return _page(request, staff, conn, typed=typed, error=Invalid("有几处需要修改。", wrong))
    changed = ResponseHours(kind=found.kind, major=found.major, hours=value, basis=basis)
    if changed != found:
        issue_response_repository.add_hours(conn, changed, actor=staff.account.actor, now=now)
        _note(conn, staff, "reference.response_hours", {"clock": clock, "hours": value, "basis": basis}, now=now)
    return RedirectResponse("/administration/hours?done=response", status_code=303)


def _page(
    request: Request,
    staff: Staff,
    conn: Connection,
    *,
    typed: Mapping[str, str] | None = None,
    error: Invalid | None = None,
    told: str = "",
) -> Response:
    amber = casework_repository.get_amber(conn, staff.directory.city.deadline_profile)
    rows = sorted(issue_response_repository.list_hours(conn).values(), key=lambda row: (not row.major, row.kind.value))
    return render(
        request,
        "staff/administration_hours.html",
        status_code=status_of(error) if error else 200,
        told=told,
        message=error.message if error else "",
        errors=error.fields if error else {},
        typed={"clock": "", "hours": "", "basis": ""} | dict(typed or {}),
        amber=[(name, label, (typed or {}).get(name, getattr(amber, name))) for name, label, _ in AMBER],
        clocks=[(_key(row), f"{row.kind.label}（{'重大突发事件' if row.major else '其他'}）") for row in rows],
        rows=rows,
    )


def _note(conn: Connection, staff: Staff, action: str, payload: Mapping[str, object], *, now: datetime) -> None:
    add_administration_event(conn, action=action, actor=staff.account.actor, now=now, payload=dict(payload))


def _key(row: ResponseHours) -> str:
    return f"{row.kind.value}-{'major' if row.major else 'other'}"


def _whole(typed: str, most: int) -> int | None:
    text = typed.strip()
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return value if 1 <= value <= most else None


def _number(typed: str) -> float | None:
    try:
        value = float(typed.strip())
    except ValueError:
        return None
    return value if 0 < value <= _MOST_HOURS else None

"""The calendar and escalation, for the administrator: a notice is entered, its effect seen before it counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.account_repository import add_administration_event
from api.criteria import LARGEST_ID
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.pages.choices import enum_choices
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from models.account import Role
from models.calendar_change import ChangedDay
from models.case import Case
from models.database import Connection
from models.errors import Invalid
from routing.clocks import calendar_repository as rows
from routing.clocks import escalation
from routing.clocks.calendar import CalendarDay, DayKind
from routing.clocks.calendar_changes import change_calendar, changed_days, done, read_days
from routing.clocks.deadlines import Deadline
from routing.clocks.recalculating import moved_cases, with_calendar
from routing.directory_repository import list_calendar_days

router = APIRouter(prefix="/administration/calendar")

Text = Annotated[str, Form()]
_KIND_WORDS = {
    DayKind.HOLIDAY.value: "放假",
    DayKind.WORKDAY.value: "上班",
    DayKind.STATUTORY_PROVISIONAL.value: "放假（暂定）",
}
_DONE = {
    "calendar": "日历已保存，在办工单的时限将在两分钟内重新计算，前后时限记入各工单的办理记录。",
    "rule": "提醒规则已保存。",
}
# So many cases are named in the preview; all are counted.
_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a change would do: the days, and the open cases whose due day would move."""

    days: list[tuple[ChangedDay, str, str]]
    moved: int
    named: list[tuple[Case, Deadline]]


@router.get("")
def show_calendar(request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    told = _DONE.get(request.query_params.get("done", ""), "")
    return _page(request, staff, runtime, conn, now=now, told=told)


@router.post("/preview")
def preview_change(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    days: Text = "",
    region: Text = "",
    whole_years: Text = "",
    reason: Text = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    typed = {"days": days, "region": region, "whole_years": whole_years, "reason": reason}
    try:
        wanted = read_days(days, _region(staff, region))
        preview = _preview(conn, staff, runtime, wanted, region or None, whole_years == "1")
    except Invalid as error:
        return _page(request, staff, runtime, conn, now=now, typed=typed, error=error)
    return _page(request, staff, runtime, conn, now=now, typed=typed, preview=preview)


@router.post("")
def save_change(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    days: Text = "",
    region: Text = "",
    whole_years: Text = "",
    reason: Text = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    actor = staff.account.actor
    try:
        wanted = read_days(days, _region(staff, region))
        changed = change_calendar(
            conn, wanted, region or None, whole_years=whole_years == "1", reason=reason, actor=actor, now=now
        )
    except Invalid as error:
        typed = {"days": days, "region": region, "whole_years": whole_years, "reason": reason}
        return _page(request, staff, runtime, conn, now=now, typed=typed, error=error)
    add_administration_event(
        conn,
        action="reference.calendar",
        actor=actor,
        now=now,
        payload={"days": [d.day.isoformat() for d in changed], "region": region, "reason": reason.strip()},
    )
    return RedirectResponse("/administration/calendar?done=calendar", status_code=303)


@router.post("/escalation")
def add_escalation_rule(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    name: Text = "",
    when: Text = "",
    role: Text = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    try:
        escalation.add_rule(conn, name=name, days=_whole(when), role=_role(role), actor=staff.account.actor, now=now)
    except Invalid as error:
        typed = {"name": name, "when": when, "role": role}
        fields = {"when" if key == "days" else key: text for key, text in error.fields.items()}
        return _page(request, staff, runtime, conn, now=now, rule_typed=typed, error=Invalid(str(error), fields))
    _note_rules(conn, staff, now=now, what={"added": name.strip()})
    return RedirectResponse("/administration/calendar?done=rule", status_code=303)


@router.post("/escalation/{rule_id}/active")
def switch_escalation_rule(
    staff: ActingStaffDep,
    conn: ConnectionDep,
    now: NowDep,
    rule_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    active: Text = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    escalation.switch_rule(conn, rule_id, active == "1", actor=staff.account.actor)
    _note_rules(conn, staff, now=now, what={"rule": rule_id, "active": active == "1"})
    return RedirectResponse("/administration/calendar?done=rule", status_code=303)


def _note_rules(conn: Connection, staff: Staff, *, now: datetime, what: dict[str, object]) -> None:
    add_administration_event(conn, action="escalation.rules", actor=staff.account.actor, now=now, payload=what)


def _preview(
    conn: Connection,
    staff: Staff,
    runtime: Runtime,
    wanted: list[CalendarDay],
    region: str | None,
    whole_years: bool,
) -> Preview:
    present = list_calendar_days(conn)
    days = changed_days(present, wanted, region, whole_years=whole_years)
    if not days:
        raise Invalid("与现有日历相同，没有需要保存的。", {"days": "没有变化"})
    before, after = (with_calendar(staff.directory, found) for found in (present, done(present, days)))
    moved, named = moved_cases(conn, before, after, zone=runtime.settings.zone, named=_NAMED)
    return Preview(days=[(d, _words(d.before), _words(d.after)) for d in days], moved=moved, named=named)


def _words(value: tuple[str, str] | None) -> str:
    return f"{_KIND_WORDS[value[0]]} {value[1]}" if value else "按星期"


def _region(staff: Staff, code: str) -> str | None:
    if code and code not in staff.directory.regions:
        raise Invalid("没有这个区划。", {"region": "请选择列表中的区划"})
    return code or None


def _whole(value: str) -> int | None:
    try:
        return int(value)
    except ValueError:
        return None


def _role(value: str) -> Role | None:
    try:
        return Role(value)
    except ValueError:
        return None


def _page(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    conn: Connection,
    *,
    now: datetime,
    typed: dict[str, str] | None = None,
    rule_typed: dict[str, str] | None = None,
    preview: Preview | None = None,
    error: Invalid | None = None,
    told: str = "",
) -> Response:
    directory = staff.directory
    year = now.astimezone(runtime.settings.zone).year
    days = [d for d in list_calendar_days(conn) if d.day.year in (year, year + 1)]
    return render(
        request,
        "staff/administration_calendar.html",
        status_code=status_of(error) if error else 200,
        now=now,
        directory=directory,
        told=told,
        message=str(error) if error else "",
        errors=error.fields if error else {},
        typed=typed or {"days": "", "region": "", "whole_years": "", "reason": ""},
        rule_typed=rule_typed or {"name": "", "when": "", "role": ""},
        preview=preview,
        years=[(y, y in directory.calendar.known_years, _listed(days, y)) for y in (year, year + 1)],
        regions=[(r.code, r.name) for r in directory.regions.values() if r.level != "town"],
        changes=rows.list_changes(conn),
        rules=rows.list_escalation_rules(conn),
        roles=[choice for choice in enum_choices(Role) if choice[0] != Role.ADMINISTRATOR.value],
    )


def _listed(days: list[CalendarDay], year: int) -> list[tuple[CalendarDay, str]]:
    return [(d, _KIND_WORDS[d.kind.value]) for d in sorted(days, key=lambda d: d.day) if d.day.year == year]

"""What falls due soon, unit by unit, each number with its list; and what waits for a decision beside it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import quote_plus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.cases.saved_views import canonical
from api.pages.rendering import render
from api.pages.staff import StaffDep
from dashboards.forecasts.risk import read_risk_forecast
from dashboards.forecasts.risk_list import list_risks
from dashboards.lists.desk_queue import DueSoon, list_due_soon
from models.account import Role
from models.case import CaseAction
from models.criteria import CaseCriteria, CaseState
from routing import policies
from routing.casework import casework_repository

router = APIRouter()

# The last working day that is soon, counted from today.
SOON = 3
_COLUMNS = ("overdue", "today", "tomorrow", "soon", "suspended")
# Stands for a unit in an address: hundreds of cells have the same five but for it.
_UNIT = "__unit__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`query` opens exactly the cases of the number."""

    count: int
    query: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`name` is empty for all units together."""

    name: str
    cells: list[Cell]
    department: str = ""


@router.get("/due-soon")
def show_due_soon(request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep) -> Response:
    require_role(staff.account, Role.SUPERVISOR, Role.DISPATCHER, Role.LEADER)
    zone = runtime.settings.zone
    today = now.astimezone(zone).date()
    last = staff.directory.calendar.add_working_days(today, SOON)
    addresses = _addresses(today, last)
    rows = list_due_soon(conn, today=today, last=last, now=now, zone=zone)
    forecast = read_risk_forecast(conn)
    risky = list_risks(conn, forecast, now=now, only_high=True) if forecast else []
    risks = Counter(row.department_id for row in risky)
    returns, extensions, supervisions = casework_repository.count_open(conn)
    return render(
        request,
        "staff/due_soon.html",
        now=now,
        total=_line(_sum(rows), addresses),
        lines=[_line(row, addresses) for row in rows],
        last=last,
        soon=SOON,
        risks=risks if forecast and forecast.useful else None,
        waiting=[("退单申请", returns), ("延期申请", extensions), ("等待回复的督办", supervisions)],
        decides=staff.account.role is not Role.LEADER,
        reminds=staff.account.role in policies.ACTION_ROLES[CaseAction.REMIND],
    )


def criteria_of(column: str, today: date, last: date) -> CaseCriteria:
    """The cases of a column; `last` as in `list_due_soon`."""
    tomorrow = today + timedelta(days=1)
    running = CaseCriteria(state=CaseState.IN_TIME.value)
    match column:
        case "overdue":
            return CaseCriteria(state=CaseState.OVERDUE.value)
        case "today":
            return replace(running, due_to=today)
        case "tomorrow":
            return replace(running, due_from=tomorrow, due_to=tomorrow)
        case "soon":
            return replace(running, due_from=tomorrow + timedelta(days=1), due_to=max(last, tomorrow))
        case _:
            return CaseCriteria(state=CaseState.SUSPENDED.value)


def _addresses(today: date, last: date) -> dict[str, tuple[str, str]]:
    """Of each column what opens it for all units, and for the unit that `_UNIT` stands for."""
    return {
        column: (canonical(criteria), canonical(replace(criteria, department=_UNIT)))
        for column in _COLUMNS
        for criteria in (criteria_of(column, today, last),)
    }


def _line(row: DueSoon, addresses: Mapping[str, tuple[str, str]]) -> Line:
    named = quote_plus(row.department_id)
    cells = [
        Cell(
            count=getattr(row, column),
            query=of_unit.replace(_UNIT, named) if named else of_all,
            late=column == "overdue",
        )
        for column, (of_all, of_unit) in addresses.items()
    ]
    return Line(name=row.name, cells=cells, department=row.department_id)


def _sum(rows: list[DueSoon]) -> DueSoon:
    return DueSoon(department_id="", name="", **{name: sum(getattr(row, name) for row in rows) for name in _COLUMNS})

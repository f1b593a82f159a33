"""What is likely to be late this week: each case with its strongest reasons, and how often such a list was right."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep, NowDep, require_role
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import StaffDep
from dashboards.forecasts.risk import KEPT, RiskForecast, read_risk_forecast
from dashboards.forecasts.risk_list import RiskRow, list_risks
from dashboards.forecasts.risk_model import LEAST_LATE, LEAST_ROWS
from models.database import Connection
from models.errors import Invalid

router = APIRouter()

_SHOWN = 100
SHORT = 5
_LONGEST = 50


@router.get("/forecast/risk")
def show_risk(
    request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep, department: str = "", high: bool = False
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    if len(department) > _LONGEST:
        raise Invalid("筛选条件有误。")
    found = read_risk_forecast(conn)
    rows = list_risks(conn, found, now=now, only_high=high) if found else []
    units = {row.department_id: row.department for row in rows}
    chosen = [row for row in rows if not department or row.department_id == department]
    return render(
        request,
        "staff/risk.html",
        now=now,
        found=found,
        rows=chosen[:_SHOWN],
        total=len(chosen),
        units=sorted(units.items(), key=lambda unit: unit[1]),
        values={"department": department},
        high=high,
        least=(LEAST_ROWS, LEAST_LATE),
        kept=KEPT,
    )


def short_list(conn: Connection, now: NowDep) -> tuple[RiskForecast, list[RiskRow]] | None:
    """For the overview; None where nothing reliable is known."""
    found = read_risk_forecast(conn)
    if found is None or not found.useful:
        return None
    return found, list_risks(conn, found, now=now, only_high=True)[:SHORT]

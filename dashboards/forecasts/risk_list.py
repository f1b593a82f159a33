"""The cases that are likely to be late, as they stand now: what was completed since is gone from the list."""

from dataclasses import dataclass
from datetime import datetime

from dashboards.daily_facts.facts import fetch_rows
from dashboards.forecasts.risk import RiskForecast
from models.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRow:
    """A case of `RiskCase` with what a person reads of it."""

    case_number: str
    title: str
    confidential: bool
    department_id: str
    department: str
    topic: str | None
    due_at: datetime
    chance: float
    high: bool
    reasons: list[str]


def list_risks(
    conn: Connection, forecast: RiskForecast, *, now: datetime, department: str = "", only_high: bool = False
) -> list[RiskRow]:
    """The riskiest first; of one unit where asked for. Empty where the model is not better than chance."""
    if not forecast.useful:
        return []
    chosen = {one.case_id: one for one in forecast.cases if one.high or not only_high}
    rows = []
    for row in fetch_rows(conn, "risk_cases", {"as_of": now, "ids": list(chosen)}):
        one = chosen[row.pop("case_id")]
        if not department or row["department_id"] == department:
            rows.append(RiskRow(**row, chance=one.chance, high=one.high, reasons=one.reasons))
    return sorted(rows, key=lambda row: (-row.chance, row.due_at, row.case_number))

"""What the scores of a period are made of: the rates of each unit, what was left out, what was entered by hand."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboards.daily_facts.fact_series import read_many
from dashboards.daily_facts.facts import fetch_rows
from dashboards.exclusions import Excluded, excluded_by_unit, has_exclusions
from models.criteria import CaseCriteria
from models.database import Connection
from models.scoring import Scheme

# The rates that a scheme may use: those over a unit's own cases.
SCORED_METRICS = (
    "on_time_completion_rate",
    "completion_rate",
    "overdue_rate",
    "sign_in_rate",
    "response_rate",
    "resolution_rate",
    "satisfaction_rate",
    "return_rate",
    "rework_rate",
)


def period_criteria(first_day: date, last_day: date) -> CaseCriteria:
    """The cases of a period are those whose due day lies in it: none is judged before its time (DOMAIN 2.1)."""
    return CaseCriteria(due_from=first_day, due_to=last_day)


def score_counts(
    conn: Connection,
    scheme: Scheme,
    units: Iterable[str],
    first_day: date,
    last_day: date,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> dict[str, dict[str, tuple[int, int, int]]]:
    """For each of `units` and each indicator: numerator and denominator with the exclusions taken off, and how many
    cases that were. A unit without any case and without any deduction is left out."""
    criteria = period_criteria(first_day, last_day)
    wanted = set(units)
    metrics = list(dict.fromkeys(i.metric for i in scheme.indicators if i.metric is not None))
    found = read_many(conn, metrics, criteria, by=("department",), now=now, zone=zone) if metrics else {}
    leaves_out = has_exclusions(conn)
    counts: dict[str, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for indicator in scheme.indicators:
        if indicator.metric is None:
            for unit, times in _deductions(conn, scheme.id, indicator.id, first_day, last_day).items():
                if unit in wanted:
                    counts[unit][indicator.id] = (times, 0, 0)
            continue
        excluded = excluded_by_unit(conn, indicator.metric, criteria, now=now, zone=zone) if leaves_out else {}
        for row in found[indicator.metric].rows:
            [unit] = row.keys
            if unit in wanted:
                out = excluded.get(unit, Excluded(0, 0))
                below = (row.denominator or 0) - out.denominator
                counts[unit][indicator.id] = (row.numerator - out.numerator, below, out.denominator)
    return dict(counts)


def _deductions(conn: Connection, scheme_id: int, indicator: str, first_day: date, last_day: date) -> dict[str, int]:
    parameters = {"scheme": scheme_id, "indicator": indicator, "first_day": first_day, "last_day": last_day}
    return {row["department"]: row["value"] for row in fetch_rows(conn, "score_deductions", parameters)}

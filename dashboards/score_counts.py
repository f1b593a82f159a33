"""What the scores of a period are made of: the rates of each unit, what was left out, what was entered by hand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCounts:
    """`units`: of each unit and indicator numerator and denominator with the exclusions taken off, and how many cases
    that were. `as_of`: the moment of the numbers; `note`: what a reader should know of where they come from."""

    units: Mapping[str, Mapping[str, tuple[int, int, int]]]
    as_of: datetime
    note: str


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
) -> ScoreCounts:
    """Of these units; one without any case and without any deduction is left out. Read from the daily facts, where they
    answer: run it in a REPEATABLE READ transaction."""
    criteria = period_criteria(first_day, last_day)
    wanted = set(units)
    metrics = list(dict.fromkeys(i.metric for i in scheme.indicators if i.metric is not None))
    found = read_many(conn, metrics, criteria, by=("department",), now=now, zone=zone) if metrics else {}
    as_of = min((series.as_of for series in found.values()), default=now)
    note = next((series.note for series in found.values() if series.note), "")
    leaves_out = has_exclusions(conn)
    counts: dict[str, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for indicator in scheme.indicators:
        if indicator.metric is None:
            for unit, times in _deductions(conn, scheme.id, indicator.id, first_day, last_day).items():
                if unit in wanted:
                    counts[unit][indicator.id] = (times, 0, 0)
            continue
        excluded = excluded_by_unit(conn, indicator.metric, criteria, now=as_of, zone=zone) if leaves_out else {}
        for row in found[indicator.metric].rows:
            [unit] = row.keys
            if unit in wanted:
                out = excluded.get(unit, Excluded(0, 0))
                below = (row.denominator or 0) - out.denominator
                counts[unit][indicator.id] = (row.numerator - out.numerator, below, out.denominator)
    return ScoreCounts(units=dict(counts), as_of=as_of, note=note)


def _deductions(conn: Connection, scheme_id: int, indicator: str, first_day: date, last_day: date) -> dict[str, int]:
    parameters = {"scheme": scheme_id, "indicator": indicator, "first_day": first_day, "last_day": last_day}
    return {row["department"]: row["value"] for row in fetch_rows(conn, "score_deductions", parameters)}

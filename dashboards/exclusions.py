"""What a rate is without the cases that were left out of it, with reason and approver: both figures stand together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.daily_facts.facts import case_parameters, fetch_rows
from dashboards.metrics.metric_definition import MetricDefinition
from dashboards.metrics.metrics import METRICS
from dashboards.statistics.rates import find_rate
from models.criteria import CaseCriteria, CaseState
from models.database import Connection


@dataclass(frozen=True, slots=True)
class Excluded:
    """Cases to take from the numerator and from the denominator of a rate."""

    numerator: int
    denominator: int

    def rate(self, numerator: int, denominator: int) -> float | None:
        """The share without them, 0..1; None where nothing is left."""
        return find_rate(numerator - self.numerator, denominator - self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionReason:
    """Why `value` cases of a unit were left out, and who agreed."""

    department: str
    reason: str
    approver: str
    value: int

    @property
    def words(self) -> str:
        # an account's actor is account:id:name
        return f"{self.reason.strip('。；，')}（{self.approver.split(':', 2)[-1]}审批）"


def has_exclusions(conn: Connection) -> bool:
    """Whether any case was left out of any rate."""
    return bool(fetch_rows(conn, "has_exclusions", {})[0]["found"])


def excluded_by_unit(
    conn: Connection, metric: str, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo
) -> dict[str, Excluded]:
    """For each leading unit with any ('none': no unit), of the rate `metric` over these criteria (leaving out `state`).
    Raises `KeyError` for a metric that there is not."""
    definition = METRICS[metric]
    above = _count(conn, definition, criteria, definition.state, definition.only, now=now, zone=zone)
    below = _count(
        conn, definition, criteria, definition.denominator_state, definition.denominator_only, now=now, zone=zone
    )
    return {unit: Excluded(above.get(unit, 0), below.get(unit, 0)) for unit in {*above, *below}}


def exclusion_reasons(
    conn: Connection, metric: str, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo
) -> list[ExclusionReason]:
    """Of the cases in the denominator, most cases first. Raises `KeyError` for a metric that there is not."""
    known = METRICS[metric]
    state, only = known.denominator_state, known.denominator_only
    parameters = _parameters(known, criteria, state, only, now=now, zone=zone)
    return [ExclusionReason(**row) for row in fetch_rows(conn, "exclusion_reasons", parameters)]


def excluded_rates(conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> dict[str, Excluded]:
    """By rate, of all cases that the criteria select; only rates from which any case was left out."""
    if not has_exclusions(conn):
        return {}
    found = {}
    for metric in METRICS.values():
        if metric.denominator is None:
            continue
        units = excluded_by_unit(conn, metric.id, criteria, now=now, zone=zone).values()
        total = Excluded(sum(e.numerator for e in units), sum(e.denominator for e in units))
        if total.denominator:
            found[metric.id] = total
    return found


def _count(
    conn: Connection,
    metric: MetricDefinition,
    criteria: CaseCriteria,
    state: CaseState | None,
    only: Mapping[str, str],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> dict[str, int]:
    if any(getattr(criteria, name) not in (None, value) for name, value in only.items()):
        return {}
    return {
        row["department"]: row["value"]
        for row in fetch_rows(conn, "excluded", _parameters(metric, criteria, state, only, now=now, zone=zone))
    }


def _parameters(
    metric: MetricDefinition,
    criteria: CaseCriteria,
    state: CaseState | None,
    only: Mapping[str, str],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> dict[str, Any]:
    change: dict[str, Any] = {"state": state.value if state else None, **only}
    return case_parameters(replace(criteria, **change), now=now, zone=zone) | {"metric": metric.id}

"""Which cases were left out 剔除 of the rates of a report, for which reasons, and who agreed? Read once a period."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboards.briefs.counts import LeftOut, Rate
from dashboards.exclusions import excluded_by_unit, exclusion_reasons, has_exclusions
from models.criteria import CaseCriteria
from models.database import Connection

# By metric, by leading unit; "" is all units together.
LeftOuts = Mapping[str, Mapping[str, LeftOut]]


def read_left_out(
    conn: Connection, metrics: Iterable[str], criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo
) -> LeftOuts:
    """Only rates and units that any case was left out of."""
    if not has_exclusions(conn):
        return {}
    found: dict[str, dict[str, LeftOut]] = {}
    for metric in metrics:
        counts = excluded_by_unit(conn, metric, criteria, now=now, zone=zone)
        if not any(out.denominator for out in counts.values()):
            continue
        reasons = exclusion_reasons(conn, metric, criteria, now=now, zone=zone)
        found[metric] = {
            unit: LeftOut(out.numerator, out.denominator, tuple(r.words for r in reasons if r.department == unit))
            for unit, out in counts.items()
            if out.denominator
        }
        found[metric][""] = LeftOut(
            sum(out.numerator for out in counts.values()),
            sum(out.denominator for out in counts.values()),
            tuple(dict.fromkeys(r.words for r in reasons)),
        )
    return found


def with_left_out(rate: Rate, found: LeftOuts, unit: str = "") -> Rate:
    out = found.get(rate.id, {}).get(unit)
    return replace(rate, left_out=out) if out else rate

"""How do units of one kind compare in a rate, once chance and small numbers are taken into account?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboards.daily_facts.fact_series import FactRow, read_series
from dashboards.metrics.metric_definition import MetricDefinition
from dashboards.metrics.metrics import METRICS
from dashboards.statistics.funnel import Limits, Standing, find_limits, find_standing, pool
from dashboards.statistics.rates import wilson_interval
from dashboards.statistics.shrinkage import Estimate, Prior, find_prior, shrink
from models.criteria import CaseCriteria
from models.database import Connection

# Fewer cases give no place in a ranking, whatever the estimate (DOMAIN 9: small numbers).
LEAST_RANKED = 30
# What can be compared: every metric that is a share.
RATES: Mapping[str, MetricDefinition] = {m.id: m for m in METRICS.values() if m.denominator is not None}


@dataclass(frozen=True, slots=True)
class UnitRate:
    """A unit: `row` has its numbers and lists. `interval`: 95 % of its own rate (Wilson). `estimate`: None where too
    few units are of its kind. `standing`: where it lies in the funnel."""

    id: str
    name: str
    row: FactRow
    rate: float
    interval: tuple[float, float]
    estimate: Estimate | None
    limits: Limits
    standing: Standing

    @property
    def cases(self) -> int:
        return self.limits.n


@dataclass(frozen=True, slots=True)
class Comparison:
    """Units of one kind that have something to divide by, in the order of the directory. `overall`: all their cases
    together, 0..1; None: no unit has any. `note` as in `FactSeries`."""

    metric: MetricDefinition
    as_of: datetime
    note: str
    overall: float | None
    prior: Prior | None
    units: tuple[UnitRate, ...]

    def ranked(self) -> list[UnitRate]:
        """The highest estimate first (the rate where there is no estimate); behind them, in the same order, the units
        of too few cases to have a place."""
        return sorted(
            self.units,
            key=lambda u: (u.cases < LEAST_RANKED, -(u.estimate.rate if u.estimate else u.rate), -u.cases, u.id),
        )


def compare_departments(
    conn: Connection,
    metric: str,
    criteria: CaseCriteria,
    units: Mapping[str, str],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Comparison:
    """The rate `metric` of `RATES` for each of `units` (names by id, all of one kind) over the cases that the criteria
    select, by the lead department of now. Raises `KeyError` for a metric that is no rate."""
    definition = RATES[metric]
    series = read_series(conn, metric, criteria, by=("department",), now=now, zone=zone)
    rows = {row.keys[0]: row for row in series.rows if row.denominator}
    chosen = [(id_, name, rows[id_]) for id_, name in units.items() if id_ in rows]
    counts = [(row.numerator, row.denominator or 0) for _, _, row in chosen]
    overall, prior = pool(counts), find_prior(counts)
    return Comparison(
        metric=definition,
        as_of=series.as_of,
        note=series.note,
        overall=overall,
        prior=prior,
        units=_compare(chosen, overall, prior) if overall is not None else (),
    )


def _compare(chosen: Sequence[tuple[str, str, FactRow]], overall: float, prior: Prior | None) -> tuple[UnitRate, ...]:
    found = []
    for id_, name, row in chosen:
        cases = row.denominator or 0
        limits = find_limits(overall, cases)
        found.append(
            UnitRate(
                id=id_,
                name=name,
                row=row,
                rate=row.numerator / cases,
                interval=wilson_interval(row.numerator, cases),
                estimate=shrink(row.numerator, cases, prior) if prior else None,
                limits=limits,
                standing=find_standing(row.numerator, limits),
            )
        )
    return tuple(found)

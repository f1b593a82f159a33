"""Comparison of units and times to completion for programs: the same figures as the pages."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.criteria import CriteriaDep
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.navigation import CITY_WIDE
from dashboards.analysis.completion_times import Cohort, choose_times, read_cohorts
from dashboards.analysis.department_comparison import RATES, UnitRate, compare_departments
from models.errors import Invalid

router = APIRouter(prefix="/analysis", tags=["metrics"])


class EstimateOut(BaseModel):
    """What the rate is likely to be, drawn to the other units of its kind, with its 95 % interval."""

    rate: float
    low: float
    high: float


class UnitRateOut(BaseModel):
    """`interval` is the 95 % interval of the plain rate, `limits` what chance alone reaches with 95 %, `outer_limits`
    with 99.8 %. `cases` are the parameters of GET /api/v1/cases that list exactly the numerator."""

    id: str
    name: str
    numerator: int
    denominator: int
    rate: float
    interval: tuple[float, float]
    estimate: EstimateOut | None
    limits: tuple[float, float]
    outer_limits: tuple[float, float]
    standing: Literal["inside", "above", "far_above", "below", "far_below"]
    cases: dict[str, Any]


class ComparisonOut(BaseModel):
    """Units of one kind in the order of the directory, not ranked; `overall` is the share of all their cases."""

    metric: str
    label: str
    definition: str
    as_of: datetime
    source: str
    overall: float | None
    units: list[UnitRateOut]


class StepOut(BaseModel):
    """From the end of day `days` on the share `open` is still open, between `low` and `high` with 95 %."""

    days: int
    at_risk: int
    completed: int
    open: float
    low: float | None
    high: float | None


class CohortOut(BaseModel):
    """Natural days from submission to completion, cases still open counted until `as_of`; `source` as in ComparisonOut.
    `median` with its 95 % interval: null where not reached. `filter`: the parameters of GET /api/v1/cases that list its
    cases."""

    as_of: datetime
    source: str
    key: str
    label: str
    cases: int
    completed: int
    median: int | None
    median_low: int | None
    median_high: int | None
    steps: list[StepOut]
    filter: dict[str, Any]


def _unit(unit: UnitRate) -> UnitRateOut:
    estimate, limits = unit.estimate, unit.limits
    return UnitRateOut(
        id=unit.id,
        name=unit.name,
        numerator=unit.row.numerator,
        denominator=unit.cases,
        rate=unit.rate,
        interval=unit.interval,
        estimate=EstimateOut(rate=estimate.rate, low=estimate.low, high=estimate.high) if estimate else None,
        limits=(limits.low, limits.high),
        outer_limits=(limits.lowest, limits.highest),
        standing=unit.standing,
        cases=unit.row.criteria.as_parameters(),
    )


def _cohort(cohort: Cohort, as_of: datetime, source: str) -> CohortOut:
    return CohortOut(
        as_of=as_of,
        source=source,
        key=cohort.key,
        label=cohort.label,
        cases=cohort.cases,
        completed=cohort.completed,
        median=cohort.median.days,
        median_low=cohort.median.low,
        median_high=cohort.median.high,
        steps=[
            StepOut(days=s.days, at_risk=s.at_risk, completed=s.completed, open=s.open, low=s.low, high=s.high)
            for s in cohort.steps
        ],
        filter=cohort.criteria.as_parameters(),
    )


@router.get("/departments")
def get_departments(
    account: AccountDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    metric: Annotated[str, Query(description="比率类指标的编号")] = "on_time_completion_rate",
    kind: Annotated[str, Query(description="单位的种类")] = "gov",
) -> ComparisonOut:
    """同类单位的比较：比率、偶然波动的界限和向同类靠拢的估计值，与页面同一口径。"""
    require_role(account, *CITY_WIDE)
    if metric not in RATES:
        raise Invalid("筛选条件有误。", {"metric": "不在可选范围内"})
    units = {unit.id: unit.name for unit in runtime.directory(conn).departments.values() if unit.kind == kind}
    found = compare_departments(conn, metric, criteria, units, now=now, zone=runtime.settings.zone)
    return ComparisonOut(
        metric=found.metric.id,
        label=found.metric.label,
        definition=found.metric.definition,
        as_of=found.as_of,
        source=found.note,
        overall=found.overall,
        units=[_unit(unit) for unit in found.units],
    )


@router.get("/time")
def get_times(
    account: AccountDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    by: Annotated[Literal["", "appeal_type", "department", "topic"], Query(description="分组")] = "",
) -> list[CohortOut]:
    """从提交到办结的天数，未办结的算到`as_of`（卡普兰—迈耶法），与页面同一口径。"""
    require_role(account, *CITY_WIDE)
    zone = runtime.settings.zone
    facts, note = chosen = choose_times(conn, criteria, now=now, zone=zone)
    cohorts = read_cohorts(conn, criteria, by, now=now, zone=zone, chosen=chosen)
    return [_cohort(cohort, facts.mark.as_of if facts else now, note) for cohort in cohorts]

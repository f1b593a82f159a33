"""Numbers for programs: each with its definition, numerator, denominator and the filter that opens its cases."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from api.criteria import CriteriaDep
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, restrict
from dashboards.metrics.metrics import Measured, Metric, measure
from models.criteria import CaseCriteria

router = APIRouter(prefix="/metrics", tags=["metrics"])


class MetricOut(BaseModel):
    """`value` is a count, or a share 0..1, null where the denominator is empty. `cases` are the parameters of
    GET /api/v1/cases that list exactly the numerator. `note`: the rule by which its cases were drawn. `as_of`: the
    moment of the number, at most about a minute ago; `source`: '' or why it comes from the cases one by one."""

    id: str
    label: str
    definition: str
    unit: str
    value: float | None
    numerator: int
    denominator: int | None
    interval: tuple[float, float] | None
    cases: dict[str, Any]
    as_of: datetime
    source: str
    note: str


def _out(metric: Metric, measured: Measured) -> MetricOut:
    return MetricOut(
        id=metric.id,
        label=metric.label,
        definition=metric.definition,
        unit=metric.unit,
        value=metric.value,
        numerator=metric.numerator,
        denominator=metric.denominator,
        interval=metric.interval,
        cases=metric.criteria.as_parameters(),
        as_of=measured.as_of,
        source=measured.note,
        note=metric.note,
    )


@router.get("")
def get_metrics(
    account: AccountDep, criteria: CriteriaDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> list[MetricOut]:
    """总览指标，与页面同一口径。筛选参数同 /api/v1/cases。"""
    scope: CaseCriteria = restrict(criteria, account)
    measured = measure(conn, scope, now=now, zone=runtime.settings.zone)
    return [_out(metric, measured) for metric in measured.metrics.values()]

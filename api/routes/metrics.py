"""Numbers for programs: each with its definition, numerator, denominator and the filter that opens its cases."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from api.criteria import CriteriaDep
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, restrict
from dashboards.metrics import Metric, list_metrics
from models.criteria import CaseCriteria

router = APIRouter(prefix="/metrics", tags=["metrics"])


class MetricOut(BaseModel):
    """`value` is a count, or a share 0..1, null where the denominator is empty. `cases` are the parameters of
    GET /api/v1/cases that list exactly the numerator. `note`: the rule by which its cases were drawn."""

    id: str
    label: str
    definition: str
    unit: str
    value: float | None
    numerator: int
    denominator: int | None
    interval: tuple[float, float] | None
    cases: dict[str, Any]
    note: str


def _out(metric: Metric) -> MetricOut:
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
        note=metric.note,
    )


@router.get("")
def get_metrics(
    account: AccountDep, criteria: CriteriaDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> list[MetricOut]:
    """总览指标，与页面同一口径。筛选参数同 /api/v1/cases。"""
    scope: CaseCriteria = restrict(criteria, account)
    return [_out(m) for m in list_metrics(conn, scope, now=now, zone=runtime.settings.zone).values()]

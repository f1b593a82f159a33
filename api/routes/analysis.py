"""The analysis for programs: the same lines as the page /analysis, each with the filters that open its cases."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.criteria import CriteriaDep
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, require_role
from api.leadership.analysis_reading import read_once, view_of
from api.pages.navigation import CITY_WIDE
from dashboards.analysis.analysis_lines import Count, Line

router = APIRouter(prefix="/analysis", tags=["metrics"])


class CountOut(BaseModel):
    """`value` is a count, or a share 0..1, null where the denominator is empty. `cases` are the parameters of
    GET /api/v1/cases that list exactly the numerator, null where no filter selects exactly these."""

    value: float | None
    numerator: int
    denominator: int | None
    interval: tuple[float, float] | None
    cases: dict[str, Any] | None


class LineOut(BaseModel):
    """`keys` and `labels` of what it is grouped by, `start` the first day of its period; `compared` is null where
    nothing is compared with."""

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    start: date | None
    count: CountOut | None
    compared: CountOut | None


class AnalysisOut(BaseModel):
    """`view` are the parameters of the same view; `notes` what a reader should know of the numbers."""

    view: dict[str, str]
    label: str
    definition: str
    as_of: datetime
    period: str | None
    total: CountOut
    compared: CountOut | None
    lines: list[LineOut]
    notes: list[str]


def _count(count: Count | None) -> CountOut | None:
    return _count_of(count) if count else None


def _count_of(count: Count) -> CountOut:
    return CountOut(
        value=count.value,
        numerator=count.numerator,
        denominator=count.denominator,
        interval=count.interval,
        cases=count.criteria.as_parameters() if count.criteria else None,
    )


def _line(line: Line) -> LineOut:
    return LineOut(
        keys=line.keys,
        labels=line.labels,
        start=line.start,
        count=_count(line.count),
        compared=_count(line.compared),
    )


@router.get("")
def get_analysis(
    request: Request,
    account: AccountDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> AnalysisOut:
    """分析页面的数字，同一口径。metric、chart、by、split、period、compare 同页面地址，筛选参数同 /api/v1/cases。"""
    require_role(account, *CITY_WIDE)
    view = view_of(request.query_params, criteria, runtime.directory(conn))
    found = read_once(conn, view, now=now, zone=runtime.settings.zone)
    return AnalysisOut(
        view=view.parameters(),
        label=view.definition.label,
        definition=view.definition.definition,
        as_of=found.as_of,
        period=found.period,
        total=_count_of(found.total),
        compared=_count(found.compared),
        lines=[_line(line) for line in found.lines],
        notes=list(found.notes),
    )

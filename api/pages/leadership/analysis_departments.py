"""单位比较: units of one kind in one rate, with what chance alone would do beside them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.criteria import CriteriaDep
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.assets import PLOTLY_ADDRESS
from api.pages.cases.case_list import filter_choices
from api.pages.cases.case_wording import Badge
from api.pages.cases.filters import address, chips, in_words, visible
from api.pages.leadership.chart_files import chart_file
from api.pages.leadership.charts import Cell, Chart
from api.pages.leadership.excluded import LeftOut, find_left_out
from api.pages.leadership.scoring_form import KIND_LABELS
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import StaffDep
from api.staff.export_log import check_may_export, record_export
from dashboards.analysis.department_comparison import LEAST_RANKED, RATES, Comparison, UnitRate, compare_departments
from dashboards.figures.figures import figure_json
from dashboards.figures.figures_statistics import funnel_figure
from dashboards.formats import format_rate
from dashboards.lists.export import as_csv
from dashboards.statistics.shrinkage import LEAST_UNITS
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import Invalid
from routing.directory import Directory

router = APIRouter(prefix="/analysis/departments")

PATH = "/analysis/departments"
_ORDERS = [("", "按单位目录，不排名"), ("estimate", "按估计值排名，件数过少的不排")]
STANDINGS = {
    "inside": Badge("在偶然波动之内", "check", "quiet"),
    "above": Badge("偏高", "up", "plain"),
    "far_above": Badge("明显偏高", "up", "blue"),
    "below": Badge("偏低", "minus", "plain"),
    "far_below": Badge("明显偏低", "minus", "soon"),
}


@dataclass(frozen=True, slots=True)
class ComparisonFilter:
    """What is compared, as text of the address."""

    metric: str = "on_time_completion_rate"
    kind: str = ""
    rank: str = ""


FilterDep = Annotated[ComparisonFilter, Depends()]


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with the addresses of its lists."""

    unit: UnitRate
    href: str
    denominator_href: str
    badge: Badge
    excluded: str


@router.get("")
def show_departments(
    request: Request,
    staff: StaffDep,
    criteria: CriteriaDep,
    given: FilterDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    kind = find_kind(given, staff.directory)
    found = _compare(conn, criteria, given, kind, staff.directory, now=now, zone=runtime.settings.zone)
    left_out = find_left_out(conn, given.metric, criteria, now=now, zone=runtime.settings.zone)
    ranked = given.rank == "estimate"
    more = {"metric": given.metric, "kind": kind, "rank": given.rank}
    chart = _chart(found, KIND_LABELS.get(kind, kind))
    if file := chart_file(request, staff, runtime, conn, [chart], now=now):
        return file
    return render(
        request,
        "staff/analysis_departments.html",
        now=now,
        comparison=found,
        chart=chart,
        lines=[_line(unit, left_out) for unit in (found.ranked() if ranked else found.units)],
        excluded_why=left_out.why({unit.id for unit in found.units}) if left_out else "",
        ranked=ranked,
        least=LEAST_RANKED,
        how=_how(found),
        given=given,
        kind=kind,
        kinds=[(key, KIND_LABELS.get(key, key)) for key in _kinds(staff.directory)],
        metrics=[(metric.id, metric.label) for metric in RATES.values()],
        orders=_ORDERS,
        values=visible(criteria),
        choices=filter_choices(staff),
        chips=chips(PATH, criteria, staff.directory, hidden=(), **more),
        clear=address(PATH, CaseCriteria(), **more),
        export=address(f"{PATH}.csv", criteria, **more),
        plotly=PLOTLY_ADDRESS,
    )


@router.get(".csv")
def export_departments(
    staff: StaffDep, criteria: CriteriaDep, given: FilterDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    check_may_export(runtime, staff.account, now=now)
    zone = runtime.settings.zone
    found = _compare(conn, criteria, given, find_kind(given, staff.directory), staff.directory, now=now, zone=zone)
    watermark = record_export(
        conn,
        staff.account,
        what=f"单位比较（{found.metric.label}）",
        file_format="csv",
        criteria=in_words(criteria, staff.directory),
        row_count=len(found.units),
        actor=staff.account.actor,
        now=now,
        zone=zone,
    )
    metric = found.metric
    headers = (
        *("单位", metric.denominator_label, metric.numerator_label, metric.label, "区间下限", "区间上限", "估计值"),
        *("95%界限下", "95%界限上", "99.8%界限下", "99.8%界限上", "与整体相比"),
    )
    content = as_csv(headers, [_values(unit) for unit in found.units], zone=zone, watermark=watermark)
    name = f"departments-{now.astimezone(zone):%Y%m%d-%H%M}.csv"
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def find_kind(given: ComparisonFilter, directory: Directory) -> str:
    """The kind of unit that is meant: the one asked for, else the one with the most units."""
    kinds = _kinds(directory)
    if given.kind and given.kind not in kinds:
        raise Invalid("筛选条件有误。", {"kind": "不在可选范围内"})
    return given.kind or (kinds[0] if kinds else "")


def _kinds(directory: Directory) -> list[str]:
    """Kinds of active units, the most frequent first."""
    return [kind for kind, _ in Counter(u.kind for u in directory.departments.values() if u.active).most_common()]


def _compare(
    conn: Connection,
    criteria: CaseCriteria,
    given: ComparisonFilter,
    kind: str,
    directory: Directory,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Comparison:
    if given.metric not in RATES or given.rank not in dict(_ORDERS):
        raise Invalid("筛选条件有误。", {"metric": "不在可选范围内"})
    units = {unit.id: unit.name for unit in directory.departments.values() if unit.kind == kind}
    return compare_departments(conn, given.metric, criteria, units, now=now, zone=zone)


def _line(unit: UnitRate, left_out: LeftOut | None = None) -> Line:
    assert unit.row.denominator_criteria
    return Line(
        unit,
        address("/cases", unit.row.criteria),
        address("/cases", unit.row.denominator_criteria),
        STANDINGS[unit.standing],
        left_out.of_unit(unit.id, unit.row.numerator, unit.cases) if left_out else "",
    )


def _values(unit: UnitRate) -> tuple[str | float | None, ...]:
    limits = unit.limits
    return (
        *(unit.name, unit.cases, unit.row.numerator, unit.rate, *unit.interval),
        unit.estimate.rate if unit.estimate else None,
        *(limits.low, limits.high, limits.lowest, limits.highest, STANDINGS[unit.standing].word),
    )


def _chart(found: Comparison, kind: str) -> Chart:
    outside = [unit for unit in found.units if unit.standing.startswith("far")]
    figure = funnel_figure(found)
    return Chart(
        id="funnel",
        title=f"{found.metric.label}与工单量（{kind}）",
        number=f"{len(found.units)}个单位中{len(outside)}个超出99.8%界限" if found.units else "",
        definition="横轴是工单量，越往右件数越多；虚线是这些单位合计的比率，点线和实线是仅由偶然造成的95%和99.8%界限（精确二项分布）。"
        "件数少的单位波动大，在界限之内的高低不说明办得好坏；超出界限的原因要打开工单看。",
        json=figure_json(figure),
        columns=("单位", "工单量", "比率", "95%界限", "99.8%界限"),
        rows=[
            [
                Cell(unit.name),
                Cell(f"{unit.cases:,}", _line(unit).denominator_href),
                Cell(format_rate(unit.rate), _line(unit).href),
                Cell(f"{format_rate(unit.limits.low)}至{format_rate(unit.limits.high)}"),
                Cell(f"{format_rate(unit.limits.lowest)}至{format_rate(unit.limits.highest)}"),
            ]
            for unit in found.units
        ],
        height=int(figure.layout.height),
        width="wide",
    )


def _how(found: Comparison) -> str:
    if found.prior is None:
        return f"同类单位不足{LEAST_UNITS}个，不作估计，也不宜排名。"
    common = f"估计值把每个单位的比率向同类单位的合计{format_rate(found.prior.mean)}靠拢，件数越少靠得越多"
    if found.prior.weight is None:
        return f"{common}；这些单位之间的差别没有超出偶然，估计值都等于合计，排名没有意义。"
    return (
        f"{common}；相当于给每个单位先记上{found.prior.weight:,.0f}件同类单位的平均工单。"
        f"不足{LEAST_RANKED}件的单位只列出，不排名。"
    )

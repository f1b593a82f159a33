"""办理时长: how long cases take by group, those that are not finished included."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Annotated, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.criteria import CriteriaDep
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.assets import PLOTLY_ADDRESS
from api.pages.cases.case_list import filter_choices
from api.pages.cases.filters import address, chips, in_words, visible
from api.pages.leadership.chart_files import chart_file
from api.pages.leadership.charts import Cell, Chart
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import StaffDep
from api.staff.export_log import check_may_export, record_export
from dashboards.analysis.completion_times import Cohort, Grouping, choose_times, read_cohorts
from dashboards.figures.figures import figure_json
from dashboards.figures.figures_survival import CURVES, longer, survival_figure
from dashboards.formats import format_rate
from dashboards.lists.export import as_csv
from dashboards.statistics.survival import open_after
from models.criteria import CaseCriteria
from models.errors import Invalid

router = APIRouter(prefix="/analysis/time")

PATH = "/analysis/time"
_GROUPINGS: list[tuple[str, str]] = [
    ("", "不分组"),
    ("appeal_type", "诉求类型"),
    ("topic", "诉求类别"),
    ("department", "主办单位"),
]
_USUAL_DAYS = 90
# Of a hundred units nobody reads all at once.
_SHOWN = 30
_DAYS = (5, 10, 20, 30)
_RISK_DAYS = (0, 1, 5, 10, 20, 30, 60)
_HOW = (
    "从提交到办结，按自然日，每满24小时为一天，不满的零头不计；“超过5天”是满6天仍未办结。未办结的工单不是去掉，而是算到现在为止（卡普兰—迈耶法），所以不会因为难办的还没办完而显得快；"
    "点开一个比例，是至今已超过这么多天的工单。退回重办的从头算到最后一次办结。“—”表示观察到现在还不到半数办结，或观察时间还不够长。"
)

ByDep = Annotated[str, Query()]
AllDep = Annotated[bool, Query(alias="all")]


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    href: str
    cases: str
    open_href: str
    open: str
    median: str
    interval: str
    shares: list[tuple[str, str]]
    at_risk: list[tuple[str, str]]


@router.get("")
def show_times(
    request: Request,
    staff: StaffDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    by: ByDep = "appeal_type",
    every: AllDep = False,
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    zone = runtime.settings.zone
    criteria = _within(criteria, now.astimezone(zone).date())
    facts, note = chosen = choose_times(conn, criteria, now=now, zone=zone)
    cohorts = read_cohorts(conn, criteria, _grouping(by), now=now, zone=zone, chosen=chosen)
    chart = _chart(cohorts)
    if file := chart_file(request, staff, runtime, conn, [chart], now=now):
        return file
    return render(
        request,
        "staff/analysis_time.html",
        now=now,
        as_of=facts.mark.as_of if facts else now,
        note=note,
        chart=chart,
        lines=[_line(cohort) for n, cohort in enumerate(cohorts) if every or n < _SHOWN or cohort.key == "none"],
        groups=len(cohorts),
        shown=_SHOWN,
        every=address(PATH, criteria, by=by, all="1"),
        days=_DAYS,
        risk_days=_RISK_DAYS,
        how=_HOW,
        by=by,
        groupings=_GROUPINGS,
        values=visible(criteria),
        choices=filter_choices(staff),
        chips=chips(PATH, criteria, staff.directory, hidden=(), by=by),
        clear=address(PATH, CaseCriteria(), by=by),
        export=address(f"{PATH}.csv", criteria, by=by),
        plotly=PLOTLY_ADDRESS,
    )


@router.get(".csv")
def export_times(
    staff: StaffDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    by: ByDep = "appeal_type",
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    check_may_export(runtime, staff.account, now=now)
    zone = runtime.settings.zone
    criteria = _within(criteria, now.astimezone(zone).date())
    cohorts = read_cohorts(conn, criteria, _grouping(by), now=now, zone=zone)
    rows = [
        (cohort.label, step.days, step.at_risk, step.completed, step.open, step.low, step.high)
        for cohort in cohorts
        for step in cohort.steps
    ]
    watermark = record_export(
        conn,
        staff.account,
        what="办理时长",
        file_format="csv",
        criteria=in_words(criteria, staff.directory),
        row_count=len(rows),
        actor=staff.account.actor,
        now=now,
        zone=zone,
    )
    headers = ("分组", "天数", "仍在观察", "当天办结", "未办结比例", "区间下限", "区间上限")
    name = f"time-{now.astimezone(zone):%Y%m%d-%H%M}.csv"
    return Response(
        as_csv(headers, rows, zone=zone, watermark=watermark),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _within(criteria: CaseCriteria, today: date) -> CaseCriteria:
    """Without a period asked for, the usual one: every case of many years would be read. Without `state`: finished
    cases alone would look faster than cases are."""
    criteria = replace(criteria, state=None)
    if criteria.submitted_from or criteria.submitted_to:
        return criteria
    return replace(criteria, submitted_from=today - timedelta(days=_USUAL_DAYS - 1), submitted_to=today)


def _grouping(by: str) -> Grouping:
    groupings: tuple[Grouping, ...] = get_args(Grouping)
    found = next((one for one in groupings if one == by), None)
    if found is None:
        raise Invalid("筛选条件有误。", {"by": "不在可选范围内"})
    return found


def _line(cohort: Cohort) -> Line:
    median = cohort.median
    longest = cohort.counts.longest
    ends = ["—" if days is None else f"{days}天" for days in (median.low, median.high)]
    return Line(
        label=cohort.label,
        href=address("/cases", cohort.criteria),
        cases=f"{cohort.cases:,}",
        open_href=address("/cases", cohort.open_criteria),
        open=f"{cohort.cases - cohort.completed:,}",
        median="—" if median.days is None else f"{median.days}天",
        interval="—" if median.low is None and median.high is None else "至".join(ends),
        shares=[
            (format_rate(open_after(cohort.steps, day)), _longer(cohort, day)) if day <= longest else ("—", "")
            for day in _DAYS
        ],
        at_risk=[
            (f"{number:,}", address("/cases", cohort.watched(day)) if number else "")
            for day, number in ((day, cohort.counts.count_at_risk(day)) for day in _RISK_DAYS)
        ],
    )


def _longer(cohort: Cohort, days: int) -> str:
    """The address of the cases that took longer, "" where there is none."""
    return address("/cases", cohort.watched(days + 1)) if longer(cohort, days) else ""


def _chart(cohorts: list[Cohort]) -> Chart:
    figure = survival_figure(cohorts)
    first = cohorts[0] if cohorts else None
    half = f"{first.label}半数{first.median.days}天内办结" if first and first.median.days is not None else ""
    shown = list(islice((cohort for cohort in cohorts if cohort.completed), CURVES))
    return Chart(
        id="time",
        title="过了多少天还有多少没有办结",
        number=half,
        definition=f"每条线是一组工单中到这一天还过后没有办结的比例，画最大的{CURVES}组；带状区域是95%区间（组数多时见下表）。",
        json=figure_json(figure),
        columns=("分组与天数", "仍在观察", "当天办结", "未办结比例", "95%区间"),
        rows=[
            [
                Cell(f"{cohort.label} 第{step.days}天"),
                Cell(f"{step.at_risk:,}", address("/cases", cohort.watched(step.days))),
                Cell(f"{step.completed:,}", address("/cases", cohort.finished_on(step.days))),
                Cell(format_rate(step.open), _longer(cohort, step.days)),
                Cell("—" if step.low is None else f"{format_rate(step.low)}至{format_rate(step.high)}"),
            ]
            for cohort in shown
            for step in cohort.steps
        ],
        height=int(figure.layout.height),
        width="wide",
    )

"""The mood over time, with how sure it is: two shares of persons, and an honest gap where too few spoke."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import dropwhile
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.assets import PLOTLY_ADDRESS
from api.pages.choices import enum_choices, region_choices, topic_filter_choices
from api.pages.leadership.chart_files import chart_file
from api.pages.leadership.charts import Cell, Chart
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import StaffDep
from dashboards.analysis.trends import (
    TrendAspect,
    TrendCriteria,
    TrendPoint,
    TrendUnit,
    compare,
    period_of,
    sentiment_trend,
    shares,
)
from dashboards.figures.figures import figure_json
from dashboards.figures.trend_figures import share_figure
from models.analysis import Sentiment
from models.criteria import Displeasure
from models.errors import Invalid
from models.submission import Channel
from nlp.trends.moods import LEAST_PERSONS

router = APIRouter()

_PERIODS = [("30", "近30天"), ("90", "近90天"), ("365", "近一年")]
_USUAL_UNIT = {"30": TrendUnit.DAY, "90": TrendUnit.WEEK, "365": TrendUnit.MONTH}
_TITLES = {TrendAspect.NEGATIVE: "负面占比", TrendAspect.DISPLEASED: "不满部门或办理的占比"}
_LONGEST = 50


@dataclass(frozen=True, slots=True)
class TrendFilter:
    """The filter of the address, as text."""

    days: str = "90"
    unit: str = ""
    topic: str = ""
    region: str = ""
    channel: str = ""

    def criteria(self, today: date) -> TrendCriteria:
        """Raises `Invalid`."""
        try:
            unit = TrendUnit(self.unit) if self.unit else _USUAL_UNIT[self.days]
            days = {key: int(key) for key, _ in _PERIODS}[self.days]
            channel = Channel(self.channel).value if self.channel else None
        except (KeyError, ValueError):
            raise Invalid("筛选条件有误。") from None
        if len(self.topic) > _LONGEST or len(self.region) > _LONGEST:
            raise Invalid("筛选条件有误。")
        return TrendCriteria(
            since=today - timedelta(days=days - 1),
            until=today,
            unit=unit,
            topic=self.topic or None,
            region=self.region or None,
            channel=channel,
        )


@router.get("/trends")
def show_trends(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    given: Annotated[TrendFilter, Depends()],
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    zone = runtime.settings.zone
    criteria = given.criteria(now.astimezone(zone).date())
    counts = sentiment_trend(conn, criteria, zone=zone)
    # before the first submission there is nothing to be silent about
    counts = list(dropwhile(lambda count: not count.persons, counts))
    charts = [_chart(shares(counts, aspect), aspect, criteria) for aspect in TrendAspect]
    if file := chart_file(request, staff, runtime, conn, charts, now=now):
        return file
    return render(
        request,
        "staff/trends.html",
        now=now,
        charts=charts,
        plotly=PLOTLY_ADDRESS,
        values={name: getattr(given, name) for name in given.__slots__} | {"unit": criteria.unit.value},
        periods=_PERIODS,
        units=enum_choices(TrendUnit),
        channels=enum_choices(Channel),
        topics=topic_filter_choices(staff.directory),
        regions=region_choices(staff.directory),
        total=sum(count.persons for count in counts),
        least=LEAST_PERSONS,
    )


def submissions_address(criteria: TrendCriteria, point: TrendPoint, aspect: TrendAspect | None = None) -> str:
    """Opens what came in the period of the point, or of it what `aspect` speaks of: the letters behind the persons."""
    first, last = period_of(criteria, point.first_day)
    chosen = {"channel": criteria.channel, "topic": criteria.topic, "region": criteria.region}
    chosen |= {"submitted_from": f"{first}", "submitted_to": f"{last}"} | (_SELECTS[aspect] if aspect else {})
    return f"/submissions?{urlencode({name: value for name, value in chosen.items() if value})}"


def _chart(points: list[TrendPoint], aspect: TrendAspect, criteria: TrendCriteria) -> Chart:
    unit = criteria.unit

    def opens(point: TrendPoint) -> str:
        return submissions_address(criteria, point, aspect) if point.part else ""

    def label(day: date) -> str:
        return f"{day.year}年{day.month}月" if unit is TrendUnit.MONTH else f"{day.month}月{day.day}日"

    figure = share_figure(points, aspect, label, opens)
    rows = [
        [
            Cell(f"{label(point.first_day)}{'起一周' if unit is TrendUnit.WEEK else ''}"),
            Cell(f"{point.persons:,}", submissions_address(criteria, point) if point.persons else ""),
            Cell(f"{point.part:,}", opens(point)),
            Cell("人数过少" if point.share is None else f"{point.share:.0%}"),
            Cell("" if point.low is None or point.high is None else f"{point.low:.0%}至{point.high:.0%}"),
        ]
        for point in reversed(points)
    ]
    return Chart(
        id=f"trend-{aspect.value}",
        title=_TITLES[aspect],
        number=compare(points),
        definition=f"按人次计：同一人同一天在同一类别、地区、渠道只计一次。占比向各时段的平均略微靠拢，带状区域为95%区间；不足{LEAST_PERSONS}人次的时段不计算占比，"
        "图上留空。点开是那时的来件，一个人写的多件都列出。由程序按文字判断，仅供参考。",
        json=figure_json(figure),
        columns=("时段", "人次", _PARTS[aspect], "占比", "95%区间"),
        rows=rows,
        height=int(figure.layout.height),
    )


_SELECTS: dict[TrendAspect, dict[str, str | None]] = {
    TrendAspect.NEGATIVE: {"sentiment": Sentiment.NEGATIVE.value},
    TrendAspect.DISPLEASED: {"displeased_with": Displeasure.HANDLING.value},
}
_PARTS = {TrendAspect.NEGATIVE: "负面", TrendAspect.DISPLEASED: "不满"}

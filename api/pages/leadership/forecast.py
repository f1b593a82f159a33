"""What is to come: volume by topic and county with its back-tested error, and what is likely to rise (未诉先办)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.assets import PLOTLY_ADDRESS
from api.pages.cases.filters import address
from api.pages.leadership.chart_files import chart_file
from api.pages.leadership.charts import Cell, Chart
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import StaffDep
from dashboards.daily_facts.fact_series import read_series
from dashboards.figures.figures import figure_json
from dashboards.figures.forecast_figures import forecast_figure
from dashboards.forecasts.forecasting import (
    ALL,
    SeriesForecast,
    VolumeForecast,
    last_year_days,
    read_volume_forecast,
    recent_days,
)
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import Invalid
from nlp.trends.forecast import CAME, HORIZON, LEAST_DAYS, LEAST_LETTERS, LEAST_TESTED_DAYS, RECENT, RISE, SEASON

router = APIRouter()

_PAIRS_SHOWN, _LIKELY_SHOWN = 30, 20
_LONGEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row: `past` opens the cases of the recent days, `year` those of last year's days, `chart` its picture."""

    one: SeriesForecast
    change: float | None
    past: str
    year: str
    chart: str


@router.get("/forecast")
def show_forecast(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    topic: str = ALL,
    region: str = ALL,
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    if len(topic) > _LONGEST or len(region) > _LONGEST:
        raise Invalid("筛选条件有误。")
    zone = runtime.settings.zone
    found = read_volume_forecast(conn)
    chosen = found.find(topic, region) if found else None
    lines = [_line(one, found.first_day) for one in found.sums] if found else []
    chart = _chart(conn, found, chosen, zone=zone, now=now) if found and chosen else None
    if chart and (file := chart_file(request, staff, runtime, conn, [chart], now=now)):
        return file
    return render(
        request,
        "staff/forecast.html",
        now=now,
        found=found,
        chart=chart,
        topics=[line for line in lines if line.one.topic != ALL],
        regions=[line for line in lines if line.one.topic == ALL and line.one.region != ALL],
        pairs=[_line(one, found.first_day) for one in found.pairs[:_PAIRS_SHOWN]] if found else [],
        likely=[_line(one, found.first_day) for one in found.list_likely()[:_LIKELY_SHOWN]] if found else [],
        chosen=chosen,
        values={"topic": topic, "region": region},
        topic_choices=[(line.one.topic, line.one.topic_name) for line in lines if line.one.topic != ALL],
        region_choices=[(line.one.region, line.one.region_name) for line in lines if line.one.region != ALL],
        plotly=PLOTLY_ADDRESS,
        rules={"rise": RISE, "season": SEASON, "came": CAME, "days": LEAST_DAYS, "letters": LEAST_LETTERS},
        horizon=HORIZON,
        least_tested=LEAST_TESTED_DAYS,
        recent=RECENT,
        waits="" if found else _what_is_missing(conn, zone=zone, now=now),
        stale=bool(found and found.first_day < now.astimezone(zone).date()),
    )


def _line(one: SeriesForecast, first_day: date) -> Line:
    return Line(
        one=one,
        change=one.total / one.recent - 1 if one.recent else None,
        past=address("/cases", one.criteria(*recent_days(first_day))),
        year=address("/cases", one.criteria(*last_year_days(first_day))) if one.last_year else "",
        chart=address("/forecast", CaseCriteria(topic=one.topic or None, region=one.region or None)),
    )


def _what_is_missing(conn: Connection, *, zone: ZoneInfo, now: datetime) -> str:
    """Why there is no forecast yet, and from when on there will be one."""
    days = read_series(conn, "received", CaseCriteria(), period="day", now=now, zone=zone)
    first = min((row.start for row in days.rows if row.start is not None), default=None)
    today = now.astimezone(zone).date()
    if first is None:
        return f"还没有工单。从第一件工单算起满{LEAST_DAYS}天后，每天自动推算一次。"
    known = f"最早的工单是{first.year}年{_label(first)}的，至今{(today - first).days}天"
    if (today - first).days >= LEAST_DAYS:
        return f"{known}，历史已经足够，几分钟后即可看到。"
    since = first + timedelta(days=LEAST_DAYS)
    return f"{known}；满{LEAST_DAYS}天后，从{since.year}年{_label(since)}起每天自动推算一次。"


def _chart(conn: Connection, found: VolumeForecast, one: SeriesForecast, *, zone: ZoneInfo, now: datetime) -> Chart:
    """The days before, as the facts have them now, and the days ahead as they were forecast."""
    first, last = recent_days(found.first_day)
    series = read_series(conn, "received", one.criteria(first, last), period="day", now=now, zone=zone)
    by_day = {row.start: row for row in series.rows}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    past = [(day, by_day[day].numerator if day in by_day else 0) for day in days]
    ahead = [
        [Cell(_label(found.first_day + timedelta(days=n))), Cell(""), Cell(f"{mean:.1f}"), Cell(f"{low}至{high}")]
        for n, (mean, low, high) in enumerate(zip(one.mean, one.low, one.high, strict=True))
    ]
    before = [
        [
            Cell(_label(day)),
            Cell(f"{value:,}", address("/cases", by_day[day].criteria) if value else ""),
            Cell(""),
            Cell(""),
        ]
        for day, value in reversed(past)
    ]
    figure = forecast_figure(past, found.first_day, one)
    return Chart(
        id="forecast",
        title=f"{one.topic_name} · {one.region_name}",
        number=f"未来{HORIZON}天预计{one.total:.0f}件（{one.total_low}至{one.total_high}件）",
        definition=f"灰柱是过去{RECENT}天每天收到的工单，线是每天的预计件数，浅色带是80%预测区间。"
        "按近期水平、星期和节假日（含调休上班日）推算，不含当天已收到的工单。",
        json=figure_json(figure),
        columns=("日期", "收到", "预计", "80%区间"),
        rows=[*ahead, *before],
        height=int(figure.layout.height),
        width="wide",
    )


def _label(day: date) -> str:
    return f"{day.month}月{day.day}日"

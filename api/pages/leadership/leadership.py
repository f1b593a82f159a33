"""The overview: how much came, what is open and late, where it comes from; every number opens its cases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.criteria import CriteriaDep
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.leadership.snapshot import one_snapshot
from api.pages.assets import PLOTLY_ADDRESS
from api.pages.cases.case_list import filter_choices
from api.pages.cases.change_wording import Piece, write_deltas, write_sentences
from api.pages.cases.filters import address, chips, in_words, visible
from api.pages.issues import issue_wording
from api.pages.leadership.chart_files import chart_file
from api.pages.leadership.charts import overview_charts
from api.pages.leadership.risk import short_list
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import StaffDep
from api.staff.export_log import check_may_export, record_export
from api.staff.issue_view import list_hot
from dashboards.analysis.changes import Changes, read_changes
from dashboards.analysis.overview_ahead import read_overview_ahead
from dashboards.exclusions import Excluded, excluded_rates
from dashboards.formats import format_rate
from dashboards.metrics.metrics import Metric, choose_for_metrics, overview
from dashboards.reports import write_overview_report
from models.alert import AlertCriteria
from models.criteria import CaseCriteria
from models.issue import IssueCriteria
from routing.alerts.alert_repository import count_alerts, list_alerts

router = APIRouter()

# The numbers in front; what a leader asks for next follows smaller, the others when they are opened.
ISSUES_SHOWN = 5
ALERTS_SHOWN = 5
_OPEN_ALERTS = AlertCriteria(open=True)
HEADLINES = ("received", "open", "overdue", "on_time_completion_rate")
NEXT = (
    "completed",
    "completion_rate",
    "response_rate",
    "resolution_rate",
    "satisfaction_rate",
    "sign_in_rate",
    "return_rate",
    "first_dispatch_accuracy",
)
_PERIODS = ((7, "近7天"), (30, "近30天"), (90, "近90天"))


@dataclass(frozen=True, slots=True)
class MetricCard:
    """A metric with the addresses of its lists; `excluded`: the rate without what was left out of it, in words;
    `deltas`: against earlier periods."""

    metric: Metric
    href: str
    denominator_href: str
    urgent: bool
    excluded: str = ""
    deltas: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    label: str
    href: str
    current: bool


@router.get("/overview")
def show_overview(
    request: Request, staff: StaffDep, criteria: CriteriaDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    zone = runtime.settings.zone
    with one_snapshot(conn):
        chosen = choose_for_metrics(conn, criteria, now=now, zone=zone)
        read_overview_ahead(chosen, criteria, now=now, zone=zone)
        changes = read_changes(conn, criteria, now=now, zone=zone, chosen=chosen)
        found = overview(conn, criteria, now=now, zone=zone, chosen=chosen)
    excluded = excluded_rates(conn, found.criteria, now=now, zone=zone)
    cards = [_card(metric, excluded, changes) for metric in found.metrics.values()]
    charts = overview_charts(found)
    if file := chart_file(request, staff, runtime, conn, charts, now=now):
        return file
    return render(
        request,
        "staff/overview.html",
        now=now,
        overview=found,
        charts=charts,
        changes=changes,
        sentences=write_sentences(changes) if changes else [],
        hot=list_hot(conn, staff.account, IssueCriteria(), now=now, limit=ISSUES_SHOWN),
        open_alerts=count_alerts(conn, _OPEN_ALERTS, now=now),
        newest_alerts=list_alerts(conn, _OPEN_ALERTS, now=now, limit=ALERTS_SHOWN),
        risk=short_list(conn, now),
        wording=issue_wording,
        headlines=[card for card in cards if card.metric.id in HEADLINES],
        next_ones=[card for card in cards if card.metric.id in NEXT],
        others=[card for card in cards if card.metric.id not in (*HEADLINES, *NEXT)],
        plotly=PLOTLY_ADDRESS,
        periods=_periods(found.criteria, now.astimezone(zone).date()),
        values=visible(found.criteria),
        chips=chips("/overview", found.criteria, staff.directory),
        choices=filter_choices(staff),
        export=address("/overview.xlsx", found.criteria),
        cases=address("/cases.csv", found.criteria),
    )


@router.get("/overview.xlsx")
def export_overview(
    staff: StaffDep, criteria: CriteriaDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    check_may_export(runtime, staff.account, now=now)
    zone = runtime.settings.zone
    with one_snapshot(conn):
        found = overview(conn, criteria, now=now, zone=zone)
    watermark = record_export(
        conn,
        staff.account,
        what="总览",
        file_format="xlsx",
        criteria=in_words(found.criteria, staff.directory),
        row_count=len(found.metrics),
        actor=staff.account.actor,
        now=now,
        zone=zone,
    )
    content = write_overview_report(found, city_name=staff.directory.city.name, zone=zone, watermark=watermark)
    name = f"overview-{now.astimezone(zone):%Y%m%d-%H%M}.xlsx"
    return Response(
        content,
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _card(metric: Metric, excluded: Mapping[str, Excluded], changes: Changes | None) -> MetricCard:
    out = excluded.get(metric.id)
    words = ""
    if out is not None and metric.denominator is not None:
        rate = out.rate(metric.numerator, metric.denominator)
        words = f"剔除{out.denominator}件后 {'—' if rate is None else format_rate(rate)}"
    return MetricCard(
        metric,
        address("/cases", metric.criteria),
        address("/cases", metric.denominator_criteria) if metric.denominator_criteria else "",
        urgent=metric.id == "overdue" and metric.numerator > 0,
        excluded=words,
        deltas=tuple(write_deltas(changes, metric.id)) if changes else (),
    )


def _periods(criteria: CaseCriteria, today: date) -> list[Period]:
    """The usual periods as links that keep the other filters; 自选 is the form."""

    def period(label: str, first: date | None, last: date | None) -> Period:
        change: dict[str, Any] = {"submitted_from": first, "submitted_to": last}
        chosen = replace(criteria, **change)
        return Period(label, address("/overview", chosen), chosen == criteria)

    ranges = [period(label, today - timedelta(days=days - 1), today) for days, label in _PERIODS]
    return [period("全部", None, None), *ranges]

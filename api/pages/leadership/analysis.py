"""The analysis: any metric by any grouping and time, drawn in ten ways; the whole view stands in the address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.criteria import CriteriaDep
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.leadership.analysis_reading import find_tiles, read_once, view_of
from api.pages.assets import PLOTLY_ADDRESS
from api.pages.cases.case_list import filter_choices
from api.pages.cases.filters import address, chips, in_words, visible
from api.pages.leadership.analysis_chart import PATH, chart_json, draw, number_of, table_of, title_of, view_address
from api.pages.leadership.analysis_cross import show_cross, whole_sheet
from api.pages.leadership.excluded import find_left_out
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import Staff, StaffDep
from api.staff.export_log import check_may_export, record_export
from dashboards.analysis.analysis import Analysis
from dashboards.analysis.analysis_table import find_change, list_columns, may_be_chance, name_comparison
from dashboards.analysis.analysis_view import (
    COMPARED,
    COMPARISONS,
    GROUPED,
    GROUPINGS,
    MOODS,
    OVER_TIME,
    PERIODS,
    PICTURES,
    AnalysisView,
)
from dashboards.analysis.cross_table import lay_out_cross
from dashboards.lists.export import Value, as_csv, as_workbook
from dashboards.metrics.metrics import METRICS

router = APIRouter()

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RANGES = ((30, "近30天"), (90, "近90天"), (365, "近一年"))


@dataclass(frozen=True, slots=True)
class ViewLink:
    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The number of all cases of the view, with what it is compared with; addresses open the lists."""

    label: str
    href: str
    denominator_href: str
    compared_href: str
    change: str
    may_be_chance: bool


@router.get(PATH)
def show_analysis(
    request: Request, staff: StaffDep, criteria: CriteriaDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    zone = runtime.settings.zone
    view = view_of(request.query_params, criteria, staff.directory)
    found = read_once(conn, view, now=now, zone=zone)
    left_out = None
    if view.picture not in ("flow", *MOODS) and found.total.denominator:
        left_out = find_left_out(conn, view.metric, view.criteria, now=now, zone=zone)
    tiles = find_tiles(view, staff.directory)
    cross = lay_out_cross(found.lines) if view.picture == "cross" and found.lines else None
    figure = draw(found, tiles, cross)
    kept: dict[str, Any] = {n: v for n, v in view.parameters().items() if n not in view.criteria.as_parameters()}
    return render(
        request,
        "staff/analysis.html",
        now=now,
        found=found,
        view=view,
        title=title_of(view),
        number=number_of(found),
        figure=chart_json(figure),
        height=int(figure.layout.height),
        table=None if cross else table_of(found),
        cross=show_cross(found, cross) if cross else None,
        headline=_headline(found),
        left_out=left_out,
        comparison=name_comparison(found),
        unplaced=view.picture == "map" and bool(tiles.tiles) and not tiles.placed,
        pictures=[
            ViewLink(name, view_address(view, picture=picture), picture == view.picture)
            for picture, name in PICTURES.items()
        ],
        ranges=_ranges(view, now.astimezone(zone).date()),
        choices=_choices(staff),
        heeds={"by": view.picture in GROUPED, "split": view.picture == "cross"}
        | {"period": view.picture in OVER_TIME, "compare": view.picture in COMPARED},
        values=dict(visible(view.criteria)) | _values(view),
        chips=chips(PATH, view.criteria, staff.directory, **kept),
        clear=view_address(replace(view, criteria=type(view.criteria)())),
        csv=view_address(view, "/analysis.csv"),
        xlsx=view_address(view, "/analysis.xlsx"),
        plotly=PLOTLY_ADDRESS,
    )


@router.get("/analysis.csv")
def export_csv(
    request: Request, staff: StaffDep, criteria: CriteriaDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    """The table of the view, all its lines: counts as numbers, rates as shares 0..1."""
    return _export(request, staff, criteria, runtime, conn, now, "csv")


@router.get("/analysis.xlsx")
def export_xlsx(
    request: Request, staff: StaffDep, criteria: CriteriaDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    """The same with a sheet that says what the number is."""
    return _export(request, staff, criteria, runtime, conn, now, "xlsx")


def _export(
    request: Request,
    staff: Staff,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    file_format: str,
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    check_may_export(runtime, staff.account, now=now)
    zone = runtime.settings.zone
    view = view_of(request.query_params, criteria, staff.directory)
    found = read_once(conn, view, now=now, zone=zone)
    columns = list_columns(found)
    rows: list[list[Value]] = [[column.value(line) for column in columns] for line in found.lines]
    watermark = record_export(
        conn,
        staff.account,
        what=f"分析（{title_of(view)}）",
        file_format=file_format,
        criteria=in_words(view.criteria, staff.directory),
        row_count=len(rows),
        actor=staff.account.actor,
        now=now,
        zone=zone,
    )
    headers = [column.name for column in columns]
    name = f"analysis-{now.astimezone(zone):%Y%m%d-%H%M}.{file_format}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    if file_format == "csv":
        content = as_csv(headers, rows, zone=zone, watermark=watermark)
        return Response(content, media_type="text/csv; charset=utf-8", headers=disposition)
    about: list[tuple[str, Value]] = [
        (title_of(view), view.definition.definition),
        ("范围", in_words(view.criteria, staff.directory) or "全部"),
        ("截至", found.as_of),
        *(("说明", note) for note in found.notes),
    ]
    sheets: list[tuple[str, list[str], Sequence[Sequence[Value]]]] = [
        ("数据", headers, rows),
        ("怎么算的", ["项目", "内容"], about),
    ]
    if view.picture == "cross" and found.lines:
        sheets.insert(1, ("交叉表", *whole_sheet(found)))
    return Response(as_workbook(sheets, zone=zone, watermark=watermark), media_type=_XLSX, headers=disposition)


def _headline(found: Analysis) -> Headline:
    total, before = found.total, found.compared
    metric = found.view.definition
    return Headline(
        label=metric.label,
        href=address("/cases", total.criteria) if total.criteria and total.numerator else "",
        denominator_href=address("/cases", total.denominator_criteria) if total.denominator_criteria else "",
        compared_href=address("/cases", before.criteria) if before and before.criteria and before.numerator else "",
        change=find_change(total, before)[1],
        may_be_chance=bool(before and may_be_chance(total, before)),
    )


def _ranges(view: AnalysisView, today: date) -> list[ViewLink]:
    def of(label: str, first: date | None, last: date | None) -> ViewLink:
        change: dict[str, Any] = {"submitted_from": first, "submitted_to": last}
        chosen = replace(view.criteria, **change)
        return ViewLink(label, view_address(view, criteria=chosen), chosen == view.criteria)

    return [
        of("全部时间", None, None),
        *(of(label, today - timedelta(days=days - 1), today) for days, label in _RANGES),
    ]


def _choices(staff: Staff) -> dict[str, Any]:
    return filter_choices(staff) | {
        "metric": [(metric.id, metric.label) for metric in METRICS.values()],
        "by": list(GROUPINGS.items()),
        "period": list(PERIODS.items()),
        "compare": list(COMPARISONS.items()),
    }


def _values(view: AnalysisView) -> dict[str, str]:
    return {
        "metric": view.metric,
        "by": view.by or ("" if view.picture == "line" else "topic"),
        "split": view.split or "channel",
        "period": view.period,
        "compare": view.compare,
    }

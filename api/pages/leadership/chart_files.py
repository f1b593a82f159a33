"""The data of one chart as a file: the table behind it, how it was counted, and who took it.

Any page that shows charts gives them out under its own address, with `data=<chart>.csv` or `.xlsx` added: so the file
has the filter of the page."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from api.pages.leadership.charts import Chart
from api.pages.staff import Staff
from api.runtime import Runtime
from api.staff.export_log import check_may_export, record_export
from dashboards.lists.export import Value, as_csv, as_workbook
from models.database import Connection

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*|-?\d+")


def chart_file(
    request: Request, staff: Staff, runtime: Runtime, conn: Connection, charts: Sequence[Chart], *, now: datetime
) -> Response | None:
    """The file that the address asks for; None where it asks for none, or for a chart that is not there."""
    name, _, file_format = request.query_params.get("data", "").rpartition(".")
    chart = next((one for one in charts if one.id == name), None)
    if chart is None or file_format not in ("csv", "xlsx"):
        return None
    check_may_export(runtime, staff.account, now=now)
    zone = runtime.settings.zone
    rows = [[_value(cell.text) for cell in row] for row in chart.rows]
    kept = urlencode([pair for pair in request.query_params.multi_items() if pair[0] != "data" and pair[1]])
    watermark = record_export(
        conn,
        staff.account,
        what=f"图表“{chart.title}”的数据",
        file_format=file_format,
        criteria=f"{request.url.path}?{kept}" if kept else request.url.path,
        row_count=len(rows),
        actor=staff.account.actor,
        now=now,
        zone=zone,
    )
    file_name = f"{chart.id}-{now.astimezone(zone):%Y%m%d-%H%M}.{file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    if file_format == "csv":
        content = as_csv(chart.columns, rows, zone=zone, watermark=watermark)
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
    about: list[tuple[Value, ...]] = [("图表", chart.title), ("说的是", chart.number), ("怎么算的", chart.definition)]
    sheets: list[tuple[str, Sequence[str], Sequence[Sequence[Value]]]] = [
        ("数据", chart.columns, rows),
        ("怎么算的", ("项目", "内容"), about),
    ]
    return Response(as_workbook(sheets, zone=zone, watermark=watermark), media_type=_XLSX, headers=headers)


def _value(text: str) -> Value:
    """A whole number as one that can be added up."""
    return int(text.replace(",", "")) if _NUMBER.fullmatch(text) else text

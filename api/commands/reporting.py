"""report: the overview as .xlsx, or a daily, weekly, monthly or issue report in any of its formats."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import ACTOR, console, open_runtime
from api.leadership import report_repository as rows
from api.leadership import reports
from api.leadership.reports import Format
from api.runtime import Runtime
from api.staff.export_log import record_export
from dashboards.metrics.metrics import overview
from dashboards.reports import write_overview_report
from models.criteria import CaseCriteria
from models.database import transaction
from models.errors import Invalid, Unavailable
from models.report import ReportKind, ReportState
from routing.directory_repository import get_city

_FORMATS: dict[str, Format] = {"docx": "docx", "pdf": "pdf", "xlsx": "xlsx"}


def register(app: typer.Typer) -> None:
    app.command("report")(report)


def report(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入的文件")] = None,
    kind: Annotated[ReportKind | None, typer.Option("--kind", help="日报、周报、月报或专报；不选就是总览")] = None,
    file_format: Annotated[str, typer.Option("--format", help="docx、pdf 或 xlsx；总览只有 xlsx")] = "",
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="报告期内的任意一天")] = None,
    issue: Annotated[int | None, typer.Option("--issue", help="专报写哪个热点问题（编号）")] = None,
    check: Annotated[Path | None, typer.Option("--check", help="核对一份报告或通报，不生成新的")] = None,
    submitted_from: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="总览的起始日期")] = None,
    submitted_to: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="总览的截止日期")] = None,
) -> None:
    """把总览写成 .xlsx，或生成日报、周报、月报、专报；--check 核对一份文件里的每个数字。"""
    if check is not None:
        _check(check)
        return
    if output is None:
        raise Invalid("请用 --output 写明文件。")
    suffix = (file_format or output.suffix.lstrip(".") or "docx").lower()
    with open_runtime() as (runtime, _):
        if kind is None:
            data = _overview(runtime, submitted_from, submitted_to)
        elif suffix not in _FORMATS:
            raise Invalid("格式只能是 docx、pdf 或 xlsx。")
        else:
            data = _made(runtime, kind, _FORMATS[suffix], day, issue)
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Unavailable(f"无法写入 {output}：{error.strerror}。") from error
    console.print(f"已写入 {output}。")


def _made(runtime: Runtime, kind: ReportKind, file_format: Format, day: datetime | None, issue: int | None) -> bytes:
    """Made, checked, kept like one of the pages. The file is written all the same where a figure does not agree."""
    now = runtime.now()
    chosen = day.date() if day else None
    report_id = reports.make_report(runtime, kind, day=chosen, issue_id=issue, actor=ACTOR, now=now)
    with transaction(runtime.pool) as conn:
        found = rows.get_report(conn, report_id)
        if found.state is ReportState.DRAFT:
            console.print("[yellow]![/yellow] 有数字与工单不符，报告不能签发；详见报告页面。")
        return reports.export_report(conn, runtime, found, file_format, account=None, actor=ACTOR, now=now)


def _check(path: Path) -> None:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Invalid(f"无法读取 {path}：{error.strerror}。") from error
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        _, document, findings = reports.check_file(conn, runtime, data)
    for problem in findings.problems:
        console.print(f"[red]✗[/red] {problem.label}：文件里“{problem.told}”，应为“{problem.counted}”")
    if findings.problems:
        raise typer.Exit(1)
    console.print(f"[green]✓[/green] {document.title}：{findings.figures} 处数字全部相符。")


def _overview(runtime: Runtime, first: datetime | None, last: datetime | None) -> bytes:
    criteria = CaseCriteria(submitted_from=first.date() if first else None, submitted_to=last.date() if last else None)
    with transaction(runtime.pool) as conn:
        content = overview(conn, criteria, now=runtime.now(), zone=runtime.settings.zone)
        watermark = record_export(
            conn,
            None,
            what="总览",
            file_format="xlsx",
            criteria="；".join(f"{name}={value}" for name, value in criteria.as_parameters().items()),
            row_count=len(content.metrics),
            actor=ACTOR,
            now=runtime.now(),
            zone=runtime.settings.zone,
        )
        return write_overview_report(
            content, city_name=get_city(conn).name, zone=runtime.settings.zone, watermark=watermark
        )

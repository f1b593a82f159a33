"""Making a report, checking it against the rows, signing it, and giving it out as a file."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import IsolationLevel

from api.leadership import report_repository as rows
from api.leadership.circulars import add_circulars, find_circular
from api.runtime import Runtime
from api.staff.export_log import record_export
from api.tasks.fact_tasks import renew
from dashboards.briefs.building import Earlier, build
from dashboards.briefs.checking import Findings, check
from dashboards.briefs.document import Document, as_json, digest, from_json
from dashboards.briefs.facts import read_brief, read_voices
from dashboards.briefs.periods import Days, last_period, period_of
from dashboards.briefs.reading import read_file
from dashboards.briefs.recounting import recount
from dashboards.briefs.said import FileFormat
from dashboards.briefs.templates import complete, default_template
from dashboards.briefs.write_docx import write_docx
from dashboards.briefs.write_pdf import write_pdf
from dashboards.briefs.write_xlsx import write_xlsx
from models.account import Account, Role
from models.database import Connection, with_meaning
from models.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from models.report import Report, ReportKind, ReportState, ReportTemplate
from models.submission import Channel
from routing.issues.issue_repository import get_issue

logger = logging.getLogger(__name__)

Format = FileFormat
WRITERS: Mapping[Format, Callable[..., bytes]] = {"docx": write_docx, "xlsx": write_xlsx, "pdf": write_pdf}
# What is read back before a report can be signed.
CHECKED: tuple[Format, ...] = ("docx", "xlsx", "pdf")
MEDIA_TYPES: Mapping[Format, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAKES = (Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR, Role.DISPATCHER)
SIGNS = (Role.SUPERVISOR, Role.LEADER)
# Letters that arrive between the daily facts and the rows: then it is made again.
_TRIES = 3


@contextmanager
def snapshot(runtime: Runtime) -> Iterator[Connection]:
    """A transaction that sees one moment: every number of a report is of it, and so is the check."""
    with with_meaning(), runtime.pool.connection() as conn:
        conn.isolation_level = IsolationLevel.REPEATABLE_READ
        try:
            yield conn
            conn.commit()
        finally:
            conn.rollback()
            conn.isolation_level = None


def make_report(
    runtime: Runtime,
    kind: ReportKind,
    *,
    day: date | None = None,
    issue_id: int | None = None,
    actor: str,
    now: datetime,
) -> int:
    """The report of the period that `day` lies in, of the last one that is over without `day`; checked at once. What
    does not agree with the rows after several tries is kept as a draft with what was found. Raises `Invalid`,
    `NotFound`."""
    days = find_days(kind, day, now=now, runtime=runtime)
    renew(runtime)
    for attempt in range(1, _TRIES + 1):
        with snapshot(runtime) as conn:
            document = compose(conn, runtime, kind, days, issue_id=issue_id, now=now)
            content = as_json(document)
            code = digest(content)
            findings = check_files(conn, document, code, runtime)
            if findings.passed or attempt == _TRIES:
                previous = rows.find_last_report(conn, kind, before=days.first, issue_id=issue_id)
                return rows.add_report(
                    conn,
                    kind=kind,
                    first_day=days.first,
                    last_day=days.last,
                    issue_id=issue_id,
                    title=document.title,
                    content=content,
                    digest=code,
                    as_of=document.as_of,
                    previous_id=previous.id if previous else None,
                    findings=findings_json(findings),
                    passed=findings.passed,
                    actor=actor,
                    now=now,
                )
        renew(runtime)
    raise AssertionError("the last try returns")


def find_days(kind: ReportKind, day: date | None, *, now: datetime, runtime: Runtime) -> Days:
    """Raises `Invalid` for a period that has not begun, or where there are no words for it."""
    today = now.astimezone(runtime.settings.zone).date()
    if day is not None and not 2000 <= day.year <= today.year:
        raise Invalid("请选择已经开始的日期。", {"day": "请选择已经开始的日期"})
    days = period_of(kind, day) if day else last_period(kind, today)
    if days.first > today:
        raise Invalid("这个时段还没有开始。", {"day": "请选择已经开始的日期"})
    return days


def compose(
    conn: Connection,
    runtime: Runtime,
    kind: ReportKind,
    days: Days,
    *,
    issue_id: int | None = None,
    template: ReportTemplate | None = None,
    now: datetime,
) -> Document:
    """The report as it would be now, by the kept template or by one that is being tried."""
    if (kind is ReportKind.ISSUE) != (issue_id is not None):
        raise Invalid("专报要选择一个热点问题。", {"issue_id": "请选择热点问题"})
    zone = runtime.settings.zone
    chosen = template or template_of(conn, kind)
    facts = read_brief(conn, kind, days, chosen.thresholds, now=now, zone=zone, issue_id=issue_id)
    channels, by_day = [], []
    if issue_id is not None:
        get_issue(conn, issue_id, now=now)
        if not facts.issues:
            raise Conflict("该热点问题在所选时段没有来件，或除去保密和举报的来件后不成热点，不能写成专报。")
        # by the name that the file may tell
        [issue] = facts.issues
        channels = [read_voices(conn, issue.id, issue.name, days, zone=zone, channel=c.value) for c in Channel]
        every = [days.first + timedelta(days=n) for n in range((days.last - days.first).days + 1)]
        by_day = [read_voices(conn, issue.id, issue.name, Days(one, one), zone=zone) for one in every]
    previous = rows.find_last_report(conn, kind, before=days.first, issue_id=issue_id)
    return build(
        facts,
        chosen,
        city=runtime.directory(conn).city.name,
        earlier=Earlier(from_json(previous.content).hot) if previous else None,
        channels=channels,
        days=by_day,
        over=kind is ReportKind.ISSUE or days.last < now.astimezone(zone).date(),
    )


def template_of(conn: Connection, kind: ReportKind) -> ReportTemplate:
    return complete(rows.find_template(conn, kind) or default_template(kind))


def check_files(conn: Connection, document: Document, code: str, runtime: Runtime) -> Findings:
    """Every file is written, read back, and every figure in it is counted again from the rows. Where the machine lacks
    what makes one (PDF), there is none to give out either: `files` says which were read."""
    zone = runtime.settings.zone
    recounted = recount(conn, document, zone=zone)
    found = []
    for file_format in CHECKED:
        try:
            own = read_file(WRITERS[file_format](document, digest=code, zone=zone))
        except Unavailable:
            logger.warning("report %s: no .%s was made, none was checked", code[:12], file_format)
            continue
        found.append(check(own, own, document, recounted))
    problems = tuple(dict.fromkeys(problem for one in found for problem in one.problems))
    return Findings(sum(one.figures for one in found), problems, tuple(name for one in found for name in one.files))


def check_again(conn: Connection, runtime: Runtime, report: Report, *, actor: str, now: datetime) -> Findings:
    """Whether the rows still say what the report says; kept where it is not signed yet."""
    findings = check_files(conn, from_json(report.content), report.digest, runtime)
    rows.set_findings(conn, report.id, findings_json(findings), passed=findings.passed, actor=actor, now=now)
    return findings


def check_file(conn: Connection, runtime: Runtime, data: bytes) -> tuple[Report, Document, Findings]:
    """A file that somebody hands in, against the report, or the circular of one, that it says it is. Raises `Invalid`,
    `NotFound`."""
    given = read_file(data)
    report = rows.find_by_digest(conn, given.basis or given.digest) if given.digest else None
    if report is None:
        raise NotFound("这份文件的校验码不是本系统任何一份报告的。")
    document = find_circular(conn, runtime, report, given.digest) if given.basis else from_json(report.content)
    zone = runtime.settings.zone
    own = read_file(WRITERS[given.format](document, digest=given.digest, zone=zone))
    return report, document, check(given, own, document, recount(conn, document, zone=zone))


def sign_report(conn: Connection, runtime: Runtime, account: Account, report_id: int, *, now: datetime) -> None:
    """签发: only what was checked, and only what is still what was checked. Of a monthly report the circulars go out.
    Raises `Forbidden`, `Conflict`."""
    if account.role not in SIGNS:
        raise Forbidden("报告由督办员或领导签发。")
    report = rows.get_report(conn, report_id)
    if report.state is not ReportState.CHECKED:
        raise Conflict("报告已经签发。" if report.state is ReportState.SIGNED else "报告没有通过核对，不能签发。")
    if digest(report.content) != report.digest:
        raise Conflict("报告内容与校验码不符，不能签发。")
    if not rows.set_signed(conn, report_id, report.digest, actor=account.actor, now=now):
        raise Conflict("报告刚刚被他人更改，请刷新后再试。")
    if report.kind is ReportKind.MONTHLY:
        add_circulars(conn, runtime, report, actor=account.actor, now=now)


def export_report(
    conn: Connection,
    runtime: Runtime,
    report: Report,
    file_format: Format,
    *,
    account: Account | None,
    actor: str,
    now: datetime,
) -> bytes:
    """The file with the mark of who took it; written down in the log of exports."""
    document, zone = from_json(report.content), runtime.settings.zone
    watermark = record_export(
        conn,
        account,
        what=report.kind.label,
        file_format=file_format,
        criteria=f"{document.title}，{document.period}",
        row_count=len(document.figures),
        actor=actor,
        now=now,
        zone=zone,
    )
    return WRITERS[file_format](document, digest=report.digest, zone=zone, watermark=watermark)


def findings_json(findings: Findings) -> dict[str, Any]:
    problems = [asdict(problem) for problem in findings.problems]
    return {"figures": findings.figures, "problems": problems, "files": list(findings.files)}

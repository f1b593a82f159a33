"""The pages of reports: what was made, one report with what its check found, its files, making and signing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.criteria import LARGEST_ID, row_id
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.leadership import report_repository as rows
from api.leadership import reports
from api.leadership.reports import MAKES, MEDIA_TYPES, SIGNS, Format
from api.pages.cases.case_wording import Badge, BadgeTone
from api.pages.cases.filters import count_pages
from api.pages.choices import enum_choices
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from api.staff.export_log import check_may_export
from dashboards.briefs.difference import Difference, compare
from dashboards.briefs.document import from_json
from dashboards.briefs.reading import CHOOSE
from dashboards.briefs.write_html import write_html
from models.account import Account
from models.database import Connection
from models.errors import Invalid, WenzhengError
from models.issue import IssueCriteria
from models.report import Report, ReportKind, ReportState
from routing.issues.issue_repository import list_issues

router = APIRouter(prefix="/reports")

Text = Annotated[str, Form()]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
PAGE_SIZE = 30
_ISSUES_OFFERED = 50
# Nobody's report is larger; the whole body has its own limit.
_LARGEST_FILE = 4_000_000
_BADGES: dict[ReportState, tuple[str, BadgeTone]] = {
    ReportState.DRAFT: ("alert", "soon"),
    ReportState.CHECKED: ("tick", "blue"),
    ReportState.SIGNED: ("check", "quiet"),
}
_DONE = {
    "made": "报告已生成，数字已逐个核对。",
    "checked": "已重新核对。",
    "signed": "报告已签发，不能再改。",
    "handed": "已登记为送达。",
}
_FILES: dict[str, str] = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}
_PROBLEMS = {"altered": "文件与报告不符", "changed": "工单已变化", "missing": "文件里没有"}


@dataclass(frozen=True, slots=True)
class Line:
    """A report in the list."""

    report: Report
    badge: Badge
    period: str


@router.get("")
def list_made(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    kind: str = "",
    page: int = 1,
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    return _list(request, staff, runtime, conn, kind, page, now=now)


@router.post("")
def make(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    kind: Text = "",
    day: Text = "",
    issue_id: Text = "",
) -> Response:
    require_role(staff.account, *MAKES)
    typed = {"kind": kind, "day": day, "issue_id": issue_id}
    try:
        report_id = reports.make_report(
            runtime,
            _kind(kind),
            day=_day(day),
            issue_id=_issue(issue_id) if kind == ReportKind.ISSUE.value else None,
            actor=staff.account.actor,
            now=now,
        )
    except WenzhengError as error:
        return _list(request, staff, runtime, conn, "", 1, now=now, typed=typed, error=error)
    return RedirectResponse(f"/reports/{report_id}?done=made", status_code=303)


@router.post("/check")
def check_file(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """A file that somebody has: is it what was made, and do the rows still say so?"""
    require_role(staff.account, *CITY_WIDE)
    try:
        data = file.file.read(_LARGEST_FILE + 1) if file is not None else b""
        if not data or len(data) > _LARGEST_FILE:
            raise Invalid(CHOOSE, {"file": "请选择文件"})
        report, document, findings = reports.check_file(conn, runtime, data)
    except WenzhengError as error:
        return _list(request, staff, runtime, conn, "", 1, now=now, error=error)
    checked = reports.findings_json(findings) | {"title": document.title}
    return show_page(request, staff, runtime, conn, report, now=now, findings=checked)


@router.get("/{report_id}")
def show(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    report_id: Id,
    done: str = "",
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    report = rows.get_report(conn, report_id)
    return show_page(request, staff, runtime, conn, report, now=now, done=_DONE.get(done, ""))


@router.get("/{report_id}/file.{file_format}")
def download(
    staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, report_id: Id, file_format: Format
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    check_may_export(runtime, staff.account, now=now)
    report = rows.get_report(conn, report_id)
    account = staff.account
    data = reports.export_report(conn, runtime, report, file_format, account=account, actor=account.actor, now=now)
    name = f"{report.kind.value}-{report.first_day:%Y%m%d}-{report.id}.{file_format}"
    return Response(
        data,
        media_type=MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post("/{report_id}/recount")
def recount(staff: ActingStaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, report_id: Id) -> Response:
    require_role(staff.account, *MAKES)
    report = rows.get_report(conn, report_id)
    reports.check_again(conn, runtime, report, actor=staff.account.actor, now=now)
    return RedirectResponse(f"/reports/{report_id}?done=checked", status_code=303)


@router.post("/{report_id}/sign")
def sign(
    request: Request, staff: ActingStaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, report_id: Id
) -> Response:
    require_role(staff.account, *SIGNS)
    try:
        with conn.transaction():
            reports.sign_report(conn, runtime, staff.account, report_id, now=now)
    except WenzhengError as error:
        report = rows.get_report(conn, report_id)
        return show_page(request, staff, runtime, conn, report, now=now, error=error)
    return RedirectResponse(f"/reports/{report_id}?done=signed", status_code=303)


def show_page(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    conn: Connection,
    report: Report,
    *,
    now: datetime,
    done: str = "",
    findings: dict[str, Any] | None = None,
    error: WenzhengError | None = None,
) -> Response:
    """`findings`: of a file that was handed in, instead of those that are kept."""
    zone = runtime.settings.zone
    document = from_json(report.content)
    # of reports made before the PDF was read there is no list
    read = (findings or report.findings or {}).get("files")
    return render(
        request,
        "staff/report.html",
        status_code=status_of(error) if error else 200,
        now=now,
        done=done,
        message=error.message if error else "",
        report=report,
        badge=badge_of(report.state),
        brief=write_html(document, digest=report.digest, zone=zone),
        findings=findings or report.findings or {"figures": 0, "problems": []},
        handed_in=findings is not None,
        problem_words=_PROBLEMS,
        file_words="、".join(_FILES[name] for name in read or ("docx", "xlsx")),
        difference=_difference(conn, report),
        circulars=rows.list_circulars(conn, report.id),
        directory=staff.directory,
        makes=staff.account.role in MAKES,
        signs=staff.account.role in SIGNS,
        formats=list(_FILES.items()),
    )


def badge_of(state: ReportState) -> Badge:
    icon, tone = _BADGES[state]
    return Badge(state.label, icon, tone)


def _list(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    conn: Connection,
    kind: str,
    page: int,
    *,
    now: datetime,
    typed: dict[str, str] | None = None,
    error: WenzhengError | None = None,
) -> Response:
    chosen = next((member for member in ReportKind if member.value == kind), None)
    page = max(1, min(page, 10_000))
    total, found = rows.list_reports(conn, chosen, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    kept = f"&kind={chosen.value}" if chosen else ""
    issues = list_issues(conn, IssueCriteria(), now=now, limit=_ISSUES_OFFERED).rows
    return render(
        request,
        "staff/reports.html",
        status_code=status_of(error) if error else 200,
        now=now,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
        lines=[Line(report, badge_of(report.state), _period(report)) for report in found],
        total=total,
        kinds=enum_choices(ReportKind),
        kind=chosen.value if chosen else "",
        page=page,
        pages=count_pages(total, PAGE_SIZE),
        address=lambda number: f"/reports?page={number}{kept}",
        issues=[(str(issue.id), issue.name) for issue in issues],
        typed=typed or {"kind": "monthly", "day": "", "issue_id": ""},
        makes=may_make(staff.account),
    )


def may_make(account: Account) -> bool:
    return account.role in MAKES


def _difference(conn: Connection, report: Report) -> Difference | None:
    if report.previous_id is None:
        return None
    earlier = rows.get_report(conn, report.previous_id)
    return compare(from_json(report.content), from_json(earlier.content))


def _period(report: Report) -> str:
    first, last = report.first_day, report.last_day
    return f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} 至 {last:%m-%d}"


def _kind(text: str) -> ReportKind:
    try:
        return ReportKind(text)
    except ValueError:
        raise Invalid("请选择报告种类。", {"kind": "请选择"}) from None


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("日期有误。", {"day": "请填写日期"}) from None


def _issue(text: str) -> int:
    try:
        return row_id(text)
    except ValueError:
        raise Invalid("专报要选择一个热点问题。", {"issue_id": "请选择热点问题"}) from None

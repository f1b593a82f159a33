"""One action on many cases: what it needs to know, and afterwards what was done and what was refused, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.criteria import parse_criteria
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, restrict
from api.pages.choices import unit_choices
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff
from api.runtime import Runtime
from api.staff.bulk import BULK_ACTIONS, MOST, Chosen, bulk_actions, list_chosen, perform_all, read_chosen
from api.staff.case_requests import ActionInput
from api.staff.export_log import check_may_export, record_export
from dashboards.lists.case_lists import list_cases
from dashboards.lists.export import Value, as_csv
from models.account import Account
from models.analysis import AppealType
from models.case import Case, CaseAction
from models.database import Connection
from models.errors import Invalid
from routing.casework import desk_repository
from routing.directory import Directory

router = APIRouter()

EXPORT = "export"
# What is done at once; the others ask first, for what they need or whether it is meant.
_AT_ONCE = (CaseAction.ACKNOWLEDGE,)
_LISTS = ("/desk", "/cases", "/due-soon")


@dataclass(frozen=True, slots=True)
class BulkButton:
    value: str
    label: str


def bulk_buttons(account: Account) -> list[BulkButton]:
    """The buttons below a list in which rows can be chosen."""
    actions = [BulkButton(action.value, action.label) for action in bulk_actions(account)]
    return [*actions, BulkButton(EXPORT, "导出")]


def pickable(conn: Connection, case_ids: Sequence[int]) -> dict[int, int]:
    """The versions that the ticks of a list carry."""
    return desk_repository.list_versions(conn, case_ids)


@router.post("/bulk")
def act_on_many(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    action: Annotated[str, Form()] = "",
    case: Annotated[list[str] | None, Form()] = None,
    query: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    lead: Annotated[str, Form()] = "",
    confirmed: Annotated[str, Form()] = "",
) -> Response:
    """`query` instead of `case`: the first cases of a list, as it is now."""
    chosen = _of_list(conn, runtime, staff, query, now=now) if query else read_chosen(case or [])
    if action == EXPORT:
        return _export(conn, runtime, staff, chosen, now=now)
    wanted = next((a for a in BULK_ACTIONS if a.value == action), None)
    if wanted is None:
        raise Invalid("请选择要进行的操作。")
    typed = {"text": _text(text), "lead": lead}
    missing = "请选择改派给哪个单位。" if wanted is CaseAction.REDISPATCH and not lead else ""
    missing = missing or ("请填写备注。" if wanted is CaseAction.NOTE and not text.strip() else "")
    if wanted not in _AT_ONCE and (not confirmed or missing):
        message = missing if confirmed else ""
        return _page(request, conn, staff, wanted, chosen, typed, _safe(back), now=now, message=message)
    given = ActionInput(text=typed["text"], lead=lead)
    outcomes = perform_all(conn, runtime, staff.account, wanted, chosen, given, now=now)
    return render(
        request,
        "staff/bulk_done.html",
        now=now,
        action=wanted,
        done=[outcome for outcome in outcomes if not outcome.reason],
        refused=[outcome for outcome in outcomes if outcome.reason],
        back=_safe(back),
    )


def _page(
    request: Request,
    conn: Connection,
    staff: Staff,
    action: CaseAction,
    chosen: list[Chosen],
    typed: dict[str, str],
    back: str,
    *,
    now: datetime,
    message: str,
) -> Response:
    cases = list_chosen(conn, staff.account, chosen)
    return render(
        request,
        "staff/bulk.html",
        status_code=422 if message else 200,
        now=now,
        action=action,
        rows=[(row, cases.get(row.number)) for row in chosen],
        typed=typed,
        message=message,
        errors={"lead" if action is CaseAction.REDISPATCH else "text": message} if message else {},
        back=back,
        units=unit_choices(staff.directory) if action is CaseAction.REDISPATCH else [],
        directory=staff.directory,
        most=MOST,
    )


def _of_list(conn: Connection, runtime: Runtime, staff: Staff, query: str, *, now: datetime) -> list[Chosen]:
    criteria = restrict(parse_criteria(query), staff.account)
    found = list_cases(conn, criteria, now=now, zone=runtime.settings.zone, limit=MOST)
    versions = desk_repository.list_versions(conn, [row.id for row in found.rows])
    return read_chosen([f"{row.case_number}:{versions[row.id]}" for row in found.rows])


def _export(conn: Connection, runtime: Runtime, staff: Staff, chosen: list[Chosen], *, now: datetime) -> Response:
    check_may_export(runtime, staff.account, now=now)
    zone, cases = runtime.settings.zone, list_chosen(conn, staff.account, chosen)
    watermark = record_export(
        conn,
        staff.account,
        what="工单清单",
        file_format="csv",
        criteria=f"勾选的{len(cases)}件",
        row_count=len(cases),
        actor=staff.account.actor,
        now=now,
        zone=zone,
    )
    lines = [_line(one, staff.directory, now) for one in cases.values()]
    content = as_csv(_HEADERS, lines, zone=zone, watermark=watermark)
    headers = {"Content-Disposition": f'attachment; filename="cases-{now.astimezone(zone):%Y%m%d-%H%M}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


_HEADERS = (
    *("工单编号", "标题", "渠道", "状态", "诉求类型", "诉求类别", "地区", "主办单位", "紧急程度"),
    *("提交时间", "派单时间", "签收时间", "办结时间", "办理时限", "超期未办结"),
)


def _line(case: Case, directory: Directory, now: datetime) -> tuple[Value, ...]:
    late = case.status.is_open and case.due_at is not None and case.due_at < now
    return (
        case.case_number,
        # a file goes on from hand to hand, as in api.pages.cases.case_list
        "（保密）" if case.confidential or case.appeal_type is AppealType.REPORT else case.title,
        case.channel,
        case.status,
        case.appeal_type,
        directory.topic_name(case.topic_code),
        directory.region_name(case.region_code),
        directory.department_name(case.lead_department_id),
        case.urgency,
        case.submitted_at,
        case.dispatched_at,
        case.acknowledged_at,
        case.completed_at,
        case.due_date,
        "是" if late else "否",
    )


def _safe(back: str) -> str:
    """A list of ours, whatever was sent."""
    return back if back.partition("?")[0] in _LISTS else "/cases"


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\0", "")

"""Extensions 延期: asked for before the case is due, with a reason; decided; the citizen is told the day and why."""

from datetime import datetime
from zoneinfo import ZoneInfo

from models.case import Case, CaseAction
from models.casework import RequestState
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import lifecycle
from routing.casework import casework_repository as rows
from routing.casework.returns import short_of, text_of
from routing.clocks.deadlines import Deadline, extended
from routing.directory import Directory


def why_not_extend(conn: Connection, case: Case, directory: Directory, *, now: datetime) -> str:
    """Why the unit may not ask (any more), in a sentence; "" where it may."""
    rules = directory.casework
    if not rules.extension_times or not rules.extension_days:
        return "本市不允许延期。"
    if case.due_at is None or now >= case.due_at:
        return "工单已经超期，不能再申请延期。"
    given = len(rows.list_granted_extensions(conn, case.id))
    if given >= rules.extension_times:
        return f"已经延期{given}次，按规定最多{rules.extension_times}次。"
    return ""


def request_extension(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    days: int | None,
    reason: str,
    actor: str,
    now: datetime,
) -> Case:
    """申请延期 by `days` working days. Raises `Invalid` for too many, `Conflict` once the case is due, beyond the
    number of times, and where one is asked for already."""
    reason = text_of(reason, "延期理由")
    most = directory.casework.extension_days
    if days is None or not 1 <= days <= max(most, 1):
        raise Invalid("延期的天数不对。", {"days": f"请填写1到{most}个工作日"})
    if refusal := why_not_extend(conn, case, directory, now=now):
        raise Conflict(refusal)
    if rows.find_open_extension(conn, case.id) is not None:
        raise Conflict("已经申请过延期，请等待审批。")
    assert case.due_at is not None and case.lead_department_id is not None
    payload = {"days": days, "reason": reason, "department": case.lead_department_id}
    moved = lifecycle.act_beside(conn, case, CaseAction.REQUEST_EXTENSION, payload, actor=actor, now=now)
    rows.add_extension(
        conn,
        case.id,
        department_id=case.lead_department_id,
        days=days,
        reason=reason,
        due_before=case.due_at,
        actor=actor,
        now=now,
    )
    return moved


def grant_extension(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    note: str = "",
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """批准延期: counted from the due day as it stands, in working days, whatever day it is granted."""
    request = rows.find_open_extension(conn, case.id)
    if request is None:
        raise Conflict("没有待审批的延期申请。")
    if case.due_date is None:
        raise Conflict("工单没有办理时限，不能延期。")
    note = short_of(note, "备注", field="note")
    assert case.due_at is not None
    due = extended(
        Deadline(due_date=case.due_date, due_at=case.due_at, basis=case.due_basis),
        request.days,
        request.reason,
        directory.calendar_for(case.lead_department_id),
        zone,
    )
    payload = {
        "days": request.days,
        "reason": request.reason,
        "note": note,
        "due_date": {"from": case.due_date.isoformat(), "to": due.due_date.isoformat()},
    }
    moved = lifecycle.act_beside(
        conn,
        case,
        CaseAction.GRANT_EXTENSION,
        payload,
        changes={"due_date": due.due_date, "due_at": due.due_at, "due_basis": due.basis},
        actor=actor,
        now=now,
    )
    rows.decide_extension(conn, request, RequestState.ACCEPTED, note=note, due_after=due.due_at, actor=actor, now=now)
    return moved


def refuse_extension(conn: Connection, case: Case, *, note: str, actor: str, now: datetime) -> Case:
    """不批准延期: the due day stays."""
    note = text_of(note, "不批准的理由", field="note")
    request = rows.find_open_extension(conn, case.id)
    if request is None:
        raise Conflict("没有待审批的延期申请。")
    payload = {"days": request.days, "note": note}
    moved = lifecycle.act_beside(conn, case, CaseAction.REFUSE_EXTENSION, payload, actor=actor, now=now)
    rows.decide_extension(conn, request, RequestState.REFUSED, note=note, due_after=None, actor=actor, now=now)
    return moved

"""Extensions 延期: asked for before the case is due, with a reason; decided; the citizen is told the day and why."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.case import Case, CaseAction
from models.casework import RequestState
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import casework_repository as rows
from routing import lifecycle
from routing.directory import Directory
from routing.returns import text_of


def why_not_extend(conn: Connection, case: Case, directory: Directory, *, now: datetime) -> str:
    """Why the unit may not ask (any more), in a sentence; "" where it may."""
    rules = directory.casework
    if not rules.extension_times or not rules.extension_days:
        return "本市不允许延期。"
    if case.due_at is None or now >= case.due_at:
        return "工单已经超期，不能再申请延期。"
    given = sum(e.state is RequestState.ACCEPTED for e in rows.list_extensions(conn, case.id))
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
    last = directory.calendar.add_working_days(case.due_date, request.days)
    due_at = datetime.combine(last + timedelta(days=1), time(0), tzinfo=zone)
    told = (
        f"经批准延期{request.days}个工作日，{last.year}年{last.month}月{last.day}日24时到期，理由：{request.reason}。"
    )
    unknown = directory.calendar.unknown_years(case.due_date, last)
    if unknown:
        told += f"注意：{'、'.join(f'{year}年' for year in unknown)}的放假安排尚未录入，此日期为暂定。"
    payload = {
        "days": request.days,
        "reason": request.reason,
        "note": note.strip(),
        "due_date": {"from": case.due_date.isoformat(), "to": last.isoformat()},
    }
    moved = lifecycle.act_beside(
        conn,
        case,
        CaseAction.GRANT_EXTENSION,
        payload,
        changes={"due_date": last, "due_at": due_at, "due_basis": case.due_basis + told},
        actor=actor,
        now=now,
    )
    rows.decide_extension(
        conn, request, RequestState.ACCEPTED, note=note.strip(), due_after=due_at, actor=actor, now=now
    )
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

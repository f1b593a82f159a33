"""Suspensions 挂起: with a reason and an end, approved by the dispatcher, the clock of a case stands still.

While it runs the case has the due day that it would have at the planned end, so that it is not late; when it ends the
day is counted again from what was due before, by the working days that it really stood. The day on which it begins is
not counted, the day on which it ends is (民法典 201). The clocks of the unit, sign-in and first contact, run on.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.callback import CaseSuspension, SuspensionState
from models.case import Case, CaseAction
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import lifecycle
from routing.casework import casework_repository
from routing.casework.returns import short_of, text_of
from routing.clocks import suspension_repository as rows
from routing.clocks.calendar import WorkingCalendar
from routing.clocks.deadlines import Deadline
from routing.directory import Directory


def why_not_suspend(conn: Connection, case: Case, directory: Directory, *, now: datetime) -> str:
    """Why the unit may not ask (any more), in a sentence; "" where it may."""
    rules = directory.casework
    if not rules.suspension_times or not rules.suspension_days:
        return "本市不允许挂起。"
    if case.due_at is None or now >= case.due_at:
        return "工单已经超期，不能再申请挂起。"
    before = _granted(conn, case.id)
    if len(before) >= rules.suspension_times:
        return f"已经挂起{len(before)}次，按规定最多{rules.suspension_times}次。"
    if not _days_left(before, directory):
        return f"累计挂起已满{rules.suspension_days}个工作日。"
    return ""


def request_suspension(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    until: date | None,
    reason: str,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """申请挂起 to the end of the day `until`. Raises `Invalid` for a day that is past or too far away, `Conflict` once
    the case is due, beyond the limits, and where one is asked for or an extension waits."""
    reason = text_of(reason, "挂起的原因")
    if until is None:
        raise Invalid("请选择挂起到哪一天。", {"due_at": "请选择"})
    if refusal := why_not_suspend(conn, case, directory, now=now):
        raise Conflict(refusal)
    days = _stood(directory.calendar_for(case.lead_department_id), _day(now, zone), until)
    left = _days_left(_granted(conn, case.id), directory)
    if not 1 <= days <= left:
        raise Invalid("挂起的时间不对。", {"due_at": f"从明天起，最多{left}个工作日"})
    open_ = (SuspensionState.REQUESTED, SuspensionState.RUNNING)
    if any(row.state in open_ for row in rows.list_suspensions(conn, case.id)):
        raise Conflict("已经申请过挂起，或正在挂起。")
    if casework_repository.find_open_extension(conn, case.id) is not None:
        raise Conflict("延期申请还没有处理，不能申请挂起。")
    assert case.lead_department_id is not None
    payload = {"until": until.isoformat(), "reason": reason, "department": case.lead_department_id}
    moved = lifecycle.act_beside(conn, case, CaseAction.REQUEST_SUSPENSION, payload, actor=actor, now=now)
    rows.add_suspension(
        conn,
        case.id,
        department_id=case.lead_department_id,
        reason=reason,
        until_date=until,
        actor=actor,
        now=now,
    )
    return moved


def grant_suspension(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    note: str = "",
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """批准挂起: the clock stands from now on. Raises `Conflict` where none is asked for, the case is due by now or the
    day asked for is past."""
    request = rows.find_open(conn, case.id, SuspensionState.REQUESTED)
    if request is None:
        raise Conflict("没有待审批的挂起申请。")
    if case.due_at is None or case.due_date is None or now >= case.due_at:
        raise Conflict("工单已经超期，不能挂起。")
    note = short_of(note, "备注", field="note")
    today = _day(now, zone)
    calendar = directory.calendar_for(case.lead_department_id)
    days = _stood(calendar, today, request.until_date)
    if days < 1:
        raise Conflict("申请挂起到的那一天已经过了。")
    told = (
        f"经批准自{_words(today)}起挂起，至{_words(request.until_date)}止，其间{days}个工作日不计入时限，"
        f"理由：{_clause(request.reason)}。"
    )
    due = _later(case.due_date, case.due_basis, days, told, calendar, zone)
    payload: dict[str, Any] = {
        "until": request.until_date.isoformat(),
        "reason": request.reason,
        "note": note,
        "due_date": {"from": case.due_date.isoformat(), "to": due.due_date.isoformat()},
    }
    moved = _move(conn, case, CaseAction.GRANT_SUSPENSION, payload, due, actor=actor, now=now)
    rows.start(conn, request, case, note=note, actor=actor, now=now)
    return moved


def refuse_suspension(conn: Connection, case: Case, *, note: str, actor: str, now: datetime) -> Case:
    """不批准挂起: the clock runs on, as it did all the time."""
    note = text_of(note, "不批准的理由", field="note")
    request = rows.find_open(conn, case.id, SuspensionState.REQUESTED)
    if request is None:
        raise Conflict("没有待审批的挂起申请。")
    moved = lifecycle.act_beside(conn, case, CaseAction.REFUSE_SUSPENSION, {"note": note}, actor=actor, now=now)
    rows.refuse(conn, request, note=note, actor=actor, now=now)
    return moved


def resume(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    note: str = "",
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """恢复办理, before the end or at it: the due day moves by the working days that the clock stood, to the planned end
    at most, whenever the schedule comes by. Raises `Conflict` where it does not stand."""
    running = rows.find_open(conn, case.id, SuspensionState.RUNNING)
    if running is None or running.decided_at is None or running.due_date_before is None:
        raise Conflict("工单没有挂起。")
    note = short_of(note, "备注", field="note")
    began = _day(running.decided_at, zone)
    ended = min(_day(now, zone), running.until_date)
    calendar = directory.calendar_for(case.lead_department_id)
    days = _stood(calendar, began, ended)
    told = f"经批准自{_words(began)}至{_words(ended)}挂起，{days}个工作日不计入时限，理由：{_clause(running.reason)}。"
    if days:
        due = _later(running.due_date_before, running.basis_before, days, told, calendar, zone)
    else:
        assert running.due_at_before is not None
        due = Deadline(due_date=running.due_date_before, due_at=running.due_at_before, basis=running.basis_before)
    payload = {
        "days": days,
        "note": note,
        "due_date": {"from": case.due_date.isoformat() if case.due_date else None, "to": due.due_date.isoformat()},
    }
    moved = _move(conn, case, CaseAction.RESUME, payload, due, actor=actor, now=now)
    rows.end(conn, running, days=days, actor=actor, now=now)
    return moved


def stood_days(suspensions: Sequence[CaseSuspension], zone: ZoneInfo) -> list[tuple[date, date]]:
    """From which day to which the clock stood, or will: for the deadline day by day."""
    spans = []
    for row in suspensions:
        if row.decided_at is not None and row.state in (SuspensionState.RUNNING, SuspensionState.ENDED):
            last = min(_day(row.ended_at, zone), row.until_date) if row.ended_at else row.until_date
            spans.append((_day(row.decided_at, zone) + timedelta(days=1), last))
    return spans


def _move(
    conn: Connection,
    case: Case,
    action: CaseAction,
    payload: dict[str, Any],
    due: Deadline,
    *,
    actor: str,
    now: datetime,
) -> Case:
    changes = {"due_date": due.due_date, "due_at": due.due_at, "due_basis": due.basis}
    return lifecycle.act_beside(conn, case, action, payload, changes=changes, actor=actor, now=now)


def _later(due_date: date, basis: str, days: int, told: str, calendar: WorkingCalendar, zone: ZoneInfo) -> Deadline:
    last = calendar.add_working_days(due_date, days)
    told += f"时限改为{_words(last)}24时。"
    if unknown := calendar.unknown_years(due_date, last):
        told += f"注意：{'、'.join(f'{year}年' for year in unknown)}的放假安排尚未录入，此日期为暂定。"
    return Deadline(
        due_date=last, due_at=datetime.combine(last + timedelta(days=1), time(0), tzinfo=zone), basis=basis + told
    )


def _granted(conn: Connection, case_id: int) -> list[CaseSuspension]:
    granted = (SuspensionState.RUNNING, SuspensionState.ENDED)
    return [row for row in rows.list_suspensions(conn, case_id) if row.state in granted]


def _days_left(before: list[CaseSuspension], directory: Directory) -> int:
    return max(0, directory.casework.suspension_days - sum(row.days or 0 for row in before))


def _stood(calendar: WorkingCalendar, began: date, ended: date) -> int:
    return max(0, calendar.working_days_between(began, ended))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _clause(reason: str) -> str:
    """Without the full stop that follows it."""
    return reason.rstrip("。.；; ")


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

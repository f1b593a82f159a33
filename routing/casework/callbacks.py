"""Callbacks 回访: somebody who did not work on the case asks whether it is solved; the submitter may say so alone.

A submitter answers once for each completion, and for good: what can be changed can be begged for. What is not solved
or not satisfying is decided by the dispatcher: done anew 重办, or not, with a reason that the submitter reads.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.callback import (
    CallAnswers,
    Callback,
    CallbackDecision,
    CallbackEntry,
    CallbackRule,
    CallbackState,
    CallOutcome,
    Satisfaction,
    SolvedAnswer,
)
from models.case import Assignment, Case, CaseAction
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid
from routing import case_repository, lifecycle
from routing.alike import similar_case_repository
from routing.casework import callback_repository as rows
from routing.casework.returns import short_of, text_of
from routing.clocks.casework_rules import Limit, limit_end
from routing.clocks.completion_clock import deadline_of
from routing.directory import Directory
from routing.following import reopen_followers

# A caller has the case for so long; then somebody else may call.
CALL_TIME = timedelta(minutes=20)
# Nobody answers three calls of one hour: the next one comes later.
BETWEEN_CALLS = timedelta(hours=2)


def call_by(callback: Callback, rule: CallbackRule, directory: Directory, zone: ZoneInfo) -> datetime:
    """Until when the submitter should have been called."""
    return limit_end(callback.completed_at, Limit(n=rule.clock_days), directory.calendar, zone)


def answer_by(callback: Callback, rule: CallbackRule, directory: Directory, zone: ZoneInfo) -> datetime:
    """Until when the submitter may answer alone."""
    return limit_end(callback.completed_at, Limit(n=rule.window_days), directory.calendar, zone)


def check_independent(department_id: str | None, assignments: Sequence[Assignment]) -> None:
    """Raises `Forbidden` for whoever belongs to a unit that has or had the case."""
    if department_id is not None and any(a.department_id == department_id for a in assignments):
        raise Forbidden("承办单位不能回访自己办理的工单。")


def take_next(conn: Connection, *, department_id: str | None = None, actor: str, now: datetime) -> Case | None:
    """The next case to call for this caller, never one of the caller's own unit; None where nothing waits."""
    case_id = rows.claim_next(conn, department_id=department_id, actor=actor, now=now, until=now + CALL_TIME)
    return case_repository.get_case_by_id(conn, case_id) if case_id else None


def record_call(
    conn: Connection,
    case: Case,
    outcome: CallOutcome | None,
    answers: CallAnswers | None,
    *,
    note: str = "",
    department_id: str | None,
    actor: str,
    now: datetime,
) -> Case:
    """回访 by telephone: what the submitter said, or that nobody answered. After so many calls without an answer, as
    the rule says, it is given up. `department_id` is the caller's own.

    Raises `Forbidden` for the unit's own people, `Conflict` where the case was not drawn, is answered already, is being
    called by another, or was called in vain just now; `Invalid` for what is missing."""
    check_independent(department_id, case_repository.list_assignments(conn, case.id))
    callback = _waiting(conn, case)
    if department_id is not None and callback.department_id == department_id:  # it answered for a merged case
        raise Forbidden("承办单位不能回访自己办理的工单。")
    if callback.taken_by not in (None, actor) and callback.taken_until is not None and callback.taken_until > now:
        raise Conflict(f"{_name(callback.taken_by)}正在回访这件工单。")
    if outcome is None:
        raise Invalid("请选择回访情况。", {"outcome": "请选择"})
    note = short_of(note, "备注", field="text")
    if outcome is CallOutcome.ANSWERED:
        _check_answers(answers)
        assert answers is not None
        return _answer(conn, case, callback, answers, CallbackEntry.PHONE, actor=actor, now=now)
    if outcome is CallOutcome.NO_ANSWER and callback.next_at is not None and now < callback.next_at:
        raise Conflict("刚才没有打通，请过两小时再打。")
    rule = rows.get_rule(conn, callback.rule_id)
    attempts = callback.attempts + 1
    state = CallbackState.REFUSED if outcome is CallOutcome.REFUSED else CallbackState.WAITING
    if state is CallbackState.WAITING and attempts >= rule.attempts:
        state = CallbackState.UNREACHABLE
    payload = {"outcome": outcome.value, "state": state.value, "attempts": attempts, "note": note}
    moved = lifecycle.act_beside(conn, case, CaseAction.CALLBACK, payload, actor=actor, now=now)
    next_at = now + BETWEEN_CALLS if state is CallbackState.WAITING else None
    rows.note_attempt(conn, callback, state, next_at=next_at, actor=actor, now=now)
    return moved


def why_not_answer(
    callback: Callback | None, rule: CallbackRule | None, directory: Directory, *, now: datetime, zone: ZoneInfo
) -> str:
    """Why the submitter cannot answer (any more), in a sentence; "" where it is possible."""
    if callback is None or rule is None or callback.state is CallbackState.CANCELLED:
        return "现在不能评价。"
    if callback.state is CallbackState.DONE:
        return "您已经评价过了，谢谢。"
    if now >= answer_by(callback, rule, directory, zone):
        return "评价的时间已经过了；事情还没有解决的，请拨打12345。"
    return ""


def answer(
    conn: Connection,
    case: Case,
    directory: Directory,
    answers: CallAnswers | None,
    entry: CallbackEntry,
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """The submitter answers alone, whether drawn or not. Raises `Conflict` twice and late, `Invalid` for what is
    missing."""
    callback = rows.find_current(conn, case.id)
    rule = rows.get_rule(conn, callback.rule_id) if callback else None
    if refusal := why_not_answer(callback, rule, directory, now=now, zone=zone):
        raise Conflict(refusal)
    assert callback is not None
    _check_answers(answers)
    assert answers is not None
    return _answer(conn, case, callback, answers, entry, actor=actor, now=now)


def rework(
    conn: Connection, case: Case, directory: Directory, *, reason: str, actor: str, now: datetime, zone: ZoneInfo
) -> Case:
    """重办: the same unit works on it again, with a new clock by the profile. A case that was completed late keeps the
    due time that it missed: nobody gets on time by doing it twice. Raises `Conflict` where no callback says that the
    submitter is not content."""
    reason = text_of(reason, "重办的要求")
    callback = _to_decide(conn, case)
    renewed = case.due_at is None or (case.completed_at is not None and case.completed_at <= case.due_at)
    changes: dict[str, Any] = {"completed_at": None, "completion_result": None, "closed_at": None}
    payload: dict[str, Any] = {"reason": reason, "department": case.lead_department_id}
    if renewed:
        due = deadline_of(directory, case.appeal_type, now, zone, lead=case.lead_department_id)
        basis = "回访后重办，重新计算时限：" + due.basis.replace("派单", "重办")
        changes |= {"due_date": due.due_date, "due_at": due.due_at, "due_basis": basis}
        payload["due_date"] = {
            "from": case.due_date.isoformat() if case.due_date else None,
            "to": due.due_date.isoformat(),
        }
    moved = lifecycle.act_beside(conn, case, CaseAction.REWORK, payload, changes=changes, actor=actor, now=now)
    rows.decide(conn, callback, CallbackDecision.REWORK, note=reason, clock_renewed=renewed, actor=actor, now=now)
    similar_case_repository.delete_solved(conn, case.submission_id, actor=actor)
    reopen_followers(conn, moved, reason=reason, actor=actor, now=now)
    return moved


def settle(conn: Connection, case: Case, *, reason: str, actor: str, now: datetime) -> Case:
    """不再重办, with a reason that the submitter reads; the answer stays in the rates as it is."""
    reason = text_of(reason, "不再重办的理由")
    callback = _to_decide(conn, case)
    moved = lifecycle.act_beside(conn, case, CaseAction.SETTLE, {"reason": reason}, actor=actor, now=now)
    rows.decide(conn, callback, CallbackDecision.SETTLED, note=reason, actor=actor, now=now)
    return moved


def _answer(
    conn: Connection,
    case: Case,
    callback: Callback,
    answers: CallAnswers,
    entry: CallbackEntry,
    *,
    actor: str,
    now: datetime,
) -> Case:
    payload = {
        "outcome": CallOutcome.ANSWERED.value,
        "entry": entry.value,
        "round": callback.round,
        "solved": answers.solved.value,
        "satisfaction": answers.satisfaction.value,
        "attitude": answers.attitude.value if answers.attitude else None,
        "note": answers.note,
    }
    moved = lifecycle.act_beside(conn, case, CaseAction.CALLBACK, payload, actor=actor, now=now)
    rows.set_answers(conn, callback, answers, entry, actor=actor, now=now)
    return moved


def answers_of(
    solved: SolvedAnswer | None, satisfaction: Satisfaction | None, attitude: Satisfaction | None, note: str
) -> CallAnswers | None:
    """None where one of the two questions is open. Raises `Invalid` for a note that is too long."""
    note = short_of(note, "说明")
    if solved is None or satisfaction is None:
        return None
    return CallAnswers(solved=solved, satisfaction=satisfaction, attitude=attitude, note=note)


def _check_answers(answers: CallAnswers | None) -> None:
    if answers is None:
        message = "请选择"
        raise Invalid("请回答问题解决了没有、是否满意。", {"solved": message, "satisfaction": message})


def _waiting(conn: Connection, case: Case) -> Callback:
    callback = rows.find_current(conn, case.id)
    if callback is None or callback.state is CallbackState.NOT_DRAWN:
        raise Conflict("这件工单没有抽中回访，不能自行挑选。")
    if callback.state is not CallbackState.WAITING:
        raise Conflict(f"这件工单{callback.state.label}，不再回访。")
    return callback


def _to_decide(conn: Connection, case: Case) -> Callback:
    callback = rows.find_current(conn, case.id)
    if callback is None or not callback.awaits_decision:
        raise Conflict("没有待处理的不满意回访；需要重新办理的，请重启。")
    return callback


def _name(actor: str | None) -> str:
    parts = (actor or "").split(":", 2)
    return parts[2] if len(parts) == 3 else "他人"

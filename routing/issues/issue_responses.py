"""What can happen to the response to an issue. The only writers of `stage`: each function is one action of
`RESPONSE_TRANSITIONS`, one guarded update and one line of history, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from models.alert import RiskLevel
from models.database import Connection
from models.errors import Conflict, Invalid
from models.issue_response import (
    RESPONSE_TRANSITIONS,
    IssueResponse,
    ResponseAction,
    ResponseAnswer,
    ResponseAnswerState,
    ResponseClockKind,
    ResponseStage,
    ResponseTask,
    ResponseTaskState,
)
from routing.issues import issue_response_repository as rows

MAX_TEXT = 5000
MAX_TITLE = 100
# Earlier or later is a slip of the pen; outside the years 1 to 9999 it could not even be read back.
_LONGEST = timedelta(days=366)


def open_response(
    conn: Connection, issue_id: int, *, major: bool, owner_id: int, known_at: datetime, actor: str, now: datetime
) -> IssueResponse:
    """启动处置. The clocks run from `known_at`. Raises `Invalid` for a time that is yet to come, `Conflict` where a
    response is open already."""
    if known_at > now:
        raise Invalid("获知时间不能晚于现在。", {"known_at": "请填写已经过去的时间"})
    if known_at < now - _LONGEST:
        raise Invalid("获知时间不能早于一年以前。", {"known_at": "请填写一年之内的时间"})
    opened = rows.add_response(conn, issue_id, major=major, owner_id=owner_id, known_at=known_at, actor=actor, now=now)
    _set_clocks(conn, opened, actor=actor, now=now)
    payload = {"major": major, "owner": owner_id, "known_at": known_at.isoformat()}
    rows.add_event(conn, None, opened, ResponseAction.OPEN, payload, actor=actor, now=now)
    return opened


def submit(conn: Connection, response: IssueResponse, *, text: str, actor: str, now: datetime) -> IssueResponse:
    """提请研判, with what was collected."""
    text = _text(text, "收集到的情况")
    return _move(conn, response, ResponseAction.SUBMIT, {}, {"text": text}, actor=actor, now=now)


def assess(
    conn: Connection,
    response: IssueResponse,
    *,
    level: RiskLevel,
    major: bool,
    opinion: str,
    actor: str,
    now: datetime,
) -> IssueResponse:
    """作出研判: how grave it is and what is to be done. A changed `major` changes the clocks, as from when it became
    known; what ran out under the old ones stays on record."""
    opinion = _text(opinion, "研判意见", field="opinion")
    changes = {"level": level, "major": major, "opinion": opinion}
    payload = {"level": level.value, "major": major, "opinion": opinion}
    moved = _move(conn, response, ResponseAction.ASSESS, changes, payload, actor=actor, now=now)
    if major is not response.major:
        _set_clocks(conn, moved, actor=actor, now=now)
    return moved


def give_task(
    conn: Connection,
    response: IssueResponse,
    *,
    department_id: str,
    what: str,
    due_at: datetime,
    actor: str,
    now: datetime,
) -> ResponseTask:
    """交办 to a department. Raises `Invalid` for a time that has passed."""
    what = _text(what, "交办内容", field="what")
    if due_at <= now:
        raise Invalid("反馈时限已经过去。", {"due_at": "请填写以后的时间"})
    if due_at > now + _LONGEST:
        raise Invalid("反馈时限太远。", {"due_at": "请填写以后一年之内的时间"})
    task = rows.add_task(conn, response.id, department_id=department_id, what=what, due_at=due_at, actor=actor, now=now)
    payload = {"task": task.id, "department": department_id, "what": what, "due_at": due_at.isoformat()}
    _move(conn, response, ResponseAction.TASK, {}, payload, actor=actor, now=now)
    return task


def report_task(
    conn: Connection, response: IssueResponse, task: ResponseTask, *, report: str, actor: str, now: datetime
) -> IssueResponse:
    """反馈交办: what the department did. Raises `Conflict` where the task is no longer open."""
    report = _text(report, "反馈内容", field="report")
    rows.end_task(conn, task.id, ResponseTaskState.REPORTED, report=report, actor=actor, now=now)
    payload = {"task": task.id, "department": task.department_id, "report": report}
    return _move(conn, response, ResponseAction.REPORT, {}, payload, actor=actor, now=now)


def withdraw_task(
    conn: Connection, response: IssueResponse, task: ResponseTask, *, reason: str, actor: str, now: datetime
) -> IssueResponse:
    """撤回交办. Raises `Conflict` where the task is no longer open."""
    reason = _text(reason, "撤回原因", field="reason")
    rows.end_task(conn, task.id, ResponseTaskState.WITHDRAWN, report=reason, actor=actor, now=now)
    payload = {"task": task.id, "department": task.department_id, "reason": reason}
    return _move(conn, response, ResponseAction.WITHDRAW, {}, payload, actor=actor, now=now)


def inform(conn: Connection, response: IssueResponse, *, text: str, actor: str, now: datetime) -> IssueResponse:
    """发布权威信息: what was made known, and where; stops its clock."""
    text = _text(text, "发布的信息")
    rows.meet_clock(conn, response.id, ResponseClockKind.INFORMATION, actor=actor, now=now)
    return _move(conn, response, ResponseAction.INFORM, {}, {"text": text}, actor=actor, now=now)


def brief(conn: Connection, response: IssueResponse, *, text: str, actor: str, now: datetime) -> IssueResponse:
    """举行新闻发布会: when, where, what was said; stops its clock."""
    text = _text(text, "发布会情况")
    rows.meet_clock(conn, response.id, ResponseClockKind.CONFERENCE, actor=actor, now=now)
    return _move(conn, response, ResponseAction.BRIEF, {}, {"text": text}, actor=actor, now=now)


def draft(
    conn: Connection, response: IssueResponse, *, title: str, body: str, actor: str, now: datetime
) -> IssueResponse:
    """拟写回应. A new draft replaces one that was not published, signed or not."""
    title, body = _text(title, "标题", field="title", most=MAX_TITLE), _text(body, "回应内容", field="body")
    answer = rows.add_answer(conn, response.id, title=title, body=body, actor=actor, now=now)
    payload = {"answer": answer.id, "title": title, "length": len(body)}
    return _move(conn, response, ResponseAction.DRAFT, {}, payload, actor=actor, now=now)


def return_answer(
    conn: Connection, response: IssueResponse, answer: ResponseAnswer, *, reason: str, actor: str, now: datetime
) -> IssueResponse:
    """退回修改. Raises `Conflict` where somebody decided already."""
    reason = _text(reason, "退回原因", field="reason")
    rows.decide_answer(conn, answer, ResponseAnswerState.RETURNED, note=reason, actor=actor, now=now)
    payload = {"answer": answer.id, "reason": reason}
    return _move(conn, response, ResponseAction.RETURN, {}, payload, actor=actor, now=now)


def sign(
    conn: Connection, response: IssueResponse, answer: ResponseAnswer, *, actor: str, now: datetime
) -> IssueResponse:
    """审签, by another than the author. Raises `Conflict` for the author, and where somebody decided already."""
    if answer.author == actor:
        raise Conflict("回应稿须由拟稿人以外的人审签。")
    rows.decide_answer(conn, answer, ResponseAnswerState.SIGNED, note="", actor=actor, now=now)
    return _move(conn, response, ResponseAction.SIGN, {}, {"answer": answer.id}, actor=actor, now=now)


def publish(
    conn: Connection,
    response: IssueResponse,
    answer: ResponseAnswer,
    *,
    disclosure: str = "",
    actor: str,
    now: datetime,
) -> IssueResponse:
    """发布回应: citizens can read it, the clocks for answering stop. `disclosure` is the reason for which it names
    persons, checked at the door. Raises `Conflict` for an answer that is not signed."""
    if answer.state is not ResponseAnswerState.SIGNED:
        raise Conflict(f"回应稿{answer.state.label}，审签后才能发布。")
    rows.publish_answer(conn, answer, note=disclosure, actor=actor, now=now)
    for kind in (ResponseClockKind.RESPONSE, ResponseClockKind.INFORMATION):  # an answer is authoritative information
        rows.meet_clock(conn, response.id, kind, actor=actor, now=now)
    payload = {"answer": answer.id} | ({"disclosure": disclosure} if disclosure else {})
    changes = {"published_at": now}
    return _move(conn, response, ResponseAction.PUBLISH, changes, payload, actor=actor, now=now)


def withdraw_publication(
    conn: Connection, response: IssueResponse, answer: ResponseAnswer, *, reason: str, actor: str, now: datetime
) -> IssueResponse:
    """撤下回应: citizens read it no longer; the history keeps it. Before the response is closed another one can be
    written. Raises `Conflict` for an answer that is not published, or was taken down already."""
    reason = _text(reason, "撤下的原因", field="reason")
    if answer.state is not ResponseAnswerState.PUBLISHED:
        raise Conflict(f"回应稿{answer.state.label}，没有发布，不用撤下。")
    fresh = rows.withdraw_publication(conn, answer, reason=reason, actor=actor, now=now)
    if not fresh and response.closed_at is not None:  # one that is open again goes back to be written anew
        raise Conflict("这份回应已经撤下。")
    payload = {"answer": answer.id, "reason": reason}
    changes = {} if response.closed_at is not None else {"published_at": None}
    return _move(conn, response, ResponseAction.WITHDRAW_PUBLICATION, changes, payload, actor=actor, now=now)


def dismiss(conn: Connection, response: IssueResponse, *, reason: str, actor: str, now: datetime) -> IssueResponse:
    """终止处置, without an answer: not of this city, a rumour, settled otherwise. Running clocks end with it."""
    reason = _text(reason, "终止原因", field="reason")
    for kind in ResponseClockKind:
        rows.drop_clock(conn, response.id, kind, actor=actor, now=now)
    changes = {"dismissed": reason, "closed_at": now}
    return _move(conn, response, ResponseAction.DISMISS, changes, {"reason": reason}, actor=actor, now=now)


def hand_over(conn: Connection, response: IssueResponse, *, owner_id: int, actor: str, now: datetime) -> IssueResponse:
    """移交 to another owner."""
    if owner_id == response.owner_id:
        raise Invalid("负责人没有变化。", {"owner_id": "请选择其他人"})
    payload = {"from": response.owner_id, "to": owner_id}
    return _move(conn, response, ResponseAction.HAND_OVER, {"owner_id": owner_id}, payload, actor=actor, now=now)


def note(conn: Connection, response: IssueResponse, *, text: str, actor: str, now: datetime) -> IssueResponse:
    """补充情况: a line in the history."""
    return _move(conn, response, ResponseAction.NOTE, {}, {"text": _text(text, "情况")}, actor=actor, now=now)


def close(
    conn: Connection,
    response: IssueResponse,
    *,
    review: str,
    answered: Mapping[str, Any],
    actor: str,
    now: datetime,
) -> IssueResponse:
    """评估办结. What was answered is `routing.issues.issue_answering`'s to do and to tell."""
    review = _text(review, "评估意见", field="review")
    changes = {"closed_at": now, "review": review}
    payload = {"review": review, **answered}
    return _move(conn, response, ResponseAction.CLOSE, changes, payload, actor=actor, now=now)


def undo_close(
    conn: Connection,
    response: IssueResponse,
    *,
    reason: str,
    undone: Mapping[str, Any],
    actor: str,
    now: datetime,
) -> IssueResponse:
    """撤销办结: back to the review. Raises `Conflict` where it was closed without an answer."""
    if response.dismissed:
        raise Conflict("这次处置没有回应就已终止，请重新启动处置。")
    reason = _text(reason, "撤销原因", field="reason")
    payload = {"reason": reason, **undone}
    return _move(conn, response, ResponseAction.UNDO_CLOSE, {"closed_at": None}, payload, actor=actor, now=now)


def _set_clocks(conn: Connection, response: IssueResponse, *, actor: str, now: datetime) -> None:
    """Those that the kind of event has run from when it became known; the others end."""
    hours = rows.list_hours(conn)
    for kind in ResponseClockKind:
        rule = hours.get((kind, response.major))
        if rule is None:
            rows.drop_clock(conn, response.id, kind, actor=actor, now=now)
            continue
        due = response.known_at + timedelta(hours=rule.hours)
        rows.set_clock(conn, response.id, kind, started_at=response.known_at, due_at=due, basis=rule.basis, actor=actor)


def _move(
    conn: Connection,
    response: IssueResponse,
    action: ResponseAction,
    changes: Mapping[str, Any],
    payload: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
) -> IssueResponse:
    """Raises `Conflict` for a stage that does not allow it, and for who is late."""
    to_stage: ResponseStage | None = RESPONSE_TRANSITIONS[response.stage].get(action)
    if to_stage is None:
        raise Conflict(f"处置已到“{response.stage.label}”，不能{action.label}。")
    moved = rows.move_response(conn, response, to_stage, changes, actor=actor)
    rows.add_event(conn, response, moved, action, payload, actor=actor, now=now)
    return moved


def _text(value: str, name: str, *, field: str = "text", most: int = MAX_TEXT) -> str:
    value = value.strip()
    if not value:
        raise Invalid(f"请填写{name}。", {field: f"请填写{name}"})
    if len(value) > most:
        raise Invalid(f"{name}不能超过{most}字。", {field: f"现有{len(value)}字"})
    return value

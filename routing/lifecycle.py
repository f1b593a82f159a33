"""What can happen to a case. The only writers of `status`: each function is one action of `TRANSITIONS`,
one guarded update and one event of the chain, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.analysis import AppealType
from models.case import Assignment, AssignmentRole, Case, CaseAction, CompletionResult
from models.casework import UnitClockKind
from models.classifier import LabelSource
from models.database import Connection
from models.errors import Conflict, Invalid
from models.reply_draft import DraftState
from nlp.replies.signature import reply_signature
from routing import case_repository, protection, search_index
from routing.alike import similar_case_repository
from routing.casework import callback_drawing, callback_repository, casework_repository, merge_repository
from routing.clocks import calendar_repository, suspension_repository
from routing.clocks.casework_rules import clock_basis, clock_limit, limit_end
from routing.clocks.completion_clock import moved_deadline
from routing.directory import Directory
from routing.events import reply_digest
from routing.following import Words, close_followers, complete_followers, reopen_followers, without_person
from routing.learning.labels import learn_from_dispatch, learn_from_naming
from routing.learning.topic_levels import open_topics
from routing.recording import record as _record
from routing.recording import target as _target
from routing.replies import draft_repository, publication, reply_files, reply_signature_repository

MAX_REPLY = 5000
# Each of them ends the work, gives it on or moves the due day, which is counted from what was before the suspension.
_NOT_SUSPENDED = frozenset(
    {
        CaseAction.COMPLETE,
        CaseAction.REDISPATCH,
        CaseAction.REQUEST_RETURN,
        CaseAction.ACCEPT_RETURN,
        CaseAction.DESIGNATE,
        CaseAction.REQUEST_EXTENSION,
        CaseAction.GRANT_EXTENSION,
        CaseAction.MERGE,
        CaseAction.SPLIT,
        CaseAction.UNSPLIT,
    }
)


def dispatch(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    lead: str,
    co_handling: Sequence[str] = (),
    topic_code: str | None = None,
    appeal_type: AppealType | None = None,
    note: str = "",
    action: CaseAction | None = None,
    more: Mapping[str, Any] | None = None,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """派单 or 改派: name the units and start the clock at `now` (dispatch, not sign-in, DOMAIN 1.5).

    A redispatch keeps the due time of the first dispatch, whatever the profile says by now: the citizen's clock runs
    on. A corrected appeal type recomputes it from the first dispatch, granted extensions included. A topic that a
    person names becomes a label. The clocks of a unit that keeps the case run on; what a unit that loses it asked for
    is settled with that.
    `action` where it is neither but the end of a return or a dispute, with what `more` its event tells.
    Raises `Invalid` for an unknown or inactive unit or topic, `Conflict` for a unit that a report complains of.
    """
    action = action or (CaseAction.DISPATCH if case.dispatched_at is None else CaseAction.REDISPATCH)
    to_status = _target(case, action)
    _check_units(directory, lead, co_handling)
    if topic_code is not None and topic_code not in directory.topics:
        raise Invalid("没有这个诉求类别。", {"topic_code": "请选择列表中的类别"})
    secret = topic_code is not None and directory.topics[topic_code].confidential
    protection.check_units(conn, case, directory, (lead, *co_handling), note=note, as_type=appeal_type, secret=secret)
    appeal_type = appeal_type or case.appeal_type
    start = case.dispatched_at or now
    changes: dict[str, Any] = {
        "lead_department_id": lead,
        "dispatched_at": start,
        "acknowledged_at": None,
        "triage_reason": "",
        "topic_code": topic_code or case.topic_code,
        "appeal_type": appeal_type,
        # a topic that protects reporters protects this one from now on, and no later topic takes it away
        "confidential": case.confidential or secret,
    }
    check_clock_runs(conn, case, action)
    if case.dispatched_at is None or appeal_type is not case.appeal_type:
        parts = calendar_repository.list_clock_parts(conn, [case.id])[case.id]
        due = moved_deadline(directory, appeal_type, start, parts, zone, lead=lead)
        changes |= {"due_date": due.due_date, "due_at": due.due_at, "due_basis": due.basis}
    moved = case_repository.move_case(conn, case, to_status, changes, actor=actor)
    stays = lead == case.lead_department_id
    held = _lead_of(conn, case) if stays else None
    case_repository.end_assignments(conn, case.id, actor=actor, now=now)
    co_handling = [unit for unit in dict.fromkeys(co_handling) if unit != lead]
    case_repository.add_assignments(
        conn,
        # whoever keeps the case keeps when it came and what was decided: no window opens anew
        [(case.id, lead, AssignmentRole.LEAD, held.assigned_at if held else now)]
        + [(case.id, unit, AssignmentRole.CO_HANDLING, now) for unit in co_handling],
        actor=actor,
    )
    if held is not None and held.designated:
        case_repository.designate_lead(conn, case.id, actor=actor)
    if not stays:
        casework_repository.end_clocks(conn, case.id, actor=actor, now=now)
        casework_repository.add_clocks(conn, new_clocks(directory, case.id, lead, now, zone), actor=actor)
        if action is CaseAction.REDISPATCH:  # the other two decide the return themselves
            casework_repository.settle_return(conn, case.id, given_to_id=lead, actor=actor, now=now)
        casework_repository.settle_extension(conn, case.id, note="工单已改派。", actor=actor, now=now)
        suspension_repository.settle_requested(conn, case.id, note="工单已改派。", actor=actor, now=now)
        draft_repository.drop_drafts(conn, case.id, note="工单已改派。", actor=actor, now=now)
    payload = {
        "lead": lead,
        "co_handling": list(co_handling),
        "note": note,
        "due_date": moved.due_date.isoformat() if moved.due_date else None,
        "previous_lead": case.lead_department_id,
        "topic_code": {"from": case.topic_code, "to": moved.topic_code},
        "appeal_type": {"from": case.appeal_type.value, "to": appeal_type.value},
        **(more or {}),
    }
    if topic_code is not None:
        returned = action in (CaseAction.ACCEPT_RETURN, CaseAction.DESIGNATE)
        source = LabelSource.RETURN if returned else None
        learn_from_dispatch(conn, case, moved, directory, source=source, actor=actor, now=now)
    return _record(conn, case, moved, action, payload, actor=actor, now=now)


def acknowledge(conn: Connection, case: Case, *, actor: str, now: datetime) -> Case:
    """签收: the leading unit has it. Acknowledging stops no clock."""
    to_status = _target(case, CaseAction.ACKNOWLEDGE)
    moved = case_repository.move_case(conn, case, to_status, {"acknowledged_at": now}, actor=actor)
    casework_repository.meet_clock(conn, case.id, UnitClockKind.ACKNOWLEDGE, actor=actor, now=now)
    return _record(conn, case, moved, CaseAction.ACKNOWLEDGE, {}, actor=actor, now=now)


def reply(
    conn: Connection,
    case: Case,
    *,
    body: str,
    public: bool,
    department_id: str | None,
    disclosure: str = "",
    author: str | None = None,
    files: Sequence[reply_files.GoingFile] | None = None,
    more: Mapping[str, Any] | None = None,
    actor: str,
    now: datetime,
) -> Case:
    """答复 to the submitter; `public` replies may be shown beside the letter. Raises `Invalid` for an empty text.

    `disclosure` is the reason for which personal data in a public reply was published all the same; the history keeps
    it. Whether there is any is checked at the door (`api.staff.casework`). `files` go with it; None: what the unit
    uploaded for the submitter. `author`: who wrote it, where `actor` approved it; `more` is what its event tells
    beyond."""
    body = checked_reply(body)
    if public:
        protection.check_publishable(conn, case)
    to_status = _target(case, CaseAction.REPLY)
    moved = case_repository.move_case(conn, case, to_status, {}, actor=actor)
    if files is None:
        files = reply_files.choose(conn, case, {}, department_id=department_id, public=public)
    reply_id = case_repository.add_reply(
        conn, case.id, department_id=department_id, body=body, public=public, actor=author or actor, now=now
    )
    reply_files.send(conn, reply_id, files, actor=actor)
    reply_signature_repository.add_signature(
        conn, reply_id, reply_signature(body), case_id=case.id, department_id=department_id, actor=actor, now=now
    )
    search_index.index_written(conn, case.id, body, actor=actor)
    casework_repository.meet_clock(conn, case.id, UnitClockKind.CONTACT, actor=actor, now=now)
    return _record(
        conn,
        case,
        moved,
        CaseAction.REPLY,
        {"public": public, "length": len(body), "reply": reply_digest(body, public)}
        | ({"disclosure": disclosure} if disclosure else {})
        | reply_files.told(files)
        | dict(more or {}),
        actor=actor,
        now=now,
    )


def checked_reply(body: str) -> str:
    """The text of a reply, trimmed. Raises `Invalid` for nothing and for a book."""
    body = body.strip()
    if not body:
        raise Invalid("答复内容不能为空。", {"body": "请填写答复内容"})
    if len(body) > MAX_REPLY:
        raise Invalid(f"答复内容不能超过{MAX_REPLY}字。", {"body": f"现有{len(body)}字"})
    return body


def complete(
    conn: Connection,
    case: Case,
    *,
    result: CompletionResult,
    for_others: Words = without_person,
    actor: str,
    now: datetime,
) -> Case:
    """办结, with its result. Raises `Conflict` while nobody has answered the submitter (anew, after a reopening), while
    the unit asks to return it, and while a supervision waits for its answer.

    What is merged into it is completed with the same reply, as `for_others` gives it to them; the letter of which it
    was the last open part too. A public reply is published from now on (`routing.replies.publication`)."""
    to_status = _target(case, CaseAction.COMPLETE)
    if not case_repository.has_answer(conn, case.id):
        raise Conflict("还没有答复诉求人，不能办结。")
    if casework_repository.find_open_return(conn, case.id) is not None:
        raise Conflict("退单申请还没有处理，不能办结。")
    if casework_repository.find_open_supervision(conn, case.id) is not None:
        raise Conflict("督办还没有回复，不能办结。")
    draft = draft_repository.find_open_draft(conn, case.id)
    if draft is not None and draft.state is DraftState.IN_REVIEW:
        raise Conflict("答复正在等待审核，不能办结。")
    check_clock_runs(conn, case, CaseAction.COMPLETE)
    changes = {"completed_at": now, "completion_result": result}
    moved = case_repository.move_case(conn, case, to_status, changes, actor=actor)
    casework_repository.end_clocks(conn, case.id, actor=actor, now=now)
    casework_repository.settle_extension(conn, case.id, note="工单已办结。", actor=actor, now=now)
    suspension_repository.settle_requested(conn, case.id, note="工单已办结。", actor=actor, now=now)
    # others are never shown to whoever has a like matter; a part does not answer the whole letter
    if not case.confidential and case.parent_id is None:
        similar_case_repository.add_solved(conn, case.submission_id, actor=actor)
    rule, drawn = callback_drawing.draw_callback(conn, moved, actor=actor, now=now)
    payload: dict[str, Any] = {"result": result.value, "callback": {"rule": rule.id, "draw": drawn.value}}
    payload |= publication.publish_completed(conn, moved, for_others=for_others, actor=actor, now=now)
    _record(conn, case, moved, CaseAction.COMPLETE, payload, actor=actor, now=now)
    complete_followers(conn, moved, for_others=for_others, actor=actor, now=now)
    return moved


def reopen(conn: Connection, case: Case, *, reason: str, actor: str, now: datetime) -> Case:
    """重启: the matter is not settled; the old due time stays, so it may be overdue at once."""
    if not reason.strip():
        raise Invalid("请填写重启的原因。", {"reason": "请填写原因"})
    to_status = _target(case, CaseAction.REOPEN)
    changes = {"completed_at": None, "completion_result": None, "closed_at": None}
    moved = case_repository.move_case(conn, case, to_status, changes, actor=actor)
    similar_case_repository.delete_solved(conn, case.submission_id, actor=actor)
    callback_repository.leave_completion(conn, case.id, note=reason.strip(), actor=actor, now=now)
    _record(conn, case, moved, CaseAction.REOPEN, {"reason": reason.strip()}, actor=actor, now=now)
    reopen_followers(conn, moved, reason=reason.strip(), actor=actor, now=now)
    return moved


def close(conn: Connection, case: Case, *, actor: str, now: datetime) -> Case:
    """归档. Raises `Conflict` while nobody has decided what becomes of a submitter's displeasure, with a part of the
    letter or a case that is merged into it too: they are archived with it. A callback that waits goes on waiting:
    archiving spares nobody the question."""
    to_status = _target(case, CaseAction.CLOSE)
    parts = merge_repository.list_part_ids(conn, case.id) if case.parts else []
    for case_id in (case.id, *parts, *merge_repository.list_member_ids(conn, case.id)):
        callback = callback_repository.find_current(conn, case_id)
        if callback is not None and callback.awaits_decision:
            raise Conflict("诉求人表示没有解决或不满意，请先决定重办，或写明不再重办的理由。")
    moved = case_repository.move_case(conn, case, to_status, {"closed_at": now}, actor=actor)
    _record(conn, case, moved, CaseAction.CLOSE, {}, actor=actor, now=now)
    close_followers(conn, moved, actor=actor, now=now)
    return moved


def name_topic(
    conn: Connection, case: Case, directory: Directory, *, topic_code: str, actor: str, now: datetime
) -> Case:
    """补充类别: the sub-topic that the classifier left open, as whoever has the case knows it; a label to learn from.

    Another topic than the one it was dispatched with is a redispatch. A topic that protects reporters makes the case
    confidential. Raises `Invalid` for what is not open to choose, `Conflict` where the topic is named already."""
    to_status = _target(case, CaseAction.NAME_TOPIC)
    choices = open_topics(directory, case.topic_code)
    if not choices:
        raise Conflict(f"诉求类别已经是“{directory.topic_name(case.topic_code)}”，不能补充；要更正请改派。")
    if topic_code not in choices:
        above = directory.topic_name(case.topic_code)
        message = f"请选择“{above}”下的类别" if above else "请选择列表中的类别"
        raise Invalid(f"{message}。", {"topic_code": message})
    confidential = case.confidential or directory.topics[topic_code].confidential
    changes = {"topic_code": topic_code, "confidential": confidential}
    moved = case_repository.move_case(conn, case, to_status, changes, actor=actor)
    learn_from_naming(conn, case, topic_code, case.appeal_type, actor=actor, now=now)
    payload = {"topic_code": {"from": case.topic_code, "to": topic_code}}
    return _record(conn, case, moved, CaseAction.NAME_TOPIC, payload, actor=actor, now=now)


def act_beside(
    conn: Connection,
    case: Case,
    action: CaseAction,
    payload: dict[str, Any],
    *,
    changes: Mapping[str, Any] | None = None,
    actor: str,
    now: datetime,
) -> Case:
    """An action that leaves the status as it is: guarded and recorded like the others. What it means is said in the
    modules of the records beside the status. Raises `Conflict` where the status does not allow it."""
    to_status = _target(case, action)
    check_clock_runs(conn, case, action)
    moved = case_repository.move_case(conn, case, to_status, changes or {}, actor=actor)
    _record(conn, case, moved, action, payload, actor=actor, now=now)
    if moved.status.is_open and not case.status.is_open:
        reopen_followers(conn, moved, reason=str(payload.get("reason", "")), actor=actor, now=now)
    return moved


def new_clocks(
    directory: Directory, case_id: int, lead: str, start: datetime, zone: ZoneInfo
) -> list[tuple[int, str, UnitClockKind, datetime, datetime, str]]:
    """The clocks of the unit that gets a case at `start`, as rows of `casework_repository.add_clocks`."""
    rules, rows = directory.casework, []
    for kind in UnitClockKind:
        limit = clock_limit(rules, kind)
        if limit is not None:
            due = limit_end(start, limit, directory.calendar_for(lead), zone)
            rows.append((case_id, lead, kind, start, due, clock_basis(kind, limit)))
    return rows


def check_clock_runs(conn: Connection, case: Case, action: CaseAction) -> None:
    """Raises `Conflict` for what cannot be done while the clock stands: first it is set going again."""
    if action in _NOT_SUSPENDED and suspension_repository.is_running(conn, case.id):
        raise Conflict(f"工单已挂起，请先恢复办理，再{action.label}。")


def _lead_of(conn: Connection, case: Case) -> Assignment | None:
    return next(
        (
            assignment
            for assignment in case_repository.list_assignments(conn, case.id)
            if assignment.ended_at is None and assignment.role is AssignmentRole.LEAD
        ),
        None,
    )


def _check_units(directory: Directory, lead: str, co_handling: Sequence[str]) -> None:
    for unit in (lead, *co_handling):
        department = directory.departments.get(unit)
        if department is None or not department.active:
            raise Invalid("没有这个单位，或已停用。", {"lead": "请选择列表中的单位"})

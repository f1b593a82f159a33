"""What can happen to a case. The only writers of `status`: each function is one action of `TRANSITIONS`,
one guarded update and one event of the chain, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.analysis import AppealType
from models.case import TRANSITIONS, Assignment, AssignmentRole, Case, CaseAction, CaseStatus, CompletionResult
from models.casework import UnitClockKind
from models.classifier import LabelSource
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import case_repository, casework_repository, event_repository, similar_case_repository
from routing.casework_rules import clock_basis, clock_limit, limit_end
from routing.deadlines import Deadline, deadline, extended
from routing.directory import Directory
from routing.events import NewEvent, case_digest, reply_digest
from routing.labels import learn_from_dispatch, learn_from_naming
from routing.topic_levels import open_topics

MAX_REPLY = 5000


def deadline_of(directory: Directory, appeal_type: AppealType, start: datetime, zone: ZoneInfo) -> Deadline:
    """The completion deadline by the city's profile. Raises `Invalid` where the profile has no row for the type."""
    rule = directory.deadline_rules.get(appeal_type)
    if rule is None:
        raise Invalid(f"时限规则“{directory.city.deadline_profile}”缺少“{appeal_type.label}”类。")
    return deadline(start, rule, directory.calendar, zone)


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
    Raises `Invalid` for an unknown or inactive unit or topic.
    """
    action = action or (CaseAction.DISPATCH if case.dispatched_at is None else CaseAction.REDISPATCH)
    to_status = _target(case, action)
    _check_units(directory, lead, co_handling)
    if topic_code is not None and topic_code not in directory.topics:
        raise Invalid("没有这个诉求类别。", {"topic_code": "请选择列表中的类别"})
    appeal_type = appeal_type or case.appeal_type
    start = case.dispatched_at or now
    changes: dict[str, Any] = {
        "lead_department_id": lead,
        "dispatched_at": start,
        "acknowledged_at": None,
        "triage_reason": "",
        "topic_code": topic_code or case.topic_code,
        "appeal_type": appeal_type,
    }
    if case.dispatched_at is None or appeal_type is not case.appeal_type:
        due = deadline_of(directory, appeal_type, start, zone)
        for granted in casework_repository.list_granted_extensions(conn, case.id):
            due = extended(due, granted.days, granted.reason, directory.calendar, zone)
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
    actor: str,
    now: datetime,
) -> Case:
    """答复 to the submitter; `public` replies may be shown beside the letter. Raises `Invalid` for an empty text.

    `disclosure` is the reason for which personal data in a public reply was published all the same; the history keeps
    it. Whether there is any is checked at the door (`api.casework`)."""
    body = body.strip()
    if not body:
        raise Invalid("答复内容不能为空。", {"body": "请填写答复内容"})
    if len(body) > MAX_REPLY:
        raise Invalid(f"答复内容不能超过{MAX_REPLY}字。", {"body": f"现有{len(body)}字"})
    to_status = _target(case, CaseAction.REPLY)
    moved = case_repository.move_case(conn, case, to_status, {}, actor=actor)
    case_repository.add_reply(
        conn, case.id, department_id=department_id, body=body, public=public, actor=actor, now=now
    )
    casework_repository.meet_clock(conn, case.id, UnitClockKind.CONTACT, actor=actor, now=now)
    return _record(
        conn,
        case,
        moved,
        CaseAction.REPLY,
        {"public": public, "length": len(body), "reply": reply_digest(body, public)}
        | ({"disclosure": disclosure} if disclosure else {}),
        actor=actor,
        now=now,
    )


def complete(conn: Connection, case: Case, *, result: CompletionResult, actor: str, now: datetime) -> Case:
    """办结, with its result. Raises `Conflict` while nobody has answered the submitter (anew, after a reopening), while
    the unit asks to return it, and while a supervision waits for its answer."""
    to_status = _target(case, CaseAction.COMPLETE)
    if not case_repository.has_answer(conn, case.id):
        raise Conflict("还没有答复诉求人，不能办结。")
    if casework_repository.find_open_return(conn, case.id) is not None:
        raise Conflict("退单申请还没有处理，不能办结。")
    if casework_repository.find_open_supervision(conn, case.id) is not None:
        raise Conflict("督办还没有回复，不能办结。")
    changes = {"completed_at": now, "completion_result": result}
    moved = case_repository.move_case(conn, case, to_status, changes, actor=actor)
    casework_repository.end_clocks(conn, case.id, actor=actor, now=now)
    casework_repository.settle_extension(conn, case.id, note="工单已办结。", actor=actor, now=now)
    if not case.confidential:  # others are never shown to whoever has a like matter
        similar_case_repository.add_solved(conn, case.submission_id, actor=actor)
    return _record(conn, case, moved, CaseAction.COMPLETE, {"result": result.value}, actor=actor, now=now)


def reopen(conn: Connection, case: Case, *, reason: str, actor: str, now: datetime) -> Case:
    """重启: the matter is not settled; the old due time stays, so it may be overdue at once."""
    if not reason.strip():
        raise Invalid("请填写重启的原因。", {"reason": "请填写原因"})
    to_status = _target(case, CaseAction.REOPEN)
    changes = {"completed_at": None, "completion_result": None, "closed_at": None}
    moved = case_repository.move_case(conn, case, to_status, changes, actor=actor)
    similar_case_repository.delete_solved(conn, case.submission_id, actor=actor)
    return _record(conn, case, moved, CaseAction.REOPEN, {"reason": reason.strip()}, actor=actor, now=now)


def close(conn: Connection, case: Case, *, actor: str, now: datetime) -> Case:
    """归档."""
    to_status = _target(case, CaseAction.CLOSE)
    moved = case_repository.move_case(conn, case, to_status, {"closed_at": now}, actor=actor)
    return _record(conn, case, moved, CaseAction.CLOSE, {}, actor=actor, now=now)


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
    moved = case_repository.move_case(conn, case, _target(case, action), changes or {}, actor=actor)
    return _record(conn, case, moved, action, payload, actor=actor, now=now)


def new_clocks(
    directory: Directory, case_id: int, lead: str, start: datetime, zone: ZoneInfo
) -> list[tuple[int, str, UnitClockKind, datetime, datetime, str]]:
    """The clocks of the unit that gets a case at `start`, as rows of `casework_repository.add_clocks`."""
    rules, rows = directory.casework, []
    for kind in UnitClockKind:
        limit = clock_limit(rules, kind)
        if limit is not None:
            due = limit_end(start, limit, directory.calendar, zone)
            rows.append((case_id, lead, kind, start, due, clock_basis(kind, limit)))
    return rows


def _target(case: Case, action: CaseAction) -> CaseStatus:
    try:
        return TRANSITIONS[case.status][action]
    except KeyError:
        raise Conflict(f"工单{case.status.label}，不能{action.label}。") from None


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


def _record(
    conn: Connection,
    before: Case,
    after: Case,
    action: CaseAction,
    payload: dict[str, Any],
    *,
    actor: str,
    now: datetime,
) -> Case:
    event = NewEvent(
        case_id=before.id,
        at=now,
        actor=actor,
        action=action,
        from_status=before.status,
        to_status=after.status,
        payload=payload | {"case": case_digest(after)},
    )
    event_repository.add_event(conn, event, actor=actor)
    return after

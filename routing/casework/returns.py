"""Returns 退单: a unit says that a case is not its own; the dispatcher gives it on or leaves it; a dispute is decided.

The citizen's clock runs on throughout (facts: a rejected return adds no time). Whoever was named to end a dispute may
not return the case again (潍坊市12345条例 22).
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from models.case import Assignment, AssignmentRole, Case, CaseAction
from models.casework import RequestState, ReturnReason
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import case_repository, lifecycle
from routing.casework import casework_repository as rows
from routing.clocks.casework_rules import limit_end
from routing.directory import Directory

MAX_TEXT = 1000


def return_window(
    case: Case, assignments: Sequence[Assignment], directory: Directory, zone: ZoneInfo
) -> datetime | None:
    """Until when the leading unit may ask, from when it got the case; None where the city sets no limit."""
    limit = directory.casework.return_within
    lead = _lead(case, assignments)
    return limit_end(lead.assigned_at, limit, directory.calendar_for(lead.department_id), zone) if limit else None


def why_not_return(
    case: Case, assignments: Sequence[Assignment], directory: Directory, *, now: datetime, zone: ZoneInfo
) -> str:
    """Why the leading unit may not ask for a return (any more), in a sentence; "" where it may."""
    if _lead(case, assignments).designated:
        return "本单位是裁定的主办单位，不能再退单。"
    ends = return_window(case, assignments, directory, zone)
    limit = directory.casework.return_within
    if ends is not None and limit is not None and now >= ends:
        return f"收到工单已超过{limit.words}，不能再退单；确有争议的，请联系督办员裁定。"
    return ""


def request_return(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    reason: ReturnReason | None,
    explanation: str,
    proposed_id: str | None,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """申请退单. Raises `Invalid` for what is missing, `Conflict` outside the window, for a designated unit, and where
    one is asked for already."""
    if reason is None:
        raise Invalid("请选择退单原因。", {"return_reason": "请选择"})
    explanation = text_of(explanation, "退单说明")
    if reason.needs_proposal and not proposed_id:
        raise Invalid("请写明应由哪个单位办理。", {"proposed": "请选择单位"})
    if proposed_id is not None and (proposed_id not in directory.departments or proposed_id == case.lead_department_id):
        raise Invalid("建议的单位不对。", {"proposed": "请选择其他单位"})
    assignments = case_repository.list_assignments(conn, case.id)
    if refusal := why_not_return(case, assignments, directory, now=now, zone=zone):
        raise Conflict(refusal)
    if rows.find_open_return(conn, case.id) is not None:
        raise Conflict("已经申请过退单，请等待审批。")
    payload = {
        "reason": reason.value,
        "explanation": explanation,
        "department": case.lead_department_id,
        "proposed": proposed_id,
    }
    moved = lifecycle.act_beside(conn, case, CaseAction.REQUEST_RETURN, payload, actor=actor, now=now)
    rows.add_return(
        conn,
        case.id,
        department_id=_lead(case, assignments).department_id,
        reason=reason,
        explanation=explanation,
        proposed_id=proposed_id,
        window_ends=return_window(case, assignments, directory, zone),
        actor=actor,
        now=now,
    )
    return moved


def accept_return(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    lead: str,
    co_handling: Sequence[str] = (),
    topic_code: str | None = None,
    note: str = "",
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """同意退单: another unit has the case from now on. Raises `Conflict` where no return is asked for."""
    request = rows.find_open_return(conn, case.id)
    if request is None:
        raise Conflict("没有待审批的退单申请。")
    lead = lead or request.proposed_id or ""
    if not lead or lead == case.lead_department_id:
        raise Invalid("请选择改派的单位。", {"lead": "请选择其他单位"})
    note = short_of(note, "备注", field="note")
    moved = lifecycle.dispatch(
        conn,
        case,
        directory,
        lead=lead,
        co_handling=co_handling,
        topic_code=topic_code,
        note=note,
        action=CaseAction.ACCEPT_RETURN,
        more={"reason": request.reason.value},
        actor=actor,
        now=now,
        zone=zone,
    )
    rows.decide_return(conn, request, RequestState.ACCEPTED, note=note, given_to_id=lead, actor=actor, now=now)
    return moved


def refuse_return(conn: Connection, case: Case, *, note: str, actor: str, now: datetime) -> Case:
    """不同意退单: the unit keeps the case and its clocks. Raises `Conflict` where no return is asked for."""
    note = text_of(note, "不同意的理由", field="note")
    request = rows.find_open_return(conn, case.id)
    if request is None:
        raise Conflict("没有待审批的退单申请。")
    payload = {"note": note, "department": request.department_id}
    moved = lifecycle.act_beside(conn, case, CaseAction.REFUSE_RETURN, payload, actor=actor, now=now)
    rows.decide_return(conn, request, RequestState.REFUSED, note=note, given_to_id=None, actor=actor, now=now)
    return moved


def designate(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    lead: str,
    co_handling: Sequence[str] = (),
    note: str,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """裁定主办: the dispute is over; the unit named (it may be the one that has the case) cannot return it."""
    note = text_of(note, "裁定理由", field="note")
    if not lead:
        raise Invalid("请选择主办单位。", {"lead": "请选择"})
    request = rows.find_open_return(conn, case.id)
    moved = lifecycle.dispatch(
        conn,
        case,
        directory,
        lead=lead,
        co_handling=co_handling,
        note=note,
        action=CaseAction.DESIGNATE,
        actor=actor,
        now=now,
        zone=zone,
    )
    case_repository.designate_lead(conn, case.id, actor=actor)
    if request is not None:
        kept = lead == case.lead_department_id
        state = RequestState.REFUSED if kept else RequestState.ACCEPTED
        given_to = None if kept else lead
        rows.decide_return(conn, request, state, note=note, given_to_id=given_to, actor=actor, now=now)
    return moved


def text_of(value: str, name: str, *, field: str = "text") -> str:
    """What a person wrote, trimmed. Raises `Invalid` for nothing and for a book."""
    value = short_of(value, name, field=field)
    if not value:
        raise Invalid(f"请填写{name}。", {field: f"请填写{name}"})
    return value


def short_of(value: str, name: str, *, field: str = "text") -> str:
    """The same for what may be left out."""
    value = value.strip()
    if len(value) > MAX_TEXT:
        raise Invalid(f"{name}不能超过{MAX_TEXT}字。", {field: f"现有{len(value)}字"})
    return value


def _lead(case: Case, assignments: Sequence[Assignment]) -> Assignment:
    """Raises `Conflict` for a case that no unit has."""
    for assignment in assignments:
        if assignment.ended_at is None and assignment.role is AssignmentRole.LEAD:
            return assignment
    raise Conflict(f"工单{case.status.label}，还没有主办单位。")

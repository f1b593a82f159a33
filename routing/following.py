"""What an action on one case means for those tied to it: merged cases go with their head, a letter with its parts.

Called by `routing.lifecycle` when a case was completed, reopened or closed, in the same transaction. Each case that
follows goes through the same statuses as any other, with an event for each that names the case it follows.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from intake.redaction import find_exposed
from models.case import AssignmentRole, Case, CaseAction, CaseStatus, CompletionResult
from models.database import Connection
from routing import case_repository, protection
from routing.casework import callback_drawing, callback_repository, casework_repository
from routing.casework import merge_repository as rows
from routing.events import reply_digest
from routing.recording import record
from routing.replies import reply_files

Words = Callable[[str], str]
_DONE = (CaseStatus.COMPLETED, CaseStatus.CLOSED)


def without_person(reply: str, *, letter: str = "", names: Sequence[str] = ()) -> str:
    """A reply to one person as others may read it: what would name or reach the first is masked. `letter` and `names`
    are of the first one, as `find_exposed` takes them."""
    for span in reversed(find_exposed(reply, letter=letter, names=names)):
        reply = reply[: span.start] + span.mask + reply[span.end :]
    return reply


def complete_followers(
    conn: Connection,
    head: Case,
    *,
    for_others: Words,
    asked: frozenset[bytes] = frozenset(),
    actor: str,
    now: datetime,
) -> None:
    """`head` has just been completed: what is merged into it is answered with the same words and completed with the
    same result, it is from now on the case of the unit that answered, and whoever wrote it is asked like any other,
    each person once (`asked` are already); the letter of which it was the last open part is completed."""
    members = rows.lock_cases(conn, rows.list_member_ids(conn, head.id))
    if members:
        persons = rows.list_persons(conn, [head.id, *members])
        asked |= {persons[head.id]}
        replies = [(reply, for_others(reply.body)) for reply in rows.list_current_replies(conn, head.id)]
        files = reply_files.pass_on(conn, head, [reply for reply, _ in replies], for_others=for_others)
        for _, member in sorted(members.items()):
            if not member.status.is_open:
                continue
            member = _begin(conn, member, head, actor=actor, now=now)
            # what was published before a report was merged is told to its writer alone
            protected = protection.is_protected(conn, member)
            for reply, body in replies:
                public = reply.public and not protected
                reply_id = case_repository.add_reply(
                    conn,
                    member.id,
                    department_id=reply.department_id,
                    body=body,
                    public=public,
                    actor=reply.author,
                    now=now,
                )
                going = [file.shown(public=public) for file in files.get(reply.id, [])]
                reply_files.send(conn, reply_id, going, actor=actor)
                said = {"public": public, "length": len(body), "reply": reply_digest(body, public)}
                said |= reply_files.told(going)
                member = _step(conn, member, CaseAction.REPLY, CaseStatus.IN_PROGRESS, {}, said, head, actor, now)
            changes: dict[str, Any] = {"completed_at": now, "completion_result": head.completion_result}
            told: dict[str, Any] = {"result": head.completion_result.value if head.completion_result else ""}
            if member.lead_department_id != head.lead_department_id:
                told |= _hand_over(conn, member, head, actor=actor, now=now)
                changes["lead_department_id"] = head.lead_department_id
            if persons[member.id] not in asked:
                unit = head.lead_department_id
                rule, drawn = callback_drawing.draw_callback(conn, member, department_id=unit, actor=actor, now=now)
                told["callback"] = {"rule": rule.id, "draw": drawn.value}
            asked |= {persons[member.id]}
            member = _step(conn, member, CaseAction.COMPLETE, CaseStatus.COMPLETED, changes, told, head, actor, now)
            casework_repository.end_clocks(conn, member.id, actor=actor, now=now)
            complete_followers(conn, member, for_others=for_others, asked=asked, actor=actor, now=now)
    if head.parent_id is not None and head.merged_into is None:
        _complete_letter(conn, head.parent_id, actor=actor, now=now)


def reopen_followers(conn: Connection, head: Case, *, reason: str, actor: str, now: datetime) -> None:
    """`head` is worked on again: so is what was completed with it, and the letter of which it is a part."""
    changes: dict[str, Any] = {"completed_at": None, "completion_result": None, "closed_at": None}
    for member in rows.lock_cases(conn, rows.list_member_ids(conn, head.id)).values():
        if member.status in _DONE:
            said = {"reason": reason}
            callback_repository.leave_completion(conn, member.id, note=reason, actor=actor, now=now)
            member = _step(conn, member, CaseAction.REOPEN, CaseStatus.IN_PROGRESS, changes, said, head, actor, now)
            reopen_followers(conn, member, reason=reason, actor=actor, now=now)
    if head.parent_id is not None and head.merged_into is None:
        letter = rows.lock_cases(conn, [head.parent_id])[head.parent_id]
        if letter.status in _DONE:
            payload = {"reason": reason, "part": head.case_number}
            moved = case_repository.move_case(conn, letter, CaseStatus.IN_PROGRESS, changes, actor=actor)
            record(conn, letter, moved, CaseAction.REOPEN, payload, actor=actor, now=now)


def close_followers(conn: Connection, head: Case, *, actor: str, now: datetime) -> None:
    """`head` was archived: so are what was completed with it and, of a letter, its parts."""
    ids = rows.list_member_ids(conn, head.id) + (rows.list_part_ids(conn, head.id) if head.parts else [])
    for follower in rows.lock_cases(conn, ids).values():
        if follower.status is CaseStatus.COMPLETED:
            changes = {"closed_at": now}
            closed = _step(conn, follower, CaseAction.CLOSE, CaseStatus.CLOSED, changes, {}, head, actor, now)
            close_followers(conn, closed, actor=actor, now=now)


def _begin(conn: Connection, member: Case, head: Case, *, actor: str, now: datetime) -> Case:
    """A merged case that nobody has been given, or nobody has acknowledged, goes to the unit that answers it."""
    if member.status is CaseStatus.TRIAGE:
        lead = head.lead_department_id
        assert lead is not None, head.case_number  # a completed case has one
        changes = {"lead_department_id": lead, "dispatched_at": now, "triage_reason": ""}
        due = member.due_date.isoformat() if member.due_date else None
        said: dict[str, Any] = {"lead": lead, "co_handling": [], "due_date": due, "previous_lead": None}
        member = _step(conn, member, CaseAction.DISPATCH, CaseStatus.DISPATCHED, changes, said, head, actor, now)
        case_repository.add_assignments(conn, [(member.id, lead, AssignmentRole.LEAD, now)], actor=actor)
    if member.status is CaseStatus.DISPATCHED:
        changes = {"acknowledged_at": now}
        member = _step(conn, member, CaseAction.ACKNOWLEDGE, CaseStatus.IN_PROGRESS, changes, {}, head, actor, now)
    return member


def _hand_over(conn: Connection, member: Case, head: Case, *, actor: str, now: datetime) -> dict[str, Any]:
    """The unit that answered a merged case has it from now on: what its writer says of the answer is said of this unit.
    What the event tells of it."""
    lead = head.lead_department_id
    assert lead is not None, head.case_number
    case_repository.end_assignments(conn, member.id, actor=actor, now=now)
    case_repository.add_assignments(conn, [(member.id, lead, AssignmentRole.LEAD, now)], actor=actor)
    return {"lead": lead, "previous_lead": member.lead_department_id}


def _complete_letter(conn: Connection, letter_id: int, *, actor: str, now: datetime) -> None:
    """Under the lock of the letter: of two last parts completed at once, the second sees the first."""
    letter = rows.lock_cases(conn, [letter_id])[letter_id]
    parts = case_repository.list_cases_by_id(conn, rows.list_part_ids(conn, letter_id))
    if not letter.parts or letter.status is not CaseStatus.IN_PROGRESS or any(p.status.is_open for p in parts):
        return
    result = _result_of({part.completion_result for part in parts})
    changes = {"completed_at": now, "completion_result": result}
    moved = case_repository.move_case(conn, letter, CaseStatus.COMPLETED, changes, actor=actor)
    payload = {"result": result.value, "parts": [part.case_number for part in parts]}
    record(conn, letter, moved, CaseAction.COMPLETE, payload, actor=actor, now=now)


def _result_of(results: set[CompletionResult | None]) -> CompletionResult:
    """Of the whole letter: what all its parts came to, else that it was explained."""
    [first, *others] = sorted(results, key=str)
    return first if first is not None and not others else CompletionResult.EXPLAINED


def _step(
    conn: Connection,
    case: Case,
    action: CaseAction,
    to_status: CaseStatus,
    changes: Mapping[str, Any],
    payload: Mapping[str, Any],
    head: Case,
    actor: str,
    now: datetime,
) -> Case:
    moved = case_repository.move_case(conn, case, to_status, changes, actor=actor)
    return record(conn, case, moved, action, {**payload, "head": head.case_number}, actor=actor, now=now)

"""The two halves of every action on a case: may its status take it, and the event that says what was done."""

from datetime import datetime
from typing import Any

from models.case import TRANSITIONS, Case, CaseAction, CaseStatus
from models.database import Connection
from models.errors import Conflict
from models.merge import why_held
from routing import event_repository
from routing.events import NewEvent, case_digest


def target(case: Case, action: CaseAction) -> CaseStatus:
    """Where `action` leads. Raises `Conflict` where the status does not allow it, or another case is worked on instead
    of this one."""
    if reason := why_held(case, action):
        raise Conflict(reason)
    try:
        return TRANSITIONS[case.status][action]
    except KeyError:
        raise Conflict(f"工单{case.status.label}，不能{action.label}。") from None


def record(
    conn: Connection,
    before: Case,
    after: Case,
    action: CaseAction,
    payload: dict[str, Any],
    *,
    actor: str,
    now: datetime,
) -> Case:
    """The event of what has just been written; gives back `after`."""
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

"""Cases that were handled before they came here: opened, answered and archived in one stroke, each with its history.

An office that begins with this program brings years of them. They are written by batch, not by action: `lifecycle` asks
what is the case now before each step, and of these everything is known. Their chains are as those of all others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.analysis import Analysis
from models.case import TRANSITIONS, AssignmentRole, Case, CaseAction, CompletionResult
from models.casework import UnitClockKind
from models.database import Connection
from models.submission import Submission
from routing import case_repository, event_repository, search_index
from routing.casework import casework_repository, taking_over_repository
from routing.casework.taking_over_repository import MetClock, PastReply
from routing.clocks.completion_clock import deadline_of
from routing.directory import Directory
from routing.events import NewEvent, case_digest, reply_digest
from routing.lifecycle import new_clocks
from routing.opening import new_case, opening_events


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What became of a case, in the order of time. `clerk` did it; `closed_at`: None is not archived."""

    clerk: str
    acknowledged_at: datetime
    contacted_at: datetime
    contact: str
    completed_at: datetime
    reply: str
    public: bool
    result: CompletionResult
    closed_at: datetime | None


@dataclass(slots=True)
class _Life:
    """A case while its history is written."""

    case: Case
    events: list[NewEvent] = field(default_factory=list)

    def do(self, action: CaseAction, payload: Mapping[str, Any], *, actor: str, at: datetime, **changes: Any) -> None:
        before = self.case
        status = TRANSITIONS[before.status][action]
        self.case = replace(before, status=status, version=before.version + 1, **changes)
        self.events.append(
            NewEvent(
                case_id=before.id,
                at=at,
                actor=actor,
                action=action,
                from_status=before.status,
                to_status=status,
                payload={**payload, "case": case_digest(self.case)},
            )
        )


def take_over(
    conn: Connection,
    items: Sequence[tuple[Submission, Analysis]],
    directory: Directory,
    *,
    find_unit: Callable[[Case], str],
    handle: Callable[[Case], Handling],
    dispatcher: str,
    actor: str,
    zone: ZoneInfo,
) -> int:
    """Their number. Each is opened when it was received; where no rule dispatches it, `dispatcher` did so at once, to
    the unit that `find_unit` names. `handle` says what became of the dispatched case. Nobody is called back: that was
    the old office's."""
    if not items:
        return 0
    lives: list[_Life] = []
    replies: list[PastReply] = []
    met: list[MetClock] = []
    assignments: list[tuple[int, str, AssignmentRole, datetime]] = []
    clocks: list[tuple[int, str, UnitClockKind, datetime, datetime, str]] = []
    for case_id, (submission, analysis) in zip(case_repository.next_case_ids(conn, len(items)), items, strict=True):
        at = submission.received_at
        opened, decision = new_case(case_id, submission, analysis, directory, now=at, zone=zone)
        life = _Life(opened, opening_events(opened, analysis, decision, attached=None, opened_by=actor))
        if decision.lead is None:
            _dispatch(life, find_unit(opened), directory, actor=dispatcher, at=at, zone=zone)
        lead = life.case.lead_department_id
        assert lead is not None
        assignments.append((case_id, lead, AssignmentRole.LEAD, at))
        assignments += [(case_id, unit.id, AssignmentRole.CO_HANDLING, at) for unit in decision.co_handling]
        clocks += new_clocks(directory, case_id, lead, at, zone)
        done = handle(life.case)
        _handle(life, done)
        lives.append(life)
        replies.append(PastReply(case_id, lead, done.clerk, done.reply, done.public, done.completed_at))
        met.append(MetClock(case_id, UnitClockKind.ACKNOWLEDGE, done.acknowledged_at))
        met.append(MetClock(case_id, UnitClockKind.CONTACT, done.contacted_at))
    cases = [life.case for life in lives]
    case_repository.add_cases(conn, cases, [analysis for _, analysis in items], actor=actor)
    case_repository.add_assignments(conn, assignments, actor=actor)
    casework_repository.add_clocks(conn, clocks, actor=actor)
    taking_over_repository.meet_clocks(conn, met, actor=actor)
    taking_over_repository.add_replies(conn, replies, actor=actor)
    event_repository.add_first_events(conn, [life.events for life in lives], actor=actor)
    texts = [f"{submission.title}\n{submission.body}" for submission, _ in items]
    search_index.index_cases(conn, list(zip([case.id for case in cases], texts, strict=True)), actor=actor)
    return len(cases)


def _dispatch(life: _Life, unit: str, directory: Directory, *, actor: str, at: datetime, zone: ZoneInfo) -> None:
    case = life.case
    due = deadline_of(directory, case.appeal_type, at, zone, lead=unit)
    payload: dict[str, Any] = {
        "lead": unit,
        "co_handling": [],
        "note": "",
        "due_date": due.due_date.isoformat() if due.due_date else None,
        "previous_lead": None,
        "topic_code": {"from": case.topic_code, "to": case.topic_code},
        "appeal_type": {"from": case.appeal_type.value, "to": case.appeal_type.value},
    }
    life.do(
        CaseAction.DISPATCH,
        payload,
        actor=actor,
        at=at,
        lead_department_id=unit,
        dispatched_at=at,
        triage_reason="",
        due_date=due.due_date,
        due_at=due.due_at,
        due_basis=due.basis,
    )


def _handle(life: _Life, done: Handling) -> None:
    clerk, at = done.clerk, done.completed_at
    life.do(CaseAction.ACKNOWLEDGE, {}, actor=clerk, at=done.acknowledged_at, acknowledged_at=done.acknowledged_at)
    life.do(CaseAction.CONTACT, {"text": done.contact, "reached": True}, actor=clerk, at=done.contacted_at)
    said = {"public": done.public, "length": len(done.reply), "reply": reply_digest(done.reply, done.public)}
    life.do(CaseAction.REPLY, said, actor=clerk, at=at)
    life.do(
        CaseAction.COMPLETE,
        {"result": done.result.value},
        actor=clerk,
        at=at,
        completed_at=at,
        completion_result=done.result,
    )
    if done.closed_at is not None:
        life.do(CaseAction.CLOSE, {}, actor=clerk, at=done.closed_at, closed_at=done.closed_at)

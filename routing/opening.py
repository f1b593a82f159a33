"""From analysed submissions to cases: who leads, until when, written in a few statements for the whole batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.account import SYSTEM_ACTOR
from models.analysis import Analysis, AppealType
from models.case import AssignmentRole, Case, CaseAction, CaseStatus
from models.casework import UnitClockKind
from models.database import Connection
from models.errors import Conflict
from models.submission import Submission
from routing import case_repository, event_repository, search_index
from routing.casework import attachment_repository, casework_repository
from routing.clocks.completion_clock import deadline_of
from routing.directory import Directory
from routing.events import NewEvent, case_digest
from routing.learning.topic_levels import promised_topic
from routing.lifecycle import new_clocks
from routing.rules import DispatchDecision, decide_dispatch

_TITLE_FROM_BODY = 40


@dataclass(frozen=True, slots=True)
class Opened:
    cases: int
    dispatched: int
    triage: int


def open_cases(
    conn: Connection,
    items: Sequence[tuple[Submission, Analysis]],
    directory: Directory,
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Opened:
    """Open a case for each item and dispatch it, or leave it in triage with the reason. One round trip per table."""
    if not items:
        return Opened(0, 0, 0)
    ids = case_repository.next_case_ids(conn, len(items))
    sent = attachment_repository.list_sent_hashes(conn, [submission.id for submission, _ in items])
    cases: list[Case] = []
    assignments: list[tuple[int, str, AssignmentRole, datetime]] = []
    clocks: list[tuple[int, str, UnitClockKind, datetime, datetime, str]] = []
    histories: list[list[NewEvent]] = []
    for case_id, (submission, analysis) in zip(ids, items, strict=True):
        case, decision = new_case(case_id, submission, analysis, directory, now=now, zone=zone)
        cases.append(case)
        attached, consent = sent.get(submission.id), submission.publish_consent
        histories.append(opening_events(case, analysis, decision, attached=attached, opened_by=actor, consent=consent))
        if decision.lead is not None:
            assignments.append((case_id, decision.lead.id, AssignmentRole.LEAD, now))
            assignments += [(case_id, unit.id, AssignmentRole.CO_HANDLING, now) for unit in decision.co_handling]
            clocks += new_clocks(directory, case_id, decision.lead.id, now, zone)
    case_repository.add_cases(conn, cases, [analysis for _, analysis in items], actor=actor)
    case_repository.add_assignments(conn, assignments, actor=actor)
    casework_repository.add_clocks(conn, clocks, actor=actor)
    event_repository.add_first_events(conn, histories, actor=actor)
    texts = [f"{submission.title}\n{submission.body}" for submission, _ in items]
    search_index.index_cases(conn, list(zip(ids, texts, strict=True)), actor=actor)
    dispatched = sum(case.status is CaseStatus.DISPATCHED for case in cases)
    return Opened(len(cases), dispatched, len(cases) - dispatched)


def open_case_by_hand(
    conn: Connection,
    submission: Submission,
    analysis: Analysis,
    directory: Directory,
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """A person opens a case from a survey answer or a post. Raises `Conflict` where it already has one."""
    case_repository.lock_submission(conn, submission.id)
    if case_repository.find_case_of_submission(conn, submission.id) is not None:
        raise Conflict("该来件已经立案。")
    open_cases(conn, [(submission, analysis)], directory, actor=actor, now=now, zone=zone)
    return case_repository.get_case(conn, submission.receipt_number)


def new_case(
    case_id: int, submission: Submission, analysis: Analysis, directory: Directory, *, now: datetime, zone: ZoneInfo
) -> tuple[Case, DispatchDecision]:
    """The case as it is opened at `now`, and what was decided about its unit. Writes nothing."""
    topic = directory.topics.get(analysis.topic_code or "")
    confidential = submission.confidential or bool(topic and topic.confidential)
    protected = confidential or submission.declared_appeal_type is AppealType.REPORT
    decision = decide_dispatch(
        directory, analysis, channel=submission.channel, appeal_type=analysis.appeal_type, confidential=protected
    )
    dispatched = decision.lead is not None
    # The citizen waits from the first day: until a person dispatches it, a case in triage has an estimated limit.
    lead = decision.lead.id if decision.lead else None
    due = deadline_of(directory, analysis.appeal_type, now, zone, lead=lead)
    case = Case(
        id=case_id,
        case_number=submission.receipt_number,
        submission_id=submission.id,
        channel=submission.channel,
        title=submission.title or _first_words(submission.body),
        status=CaseStatus.DISPATCHED if dispatched else CaseStatus.TRIAGE,
        appeal_type=analysis.appeal_type,
        topic_code=promised_topic(directory, analysis) if dispatched else analysis.topic_code,
        region_code=analysis.region_code,
        sentiment=analysis.sentiment,
        urgency=analysis.urgency,
        confidential=confidential,
        lead_department_id=lead,
        triage_reason=decision.triage_reason,
        submitted_at=submission.submitted_at,
        received_at=submission.received_at,
        opened_at=now,
        dispatched_at=now if dispatched else None,
        acknowledged_at=None,
        completed_at=None,
        completion_result=None,
        closed_at=None,
        due_date=due.due_date,
        due_at=due.due_at,
        due_basis=due.basis if dispatched else f"尚未派单，暂按今日派单估算：{due.basis}",
        version=2 if dispatched else 1,  # one for each event: a history cut short shows (routing.event_repository)
    )
    return case, decision


def opening_events(
    case: Case,
    analysis: Analysis,
    decision: DispatchDecision,
    *,
    attached: list[str] | None,
    opened_by: str,
    consent: bool = False,
) -> list[NewEvent]:
    """What its history begins with: 立案, and 派单 where a rule decided.

    `attached`: hashes of files that came; `consent`: who wrote agrees that it is published."""
    digest = case_digest(case)
    opened = NewEvent(
        case_id=case.id,
        at=case.opened_at,
        actor=opened_by,
        action=CaseAction.OPEN,
        from_status=None,
        to_status=CaseStatus.TRIAGE,
        payload={
            "channel": case.channel.value,
            "topic_code": case.topic_code,
            "appeal_type": case.appeal_type.value,
            "urgency": case.urgency.value,
            "triage_reason": decision.triage_reason,
            "versions": dict(analysis.versions),
            **({"attachments": attached} if attached else {}),
            **({"publish_consent": True} if consent else {}),
            "case": digest,
        },
    )
    if decision.lead is None:
        return [opened]
    dispatched = NewEvent(
        case_id=case.id,
        at=case.opened_at,
        actor=SYSTEM_ACTOR,
        action=CaseAction.DISPATCH,
        from_status=CaseStatus.TRIAGE,
        to_status=CaseStatus.DISPATCHED,
        payload={
            "lead": decision.lead.id,
            "co_handling": [unit.id for unit in decision.co_handling],
            "rule_id": decision.rule_id,
            "due_date": case.due_date.isoformat() if case.due_date else None,
            "case": digest,
        },
    )
    return [opened, dispatched]


def _first_words(body: str) -> str:
    line = " ".join(body.split())
    return line if len(line) <= _TITLE_FROM_BODY else line[:_TITLE_FROM_BODY] + "…"

"""What is done beside the status of a case: returns, extensions, supervision, contact, opinions, notes."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.account import Account
from models.analysis import AppealType
from models.attachment import FileChoices
from models.callback import CallOutcome, Satisfaction, SolvedAnswer
from models.case import Assignment, AssignmentRole, Case, CaseAction, CompletionResult
from models.casework import (
    CaseExtension,
    CaseReturn,
    CaseSupervision,
    RequestState,
    ReturnReason,
    SupervisionLevel,
    SupervisionTrigger,
    UnitClock,
)
from models.database import Connection
from models.errors import Invalid
from models.merge import NewPart
from models.protection import RevealReason
from routing.casework import casework_repository, disclosure, returns, supervision
from routing.clocks import extensions
from routing.directory import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionInput:
    """The fields of every action form; each action reads its own. `version` is what the person saw."""

    version: int | None = None
    lead: str = ""
    co_handling: tuple[str, ...] = ()
    topic_code: str | None = None
    appeal_type: AppealType | None = None
    note: str = ""
    body: str = ""
    public: bool = False
    result: CompletionResult | None = None
    files: FileChoices | None = None
    reason: str = ""
    text: str = ""
    return_reason: ReturnReason | None = None
    proposed: str | None = None
    days: int | None = None
    reached: bool = False
    trigger: SupervisionTrigger | None = None
    level: SupervisionLevel | None = None
    due_at: datetime | None = None
    outcome: CallOutcome | None = None
    solved: SolvedAnswer | None = None
    satisfaction: Satisfaction | None = None
    attitude: Satisfaction | None = None
    draft_version: int | None = None
    reveal_reason: RevealReason | None = None
    members: tuple[str, ...] = ()
    parts: tuple[NewPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The records beside the status, oldest first. `no_return` and `no_extension` say why the unit cannot ask (any
    more), "" where it can."""

    returns: list[CaseReturn]
    extensions: list[CaseExtension]
    supervisions: list[CaseSupervision]
    clocks: list[UnitClock]
    no_return: str
    no_extension: str

    def allows(self, action: CaseAction) -> bool:
        """Whether the records leave room for it: nothing is decided that nobody asked for, nor asked for twice."""
        match action:
            case CaseAction.REQUEST_RETURN:
                return self.open_return is None and not self.no_return
            case CaseAction.ACCEPT_RETURN | CaseAction.REFUSE_RETURN:
                return self.open_return is not None
            case CaseAction.REQUEST_EXTENSION:
                return self.open_extension is None and not self.no_extension
            case CaseAction.GRANT_EXTENSION | CaseAction.REFUSE_EXTENSION:
                return self.open_extension is not None
            case CaseAction.SUPERVISE:
                return self.open_supervision is None
            case CaseAction.ANSWER_SUPERVISION:
                return self.open_supervision is not None
            case CaseAction.COMPLETE:
                return self.open_return is None and self.open_supervision is None
            case _:
                return True

    @property
    def open_return(self) -> CaseReturn | None:
        return next((r for r in self.returns if r.state is RequestState.REQUESTED), None)

    @property
    def open_extension(self) -> CaseExtension | None:
        return next((e for e in self.extensions if e.state is RequestState.REQUESTED), None)

    @property
    def open_supervision(self) -> CaseSupervision | None:
        return next((s for s in self.supervisions if s.answered_at is None), None)


def view_beside(
    conn: Connection,
    case: Case,
    assignments: list[Assignment],
    directory: Directory,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Beside:
    """For a case that the person may see."""
    led = any(a.ended_at is None and a.role is AssignmentRole.LEAD for a in assignments)
    return Beside(
        returns=casework_repository.list_returns(conn, case.id),
        extensions=casework_repository.list_extensions(conn, case.id),
        supervisions=casework_repository.list_supervisions(conn, case.id),
        clocks=casework_repository.list_clocks(conn, case.id),
        no_return=returns.why_not_return(case, assignments, directory, now=now, zone=zone) if led else "",
        no_extension=extensions.why_not_extend(conn, case, directory, now=now) if led else "",
    )


def perform_beside(
    conn: Connection,
    account: Account,
    case: Case,
    action: CaseAction,
    given: ActionInput,
    directory: Directory,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """One action beside the status, by somebody who may do it. Raises `Conflict` and `Invalid` as the action does."""
    actor = account.actor
    match action:
        case CaseAction.REQUEST_RETURN:
            return returns.request_return(
                conn,
                case,
                directory,
                reason=given.return_reason,
                explanation=given.text,
                proposed_id=given.proposed or None,
                actor=actor,
                now=now,
                zone=zone,
            )
        case CaseAction.ACCEPT_RETURN:
            return returns.accept_return(
                conn,
                case,
                directory,
                lead=given.lead,
                co_handling=given.co_handling,
                topic_code=given.topic_code or None,
                note=given.note.strip(),
                actor=actor,
                now=now,
                zone=zone,
            )
        case CaseAction.REFUSE_RETURN:
            return returns.refuse_return(conn, case, note=given.note, actor=actor, now=now)
        case CaseAction.DESIGNATE:
            return returns.designate(
                conn,
                case,
                directory,
                lead=given.lead,
                co_handling=given.co_handling,
                note=given.note,
                actor=actor,
                now=now,
                zone=zone,
            )
        case CaseAction.REQUEST_EXTENSION:
            return extensions.request_extension(
                conn, case, directory, days=given.days, reason=given.text, actor=actor, now=now
            )
        case CaseAction.GRANT_EXTENSION:
            return extensions.grant_extension(conn, case, directory, note=given.note, actor=actor, now=now, zone=zone)
        case CaseAction.REFUSE_EXTENSION:
            return extensions.refuse_extension(conn, case, note=given.note, actor=actor, now=now)
        case CaseAction.REMIND:
            return supervision.remind(conn, case, text=given.text, actor=actor, now=now)
        case CaseAction.SUPERVISE:
            return supervision.supervise(
                conn,
                case,
                trigger=given.trigger,
                level=given.level,
                demand=given.text,
                due_at=given.due_at,
                actor=actor,
                now=now,
            )
        case CaseAction.ANSWER_SUPERVISION:
            return supervision.answer_supervision(conn, case, text=given.text, actor=actor, now=now)
        case CaseAction.CONTACT:
            return supervision.contact(conn, case, text=given.text, reached=given.reached, actor=actor, now=now)
        case CaseAction.OPINION:
            return supervision.give_opinion(
                conn, case, text=given.text, department_id=account.department_id, actor=actor, now=now
            )
        case CaseAction.REVEAL:
            return disclosure.reveal(conn, case, account, reason=given.reveal_reason, explanation=given.text, now=now)
        case _:
            raise Invalid()

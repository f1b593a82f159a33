"""What follows an answer and what stops a clock, on one case: callbacks, rework, suspensions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from api.staff.case_requests import ActionInput
from models.account import Account
from models.callback import Callback, CallbackDecision, CallbackState, CaseSuspension, SuspensionState
from models.case import Case, CaseAction
from models.database import Connection
from models.errors import Invalid
from routing.casework import callback_repository, callbacks
from routing.clocks import suspension_repository as suspension_rows
from routing.clocks import suspensions
from routing.clocks.day_count import CountedDay, days_of
from routing.directory import Directory

FOLLOWS = frozenset(
    {
        CaseAction.CALLBACK,
        CaseAction.REWORK,
        CaseAction.SETTLE,
        CaseAction.REQUEST_SUSPENSION,
        CaseAction.GRANT_SUSPENSION,
        CaseAction.REFUSE_SUSPENSION,
        CaseAction.RESUME,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Callbacks of all completions and suspensions of a case, oldest first. `no_suspension` says why the unit cannot
    ask (any more), "" where it can."""

    callbacks: list[Callback]
    suspensions: list[CaseSuspension]
    no_suspension: str = ""

    @property
    def callback(self) -> Callback | None:
        """Of the last completion."""
        return next((c for c in self.callbacks if c.current), None)

    @property
    def reworks(self) -> int:
        return sum(c.decision is CallbackDecision.REWORK for c in self.callbacks)

    @property
    def requested(self) -> CaseSuspension | None:
        return next((s for s in self.suspensions if s.state is SuspensionState.REQUESTED), None)

    @property
    def running(self) -> CaseSuspension | None:
        return next((s for s in self.suspensions if s.state is SuspensionState.RUNNING), None)

    def counted(self, case: Case, directory: Directory, zone: ZoneInfo) -> list[CountedDay]:
        """The deadline day by day, from a rework on where one gave a new clock, without the days that it stood."""
        renewed = [c.decided_at for c in self.callbacks if c.clock_renewed and c.decided_at is not None]
        stood = suspensions.stood_days(self.suspensions, zone)
        return days_of(case, directory, zone, since=max(renewed, default=None), stood=stood)

    def allows(self, action: CaseAction) -> bool:
        """Whether the records leave room for it."""
        callback, displeased = self.callback, self.callback is not None and self.callback.awaits_decision
        match action:
            case CaseAction.CALLBACK:
                return callback is not None and callback.state is CallbackState.WAITING
            case CaseAction.REWORK | CaseAction.SETTLE:
                return displeased
            case CaseAction.CLOSE:
                return not displeased
            case CaseAction.REQUEST_SUSPENSION:
                return self.requested is None and self.running is None and not self.no_suspension
            case CaseAction.GRANT_SUSPENSION | CaseAction.REFUSE_SUSPENSION:
                return self.requested is not None
            case CaseAction.RESUME:
                return self.running is not None
            case CaseAction.COMPLETE | CaseAction.REDISPATCH | CaseAction.REQUEST_RETURN | CaseAction.DESIGNATE:
                return self.running is None
            case CaseAction.MERGE | CaseAction.SPLIT:
                return self.running is None
            case CaseAction.REQUEST_EXTENSION:
                return self.running is None and self.requested is None
            case _:
                return True


def view_follow_up(conn: Connection, case: Case, directory: Directory, *, led: bool, now: datetime) -> FollowUp:
    """For a case that the person may see; `led`: some unit has it."""
    return FollowUp(
        callbacks=callback_repository.list_callbacks(conn, case.id),
        suspensions=suspension_rows.list_suspensions(conn, case.id),
        no_suspension=suspensions.why_not_suspend(conn, case, directory, now=now) if led else "",
    )


def perform_follow_up(
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
    """One of these actions, by somebody who may do it. Raises `Conflict`, `Forbidden` and `Invalid` as it does."""
    actor = account.actor
    match action:
        case CaseAction.CALLBACK:
            answers = callbacks.answers_of(given.solved, given.satisfaction, given.attitude, given.text)
            return callbacks.record_call(
                conn,
                case,
                given.outcome,
                answers,
                note=given.text,
                department_id=account.department_id,
                actor=actor,
                now=now,
            )
        case CaseAction.REWORK:
            return callbacks.rework(conn, case, directory, reason=given.text, actor=actor, now=now, zone=zone)
        case CaseAction.SETTLE:
            return callbacks.settle(conn, case, reason=given.text, actor=actor, now=now)
        case CaseAction.REQUEST_SUSPENSION:
            # the end of a day is the beginning of the next
            until = (given.due_at - timedelta(microseconds=1)).astimezone(zone).date() if given.due_at else None
            return suspensions.request_suspension(
                conn, case, directory, until=until, reason=given.text, actor=actor, now=now, zone=zone
            )
        case CaseAction.GRANT_SUSPENSION:
            return suspensions.grant_suspension(conn, case, directory, note=given.note, actor=actor, now=now, zone=zone)
        case CaseAction.REFUSE_SUSPENSION:
            return suspensions.refuse_suspension(conn, case, note=given.note, actor=actor, now=now)
        case CaseAction.RESUME:
            return suspensions.resume(conn, case, directory, note=given.note, actor=actor, now=now, zone=zone)
        case _:
            raise Invalid()

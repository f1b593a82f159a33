"""What people decide about which voices are one issue, for pages and JSON alike, guarded by what they saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.account import Account, Role
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.issue import Issue, IssueAction, IssueProposal
from routing.issues import issue_decisions as decisions
from routing.issues import issue_repository as issues
from routing.issues.issue_response_repository import list_open_responses

# Those who work with issues; a leader looks and decides on responses.
SHAPES_ISSUES = frozenset({Role.DISPATCHER, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeInput:
    """The fields of every action; each reads its own. `version` is what the person saw."""

    version: int | None = None
    name: str = ""
    until: datetime | None = None
    other_id: int | None = None
    submission_ids: Sequence[int] = ()
    proposal_id: int | None = None
    decision_id: int | None = None


def shape(
    conn: Connection, account: Account, issue_id: int, action: IssueAction, given: ShapeInput, *, now: datetime
) -> Issue:
    """The issue as it is then (of a split: the new one). Raises `Forbidden`, `NotFound`, `Conflict` (changed since),
    `Invalid`."""
    if account.role not in SHAPES_ISSUES:
        raise Forbidden(f"{account.role.label}不能调整热点问题。")
    issue, actor = issues.get_issue(conn, issue_id, now=now), account.actor
    if given.version is not None and given.version != issue.version:
        raise Conflict("这个热点问题刚刚有变化，您的操作没有执行，请核对后再试。")
    match action:
        case IssueAction.MERGE:
            return decisions.merge(conn, issue, _other(conn, issue, given, now=now), actor=actor, now=now)
        case IssueAction.SPLIT:
            return decisions.split(conn, issue, given.submission_ids, actor=actor, now=now)
        case IssueAction.MOVE:
            to = issues.get_issue(conn, given.other_id, now=now) if given.other_id else None
            return decisions.move(conn, issue, given.submission_ids, to, actor=actor, now=now)
        case IssueAction.RENAME:
            return decisions.rename(conn, issue, given.name, actor=actor, now=now)
        case IssueAction.PIN:
            return decisions.pin(conn, issue, actor=actor, now=now)
        case IssueAction.UNPIN:
            return decisions.unpin(conn, issue, actor=actor, now=now)
        case IssueAction.MUTE:
            return decisions.mute(conn, issue, until=given.until, actor=actor, now=now)
        case IssueAction.UNMUTE:
            return decisions.unmute(conn, issue, actor=actor, now=now)
        case IssueAction.ACCEPT:
            proposal = _proposal(conn, issue_id, given)
            if proposal.other_id is not None:
                _check_one_response(conn, proposal.issue_id, proposal.other_id)
            return decisions.accept(conn, proposal, actor=actor, now=now)
        case IssueAction.REJECT:
            return decisions.reject(conn, _proposal(conn, issue_id, given), actor=actor, now=now)
        case IssueAction.UNDO:
            decision = issues.get_decision(conn, given.decision_id or 0)
            if issue_id not in (decision.issue_id, decision.other_id):
                raise NotFound("没有找到这条处理记录。")
            return decisions.undo(conn, decision, actor=actor, now=now)


def _other(conn: Connection, issue: Issue, given: ShapeInput, *, now: datetime) -> Issue:
    if given.other_id is None:
        raise Invalid("请选择另一个热点问题。", {"other_id": "请选择"})
    _check_one_response(conn, issue.id, given.other_id)
    return issues.get_issue(conn, given.other_id, now=now)


def _check_one_response(conn: Connection, issue_id: int, other_id: int) -> None:
    """An open response goes with its issue into the other; two would stand side by side. Raises `Conflict`."""
    if len(list_open_responses(conn, [issue_id, other_id])) > 1:
        raise Conflict("两个热点问题都在处置，请先办结其中一个的处置。")


def _proposal(conn: Connection, issue_id: int, given: ShapeInput) -> IssueProposal:
    proposal = issues.get_proposal(conn, given.proposal_id or 0)
    if issue_id not in (proposal.issue_id, proposal.other_id):
        raise NotFound("没有找到这条建议。")
    return proposal

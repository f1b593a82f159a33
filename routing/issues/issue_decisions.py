"""What people decide about issues: merge, split, move, rename, pin, mute; proposals; and taking it back.

Each function is one decision: one line in the log with what is needed to undo it, in the caller's transaction, under
the lock that arrivals are put into issues under. The program holds to it: an issue that a person has shaped is neither
merged nor split by it, two that were told apart are never put together, a name stays.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from models.database import Connection
from models.errors import Conflict, Invalid
from models.issue import Issue, IssueAction, IssueDecision, IssueProposal, ProposalKind, ProposalState
from routing.issues import issue_decision_repository as rows
from routing.issues import issue_repository
from routing.issues import issue_step_repository as steps
from routing.issues.issue_names import name_issues

MAX_NAME = 60


@dataclass(slots=True)
class _Step:
    """A change of who belongs to what; `touched` issues are counted anew at its end."""

    conn: Connection
    number: int
    last_issue: int
    actor: str
    now: datetime
    touched: set[int]

    def move(self, submission_ids: Sequence[int], issue_id: int | None) -> None:
        steps.move_members(
            self.conn, submission_ids, issue_id, step=self.number, actor=self.actor, decided_by=self.actor
        )

    def new_issue(self) -> int:
        self.last_issue += 1
        steps.add_issues(self.conn, [self.last_issue], step=self.number, actor=self.actor, now=self.now)
        self.touched.add(self.last_issue)
        return self.last_issue

    def separate(self, one: int, other: int) -> None:
        rows.add_separation(self.conn, one, other, actor=self.actor, now=self.now)

    def log(
        self,
        action: IssueAction,
        issue_id: int,
        other_id: int | None,
        payload: dict[str, Any],
        undoes: int | None = None,
    ) -> None:
        steps.add_decision(
            self.conn, action, issue_id, other_id, payload, undoes=undoes, actor=self.actor, now=self.now
        )

    def shape(self, issue: Issue, **fields: Any) -> None:
        """A person has decided who belongs to it."""
        rows.set_issue(self.conn, issue, {"shaped_by": self.actor, **fields}, actor=self.actor)
        self.touched.add(issue.id)

    def read(self, issue_id: int) -> Issue:
        return issue_repository.get_issue(self.conn, issue_id, now=self.now)


@contextmanager
def _step(conn: Connection, actor: str, now: datetime) -> Iterator[_Step]:
    steps.lock_issues(conn)
    last = steps.get_last_step(conn)
    step = _Step(conn, last.step + 1, last.last_issue, actor, now, set())
    yield step
    ids = sorted(step.touched)
    steps.refresh_issues(conn, ids, step=step.number, actor=actor)
    name_issues(conn, ids, step=step.number, actor=actor)
    steps.add_step(conn, step.number, uuid4(), arrivals=last.arrivals, decided=True, actor=actor, now=now)


def merge(conn: Connection, issue: Issue, other: Issue, *, actor: str, now: datetime) -> Issue:
    """合并: `other` is part of `issue` from now on. Raises `Conflict` where one of them has changed, `Invalid` for one
    and the same."""
    with _step(conn, actor, now) as step:
        payload = _merge(step, issue, other)
        step.log(IssueAction.MERGE, issue.id, other.id, payload)
    return step.read(issue.id)


def split(conn: Connection, issue: Issue, submission_ids: Sequence[int], *, actor: str, now: datetime) -> Issue:
    """拆分: these members are an issue of their own, which comes back. Raises `Invalid` for none or all of them, and
    `Conflict` for what is no member (any more)."""
    with _step(conn, actor, now) as step:
        new, payload = _split(step, issue, submission_ids)
        step.log(IssueAction.SPLIT, issue.id, new, payload)
    return step.read(new)


def move(
    conn: Connection, issue: Issue, submission_ids: Sequence[int], to: Issue | None, *, actor: str, now: datetime
) -> Issue:
    """移出: these members belong to `to`, or each to nothing else (None). Comes back as it is without them. Raises as
    `split`; all may leave."""
    with _step(conn, actor, now) as step:
        ids = _members(step, issue, submission_ids)
        step.shape(issue)
        before = rows.list_decided(conn, ids)
        groups = [([id_], step.new_issue()) for id_ in ids] if to is None else [(ids, to.id)]
        if to is not None:
            _check_open(to)
            step.shape(to)
        for group, target in groups:
            step.move(group, target)
            step.separate(issue.id, target)
            if to is None:
                rows.set_issue(conn, step.read(target), {"shaped_by": actor}, actor=actor)
            step.log(IssueAction.MOVE, issue.id, target, {"members": group, "decided": [before[id_] for id_ in group]})
        steps.outdate_proposals(conn, [issue.id, *([to.id] if to else [])], actor=actor, now=now)
    return step.read(issue.id)


def rename(conn: Connection, issue: Issue, name: str, *, actor: str, now: datetime) -> Issue:
    """改名: it stays until a person changes it. Raises `Invalid`, `Conflict`."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid("名称有误。", {"name": f"1至{MAX_NAME}个字"})
    before = {"name": issue.name, "named_by": issue.named_by}
    return _set(conn, issue, IssueAction.RENAME, {"name": name, "named_by": actor}, before, actor=actor, now=now)


def pin(conn: Connection, issue: Issue, *, actor: str, now: datetime) -> Issue:
    return _set(conn, issue, IssueAction.PIN, {"pinned_by": actor, "pinned_at": now}, _pin(issue), actor=actor, now=now)


def unpin(conn: Connection, issue: Issue, *, actor: str, now: datetime) -> Issue:
    fields = {"pinned_by": None, "pinned_at": None}
    return _set(conn, issue, IssueAction.UNPIN, fields, _pin(issue), actor=actor, now=now)


def mute(conn: Connection, issue: Issue, *, until: datetime | None, actor: str, now: datetime) -> Issue:
    """静音: not in the list, for good (None) or until then; it goes on taking submissions. Raises `Invalid` for a time
    that has passed."""
    if until is not None and until <= now:
        raise Invalid("静音期限有误。", {"until": "请填写以后的时间"})
    fields = {"muted_by": actor, "muted_at": now, "muted_until": until}
    return _set(conn, issue, IssueAction.MUTE, fields, _mute(issue), actor=actor, now=now)


def unmute(conn: Connection, issue: Issue, *, actor: str, now: datetime) -> Issue:
    fields = {"muted_by": None, "muted_at": None, "muted_until": None}
    return _set(conn, issue, IssueAction.UNMUTE, fields, _mute(issue), actor=actor, now=now)


def accept(conn: Connection, proposal: IssueProposal, *, actor: str, now: datetime) -> Issue:
    """采纳建议: done as proposed; the issue that it was about. Raises `Conflict` where it is decided or outdated."""
    with _step(conn, actor, now) as step:
        rows.set_proposal(conn, proposal, ProposalState.OPEN, ProposalState.ACCEPTED, actor=actor, now=now)
        issue = step.read(proposal.issue_id)
        if proposal.kind is ProposalKind.MERGE and proposal.other_id is not None:
            other = proposal.other_id
            payload = {"did": IssueAction.MERGE.value, **_merge(step, issue, step.read(other))}
        else:
            other, payload = _split(step, issue, proposal.leaving)
            payload = {"did": IssueAction.SPLIT.value, **payload}
        step.log(IssueAction.ACCEPT, issue.id, other, {**payload, "proposal": proposal.id})
    return step.read(issue.id)


def reject(conn: Connection, proposal: IssueProposal, *, actor: str, now: datetime) -> Issue:
    """不采纳: not done, and never proposed again. Raises `Conflict` where it is decided or outdated."""
    with _step(conn, actor, now) as step:
        rows.set_proposal(conn, proposal, ProposalState.OPEN, ProposalState.REJECTED, actor=actor, now=now)
        if proposal.other_id is not None:
            step.separate(proposal.issue_id, proposal.other_id)
        step.log(IssueAction.REJECT, proposal.issue_id, proposal.other_id, {"proposal": proposal.id})
    return step.read(proposal.issue_id)


def undo(conn: Connection, decision: IssueDecision, *, actor: str, now: datetime) -> Issue:
    """撤销: what was decided is taken back, also what the program has merged or split; the issue as it is then. That
    two are not one holds from then on as a person's word. Raises `Conflict` where it was undone, or where what came
    after it stands in the way."""
    with _step(conn, actor, now) as step:
        if issue_repository.get_decision(conn, decision.id).undone_by is not None:
            raise Conflict("这一步已经撤销过了。")
        take_back = _UNDOING.get(IssueAction(decision.payload.get("did", decision.action)))
        if take_back is None:
            raise Conflict("撤销本身不能再撤销，请重新操作一次。")
        take_back(step, decision)
        step.log(IssueAction.UNDO, decision.issue_id, decision.other_id, {"action": decision.action}, decision.id)
        if "proposal" in decision.payload:
            # it may be proposed again, about what the issue is by then
            proposal = issue_repository.get_proposal(conn, decision.payload["proposal"])
            rows.set_proposal(conn, proposal, proposal.state, ProposalState.OUTDATED, actor=actor, now=now)
    return step.read(decision.issue_id)


def _merge(step: _Step, issue: Issue, other: Issue) -> dict[str, Any]:
    if issue.id == other.id:
        raise Invalid("请选择另一个热点问题。", {"other_id": "不能与自己合并"})
    _check_open(issue)
    _check_open(other)
    step.shape(issue)
    rows.set_issue(step.conn, other, {}, actor=step.actor)
    members = steps.merge_issues(step.conn, issue.id, other.id, as_parts=True, step=step.number, actor=step.actor)
    rows.delete_separation(step.conn, issue.id, other.id, actor=step.actor)
    rows.copy_separations(step.conn, other.id, issue.id, actor=step.actor)
    steps.outdate_proposals(step.conn, [issue.id, other.id], actor=step.actor, now=step.now)
    return {"members": members}


def _split(step: _Step, issue: Issue, submission_ids: Sequence[int]) -> tuple[int, dict[str, Any]]:
    ids = _members(step, issue, submission_ids)
    if len(ids) == issue.submissions or len(ids) == len(rows.list_member_ids(step.conn, issue.id)):
        raise Invalid("不能把全部来件都分出去。", {"submission_ids": "请留下至少一件"})
    step.shape(issue)
    new = step.new_issue()
    step.move(ids, new)
    rows.set_issue(step.conn, step.read(new), {"shaped_by": step.actor}, actor=step.actor)
    step.separate(issue.id, new)
    steps.outdate_proposals(step.conn, [issue.id], actor=step.actor, now=step.now)
    return new, {"members": ids}


def _members(step: _Step, issue: Issue, submission_ids: Sequence[int]) -> list[int]:
    _check_open(issue)
    ids = list(dict.fromkeys(submission_ids))
    if not ids:
        raise Invalid("请选择来件。", {"submission_ids": "至少一件"})
    if not set(ids) <= set(rows.list_member_ids(step.conn, issue.id)):
        raise Conflict("所选来件已不在这个热点问题里，请刷新后再试。")
    return ids


def _check_open(issue: Issue) -> None:
    if issue.merged_into is not None:
        raise Conflict("这个热点问题已经并入另一个，请刷新后再试。")


def _set(
    conn: Connection,
    issue: Issue,
    action: IssueAction,
    fields: dict[str, Any],
    before: dict[str, Any],
    *,
    actor: str,
    now: datetime,
) -> Issue:
    _check_open(issue)
    with _step(conn, actor, now) as step:
        rows.set_issue(conn, issue, fields, actor=actor)
        step.touched.add(issue.id)
        step.log(action, issue.id, None, {"before": _plain(before), **_plain(fields)})
    return step.read(issue.id)


def _pin(issue: Issue) -> dict[str, Any]:
    return {"pinned_by": issue.pinned_by, "pinned_at": issue.pinned_at}


def _mute(issue: Issue) -> dict[str, Any]:
    return {"muted_by": issue.muted_by, "muted_at": issue.muted_at, "muted_until": issue.muted_until}


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()}


def _set_back(step: _Step, decision: IssueDecision) -> None:
    """The columns as they were, where nobody has changed them since."""
    issue, before = step.read(decision.issue_id), dict(decision.payload["before"])
    _check_open(issue)
    now = _plain({name: getattr(issue, name) for name in before})
    if now != {name: decision.payload.get(name) for name in before}:
        raise Conflict("之后又有人改过，不能撤销。")
    for name, value in before.items():
        if value is not None and name.endswith(("_at", "_until")):
            before[name] = datetime.fromisoformat(value)
    rows.set_issue(step.conn, issue, before, actor=step.actor)
    step.touched.add(issue.id)


def _part(step: _Step, decision: IssueDecision) -> None:
    """What was merged goes apart again, each with those that have come since because they are like it."""
    issue, other = step.read(decision.issue_id), step.read(decision.other_id or 0)
    _check_open(issue)
    if other.merged_into != issue.id:
        raise Conflict("之后又有变化，不能撤销。")
    still = set(rows.list_member_ids(step.conn, issue.id))
    step.shape(issue)
    step.shape(other, merged_into=None)
    like_it = rows.list_part_ids(step.conn, issue.id, other.id)
    step.move(sorted(set(decision.payload["members"]) & still | set(like_it)), other.id)
    step.separate(issue.id, other.id)
    steps.outdate_proposals(step.conn, [issue.id], actor=step.actor, now=step.now)


def _rejoin(step: _Step, decision: IssueDecision) -> None:
    """What was split off or moved comes back, with all that has come to it since."""
    issue = step.read(decision.issue_id)
    _check_open(issue)
    members = set(decision.payload["members"])
    if decision.other_id is None:
        at = rows.list_alone(step.conn, sorted(members))
        step.shape(issue)
        step.move(at, issue.id)
        return
    other = step.read(decision.other_id)
    _check_open(other)
    there = rows.list_member_ids(step.conn, other.id)
    if members >= set(there) or decision.action is not IssueAction.MOVE:
        _merge(step, issue, other)
        return
    step.shape(issue)
    step.shape(other)
    step.move([id_ for id_ in there if id_ in members], issue.id)
    rows.delete_separation(step.conn, issue.id, other.id, actor=step.actor)


def _allow(step: _Step, decision: IssueDecision) -> None:
    if decision.other_id is not None:
        rows.delete_separation(step.conn, decision.issue_id, decision.other_id, actor=step.actor)


_UNDOING: dict[IssueAction, Callable[[_Step, IssueDecision], None]] = {
    IssueAction.MERGE: _part,
    IssueAction.SPLIT: _rejoin,
    IssueAction.MOVE: _rejoin,
    IssueAction.REJECT: _allow,
    **dict.fromkeys(
        (IssueAction.RENAME, IssueAction.PIN, IssueAction.UNPIN, IssueAction.MUTE, IssueAction.UNMUTE), _set_back
    ),
}

"""Merges 并单: several cases about one thing are worked on as one, the head, until somebody undoes it.

A merge is a record beside the status. A merged case keeps its status and its own time limit; it takes no action, its
unit's clocks end, it leaves lists and numbers. The head's time limit is not moved: its own submitter was promised that
day, and numbers must not change with what a dispatcher merges. But each merged submitter was promised a day too, so the
page of the head shows the earliest day of all. What follows when the head is completed: `routing.following`.
"""

from collections.abc import Sequence
from datetime import datetime

from models.case import Case, CaseAction
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import case_repository, lifecycle, protection
from routing.casework import casework_repository
from routing.casework import merge_repository as rows
from routing.casework.returns import text_of
from routing.clocks import suspension_repository
from routing.replies import draft_repository

MOST = 50


def why_not_merge(conn: Connection, head: Case, member: Case) -> str:
    """Why `member` cannot be merged into `head`, in a sentence that names it; "" where it can."""
    number = member.case_number
    if member.id == head.id:
        return "工单不能并入自己。"
    if head.merged_into is not None:
        return f"主单{head.case_number}已并入另一件工单，不能再并入其他工单。"
    if head.parts or head.parent_id is not None:
        return f"{head.case_number}是拆分的工单，不能作为主单。"
    if not head.status.is_open:
        return f"主单{head.case_number}{head.status.label}，不能再并入其他工单。"
    if member.merged_into is not None:
        return f"工单{number}已经并入另一件工单。"
    if member.parts or member.parent_id is not None:
        return f"{number}是拆分的工单，不能并单。"
    if not member.status.is_open:
        return f"工单{number}{member.status.label}，只有在办的工单可以并单。"
    if member.confidential != head.confidential:
        return f"工单{number}和主单的保密要求不同，不能并单。"
    if rows.has_members(conn, member.id):
        return f"工单{number}是其他工单的主单，不能并入；请先撤销它的并单，或者把本单并入它。"
    if casework_repository.find_open_return(conn, member.id) is not None:
        return f"工单{number}的退单申请还没有处理，不能并单。"
    if casework_repository.find_open_supervision(conn, member.id) is not None:
        return f"工单{number}的督办还没有回复，不能并单。"
    current = [a.department_id for a in case_repository.list_assignments(conn, head.id) if a.ended_at is None]
    return protection.why_not_merge(conn, member, current)


def merge(conn: Connection, head: Case, members: Sequence[Case], *, reason: str, actor: str, now: datetime) -> Case:
    """并单: all of `members` into `head`, or none. Raises `Invalid` for nothing chosen or no reason, `Conflict` with
    the sentence of `why_not_merge`, and where the head was changed since `head` was read."""
    if not members:
        raise Invalid("请选择要并入的工单。", {"members": "请选择"})
    if len(members) > MOST:
        raise Invalid(f"一次最多并入{MOST}件工单。", {"members": f"现选{len(members)}件"})
    reason = text_of(reason, "并单理由")
    # Both at once: of two who merge A into B and B into A, the second sees what the first did.
    now_locked = rows.lock_cases(conn, [head.id, *(member.id for member in members)])
    for member in members:
        if refusal := why_not_merge(conn, now_locked[head.id], now_locked[member.id]):
            raise Conflict(refusal)
    numbers = []
    for member_id in dict.fromkeys(member.id for member in members):
        member = now_locked[member_id]
        payload = {"head": head.case_number, "reason": reason}
        changes = {"merged_into": head.id}
        lifecycle.act_beside(conn, member, CaseAction.MERGE, payload, changes=changes, actor=actor, now=now)
        _rest(conn, member, actor=actor, now=now)
        rows.add_merge(conn, head.id, member.id, reason=reason, actor=actor, now=now)
        numbers.append(member.case_number)
    told = {"members": numbers, "reason": reason}
    return lifecycle.act_beside(conn, head, CaseAction.MERGE, told, actor=actor, now=now)


def unmerge(conn: Connection, member: Case, *, note: str, actor: str, now: datetime) -> Case:
    """撤销并单: the case is worked on by itself again, where it was; its clocks run on from when they began. Raises
    `Conflict` where it is not merged, is completed with its head already, or is a part whose split was undone."""
    note = text_of(note, "撤销的理由", field="note")
    if member.merged_into is None:
        raise Conflict("工单没有并入其他工单。")
    if member.merged_into == member.parent_id:
        raise Conflict("拆分已经撤销，这件子工单不再单独办理。")
    # The head first, as its completion does: they wait for one another in turn.
    head = rows.lock_cases(conn, [member.merged_into])[member.merged_into]
    payload = {"head": head.case_number, "note": note}
    changes = {"merged_into": None}
    moved = lifecycle.act_beside(conn, member, CaseAction.UNMERGE, payload, changes=changes, actor=actor, now=now)
    ended = rows.undo_merge(conn, member.id, note=note, actor=actor, now=now)
    rows.restart_clocks(conn, member.id, ended_at=ended.merged_at, actor=actor)
    told = {"members": [member.case_number], "note": note}
    lifecycle.act_beside(conn, head, CaseAction.UNMERGE, told, actor=actor, now=now)
    return moved


def merge_back(
    conn: Connection, parts: Sequence[Case], parent: Case, *, reason: str, actor: str, now: datetime
) -> None:
    """Parts of a letter that shall be worked on as a whole again: they are merged into it for good. The caller holds
    the lock of all."""
    for part in parts:
        payload = {"head": parent.case_number, "reason": reason}
        changes = {"merged_into": parent.id}
        lifecycle.act_beside(conn, part, CaseAction.MERGE, payload, changes=changes, actor=actor, now=now)
        _rest(conn, part, actor=actor, now=now)
        case_repository.end_assignments(conn, part.id, actor=actor, now=now)
        rows.add_merge(conn, parent.id, part.id, reason=reason, actor=actor, now=now)


def _rest(conn: Connection, case: Case, *, actor: str, now: datetime) -> None:
    """Nobody works on it: its clocks end, nothing waits for a decision."""
    casework_repository.end_clocks(conn, case.id, actor=actor, now=now)
    casework_repository.settle_extension(conn, case.id, note="工单已并入另一件工单。", actor=actor, now=now)
    suspension_repository.settle_requested(conn, case.id, note="工单已并入另一件工单。", actor=actor, now=now)
    draft_repository.drop_drafts(conn, case.id, note="工单已并入另一件工单。", actor=actor, now=now)

"""Reveals 查看身份: the name and the contact of who wrote are shown to one person, for a stated reason, for a day.

The reason is a line in the chain of the case, a row that lists read, and a line on the submitter's own page. What is
confidential is shown to nobody below the level that decides (信访工作条例 30), and one protected part of a letter
protects whoever wrote it in all its parts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.account import Account, Role
from models.case import Assignment, Case, CaseAction
from models.database import Connection
from models.errors import Forbidden, Invalid
from models.protection import Disclosure, RevealReason
from routing import case_repository, lifecycle, policies, protection_repository
from routing.casework import disclosure_repository as rows
from routing.casework.returns import text_of

LASTS = timedelta(hours=24)


def reveal(
    conn: Connection,
    case: Case,
    account: Account,
    *,
    reason: RevealReason | None,
    explanation: str,
    now: datetime,
) -> Case:
    """Raises `Forbidden` for whom name and contact are hidden whatever the reason, `Invalid` without a reason and a
    sentence, `Conflict` where the case was given on or changed since `case` was read."""
    if not may_ask(conn, account, case, case_repository.list_assignments(conn, case.id)):
        raise Forbidden("您不能查看这件工单诉求人的姓名和联系方式。")
    if reason is None:
        raise Invalid("请选择查看的原因。", {"reveal_reason": "请选择"})
    explanation = text_of(explanation, "查看的具体原因")
    expires_at = now + LASTS
    payload = {
        "reason": reason.value,
        "text": explanation,
        "department": account.department_id,
        "until": expires_at.isoformat(),
    }
    moved = lifecycle.act_beside(conn, case, CaseAction.REVEAL, payload, actor=account.actor, now=now)
    rows.add_disclosure(
        conn,
        case,
        account,
        reason=reason,
        explanation=explanation,
        expires_at=expires_at,
        actor=account.actor,
        now=now,
    )
    return moved


def may_ask(conn: Connection, account: Account, case: Case, assignments: Sequence[Assignment]) -> bool:
    """Whether this person may be shown who wrote, once a reason is stated: by the role and the unit, and by the letter
    with all its parts. Whoever decides may."""
    if not policies.can_see_original(account, case, assignments):
        return False
    return account.role is Role.DISPATCHER or not protection_repository.list_closed(conn, [case.submission_id])


def find_open(
    conn: Connection, account: Account, case: Case, assignments: list[Assignment], *, now: datetime
) -> Disclosure | None:
    """The reveal under which this person may read the original now. None without one, after its time, and where the
    person could not ask for it any more: the case went to another unit, or became confidential. A case that comes back
    to a unit is a new one to it: the reason of before does not count."""
    if not may_ask(conn, account, case, assignments):
        return None
    found = rows.find_disclosure(conn, case.id, account, now=now)
    got = [a.assigned_at for a in assignments if a.ended_at is None and a.department_id == account.department_id]
    return found if found is not None and all(found.at >= at for at in got) else None

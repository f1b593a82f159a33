"""A line of the queue in words: what is next, and the clocks that run. Pure."""

from datetime import datetime, timedelta

from api.pages.cases.case_wording import Badge
from dashboards.formats import format_time_left
from dashboards.lists.desk_queue import QueueRow
from models.case import AssignmentRole, CaseStatus
from models.casework import UnitClockKind
from routing.clocks.casework_rules import AmberHours


def next_step(row: QueueRow) -> str:
    """The one thing that the unit does next; what only others can do is said as waiting."""
    if row.role is AssignmentRole.CO_HANDLING:
        return "等待主办单位办结" if row.opinion_given else "提交协办意见"
    if row.status is CaseStatus.DISPATCHED:
        return "等待退单审批" if row.return_asked else "签收"
    if row.supervision_due is not None:
        return "回复督办"
    if row.contact_due is not None:
        return "联系诉求人"
    if row.return_asked:
        return "等待退单审批"
    return "办结" if row.answered else "答复"


def clock_badges(row: QueueRow, amber: AmberHours, *, now: datetime) -> list[Badge]:
    """The unit's clocks that run, the supervision that waits and the extension that was asked for."""
    badges = [
        _badge(kind.label, due, hours, now=now)
        for kind, due, hours in (
            (UnitClockKind.ACKNOWLEDGE, row.acknowledge_due, amber.acknowledge),
            (UnitClockKind.CONTACT, row.contact_due, amber.contact),
        )
        if due is not None
    ]
    if row.supervision_due is not None:
        badges.append(_badge("督办回复", row.supervision_due, amber.acknowledge, now=now))
    if row.extension_asked:
        badges.append(Badge("延期待审批", "clock", "quiet"))
    return badges


def _badge(word: str, due_at: datetime, hours: int, *, now: datetime) -> Badge:
    words = f"{word}{format_time_left(due_at, now=now)}"
    if due_at < now:
        return Badge(words, "alert", "late")
    return Badge(words, "clock", "soon" if due_at - now <= timedelta(hours=hours) else "plain")

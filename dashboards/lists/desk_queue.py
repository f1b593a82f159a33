"""What a unit has to do, by when it falls due; and what falls due soon in all units."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboards.daily_facts.facts import case_parameters, fetch_objects
from models.analysis import Urgency
from models.case import AssignmentRole, CaseStatus
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from models.labels import LabelledEnum


class QueueSection(LabelledEnum):
    """Where a case stands in the queue: late, by its due day, or with its clock stopped. Weeks end on Sunday."""

    OVERDUE = "overdue", "已超期"
    TODAY = "today", "今天到期"
    WEEK = "week", "本周到期"
    LATER = "later", "以后到期"
    SUSPENDED = "suspended", "挂起中"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One case of the queue of a unit. `total` counts its section; `open_total` counts all open cases of the unit, of
    which so many are `dispatched`, `in_progress` and `overdue`; `role` is what the unit is in it; the clocks are those
    of the unit that run. `answered`: since it was opened, or last reopened."""

    id: int
    case_number: str
    title: str
    status: CaseStatus
    urgency: Urgency
    confidential: bool
    topic_code: str | None
    region_code: str | None
    due_date: date | None
    due_at: datetime | None
    section: str
    total: int
    open_total: int
    dispatched: int
    in_progress: int
    overdue: int
    version: int
    role: AssignmentRole
    acknowledge_due: datetime | None
    contact_due: datetime | None
    supervision_due: datetime | None
    return_asked: bool
    extension_asked: bool
    answered: bool
    opinion_given: bool
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSoon:
    """One unit: how many of its open cases are late, due today, tomorrow, soon after, and how many stand."""

    department_id: str
    name: str
    overdue: int
    today: int
    tomorrow: int
    soon: int
    suspended: int


def week_end(today: date) -> date:
    return today + timedelta(days=6 - today.weekday())


def section_criteria(section: QueueSection, today: date) -> CaseCriteria:
    """What opens exactly the cases of a section (with the unit of whoever asks)."""
    running = CaseState.IN_TIME.value
    match section:
        case QueueSection.OVERDUE:
            return CaseCriteria(state=CaseState.OVERDUE.value)
        case QueueSection.TODAY:
            return CaseCriteria(state=running, due_to=today)
        case QueueSection.WEEK:
            return CaseCriteria(state=running, due_from=today + timedelta(days=1), due_to=week_end(today))
        case QueueSection.LATER:
            return CaseCriteria(state=running, due_from=week_end(today) + timedelta(days=1))
        case QueueSection.SUSPENDED:
            return CaseCriteria(state=CaseState.SUSPENDED.value)


def count_open(rows: list[QueueRow]) -> tuple[int, int, int, int]:
    """How many open cases the unit of this whole queue has, and how many of them wait, are worked on, are late."""
    first = rows[0] if rows else None
    return (first.open_total, first.dispatched, first.in_progress, first.overdue) if first else (0, 0, 0, 0)


def list_queue(conn: Connection, unit: str, *, now: datetime, zone: ZoneInfo, limit: int) -> list[QueueRow]:
    """The open cases that a unit leads or helps with, at most `limit` of each section, the least time first."""
    today = now.astimezone(zone).date()
    criteria = CaseCriteria(state=CaseState.OPEN.value)
    more = {"unit": unit, "today": today, "week_end": week_end(today), "limit": limit}
    return fetch_objects(conn, "desk_queue", case_parameters(criteria, now=now, zone=zone) | more, QueueRow)


def list_due_soon(conn: Connection, *, today: date, last: date, now: datetime, zone: ZoneInfo) -> list[DueSoon]:
    """By lead department; `last` is the last day that is soon. The units with the most late cases come first."""
    criteria = CaseCriteria(state=CaseState.OPEN.value)
    more = {"today": today, "last": last}
    return fetch_objects(conn, "due_soon", case_parameters(criteria, now=now, zone=zone) | more, DueSoon)

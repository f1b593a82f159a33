"""The list of cases behind a number, and what waits in a unit's queue."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboards.facts import case_parameters, fetch_objects, fetch_rows
from models.analysis import AppealType, Emotion, Sentiment, Urgency
from models.case import CaseStatus
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from models.errors import Invalid
from models.labels import LabelledEnum
from models.submission import Channel

LONGEST_PAGE = 10_000


class CaseSort(LabelledEnum):
    """`time_left`: open cases first, least time first (overdue ones lead). `submitted`: newest first."""

    TIME_LEFT = "time_left", "剩余时间"
    DUE = "due", "办理时限"
    URGENCY = "urgency", "紧急程度"
    SUBMITTED = "submitted", "最近提交"
    OLDEST = "oldest", "最早提交"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case of a list, with the names that a person reads. The truth values are those of `case_facts`."""

    id: int
    case_number: str
    title: str
    channel: Channel
    status: CaseStatus
    appeal_type: AppealType
    topic_code: str | None
    topic_name: str | None
    region_code: str | None
    region_name: str | None
    lead_department_id: str | None
    lead_department_name: str | None
    sentiment: Sentiment
    emotion: Emotion
    negative_aspects: list[str]
    urgency: Urgency
    confidential: bool
    submitted_at: datetime
    dispatched_at: datetime | None
    acknowledged_at: datetime | None
    completed_at: datetime | None
    due_date: date | None
    due_at: datetime | None
    is_open: bool
    is_overdue: bool
    is_completed: bool
    is_due: bool
    is_on_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """`total` counts all cases that the criteria select, `rows` are `limit` of them from `offset` on."""

    total: int
    rows: tuple[CaseRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCount:
    """One tab of a unit's list: how many, and the criteria that open them."""

    id: str
    label: str
    value: int
    criteria: CaseCriteria


def list_cases(
    conn: Connection,
    criteria: CaseCriteria,
    *,
    now: datetime,
    zone: ZoneInfo,
    sort: CaseSort = CaseSort.TIME_LEFT,
    limit: int = 50,
    offset: int = 0,
) -> CasePage:
    """One page of the cases behind a number, in a stable order. Raises `Invalid` for a limit outside 1..10,000 or a
    negative offset."""
    if not 1 <= limit <= LONGEST_PAGE or not 0 <= offset < 2**63:
        raise Invalid("页码或每页条数超出范围。")
    parameters = case_parameters(criteria, now=now, zone=zone)
    total = fetch_rows(conn, "totals", parameters)[0]["received"]
    page = parameters | {"sort": sort.value, "limit": limit, "offset": offset}
    return CasePage(total=total, rows=tuple(fetch_objects(conn, "list_cases", page, CaseRow)))


def case_counts_by_state(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo
) -> tuple[QueueCount, ...]:
    """What waits, is worked on, is late and is done: the tabs of a unit's list (criterion `unit`) in their order.

    `status` and `state` of the criteria are left out, since each tab sets its own.
    """
    base = replace(criteria, status=None, state=None)
    counts = fetch_rows(conn, "case_counts_by_state", case_parameters(base, now=now, zone=zone))[0]
    tabs = (
        ("open", CaseState.OPEN.label, replace(base, state=CaseState.OPEN.value)),
        ("awaiting_acknowledgement", CaseStatus.DISPATCHED.label, replace(base, status=CaseStatus.DISPATCHED.value)),
        ("in_progress", CaseStatus.IN_PROGRESS.label, replace(base, status=CaseStatus.IN_PROGRESS.value)),
        ("overdue", CaseState.OVERDUE.label, replace(base, state=CaseState.OVERDUE.value)),
        ("completed", CaseState.COMPLETED.label, replace(base, state=CaseState.COMPLETED.value)),
    )
    return tuple(QueueCount(id=id_, label=label, value=counts[id_], criteria=opens) for id_, label, opens in tabs)

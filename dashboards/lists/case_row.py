"""What does a list show of a case?"""

from dataclasses import dataclass
from datetime import date, datetime

from models.analysis import AppealType, Emotion, Sentiment, Urgency
from models.case import CaseStatus
from models.submission import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case of a list, with the names that a person reads. The truth values are those of `case_facts`.
    `suspended_until`: its clock stands to the end of this day. `parts`: into so many it was split; `is_part`: it is one
    of them."""

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
    suspended_until: date | None = None
    is_merged: bool = False
    is_part: bool = False
    parts: int = 0

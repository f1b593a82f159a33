"""Numbers that cannot be bent: the rules that look for what should be looked into 需核实."""

from dataclasses import dataclass
from datetime import datetime

from models.labels import LabelledEnum


class IntegrityRule(LabelledEnum):
    """A hit is a question to a person, no verdict."""

    QUICK_BULK = "quick_bulk", "短时间成批办结"
    WITHOUT_CONTACT = "without_contact", "未联系即办结"
    SAME_REPLY = "same_reply", "多件答复相同"
    LATE_CLOCK = "late_clock", "临期或逾期后调整"
    CAME_BACK = "came_back", "办结后又来反映"
    LAST_HOUR_RETURN = "last_hour_return", "临近期限退单"
    DOUBTFUL_ANSWER = "doubtful_answer", "评价存疑"
    TAKEN_DOWN = "taken_down", "自行撤下公开答复"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One number of a rule, as the administrator set it."""

    rule: IntegrityRule
    name: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityReview:
    """A supervisor looked into a hit (rule, case, moment) and says what was found."""

    id: int
    rule: IntegrityRule
    case_id: int
    hit_at: datetime
    note: str
    at: datetime
    actor: str

"""A published answer 公开的答复: what anybody may read of an answered case, and how it stands for staff."""

from dataclasses import dataclass
from datetime import datetime

from models.callback import Satisfaction
from models.case import CompletionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicText:
    """What is published of a case, masked: `title` and `letter` are "" where who wrote did not consent."""

    title: str
    letter: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The row of a case, for staff and for who wrote. `shown`: anybody can read it now. `with_letter`: with what was
    written. `withdrawn_unit`: the unit that took it down, None where the centre did."""

    number: int
    reply_id: int
    published_at: datetime
    published_by: str
    with_letter: bool
    shown: bool
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_unit: str | None
    withdrawal_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAnswer:
    """What anybody reads: nothing in it names a person, a receipt or a case. `topic_code` may be None, `region_code` is
    the county, None for the whole city. `satisfaction`: what who wrote says of the result, None where nothing, or where
    they did not consent to have their letter read."""

    number: int
    reply_id: int
    title: str
    letter: str
    reply: str
    department_id: str | None
    topic_code: str | None
    region_code: str | None
    submitted_at: datetime
    replied_at: datetime
    published_at: datetime
    result: CompletionResult
    satisfaction: Satisfaction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCriteria:
    """Which published answers are meant; None: all. `topic` is of the first level, `region` a county."""

    unit: str | None = None
    topic: str | None = None
    region: str | None = None

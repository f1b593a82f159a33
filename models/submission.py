"""A submission 来件: one voice from one channel, before and after it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.analysis import AppealType
from models.labels import LabelledEnum


class Channel(LabelledEnum):
    LETTER = "letter", "来信"
    HOTLINE = "hotline", "热线"
    SURVEY = "survey", "问卷"
    SOCIAL = "social", "网络帖文"

    @property
    def opens_case(self) -> bool:
        """Letters and hotline records become cases; answers and posts are analysed and counted (DESIGN 1)."""
        return self in (Channel.LETTER, Channel.HOTLINE)


class SubmissionState(LabelledEnum):
    PENDING = "pending", "待分析"
    PROCESSED = "processed", "已分析"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """What a channel hands to `intake.registration`. Texts and contacts are still in the clear here.

    `source` names the system the record came from, `source_id` its number there. `identity_by_number` says that the
    number alone identifies the record (a work order); otherwise number and content together do (exports of letters
    re-use numbers). Times are aware. `details` keeps the columns without a home here, as data. `publish_consent`: who
    wrote agrees that everybody may read it, masked, once it is answered.
    """

    channel: Channel
    source: str
    body: str
    title: str = ""
    source_id: str | None = None
    identity_by_number: bool = False
    submitted_at: datetime | None = None
    submitter_name: str = ""
    submitter_contact: str = ""
    submitter_handle: str = ""
    place: str = ""
    appeal_type: AppealType | None = None
    confidential: bool = False
    publish_consent: bool = False
    likes: int = 0
    comments: int = 0
    reposts: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A stored submission: de-identified text, masked name. The original lies encrypted beside it."""

    id: int
    receipt_number: str
    channel: Channel
    source: str
    source_id: str | None
    title: str
    body: str
    submitted_at: datetime
    received_at: datetime
    submitter_name: str
    place: str
    declared_appeal_type: AppealType | None
    confidential: bool
    likes: int
    comments: int
    reposts: int
    details: dict[str, Any]
    state: SubmissionState
    import_id: int | None
    publish_consent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalContent:
    """The record as it came, opened with the key outside the database: for the handling officer only."""

    title: str
    body: str
    submitter_name: str
    submitter_contact: str
    submitter_handle: str

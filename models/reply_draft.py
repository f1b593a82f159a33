"""A reply 答复 before it is sent: the draft, where it stands, which replies need a review, and templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.attachment import FileAudience, FileChoices
from models.case import CaseAction, CompletionResult
from models.labels import LabelledEnum


class DraftState(LabelledEnum):
    DRAFT = "draft", "起草中"
    IN_REVIEW = "in_review", "待审核"
    SENT = "sent", "已发出"
    REFUSED = "refused", "已退回"
    DROPPED = "dropped", "已作废"


class ReviewNeed(LabelledEnum):
    """Which replies somebody else must approve before they are sent."""

    NONE = "none", "不需要审核"
    PUBLIC = "public", "公开的答复须审核"
    ALL = "all", "所有答复须审核"

    def applies(self, *, public: bool) -> bool:
        return self is ReviewNeed.ALL or (self is ReviewNeed.PUBLIC and public)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDraft:
    """`author` began it, `writers` are all who wrote in it: none of them may approve it. `result`: the case is
    completed with it. `files`: whom attachments go to, as JSON (`chosen`). `findings` are what the check found when it
    was submitted (`models.reply_check`, as JSON), `reason` says why it was submitted all the same, `disclosure` why
    personal data in it are to be published."""

    id: int
    case_id: int
    department_id: str | None
    author: str
    writers: list[str]
    body: str
    public: bool
    result: CompletionResult | None
    files: dict[str, str | None]
    state: DraftState
    version: int
    created_at: datetime
    saved_at: datetime
    saved_by: str
    submitted_at: datetime | None
    submitted_by: str | None
    findings: list[dict[str, Any]]
    reason: str
    disclosure: str
    reviewer: str | None
    reviewed_at: datetime | None
    review_note: str

    @property
    def chosen(self) -> FileChoices:
        return {int(id_): FileAudience(to) if to else None for id_, to in self.files.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    """What a draft said before another text took its place."""

    body: str
    written_by: str
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateText:
    """What a template is for and says, whoever has it."""

    topic_code: str | None
    action: CaseAction
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTemplate:
    """`department_id` None: for the whole city; `topic_code` None: whatever the case is about. `action` is `reply` for
    an answer on the way, `complete` for the one that a case is completed with."""

    id: int
    department_id: str | None
    topic_code: str | None
    action: CaseAction
    title: str
    body: str
    active: bool
    version: int
    changed_at: datetime
    changed_by: str


def person(actor: str) -> str:
    """Who an actor is, whatever the name was at the time: the account, where there is one."""
    return ":".join(actor.split(":", 2)[:2]) if actor.startswith("account:") else actor

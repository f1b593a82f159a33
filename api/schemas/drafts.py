"""Replies before they are sent, what the check finds, templates, and the rule of their review."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.analysis import Out
from api.schemas.attachment import FileChoice, FileList, choices_of
from api.schemas.text import Text
from api.staff.reply_checking import Checked, stored_findings
from api.staff.reply_template_desk import TemplateInput
from models.case import Case, CaseAction, CompletionResult
from models.reply_check import FlawText, ReplyFlaw, ReplyLevel
from models.reply_draft import DraftState, ReplyDraft, ReviewNeed
from routing.replies.drafts import MAX_DRAFT, Written
from routing.replies.reply_templates import MAX_BODY, MAX_TITLE


class EvidenceOut(Out):
    text: FlawText
    start: int
    end: int


class FindingOut(Out):
    kind: ReplyFlaw
    weight: ReplyLevel
    advice: str
    evidence: list[EvidenceOut]
    quoted: list[str]


class DraftOut(Out):
    department_id: str | None
    author: str
    writers: list[str]
    body: str
    public: bool
    result: CompletionResult | None
    files: FileList
    state: DraftState
    version: int
    created_at: datetime
    saved_at: datetime
    saved_by: str
    submitted_at: datetime | None
    submitted_by: str | None
    findings: list[FindingOut]
    reason: str
    disclosure: str
    reviewer: str | None
    reviewed_at: datetime | None
    review_note: str

    @classmethod
    def of(cls, draft: ReplyDraft) -> Self:
        files = [FileChoice(id=id_, audience=audience) for id_, audience in sorted(draft.chosen.items())]
        return cls.model_validate(asdict(draft) | {"files": files})


class WaitingOut(Out):
    case_number: str
    title: str
    due_at: datetime | None
    draft: DraftOut

    @classmethod
    def of(cls, case: Case, draft: ReplyDraft) -> Self:
        return cls(case_number=case.case_number, title=case.title, due_at=case.due_at, draft=DraftOut.of(draft))


class DraftIn(BaseModel):
    """`version` is that of the draft you saw, null where you saw none: another one answers 409. `files` null: as the
    draft has it; a file that is not named goes to the writers where it was uploaded for the submitter and no reply took
    it along yet, and stays otherwise."""

    model_config = ConfigDict(extra="forbid")

    body: Text = Field("", max_length=MAX_DRAFT)
    public: bool = False
    result: CompletionResult | None = None
    files: FileList | None = None
    version: int | None = Field(None, ge=1)

    def given(self) -> Written:
        files = choices_of(self.files)
        return Written(body=self.body, public=self.public, result=self.result, files=files, version=self.version)


class CheckOut(Out):
    """`alike`: so many other cases were answered nearly the same within 90 days."""

    level: ReplyLevel
    findings: list[FindingOut]
    asked: int
    answered: int
    alike: int
    version: str

    @classmethod
    def of(cls, checked: Checked) -> Self:
        check = checked.check
        return cls(
            level=check.level,
            findings=[FindingOut.model_validate(finding) for finding in stored_findings(checked)],
            asked=check.asked,
            answered=check.answered,
            alike=checked.alike,
            version=check.version,
        )


class TemplateOut(Out):
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


class TemplateIn(BaseModel):
    """`action` is `reply` or `complete`; `department_id` counts for a new one only, null for the whole city."""

    model_config = ConfigDict(extra="forbid")

    department_id: Text | None = Field(None, max_length=100)
    topic_code: Text | None = Field(None, max_length=50)
    action: CaseAction = CaseAction.REPLY
    title: Text = Field(max_length=2 * MAX_TITLE)
    body: Text = Field(max_length=2 * MAX_BODY)
    active: bool = True
    version: int | None = Field(None, ge=1)

    def given(self) -> TemplateInput:
        values: dict[str, Any] = self.model_dump()
        return TemplateInput(**values)


class ReviewNeedIn(BaseModel):
    """`need` null: the unit follows the city."""

    model_config = ConfigDict(extra="forbid")

    department_id: Text | None = Field(None, max_length=100)
    need: ReviewNeed | None = None


class ReviewNeedOut(Out):
    department_id: str | None
    need: ReviewNeed

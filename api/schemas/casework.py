"""Cases, submissions and what is done to them."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.schemas.alike import AlikeOut
from api.schemas.analysis import AnalysisOut, Out, SpanOut
from api.schemas.attachment import FileList, choices_of
from api.schemas.callbacks import FollowUpOut
from api.schemas.explanation import ExplanationOut
from api.schemas.merging import PartIn, TogetherOut
from api.schemas.text import Text
from api.staff.case_requests import ActionInput
from api.staff.casework import CaseView
from api.staff.explanations import Explanation
from dashboards.lists.case_lists import CasePage
from intake.repository import SubmissionSummary
from models.analysis import Analysis, AppealType, Aspect, Emotion, Sentiment, Urgency
from models.callback import CallOutcome, Satisfaction, SolvedAnswer
from models.case import AssignmentRole, Case, CaseAction, CaseStatus, CompletionResult
from models.casework import RequestState, ReturnReason, SupervisionLevel, SupervisionTrigger, UnitClockKind
from models.protection import RevealReason
from models.submission import Channel


class CaseOut(Out):
    case_number: str
    title: str
    channel: Channel
    status: CaseStatus
    appeal_type: AppealType
    topic_code: str | None
    region_code: str | None
    sentiment: Sentiment
    urgency: Urgency
    confidential: bool
    lead_department_id: str | None
    submitted_at: datetime
    dispatched_at: datetime | None
    acknowledged_at: datetime | None
    completed_at: datetime | None
    due_date: date | None
    due_at: datetime | None


class CaseDetailOut(CaseOut):
    triage_reason: str
    completion_result: CompletionResult | None
    due_basis: str
    version: int

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls.model_validate(case)


class CaseRowOut(CaseOut):
    emotion: Emotion
    negative_aspects: list[Aspect] = Field(description="文中表示不满的方面")


class CasePageOut(Out):
    total: int = Field(description="符合条件的件数；total_is_exact 为 false 时至少有这么多")
    total_is_exact: bool
    after: str | None = Field(description="下一页从这里开始（参数 after）；最后一页为空")
    before: str | None = Field(description="上一页到这里为止（参数 before）；第一页为空")
    rows: list[CaseRowOut]

    @classmethod
    def of(cls, page: CasePage) -> Self:
        return cls(
            total=page.total,
            total_is_exact=page.exact,
            after=page.after,
            before=page.before,
            rows=[CaseRowOut.model_validate(row) for row in page.rows],
        )


class PersonSearchIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    contact: Text = Field(max_length=200, description="完整的手机号、固定电话或电子邮箱")


class PersonSearchOut(Out):
    person: int


class AssignmentOut(Out):
    department_id: str
    role: AssignmentRole
    assigned_at: datetime
    ended_at: datetime | None


class EventOut(Out):
    seq: int
    at: datetime
    actor: str
    action: CaseAction
    from_status: CaseStatus | None
    to_status: CaseStatus
    payload: dict[str, Any]


class ReplyOut(Out):
    department_id: str | None
    author: str
    body: str
    public: bool
    created_at: datetime


class OriginalOut(Out):
    title: str
    body: str
    submitter_name: str
    submitter_contact: str


class ReturnOut(Out):
    department_id: str
    reason: ReturnReason
    explanation: str
    proposed_id: str | None
    state: RequestState
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None
    note: str
    given_to_id: str | None


class ExtensionOut(Out):
    department_id: str
    days: int
    reason: str
    state: RequestState
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None
    note: str
    due_before: datetime
    due_after: datetime | None


class SupervisionOut(Out):
    trigger: SupervisionTrigger
    level: SupervisionLevel
    demand: str
    due_at: datetime
    given_at: datetime
    given_by: str
    answer: str
    answered_at: datetime | None
    answered_by: str | None


class UnitClockOut(Out):
    department_id: str
    kind: UnitClockKind
    started_at: datetime
    due_at: datetime
    basis: str
    met_at: datetime | None
    ended_at: datetime | None


class BesideOut(Out):
    """`no_return` and `no_extension` say why the unit cannot ask (any more)."""

    returns: list[ReturnOut]
    extensions: list[ExtensionOut]
    supervisions: list[SupervisionOut]
    clocks: list[UnitClockOut]
    no_return: str
    no_extension: str


class CaseViewOut(Out):
    """A case as the asking person may see it; `original` is null until the person has stated a reason (action
    `reveal`), after `original_until`, and where the writer's identity is not theirs to see. `held_by_complained`, for
    who can give it to others: the units that have it although it complains of them.
    `explanation` says why the topics of `analysis` were suggested, `alike` what else says the same."""

    case: CaseDetailOut
    body: str
    analysis: AnalysisOut
    explanation: ExplanationOut
    alike: AlikeOut
    assignments: list[AssignmentOut]
    events: list[EventOut]
    replies: list[ReplyOut]
    original: OriginalOut | None
    original_until: datetime | None
    held_by_complained: list[str]
    beside: BesideOut
    follow_up: FollowUpOut
    together: TogetherOut
    actions: list[CaseAction]

    @classmethod
    def of(cls, view: CaseView) -> Self:
        return cls(
            case=CaseDetailOut.of(view.case),
            body=view.submission.body,
            analysis=AnalysisOut.of(view.analysis),
            explanation=ExplanationOut.of(view.explanation),
            alike=AlikeOut.of(view.alike),
            assignments=[AssignmentOut.model_validate(a) for a in view.assignments],
            events=[EventOut.model_validate(e) for e in view.events],
            replies=[ReplyOut.model_validate(r) for r in view.replies],
            original=OriginalOut.model_validate(view.original) if view.original else None,
            original_until=view.shown.expires_at if view.shown else None,
            held_by_complained=list(view.held_by),
            beside=BesideOut.model_validate(view.beside),
            follow_up=FollowUpOut.model_validate(view.follow_up),
            together=TogetherOut.of(view.together),
            actions=list(view.actions),
        )


class TriageItemOut(Out):
    case: CaseDetailOut
    analysis: AnalysisOut
    explanation: ExplanationOut

    @classmethod
    def of(cls, case: Case, analysis: Analysis, explanation: Explanation) -> Self:
        return cls(
            case=CaseDetailOut.of(case),
            analysis=AnalysisOut.of(analysis),
            explanation=ExplanationOut.of(explanation),
        )


class ActionIn(BaseModel):
    """Fields of all actions; each reads its own. `version` is the one you saw: a changed case answers 409.
    `approve_reply` needs it: what is signed is what was read."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None
    lead: Text = Field("", max_length=100)
    co_handling: list[Text] = Field(default_factory=list, max_length=20)
    topic_code: Text | None = Field(None, max_length=50)
    appeal_type: AppealType | None = None
    note: Text = Field("", max_length=1000)
    body: Text = Field("", max_length=20_000)
    public: bool = False
    result: CompletionResult | None = None
    files: FileList | None = Field(None, description="reply、submit_reply：随答复发出的附件；null 为按草稿和默认")
    reason: Text = Field("", max_length=1000)
    text: Text = Field("", max_length=20_000)
    return_reason: ReturnReason | None = None
    proposed: Text | None = Field(None, max_length=100)
    days: int | None = Field(None, ge=0, le=10_000)
    reached: bool = False
    trigger: SupervisionTrigger | None = None
    level: SupervisionLevel | None = None
    due_at: AwareDatetime | None = None
    outcome: CallOutcome | None = None
    solved: SolvedAnswer | None = None
    satisfaction: Satisfaction | None = None
    attitude: Satisfaction | None = None
    draft_version: int | None = None
    reveal_reason: RevealReason | None = None
    members: list[Text] = Field(default_factory=list, max_length=100, description="merge：并入本单的工单编号")
    parts: list[PartIn] = Field(default_factory=list, max_length=20, description="split：拆分出的各件")

    def given(self) -> ActionInput:
        values = self.model_dump() | {"co_handling": tuple(self.co_handling), "members": tuple(self.members)}
        values["files"] = choices_of(self.files)
        return ActionInput(**(values | {"parts": tuple(part.part() for part in self.parts)}))


class SubmissionOut(Out):
    id: int
    receipt_number: str
    channel: Channel
    title: str
    body: str
    submitted_at: datetime
    likes: int
    comments: int
    reposts: int
    topic_code: str | None
    sentiment: Sentiment | None
    emotion: Emotion | None
    negative_aspects: list[Aspect] | None
    summary: list[SpanOut] | None
    case_number: str | None
    analysis: AnalysisOut | None = Field(None, description="只在 with_analysis=true 且已分析时有")

    @classmethod
    def of(cls, row: SubmissionSummary, analysis: Analysis | None) -> Self:
        out = cls.model_validate(row)
        return out.model_copy(update={"analysis": AnalysisOut.of(analysis) if analysis else None})


class SubmissionPageOut(Out):
    total: int
    rows: list[SubmissionOut]

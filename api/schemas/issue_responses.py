"""The responses to an issue as programs read and change them."""

from datetime import datetime
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.schemas.analysis import Out
from api.schemas.text import Text
from api.staff.issue_desk import DeskInput, DeskView, UnitTask
from models.alert import RiskLevel
from models.case import CompletionResult
from models.issue_response import (
    IssueResponse,
    ResponseAction,
    ResponseAnswerState,
    ResponseClockKind,
    ResponseStage,
    ResponseTaskState,
)


class ResponseOut(Out):
    id: int
    issue_id: int
    stage: ResponseStage
    level: RiskLevel | None = Field(description="研判前为空")
    major: bool = Field(description="重大突发事件")
    opinion: str
    owner_id: int
    known_at: datetime
    opened_at: datetime
    published_at: datetime | None
    closed_at: datetime | None
    dismissed: str = Field(description="没有回应就终止的原因，没有终止为空")
    review: str
    version: int

    @classmethod
    def of(cls, response: IssueResponse) -> Self:
        return cls.model_validate(response)


class ResponseClockOut(Out):
    kind: ResponseClockKind
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    dropped_at: datetime | None
    basis: str


class ResponseTaskOut(Out):
    id: int
    department_id: str
    what: str
    due_at: datetime
    state: ResponseTaskState
    given_at: datetime
    report: str
    reported_at: datetime | None
    reported_by: str | None


class UnitTaskOut(Out):
    issue_id: int
    issue_name: str
    response_id: int
    task: ResponseTaskOut

    @classmethod
    def of(cls, found: UnitTask) -> Self:
        return cls(
            issue_id=found.response.issue_id,
            issue_name=found.issue_name,
            response_id=found.response.id,
            task=ResponseTaskOut.model_validate(found.task),
        )


class ResponseAnswerOut(Out):
    id: int
    title: str
    body: str
    state: ResponseAnswerState
    author: str
    written_at: datetime
    decided_by: str | None
    note: str
    published_at: datetime | None


class ResponseEventOut(Out):
    at: datetime
    actor: str
    action: ResponseAction
    from_stage: ResponseStage | None
    to_stage: ResponseStage
    payload: dict[str, Any]


class DeskOut(Out):
    """A response with all that belongs to it; `actions`: what the asking person may do now."""

    response: ResponseOut
    clocks: list[ResponseClockOut]
    tasks: list[ResponseTaskOut]
    answers: list[ResponseAnswerOut] = Field(description="最近一稿在前，以它为准")
    answered_cases: int = Field(description="办结时统一答复、至今有效的工单数")
    waiting_cases: int = Field(description="办结时将要统一答复的在办工单数，只在可以办结时计")
    events: list[ResponseEventOut]
    actions: list[ResponseAction]

    @classmethod
    def of(cls, view: DeskView) -> Self:
        return cls(
            response=ResponseOut.of(view.response),
            clocks=[ResponseClockOut.model_validate(clock) for clock in view.clocks],
            tasks=[ResponseTaskOut.model_validate(task) for task in view.tasks],
            answers=[ResponseAnswerOut.model_validate(answer) for answer in view.answers],
            answered_cases=len(view.answered),
            waiting_cases=view.waiting.cases,
            events=[ResponseEventOut.model_validate(event) for event in view.events],
            actions=list(view.actions),
        )


class DeskIn(BaseModel):
    """Fields of all actions; each reads its own. `version` is the one you saw: a changed response answers 409."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None
    major: bool = False
    known_at: AwareDatetime | None = None
    owner_id: int | None = Field(None, ge=1, le=2**63 - 1)
    level: RiskLevel | None = None
    opinion: Text = Field("", max_length=20_000)
    text: Text = Field("", max_length=20_000)
    department_id: Text = Field("", max_length=100)
    what: Text = Field("", max_length=20_000)
    due_at: AwareDatetime | None = None
    task_id: int | None = Field(None, ge=1, le=2**63 - 1)
    report: Text = Field("", max_length=20_000)
    title: Text = Field("", max_length=1000)
    body: Text = Field("", max_length=20_000)
    reason: Text = Field("", max_length=5000)
    review: Text = Field("", max_length=20_000)
    lead: Text = Field("", max_length=100)
    result: CompletionResult | None = None

    def given(self) -> DeskInput:
        return DeskInput(**self.model_dump())

"""Callbacks, suspensions and the rules by which callbacks are drawn."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.analysis import Out
from api.schemas.text import Text
from api.staff.callback_desk import Desk, Waiting
from models.analysis import AppealType
from models.callback import (
    CallbackDecision,
    CallbackDraw,
    CallbackEntry,
    CallbackRule,
    CallbackState,
    Satisfaction,
    SolvedAnswer,
    SuspensionState,
)


class CallbackOut(Out):
    """Of one completion. `rule_id` names the version of the rule by which it was drawn."""

    round: int
    current: bool
    rule_id: int
    draw: CallbackDraw
    department_id: str
    completed_at: datetime
    state: CallbackState
    attempts: int
    entry: CallbackEntry | None
    solved: SolvedAnswer | None
    satisfaction: Satisfaction | None
    attitude: Satisfaction | None
    note: str
    answered_at: datetime | None
    decision: CallbackDecision | None
    decision_note: str


class SuspensionOut(Out):
    department_id: str
    reason: str
    until_date: date
    state: SuspensionState
    requested_at: datetime
    decided_at: datetime | None
    note: str
    days: int | None
    ended_at: datetime | None


class FollowUpOut(Out):
    """`no_suspension` says why the unit cannot ask (any more)."""

    callbacks: list[CallbackOut]
    suspensions: list[SuspensionOut]
    no_suspension: str


class WaitingOut(BaseModel):
    """`by`: when the submitter should have been called."""

    case_number: str
    title: str
    by: datetime
    callback: CallbackOut

    @classmethod
    def of(cls, row: Waiting) -> Self:
        return cls(
            case_number=row.case.case_number,
            title=row.case.title,
            by=row.by,
            callback=CallbackOut.model_validate(row.callback),
        )


class DeskOut(BaseModel):
    waiting: list[WaitingOut]
    to_decide: list[WaitingOut]

    @classmethod
    def of(cls, desk: Desk) -> Self:
        return cls(
            waiting=[WaitingOut.of(row) for row in desk.waiting], to_decide=[WaitingOut.of(r) for r in desk.to_decide]
        )


class TakenOut(BaseModel):
    """null: nobody waits."""

    case_number: str | None


class CallbackRuleOut(Out):
    """The seed of the draw is not told."""

    id: int
    version: int
    share: float
    shares: dict[AppealType, float]
    always: list[CallbackDraw]
    clock_days: int
    window_days: int
    archive_days: int
    attempts: int
    basically_counts: bool
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, rule: CallbackRule) -> Self:
        return cls.model_validate(rule)


class CallbackRuleIn(BaseModel):
    """A new version; earlier ones stay as they are."""

    model_config = ConfigDict(extra="forbid")

    share: float = Field(ge=0, le=1)
    shares: dict[AppealType, float] = Field(default_factory=dict)
    always: list[CallbackDraw] = Field(default_factory=list, max_length=5)
    clock_days: int = Field(5, ge=1, le=250)
    window_days: int = Field(10, ge=1, le=250)
    archive_days: int = Field(15, ge=1, le=250)
    attempts: int = Field(3, ge=1, le=20)
    basically_counts: bool = True


class RatingIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=100)
    solved: SolvedAnswer
    satisfaction: Satisfaction
    note: Text = Field("", max_length=1000)


class RatingOut(BaseModel):
    receipt_number: str
    solved: SolvedAnswer
    satisfaction: Satisfaction

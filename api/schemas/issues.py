"""Hot issues as programs read them, and what they send to change who belongs to what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from api.staff.issue_shaping import ShapeInput
from api.staff.issue_view import MemberView
from models.issue import Issue, IssueAction, IssueDecision, IssuePage, IssueProposal, ProposalKind
from models.submission import Channel


class HeatOut(BaseModel):
    """The total is the sum of the parts, as of now."""

    total: float
    persons: float
    votes: float
    rate: float


class IssueOut(BaseModel):
    """热点问题. `named_by` null: the program named it; `shaped_by`: a person decided who belongs to it. Send `version`
    back with a change."""

    id: int
    name: str
    named_by: str | None
    place: str
    region_code: str | None
    topic_code: str | None
    first_at: datetime
    last_at: datetime
    submissions: int
    persons: int
    votes: int
    heat: HeatOut
    pinned_by: str | None
    muted_by: str | None
    muted_until: datetime | None
    shaped_by: str | None
    merged_into: int | None
    retired_at: datetime | None
    version: int

    @classmethod
    def of(cls, issue: Issue) -> Self:
        parts = issue.heat
        heat = HeatOut(total=parts.total, persons=parts.persons, votes=parts.votes, rate=parts.rate)
        own = {name: getattr(issue, name) for name in cls.model_fields if name != "heat"}
        return cls(heat=heat, **own)


class IssuePageOut(BaseModel):
    total: int
    rows: list[IssueOut]

    @classmethod
    def of(cls, page: IssuePage) -> Self:
        return cls(total=page.total, rows=[IssueOut.of(issue) for issue in page.rows])


class IssueMemberOut(BaseModel):
    """`evidence`: `words` [[word, share of the likeness], …], `places`, `days`, `nearest`. `title` and `body` are
    empty where the submission is confidential."""

    submission_id: int
    receipt_number: str
    channel: Channel
    title: str
    body: str
    submitted_at: datetime
    case_number: str | None
    similarity: float
    evidence: Mapping[str, Any]
    decided_by: str | None

    @classmethod
    def of(cls, view: MemberView) -> Self:
        submission, secret = view.submission, view.submission.confidential
        return cls(
            submission_id=submission.id,
            receipt_number=submission.receipt_number,
            channel=submission.channel,
            title="" if secret else submission.title,
            body="" if secret else submission.body,
            submitted_at=submission.submitted_at,
            case_number=view.case.case_number if view.case else None,
            similarity=view.member.similarity,
            evidence=view.member.evidence,
            decided_by=view.member.decided_by,
        )


class IssueDecisionOut(BaseModel):
    id: int
    at: datetime
    actor: str
    action: IssueAction
    issue_id: int
    other_id: int | None
    undoes: int | None
    undone_by: int | None

    @classmethod
    def of(cls, decision: IssueDecision) -> Self:
        return cls(**{name: getattr(decision, name) for name in cls.model_fields})


class IssueProposalOut(BaseModel):
    id: int
    kind: ProposalKind
    issue_id: int
    other_id: int | None
    leaving: list[int]
    evidence: Mapping[str, Any]
    proposed_at: datetime

    @classmethod
    def of(cls, proposal: IssueProposal) -> Self:
        own = {name: getattr(proposal, name) for name in cls.model_fields if name != "leaving"}
        return cls(leaving=list(proposal.leaving), **own)


class ShapeIn(BaseModel):
    """Each action reads its own fields. `version`: what was seen; 409 where it is another one now."""

    version: int | None = None
    name: str = ""
    until: datetime | None = None
    other_id: int | None = Field(default=None, ge=1)
    submission_ids: list[int] = Field(default_factory=list, max_length=1000)
    proposal_id: int | None = Field(default=None, ge=1)
    decision_id: int | None = Field(default=None, ge=1)

    def given(self) -> ShapeInput:
        return ShapeInput(**self.model_dump())

"""What is handled together or apart, over the JSON door."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.analysis import Out, SpanOut
from api.schemas.text import Text
from api.staff.merging import Member, Part, Together
from models.analysis import TextSpan
from models.case import CaseStatus, CompletionResult
from models.merge import MergeCandidate, MergeEvidence, NewPart


class SpanIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    start: int = Field(ge=0)
    end: int = Field(gt=0)


class PartIn(BaseModel):
    """拆分出的一件：`sentences` 是它在“标题 + 换行 + 正文”中的句子。"""

    model_config = ConfigDict(extra="forbid")

    title: Text = Field(max_length=200)
    lead: Text = Field(max_length=100)
    topic_code: Text | None = Field(None, max_length=50)
    sentences: list[SpanIn] = Field(max_length=500)

    def part(self) -> NewPart:
        spans = tuple(TextSpan(span.start, span.end) for span in self.sentences)
        return NewPart(title=self.title, lead=self.lead, topic_code=self.topic_code or None, sentences=spans)


class TiedCaseOut(Out):
    case_number: str
    title: str
    status: CaseStatus
    lead_department_id: str | None
    due_date: date | None
    completion_result: CompletionResult | None


class MergedOut(Out):
    """A case that is merged, and the record of it."""

    case: TiedCaseOut
    reason: str
    merged_at: datetime
    merged_by: str

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(
            case=TiedCaseOut.model_validate(member.case),
            reason=member.merge.reason,
            merged_at=member.merge.merged_at,
            merged_by=member.merge.merged_by,
        )


class PartOut(Out):
    case: TiedCaseOut
    sentences: list[str]

    @classmethod
    def of(cls, part: Part) -> Self:
        return cls(case=TiedCaseOut.model_validate(part.case), sentences=list(part.sentences))


class CandidateOut(Out):
    """`score` 0..1: how alike the texts are; null where only the person or the issue is the same."""

    case: TiedCaseOut
    evidence: list[MergeEvidence]
    score: float | None

    @classmethod
    def of(cls, candidate: MergeCandidate) -> Self:
        return cls(
            case=TiedCaseOut.model_validate(candidate.case),
            evidence=list(candidate.evidence),
            score=candidate.score,
        )


class ProposalOut(Out):
    title: str
    topic_code: str
    confidence: float
    lead: str | None
    sentences: list[SpanOut]


class TogetherOut(Out):
    """`head`: what this case is merged into; `members`: what is merged into it, `first_due` the one of them that is due
    before it. `parent`: the case of the whole letter, `excerpt` what of it this part is about; `parts`: its parts.
    `candidates` and `proposals`: what may be merged, and how the letter may be split, for those who may do it."""

    head: TiedCaseOut | None
    members: list[MergedOut]
    first_due: TiedCaseOut | None
    parent: TiedCaseOut | None
    excerpt: list[SpanOut]
    parts: list[PartOut]
    candidates: list[CandidateOut]
    proposals: list[ProposalOut]

    @classmethod
    def of(cls, together: Together) -> Self:
        def tied(case: object) -> TiedCaseOut | None:
            return TiedCaseOut.model_validate(case) if case is not None else None

        return cls(
            head=tied(together.head),
            members=[MergedOut.of(member) for member in together.members],
            first_due=tied(together.first_due),
            parent=tied(together.parent),
            excerpt=[SpanOut.model_validate(span) for span in together.excerpt],
            parts=[PartOut.of(part) for part in together.parts],
            candidates=[CandidateOut.of(candidate) for candidate in together.candidates],
            proposals=[ProposalOut.model_validate(proposal) for proposal in together.proposals],
        )

"""An issue 热点问题: what many submissions say about one thing; its members, its heat, and what people decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.labels import LabelledEnum


class IssueAction(LabelledEnum):
    """The one word for the button, the log and the address."""

    MERGE = "merge", "合并"
    SPLIT = "split", "拆分"
    MOVE = "move", "移出"
    RENAME = "rename", "改名"
    PIN = "pin", "置顶"
    UNPIN = "unpin", "取消置顶"
    MUTE = "mute", "静音"
    UNMUTE = "unmute", "取消静音"
    ACCEPT = "accept", "采纳建议"
    REJECT = "reject", "不采纳建议"
    UNDO = "undo", "撤销"


class ProposalKind(LabelledEnum):
    MERGE = "merge", "建议合并"
    SPLIT = "split", "建议拆分"


class ProposalState(LabelledEnum):
    OPEN = "open", "待决定"
    ACCEPTED = "accepted", "已采纳"
    REJECTED = "rejected", "未采纳"
    OUTDATED = "outdated", "已过时"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatParts:
    """What the heat is made of, already weighted; it is their sum."""

    persons: float
    votes: float
    rate: float

    @property
    def total(self) -> float:
        return self.persons + self.votes + self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """`persons` are different people; who is unknown is one of their own. `votes` are likes, comments and reposts.

    `named_by` is None where the program found the name. `shaped_by`: a person decided who belongs to it; the program
    may add to it, but neither splits nor merges it. `merged_into`: it is part of another one now. `retired_at`: nothing
    came for so long that it takes no more. `heat` is as of the moment the issue was read.
    """

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
    heat: HeatParts
    pinned_by: str | None
    pinned_at: datetime | None
    muted_by: str | None
    muted_at: datetime | None
    muted_until: datetime | None
    shaped_by: str | None
    merged_into: int | None
    retired_at: datetime | None
    version: int

    def is_muted(self, now: datetime) -> bool:
        return self.muted_by is not None and (self.muted_until is None or self.muted_until > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueMember:
    """A submission and why it belongs. `evidence`: `words` [[word, share of the likeness], …], `places` named by both,
    `days` since the one before it, `nearest` the submission of the issue that is most like it; absent in the first one.
    `decided_by` is None where the program put it there. `issue_id` is None where it stands alone."""

    submission_id: int
    issue_id: int | None
    arrival: int
    similarity: float
    evidence: Mapping[str, Any]
    joined_at: datetime
    decided_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueProposal:
    """What the program would do and a person decides. `other_id`: what would go into `issue_id` (a merge); `leaving`:
    which submissions would leave it (a split). `evidence`: `similarity` 0..1 and `words` [[word, share], …]."""

    id: int
    kind: ProposalKind
    issue_id: int
    other_id: int | None
    leaving: Sequence[int]
    evidence: Mapping[str, Any]
    state: ProposalState
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDecision:
    """A line of what was decided. `undone_by` is the line that took it back; `undoes` the one that this takes back."""

    id: int
    at: datetime
    actor: str
    action: IssueAction
    issue_id: int
    other_id: int | None
    payload: Mapping[str, Any]
    undoes: int | None
    undone_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSettings:
    """`half_life_days`: after so long a voice counts half. What is shown as an issue has `least_submissions` of
    `least_persons` or more."""

    half_life_days: float = 30.0
    persons_weight: float = 2.0
    votes_weight: float = 1.0
    rate_weight: float = 1.0
    least_submissions: int = 2
    least_persons: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCriteria:
    """Which issues a list shows. `region` and `topic` include what lies below. `muted`: those alone, instead of the
    others. `since`: with a submission since then. `text`: part of the name."""

    region: str | None = None
    topic: str | None = None
    since: datetime | None = None
    muted: bool = False
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePage:
    total: int
    rows: list[Issue] = field(default_factory=list)

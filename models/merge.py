"""What is handled together or apart: a merge 并单 of cases about one thing, the parts 拆分 of a letter with several."""

from dataclasses import dataclass
from datetime import datetime

from models.analysis import TextSpan
from models.case import Case, CaseAction
from models.labels import LabelledEnum


class MergeEvidence(LabelledEnum):
    """Why two cases may be about one thing, the strongest first."""

    EXACT = "exact", "内容相同"
    NEAR = "near", "内容基本相同"
    SAME_PERSON = "same_person", "同一诉求人再次反映"
    SAME_ISSUE = "same_issue", "属于同一热点问题"
    PERSON_AND_TOPIC = "person_and_topic", "同一诉求人的同类事项"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMerge:
    """`member_id` is answered with `head_id` until it is undone; `note` says why it was."""

    id: int
    head_id: int
    member_id: int
    reason: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    undone_by: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCandidate:
    """An open case that may be about the same thing. `score` (0..1) is how alike the texts are, None where only the
    person or the issue is the same."""

    case: Case
    evidence: tuple[MergeEvidence, ...]
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPart:
    """One matter of a letter that a unit of its own shall answer. `sentences` are of the letter, in title + newline +
    body."""

    title: str
    lead: str
    sentences: tuple[TextSpan, ...]
    topic_code: str | None = None


# What concerns the letter itself and not who works on it; a calendar changes every time limit.
_OF_THE_LETTER = frozenset(
    {
        CaseAction.NOTE,
        CaseAction.REVEAL,
        CaseAction.ATTACH,
        CaseAction.DETACH,
        CaseAction.RECALCULATE,
        CaseAction.ESCALATE,
        CaseAction.CALLBACK,
        CaseAction.SETTLE,
        CaseAction.WITHDRAW_CONSENT,
    }
)


def why_held(case: Case, action: CaseAction) -> str:
    """Why `action` is taken on the case that is worked on instead of this one, in a sentence; "" where it is not."""
    if action in _OF_THE_LETTER:
        return ""
    if case.merged_into is not None and action is not CaseAction.UNMERGE:
        return f"工单已并入另一件工单，请在主单办理；不能{action.label}。"
    if case.parts and action is CaseAction.COMPLETE:
        return f"工单已拆分为{case.parts}件子工单，全部办结后本件随之办结。"
    if case.parts and action not in (CaseAction.UNSPLIT, CaseAction.CLOSE):
        return f"工单已拆分为{case.parts}件子工单，请办理子工单；不能{action.label}。"
    return ""

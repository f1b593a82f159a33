"""A link between two submissions: the same text, nearly the same, or the same person about the same matter again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.labels import LabelledEnum


class LinkKind(LabelledEnum):
    EXACT = "exact", "内容相同"
    NEAR = "near", "内容基本相同"
    SAME_PERSON = "same_person", "同一诉求人再次反映"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLink:
    """`earlier_id` was submitted before `submission_id`. `score` is in 0..1. `certain`: the program says so by
    itself; otherwise it asks a person. `evidence`: `shared_minima` of a near copy, `words` [[word, share], …] of the
    same person's matter."""

    submission_id: int
    earlier_id: int
    kind: LinkKind
    score: float
    certain: bool
    evidence: Mapping[str, Any]
    found_at: datetime

"""What the check of a reply found, in words, and where in the text. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.cases.case_wording import Badge
from models.reply_check import FlawText, ReplyFlaw, ReplyLevel

_WEIGHTS = {
    ReplyLevel.SERIOUS: Badge("应当修改", "alert", "soon"),
    ReplyLevel.IMPROVE: Badge("建议完善", "pen", "plain"),
    ReplyLevel.GOOD: Badge("提示", "question", "quiet"),
}
# Longer quotes are cut: the text itself stands beside.
_QUOTED = 40


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding: how much it weighs, what it is, what to do, the words it is about with where they stand."""

    badge: Badge
    what: str
    advice: str
    quoted: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text; `says` names the finding that it is evidence for, "" where it is none."""

    text: str
    says: str


def finding_lines(findings: Sequence[dict[str, Any]]) -> list[FindingLine]:
    """Findings as they are kept with a draft (`api.staff.reply_checking.stored_findings`), in their order."""
    return [
        FindingLine(
            badge=_WEIGHTS[ReplyLevel(finding["weight"])],
            what=ReplyFlaw(finding["kind"]).label,
            advice=finding["advice"],
            quoted=[
                (FlawText(evidence["text"]).label, _cut(words))
                for evidence, words in zip(finding["evidence"], finding["quoted"], strict=True)
                if words
            ][:3],
        )
        for finding in findings
    ]


def mark_reply(body: str, findings: Sequence[dict[str, Any]]) -> list[Piece]:
    """The reply in runs, with what findings are about marked; of overlapping ones the first counts."""
    spans = sorted(
        (evidence["start"], evidence["end"], ReplyFlaw(finding["kind"]).label)
        for finding in findings
        for evidence in finding["evidence"]
        if evidence["text"] == FlawText.REPLY.value
    )
    pieces, at = list[Piece](), 0
    for start, end, says in spans:
        if start < at or end > len(body) or start >= end:
            continue
        pieces += [Piece(body[at:start], "")] if start > at else []
        pieces.append(Piece(body[start:end], says))
        at = end
    return [*pieces, Piece(body[at:], "")] if at < len(body) else pieces


def _cut(words: str) -> str:
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"

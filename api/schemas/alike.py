"""Copies, repeats and like solved cases, as programs read them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from api.staff.alike import Alike, LinkedLetter, SolvedCase
from models.analysis import Keyword
from models.case import CaseStatus, CompletionResult
from models.link import LinkKind


class SharedWordOut(BaseModel):
    """A word of both letters and its share of their likeness, 0..1."""

    word: str
    share: float

    @classmethod
    def all_of(cls, words: tuple[Keyword, ...]) -> list[Self]:
        return [cls(word=keyword.word, share=keyword.weight) for keyword in words]


class LinkedLetterOut(BaseModel):
    """重复来件. `here` and `there`: where this letter and the other say the same, as positions in title + newline +
    body. `certain` false: a person should look."""

    kind: LinkKind
    likeness: float
    certain: bool
    earlier: bool
    receipt_number: str
    case_number: str | None
    status: CaseStatus | None
    name: str
    title: str
    body: str
    submitted_at: datetime
    words: list[SharedWordOut]
    here: list[tuple[int, int]]
    there: list[tuple[int, int]]

    @classmethod
    def of(cls, letter: LinkedLetter) -> Self:
        return cls(
            kind=letter.kind,
            likeness=letter.likeness,
            certain=letter.certain,
            earlier=letter.earlier,
            receipt_number=letter.receipt_number,
            case_number=letter.case_number or None,
            status=letter.status,
            name=letter.name,
            title=letter.title,
            body=letter.body,
            submitted_at=letter.submitted_at,
            words=SharedWordOut.all_of(letter.words),
            here=list(letter.here),
            there=list(letter.there),
        )


class SolvedCaseOut(BaseModel):
    """相似的已办结工单 with what was answered; positions as above."""

    case_number: str
    name: str
    title: str
    body: str
    likeness: float
    result: CompletionResult | None
    completed_at: datetime | None
    reply: str
    words: list[SharedWordOut]
    here: list[tuple[int, int]]
    there: list[tuple[int, int]]

    @classmethod
    def of(cls, case: SolvedCase) -> Self:
        return cls(
            case_number=case.case_number,
            name=case.name,
            title=case.title,
            body=case.body,
            likeness=case.likeness,
            result=case.result,
            completed_at=case.completed_at,
            reply=case.reply,
            words=SharedWordOut.all_of(case.words),
            here=list(case.here),
            there=list(case.there),
        )


class AlikeOut(BaseModel):
    """`linked` the surest and most alike first; `not_told` counts others that are not yours to see; `solved` the most
    alike first. Confidential cases are never among them."""

    linked: list[LinkedLetterOut]
    not_told: int
    solved: list[SolvedCaseOut]

    @classmethod
    def of(cls, alike: Alike) -> Self:
        return cls(
            linked=[LinkedLetterOut.of(letter) for letter in alike.linked],
            not_told=alike.not_told,
            solved=[SolvedCaseOut.of(case) for case in alike.solved],
        )

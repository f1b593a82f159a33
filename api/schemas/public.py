"""What a citizen sends and gets, and signing in."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.citizens.citizen import LetterForm, LetterProgress
from api.citizens.citizen_parts import LetterPart
from api.schemas.text import Text
from api.staff.publishing import OwnPublic
from models.account import Account, Role
from models.analysis import AppealType
from models.case import CaseStatus


class LetterIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=1000)
    body: str = Field(max_length=100_000)
    appeal_type: AppealType | None = None
    place: str = ""
    name: str = ""
    contact: str = ""
    confidential: bool = False
    publish_consent: bool = Field(
        default=False, description="办结后可以公开来信（隐去姓名、电话等个人信息）；可以随时撤回，保密的来信不公开"
    )

    def form(self) -> LetterForm:
        return LetterForm(**self.model_dump())


class LetterReceiptOut(BaseModel):
    """Keep both: the query code is shown this once."""

    receipt_number: str
    query_code: str


class FollowIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=100)


class PublicOut(BaseModel):
    consent: bool = Field(description="同意公开来信，且没有撤回")
    answers: list[int] = Field(description="公开编号：/answers/{编号}；没有公开的为空")
    with_letter: bool = Field(description="公开的内容中有来信")

    @classmethod
    def of(cls, public: OwnPublic) -> Self:
        return cls(consent=public.consent, answers=list(public.numbers), with_letter=public.with_letter)


class StepOut(BaseModel):
    at: datetime
    text: str


class PublicReplyOut(BaseModel):
    body: str
    created_at: datetime


class LetterPartOut(BaseModel):
    """One of several matters of the letter, with its unit, state and answer."""

    title: str
    sentences: list[str]
    status: CaseStatus
    status_text: str
    department_name: str
    due_date: date | None
    replies: list[PublicReplyOut]

    @classmethod
    def of(cls, part: LetterPart) -> Self:
        return cls(
            title=part.title,
            sentences=part.sentences,
            status=part.status,
            status_text=part.status_text,
            department_name=part.department_name,
            due_date=part.due_date,
            replies=[PublicReplyOut(body=r.body, created_at=r.created_at) for r in part.replies],
        )


class LetterProgressOut(BaseModel):
    receipt_number: str
    title: str
    body: str
    submitted_at: datetime
    status: CaseStatus | None
    status_text: str
    department_name: str
    due_date: date | None
    due_basis: str
    steps: list[StepOut]
    replies: list[PublicReplyOut]
    together: bool = Field(description="与反映同一问题的其他来信一并办理")
    parts: list[LetterPartOut] = Field(description="来信有几件事的，各件的单位、进度和答复")
    public: PublicOut

    @classmethod
    def of(cls, progress: LetterProgress) -> Self:
        return cls(
            receipt_number=progress.receipt_number,
            title=progress.title,
            body=progress.body,
            submitted_at=progress.submitted_at,
            status=progress.status,
            status_text=progress.status_text,
            department_name=progress.department_name,
            due_date=progress.due_date,
            due_basis=progress.due_basis,
            steps=[StepOut(at=s.at, text=s.text) for s in progress.steps],
            replies=[PublicReplyOut(body=r.body, created_at=r.created_at) for r in progress.replies],
            together=progress.together,
            parts=[LetterPartOut.of(part) for part in progress.parts],
            public=PublicOut.of(progress.public),
        )


class SignInIn(BaseModel):
    username: Text = Field(max_length=200)
    password: Text = Field(max_length=1000)


class AccountOut(BaseModel):
    username: str
    display_name: str
    role: Role
    department_id: str | None

    @classmethod
    def of(cls, account: Account) -> Self:
        return cls(
            username=account.username,
            display_name=account.display_name,
            role=account.role,
            department_id=account.department_id,
        )


class SessionOut(BaseModel):
    """`token` goes into `Authorization: Bearer …`."""

    token: str
    account: AccountOut

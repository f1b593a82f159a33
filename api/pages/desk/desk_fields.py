"""The forms of the issue desk as typed: each comes back whole when the action is refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form

from api.staff.issue_desk import DeskInput
from models.alert import RiskLevel
from models.case import CompletionResult
from models.errors import Invalid


@dataclass(frozen=True, slots=True)
class DeskFields:
    """One form; most of them use a few of these."""

    csrf: str = ""
    version: str = ""
    major: str = ""
    known_at: str = ""
    owner_id: str = ""
    level: str = ""
    opinion: str = ""
    text: str = ""
    department_id: str = ""
    what: str = ""
    due_at: str = ""
    task_id: str = ""
    report: str = ""
    title: str = ""
    body: str = ""
    reason: str = ""
    review: str = ""
    lead: str = ""
    result: str = ""

    def given(self, zone: ZoneInfo) -> DeskInput:
        """Raises `Invalid`, for a time that is none and for what no form of ours sends."""
        try:
            return DeskInput(
                version=int(self.version) if self.version else None,
                major=bool(self.major),
                known_at=_moment(self.known_at, "known_at", zone),
                owner_id=_number(self.owner_id),
                level=RiskLevel(self.level) if self.level else None,
                opinion=_text(self.opinion),
                text=_text(self.text),
                department_id=_text(self.department_id),
                what=_text(self.what),
                due_at=_moment(self.due_at, "due_at", zone),
                task_id=_number(self.task_id),
                report=_text(self.report),
                title=_text(self.title),
                body=_text(self.body),
                reason=_text(self.reason),
                review=_text(self.review),
                lead=_text(self.lead),
                result=CompletionResult(self.result) if self.result else None,
            )
        except ValueError:
            raise Invalid() from None


def read_desk_fields(
    csrf: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
    major: Annotated[str, Form()] = "",
    known_at: Annotated[str, Form()] = "",
    owner_id: Annotated[str, Form()] = "",
    level: Annotated[str, Form()] = "",
    opinion: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    department_id: Annotated[str, Form()] = "",
    what: Annotated[str, Form()] = "",
    due_at: Annotated[str, Form()] = "",
    task_id: Annotated[str, Form()] = "",
    report: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    review: Annotated[str, Form()] = "",
    lead: Annotated[str, Form()] = "",
    result: Annotated[str, Form()] = "",
) -> DeskFields:
    return DeskFields(**locals())


def _moment(text: str, field: str, zone: ZoneInfo) -> datetime | None:
    """A `datetime-local` field: no zone is written in it, it is ours."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        raise Invalid("时间填写有误。", {field: "请按“年-月-日 时:分”填写"}) from None


def _number(text: str) -> int | None:
    number = int(text) if text else None
    if number is not None and not 0 < number < 2**63:
        raise ValueError
    return number


def _text(value: str) -> str:
    """Line ends as people count them, without the one character that a database cannot hold."""
    return value.replace("\r\n", "\n").replace("\0", "")

"""What the action forms of a case send, as typed, and what an action takes from it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form

from api.pages.cases.file_fields import FileFields
from api.pages.cases.split_form import read_parts
from api.staff.case_requests import ActionInput
from models.analysis import AppealType
from models.callback import CallOutcome, Satisfaction, SolvedAnswer
from models.case import CompletionResult
from models.casework import ReturnReason, SupervisionLevel, SupervisionTrigger
from models.errors import Invalid
from models.protection import RevealReason


@dataclass(frozen=True, slots=True)
class ActionFields:
    """An action form as typed: it comes back whole when the action is refused. `due_on` is a local day, its end is
    meant."""

    csrf: str
    version: str
    lead: str
    co_handling: list[str]
    topic_code: str
    appeal_type: str
    note: str
    body: str
    public: str
    result: str
    reason: str
    return_to: str
    text: str
    return_reason: str
    proposed: str
    days: str
    reached: str
    trigger: str
    level: str
    due_on: str
    outcome: str
    solved: str
    satisfaction: str
    attitude: str
    draft_version: str
    files: FileFields
    reveal_reason: str
    members: list[str]
    part_title: list[str]
    part_topic: list[str]
    part_lead: list[str]
    sentence: list[str]

    def given(self, zone: ZoneInfo) -> ActionInput:
        """Raises `Invalid` for what no form of ours sends."""
        try:
            return ActionInput(
                version=int(self.version),
                lead=self.lead,
                co_handling=tuple(filter(None, self.co_handling)),
                topic_code=self.topic_code or None,
                note=_text(self.note),
                body=_text(self.body),
                appeal_type=AppealType(self.appeal_type) if self.appeal_type else None,
                public=bool(self.public),
                result=CompletionResult(self.result) if self.result else None,
                reason=_text(self.reason),
                text=_text(self.text),
                return_reason=ReturnReason(self.return_reason) if self.return_reason else None,
                proposed=self.proposed or None,
                days=int(self.days) if self.days.strip() else None,
                reached=bool(self.reached),
                trigger=SupervisionTrigger(self.trigger) if self.trigger else None,
                level=SupervisionLevel(self.level) if self.level else None,
                reveal_reason=RevealReason(self.reveal_reason) if self.reveal_reason else None,
                due_at=_end_of(self.due_on, zone) if self.due_on else None,
                outcome=CallOutcome(self.outcome) if self.outcome else None,
                solved=SolvedAnswer(self.solved) if self.solved else None,
                satisfaction=Satisfaction(self.satisfaction) if self.satisfaction else None,
                attitude=Satisfaction(self.attitude) if self.attitude else None,
                draft_version=int(self.draft_version) if self.draft_version else None,
                files=self.files.choices(),
                members=tuple(filter(None, map(_text, self.members))),
                parts=read_parts(list(map(_text, self.part_title)), self.part_topic, self.part_lead, self.sentence),
            )
        except (ValueError, OverflowError):
            raise Invalid() from None


def read_action(
    csrf: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
    lead: Annotated[str, Form()] = "",
    co_handling: Annotated[list[str] | None, Form()] = None,
    topic_code: Annotated[str, Form()] = "",
    appeal_type: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
    public: Annotated[str, Form()] = "",
    result: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    return_to: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    return_reason: Annotated[str, Form()] = "",
    proposed: Annotated[str, Form()] = "",
    days: Annotated[str, Form()] = "",
    reached: Annotated[str, Form()] = "",
    trigger: Annotated[str, Form()] = "",
    level: Annotated[str, Form()] = "",
    due_on: Annotated[str, Form()] = "",
    outcome: Annotated[str, Form()] = "",
    solved: Annotated[str, Form()] = "",
    satisfaction: Annotated[str, Form()] = "",
    attitude: Annotated[str, Form()] = "",
    draft_version: Annotated[str, Form()] = "",
    file_offered: Annotated[list[str] | None, Form()] = None,
    file: Annotated[list[str] | None, Form()] = None,
    file_for: Annotated[list[str] | None, Form()] = None,
    reveal_reason: Annotated[str, Form()] = "",
    members: Annotated[list[str] | None, Form()] = None,
    part_title: Annotated[list[str] | None, Form()] = None,
    part_topic: Annotated[list[str] | None, Form()] = None,
    part_lead: Annotated[list[str] | None, Form()] = None,
    sentence: Annotated[list[str] | None, Form()] = None,
) -> ActionFields:
    return ActionFields(
        csrf=csrf,
        version=version,
        lead=lead,
        co_handling=co_handling or [],
        topic_code=topic_code,
        appeal_type=appeal_type,
        note=note,
        body=body,
        public=public,
        result=result,
        reason=reason,
        return_to=return_to,
        text=text,
        return_reason=return_reason,
        proposed=proposed,
        days=days,
        reached=reached,
        trigger=trigger,
        level=level,
        due_on=due_on,
        outcome=outcome,
        solved=solved,
        satisfaction=satisfaction,
        attitude=attitude,
        draft_version=draft_version,
        files=FileFields(file_offered or [], file or [], file_for or []),
        reveal_reason=reveal_reason,
        members=members or [],
        part_title=part_title or [],
        part_topic=part_topic or [],
        part_lead=part_lead or [],
        sentence=sentence or [],
    )


def typed_parts(fields: ActionFields | None) -> tuple[list[str], list[str], list[str], list[str]] | None:
    """Of a split that was refused, as `split_form` takes it."""
    if fields is None or not fields.part_title:
        return None
    return fields.part_title, fields.part_topic, fields.part_lead, fields.sentence


def _text(value: str) -> str:
    """Line ends as people count them, without the one character that a database cannot hold."""
    return value.replace("\r\n", "\n").replace("\0", "")


def _end_of(day: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(0), tzinfo=zone)

"""The response to an issue 舆情处置: its stages, its clocks, tasks, answers and what may follow what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.alert import RiskLevel
from models.labels import LabelledEnum


class ResponseStage(LabelledEnum):
    """What is being done now (收集、研判、处置、回应、评估)."""

    COLLECT = "collect", "收集"
    ASSESS = "assess", "研判"
    DISPOSE = "dispose", "处置"
    RESPOND = "respond", "回应"
    REVIEW = "review", "评估"
    CLOSED = "closed", "已办结"

    @property
    def is_open(self) -> bool:
        return self is not ResponseStage.CLOSED


class ResponseAction(LabelledEnum):
    """The one word for the button, the event and the address."""

    OPEN = "open", "启动处置"
    SUBMIT = "submit", "提请研判"
    ASSESS = "assess", "作出研判"
    TASK = "task", "交办"
    REPORT = "report", "反馈交办"
    WITHDRAW = "withdraw", "撤回交办"
    INFORM = "inform", "发布权威信息"
    BRIEF = "brief", "举行新闻发布会"
    DRAFT = "draft", "拟写回应"
    RETURN = "return", "退回修改"
    SIGN = "sign", "审签"
    PUBLISH = "publish", "发布回应"
    CLOSE = "close", "评估办结"
    UNDO_CLOSE = "undo_close", "撤销办结"
    DISMISS = "dismiss", "终止处置"
    HAND_OVER = "hand_over", "移交"
    NOTE = "note", "补充情况"
    WITHDRAW_PUBLICATION = "withdraw_publication", "撤下回应"


def _transitions() -> dict[ResponseStage, dict[ResponseAction, ResponseStage]]:
    stage, act = ResponseStage, ResponseAction
    always = (act.HAND_OVER, act.NOTE)
    told = (act.INFORM, act.BRIEF)
    working = (act.TASK, act.REPORT, act.WITHDRAW, *told)
    stays = {
        stage.COLLECT: (*told, *always),
        stage.ASSESS: (*told, *always),
        stage.DISPOSE: (*working, act.ASSESS, *always),
        stage.RESPOND: (*working, act.DRAFT, act.SIGN, *always),
        stage.REVIEW: (act.REPORT, *always),
        stage.CLOSED: (act.WITHDRAW_PUBLICATION,),
    }
    moves = {
        stage.COLLECT: {act.SUBMIT: stage.ASSESS, act.DISMISS: stage.CLOSED},
        stage.ASSESS: {act.ASSESS: stage.DISPOSE, act.DISMISS: stage.CLOSED},
        stage.DISPOSE: {act.DRAFT: stage.RESPOND, act.DISMISS: stage.CLOSED},
        stage.RESPOND: {act.RETURN: stage.DISPOSE, act.PUBLISH: stage.REVIEW},
        stage.REVIEW: {act.CLOSE: stage.CLOSED, act.WITHDRAW_PUBLICATION: stage.DISPOSE},
        stage.CLOSED: {act.UNDO_CLOSE: stage.REVIEW},
    }
    return {at: {**dict.fromkeys(stays[at], at), **moves[at]} for at in stage}


RESPONSE_TRANSITIONS = _transitions()


class ResponseClockKind(LabelledEnum):
    INFORMATION = "information", "发布权威信息"
    CONFERENCE = "conference", "举行新闻发布会"
    RESPONSE = "response", "回应"


class ResponseTaskState(LabelledEnum):
    OPEN = "open", "办理中"
    REPORTED = "reported", "已反馈"
    WITHDRAWN = "withdrawn", "已撤回"


class ResponseAnswerState(LabelledEnum):
    DRAFT = "draft", "待审签"
    RETURNED = "returned", "已退回"
    SIGNED = "signed", "已审签"
    PUBLISHED = "published", "已发布"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueResponse:
    """`level` is None until somebody has assessed it. `major`: a major emergency 重大突发事件, with clocks of its own.
    The clocks run from `known_at`. `dismissed` says why it was closed without an answer, "" where it was not."""

    id: int
    issue_id: int
    stage: ResponseStage
    level: RiskLevel | None
    major: bool
    opinion: str
    owner_id: int
    lead_department_id: str | None
    known_at: datetime
    opened_at: datetime
    opened_by: str
    published_at: datetime | None
    closed_at: datetime | None
    dismissed: str
    review: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseHours:
    """How many hours, day and night, `kind` may take; for `major` emergencies alone, or for all others alone."""

    kind: ResponseClockKind
    major: bool
    hours: float
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseClock:
    """`met_at`: when what it waits for was done; `dropped_at`: when the event was found not to need it."""

    response_id: int
    kind: ResponseClockKind
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    dropped_at: datetime | None
    basis: str

    @property
    def runs(self) -> bool:
        return self.met_at is None and self.dropped_at is None

    def is_late(self, now: datetime) -> bool:
        """Done late, or not done and late by now, or by when it was found not to be needed."""
        return (self.met_at or self.dropped_at or now) > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTask:
    id: int
    response_id: int
    department_id: str
    what: str
    due_at: datetime
    state: ResponseTaskState
    given_at: datetime
    given_by: str
    report: str
    reported_at: datetime | None
    reported_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseAnswer:
    """`decided_by` signed or returned it; never its author. `note`: why it was returned, or why it names persons."""

    id: int
    response_id: int
    title: str
    body: str
    state: ResponseAnswerState
    author: str
    written_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredCase:
    """A case that was answered when the response was closed. `whole`: it has the answer itself, not where to find it.
    `case_version`: how the case stood after."""

    id: int
    response_id: int
    case_id: int
    reply_id: int
    whole: bool
    case_version: int
    answered_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseEvent:
    id: int
    response_id: int
    at: datetime
    actor: str
    action: ResponseAction
    from_stage: ResponseStage | None
    to_stage: ResponseStage
    payload: Mapping[str, Any]

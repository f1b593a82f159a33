"""A case in words: its state, its time left, its history. State is always word + icon + colour. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from api.pages.cases.beside_wording import beside_detail
from api.pages.cases.merging_wording import follows
from api.pages.replies.draft_history import checked_of
from api.staff.publication_wording import published_words
from dashboards.formats import format_time_left
from models.account import CITIZEN_ACTOR
from models.alert import RiskLevel
from models.analysis import AppealType, DetectorHit, Emotion, Sentiment, Urgency
from models.case import CaseAction, CaseEvent, CaseStatus, CompletionResult
from models.labels import LabelledEnum
from models.submission import Channel
from routing.clocks.casework_rules import DEFAULT_AMBER
from routing.directory import Directory

BadgeTone = Literal["plain", "blue", "soon", "late", "quiet", "yellow", "orange"]


@dataclass(frozen=True, slots=True)
class Badge:
    word: str
    icon: str
    tone: BadgeTone


_STATES: dict[LabelledEnum, tuple[str, BadgeTone]] = {
    CaseStatus.TRIAGE: ("question", "blue"),
    CaseStatus.DISPATCHED: ("inbox", "blue"),
    CaseStatus.IN_PROGRESS: ("work", "blue"),
    CaseStatus.COMPLETED: ("check", "quiet"),
    CaseStatus.CLOSED: ("archive", "quiet"),
    Urgency.NORMAL: ("minus", "quiet"),
    Urgency.ELEVATED: ("up", "plain"),
    Urgency.URGENT: ("alert", "soon"),
    Urgency.CRITICAL: ("alert", "late"),
    Sentiment.NEGATIVE: ("frown", "plain"),
    Sentiment.NEUTRAL: ("even", "quiet"),
    Sentiment.POSITIVE: ("smile", "plain"),
    Emotion.NONE: ("even", "quiet"),
    Emotion.ANGER: ("anger", "soon"),
    Emotion.SADNESS: ("tear", "plain"),
    Emotion.FEAR: ("worry", "plain"),
    Emotion.JOY: ("smile", "plain"),
    Emotion.SURPRISE: ("surprise", "plain"),
    RiskLevel.BLUE: ("up", "blue"),
    RiskLevel.YELLOW: ("up", "yellow"),
    RiskLevel.ORANGE: ("alert", "orange"),
    RiskLevel.RED: ("alert", "late"),
}
_OUTCOMES: dict[CompletionResult, tuple[str, BadgeTone]] = {
    CompletionResult.SOLVED: ("check", "blue"),
    CompletionResult.EXPLAINED: ("reply", "plain"),
    CompletionResult.NOT_SOLVABLE: ("minus", "quiet"),
}


def state_of(member: LabelledEnum) -> Badge:
    """The badge of a status, an urgency, a sentiment or an emotion."""
    icon, tone = _STATES[member]
    return Badge(member.label, icon, tone)


def outcome_of(result: CompletionResult) -> Badge:
    """The badge of what an answered case came to."""
    icon, tone = _OUTCOMES[result]
    return Badge(result.label, icon, tone)


class Timed(Protocol):
    """What a clock needs: a `Case` and a row of a list both have it."""

    @property
    def status(self) -> CaseStatus: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def due_date(self) -> date | None: ...
    @property
    def completed_at(self) -> datetime | None: ...


def time_left(case: Timed, *, now: datetime, zone: ZoneInfo, amber: int = DEFAULT_AMBER.complete) -> Badge:
    """还剩2天, 今天到期, 超期1天 for an open case; 按时办结 or 超期办结 for a completed one. Amber from so many hours
    before, and on the due day in any case."""
    if case.due_at is None:
        return Badge("无时限", "minus", "quiet")
    if case.completed_at is not None:
        on_time = case.completed_at <= case.due_at
        return Badge("按时办结", "check", "quiet") if on_time else Badge("超期办结", "late", "soon")
    if (until := getattr(case, "suspended_until", None)) is not None:  # only rows of lists know
        return Badge(f"挂起至{until.month}月{until.day}日", "minus", "quiet")
    if case.due_at < now:
        return Badge(format_time_left(case.due_at, now=now), "alert", "late")
    days = (case.due_date - now.astimezone(zone).date()).days if case.due_date else 0
    if days <= 0:
        return Badge("今天到期", "clock", "soon")
    is_soon = case.due_at - now <= timedelta(hours=amber)
    return Badge(format_time_left(case.due_at, now=now), "clock", "soon" if is_soon else "plain")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `detectors` are the ids of the detectors whose cue it is (usually none); `telling` says that
    it speaks for the topic."""

    text: str
    detectors: tuple[str, ...] = ()
    telling: bool = False


def highlight(
    title: str, body: str, hits: Iterable[DetectorHit], telling: Iterable[tuple[int, int]] = ()
) -> tuple[list[Piece], list[Piece]]:
    """Title and body cut at the cues. Positions count in title + newline + body, as the detectors give them. Where a
    word is `telling` too, the detector's mark is shown: danger comes first."""
    offset = len(title) + 1
    ids: dict[tuple[int, int], tuple[str, ...]] = {}
    for hit in sorted(hits, key=lambda hit: hit.start):
        ids[hit.start, hit.end] = (*ids.get((hit.start, hit.end), ()), hit.detector)
    for start, end in telling:
        if not any(start < taken_end and taken_start < end for taken_start, taken_end in ids):
            ids[start, end] = ()
    spans = sorted(ids.items())
    return (
        _cut(title, [(start, end, found) for (start, end), found in spans if end <= len(title)]),
        _cut(body, [(start - offset, end - offset, found) for (start, end), found in spans if start >= offset]),
    )


def _cut(text: str, spans: list[tuple[int, int, tuple[str, ...]]]) -> list[Piece]:
    pieces: list[Piece] = []
    position = 0
    for start, end, detectors in spans:
        if start < position or end > len(text):
            continue  # overlaps a cue already marked
        if start > position:
            pieces.append(Piece(text[position:start]))
        pieces.append(Piece(text[start:end], detectors, telling=not detectors))
        position = end
    return [*pieces, Piece(text[position:])] if position < len(text) else pieces


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the history: who did what, and what to know about it."""

    at: datetime
    who: str
    what: str
    detail: str
    icon: str


_EVENT_ICONS = {
    CaseAction.OPEN: "inbox",
    CaseAction.DISPATCH: "send",
    CaseAction.REDISPATCH: "send",
    CaseAction.ACKNOWLEDGE: "work",
    CaseAction.REPLY: "reply",
    CaseAction.COMPLETE: "check",
    CaseAction.REOPEN: "work",
    CaseAction.CLOSE: "archive",
    CaseAction.NAME_TOPIC: "check",
    CaseAction.REQUEST_RETURN: "question",
    CaseAction.ACCEPT_RETURN: "send",
    CaseAction.REFUSE_RETURN: "question",
    CaseAction.DESIGNATE: "send",
    CaseAction.CONTACT: "work",
    CaseAction.OPINION: "reply",
    CaseAction.REQUEST_EXTENSION: "clock",
    CaseAction.GRANT_EXTENSION: "clock",
    CaseAction.REFUSE_EXTENSION: "clock",
    CaseAction.REMIND: "alert",
    CaseAction.SUPERVISE: "alert",
    CaseAction.ANSWER_SUPERVISION: "reply",
    CaseAction.NOTE: "lock",
    CaseAction.CALLBACK: "reply",
    CaseAction.REWORK: "work",
    CaseAction.SETTLE: "check",
    CaseAction.REQUEST_SUSPENSION: "clock",
    CaseAction.GRANT_SUSPENSION: "clock",
    CaseAction.REFUSE_SUSPENSION: "clock",
    CaseAction.RESUME: "clock",
    CaseAction.REVEAL: "question",
    CaseAction.RECALCULATE: "clock",
    CaseAction.ESCALATE: "alert",
    CaseAction.SUBMIT_REPLY: "send",
    CaseAction.APPROVE_REPLY: "check",
    CaseAction.SEND_BACK_REPLY: "pen",
    CaseAction.MERGE: "inbox",
    CaseAction.UNMERGE: "split",
    CaseAction.SPLIT: "split",
    CaseAction.UNSPLIT: "inbox",
    CaseAction.ATTACH: "inbox",
    CaseAction.DETACH: "minus",
    CaseAction.PUBLISH: "reply",
    CaseAction.UNPUBLISH: "minus",
    CaseAction.WITHDRAW_CONSENT: "lock",
}


def person_of(actor: str) -> str:
    """The name of who acted, as it was then."""
    if actor.startswith("account:"):
        return actor.split(":", 2)[2]
    return "诉求人" if actor == CITIZEN_ACTOR else "系统"


def event_line(event: CaseEvent, directory: Directory) -> EventLine:
    return EventLine(
        at=event.at,
        who=person_of(event.actor),
        what=event.action.label,
        detail="；".join(filter(None, (follows(event), _detail(event, directory)))),
        icon=_EVENT_ICONS[event.action],
    )


def _detail(event: CaseEvent, directory: Directory) -> str:
    payload = event.payload
    match event.action:
        case CaseAction.OPEN:
            parts = [
                Channel(payload["channel"]).label,
                AppealType(payload["appeal_type"]).label,
                directory.topic_name(payload["topic_code"]) or "类别未定",
                payload["triage_reason"],
            ]
            return "，".join(part for part in parts if part)
        case CaseAction.DISPATCH | CaseAction.REDISPATCH | CaseAction.ACCEPT_RETURN | CaseAction.DESIGNATE:
            co_handling = "、".join(directory.department_name(unit) for unit in payload["co_handling"])
            parts = [
                f"主办：{directory.department_name(payload['lead'])}",
                co_handling and f"协办：{co_handling}",
                payload.get("note") and f"说明：{payload['note']}",
            ]
            return "；".join(part for part in parts if part)
        case CaseAction.REPLY:
            disclosure = payload.get("disclosure")
            reason = f"；公开个人信息的理由：{disclosure}" if disclosure else ""
            author = payload.get("author")
            written = f"；{person_of(author)}起草" if author else ""
            kind = "公开" if payload["public"] else "不公开"
            return f"{kind}答复，{payload['length']}字{written}{checked_of(payload)}{reason}"
        case CaseAction.COMPLETE:
            # a merged case goes to the unit that answered it
            handed = f"；主办改为{directory.department_name(payload['lead'])}" if payload.get("lead") else ""
            told = published_words(payload)
            return f"{CompletionResult(payload['result']).label}{handed}{told and '；' + told}"
        case CaseAction.NAME_TOPIC:
            return directory.topic_name(payload["topic_code"]["to"]) or payload["topic_code"]["to"]
        case CaseAction.REOPEN:
            return f"原因：{payload['reason']}"
        case _:
            return beside_detail(event, directory)

"""Issues and the responses to them in words: clocks, stages, what comes next, histories. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.pages.cases.case_wording import Badge, EventLine, Piece, person_of, state_of
from api.staff.issue_desk import DeskView
from api.staff.issue_view import pressing
from dashboards.formats import format_moment, format_time_left
from dashboards.issue_effect import IssueEffect
from models.account import Account, Role
from models.alert import RiskLevel
from models.case import CompletionResult
from models.issue import IssueAction, IssueDecision, IssueMember
from models.issue_response import (
    RESPONSE_TRANSITIONS,
    ResponseAction,
    ResponseAnswerState,
    ResponseClock,
    ResponseEvent,
    ResponseStage,
    ResponseTask,
    ResponseTaskState,
)
from routing.directory import Directory
from routing.issues.response_policies import RESPONSE_ROLES

# A clock with less than this part of its time left is 快到了.
_NEARLY = 0.25
_WORDS, _PLACES, _TIMES = 6, 2, 10
_STAGE_ICONS = {
    ResponseStage.COLLECT: "inbox",
    ResponseStage.ASSESS: "question",
    ResponseStage.DISPOSE: "work",
    ResponseStage.RESPOND: "reply",
    ResponseStage.REVIEW: "search",
    ResponseStage.CLOSED: "archive",
}


def clock_badge(clock: ResponseClock, *, now: datetime) -> Badge:
    """还剩5小时, 超期2小时; 按时完成 or 超时完成 for one that was met."""
    if clock.dropped_at is not None and clock.met_at is None:
        return Badge("超时后取消", "late", "soon") if clock.is_late(now) else Badge("不再需要", "minus", "quiet")
    if clock.met_at is not None:
        return Badge("超时完成", "late", "soon") if clock.is_late(now) else Badge("按时完成", "check", "quiet")
    words = format_time_left(clock.due_at, now=now)
    if clock.is_late(now):
        return Badge(words, "alert", "late")
    left = (clock.due_at - now) / (clock.due_at - clock.started_at)
    return Badge(words, "clock", "soon" if left < _NEARLY else "plain")


def level_badge(level: RiskLevel) -> Badge:
    """A colour alone says nothing to who reads it for the first time."""
    return replace(state_of(level), word=f"{level.label}风险")


def stage_badge(stage: ResponseStage) -> Badge:
    return Badge(stage.label, _STAGE_ICONS[stage], "blue" if stage.is_open else "quiet")


def pressing_of(view: DeskView) -> ResponseClock | None:
    """The clock that runs and is due first."""
    return pressing(view.clocks)


def task_badge(task: ResponseTask, *, now: datetime) -> Badge:
    match task.state:
        case ResponseTaskState.REPORTED:
            return Badge(task.state.label, "check", "quiet")
        case ResponseTaskState.WITHDRAWN:
            return Badge(task.state.label, "minus", "quiet")
    words = format_time_left(task.due_at, now=now)
    return Badge(words, "alert", "late") if task.due_at < now else Badge(words, "clock", "plain")


def answer_badge(state: ResponseAnswerState) -> Badge:
    return {
        ResponseAnswerState.DRAFT: Badge(state.label, "pen", "blue"),
        ResponseAnswerState.RETURNED: Badge(state.label, "close", "soon"),
        ResponseAnswerState.SIGNED: Badge(state.label, "tick", "blue"),
        ResponseAnswerState.PUBLISHED: Badge(state.label, "check", "quiet"),
    }[state]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the response waits for: `action` where this person can do it, else only who can, in words. `waits`: it can
    be done, but something else should come first."""

    action: ResponseAction | None
    says: str
    waits: bool = False


def next_step(view: DeskView, account: Account) -> NextStep:
    """The one main thing to do."""
    action, hint = _next_action(view)
    if action is None:
        return NextStep(None, hint)
    if action not in view.actions:
        who = "、".join(role.label for role in Role if role in RESPONSE_ROLES[action])
        return NextStep(None, f"下一步：由{who}{action.label}。")
    if action is ResponseAction.SIGN and view.answer and view.answer.author == account.actor:
        return NextStep(None, "回应稿由您拟写，须请督办员或领导中的另一人审签。")
    working = action is ResponseAction.DRAFT and view.response.stage is ResponseStage.DISPOSE
    return NextStep(action, hint, waits=working and any(t.state is ResponseTaskState.OPEN for t in view.tasks))


def _next_action(view: DeskView) -> tuple[ResponseAction | None, str]:
    match view.response.stage:
        case ResponseStage.COLLECT:
            return ResponseAction.SUBMIT, "写明收集到的情况，提请研判。"
        case ResponseStage.ASSESS:
            return ResponseAction.ASSESS, "定下等级和处置意见。"
        case ResponseStage.DISPOSE:
            if not view.tasks:
                return ResponseAction.TASK, "把要查清、要办的事交给单位。"
            waiting = sum(task.state is ResponseTaskState.OPEN for task in view.tasks)
            return ResponseAction.DRAFT, f"还有{waiting}项交办没有反馈。" if waiting else "交办都已反馈，可以拟写回应。"
        case ResponseStage.RESPOND:
            state = view.answer.state if view.answer else ResponseAnswerState.RETURNED
            if state is ResponseAnswerState.DRAFT:
                return ResponseAction.SIGN, "请核对事实、口径和个人信息。"
            if state is ResponseAnswerState.SIGNED:
                return ResponseAction.PUBLISH, "发布后市民可以在“热点回应”中看到。"
            return ResponseAction.DRAFT, ""
        case ResponseStage.REVIEW:
            return ResponseAction.CLOSE, "看看声音是否平息，写下评估意见。"
        case ResponseStage.CLOSED:
            return None, "这次处置已经结束。"


@dataclass(frozen=True, slots=True)
class StageStep:
    label: str
    state: str


def stage_rail(stage: ResponseStage) -> list[StageStep]:
    """收集→研判→处置→回应→评估, each 'done', 'now' or ''."""
    steps = [one for one in ResponseStage if one is not ResponseStage.CLOSED]
    at = steps.index(stage) if stage in steps else len(steps)
    return [StageStep(one.label, "done" if n < at else "now" if n == at else "") for n, one in enumerate(steps)]


def can_still_report(stage: ResponseStage) -> bool:
    return ResponseAction.REPORT in RESPONSE_TRANSITIONS[stage]


_EVENT_ICONS = {
    ResponseAction.OPEN: "inbox",
    ResponseAction.SUBMIT: "send",
    ResponseAction.ASSESS: "question",
    ResponseAction.TASK: "send",
    ResponseAction.REPORT: "tick",
    ResponseAction.DRAFT: "pen",
    ResponseAction.SIGN: "tick",
    ResponseAction.PUBLISH: "reply",
    ResponseAction.CLOSE: "archive",
    ResponseAction.RETURN: "close",
    ResponseAction.DISMISS: "close",
}


def response_line(
    event: ResponseEvent, directory: Directory, owners: Mapping[int, str], *, now: datetime, zone: ZoneInfo
) -> EventLine:
    """One line of a response's history."""
    return EventLine(
        at=event.at,
        who=person_of(event.actor),
        what=event.action.label,
        detail=_detail(event.action, event.payload, directory, owners, now=now, zone=zone),
        icon=_EVENT_ICONS.get(event.action, "work"),
    )


def _detail(
    action: ResponseAction,
    payload: Mapping[str, Any],
    directory: Directory,
    owners: Mapping[int, str],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> str:
    def moment(name: str) -> str:
        return format_moment(datetime.fromisoformat(payload[name]), now=now, zone=zone)

    unit = directory.department_name(payload.get("department"))
    match action:
        case ResponseAction.OPEN:
            kind = "重大突发事件，" if payload["major"] else ""
            return f"{kind}获知时间 {moment('known_at')}，负责人 {owners.get(payload['owner'], '—')}"
        case ResponseAction.ASSESS:
            kind = "，重大突发事件" if payload["major"] else ""
            return f"{RiskLevel(payload['level']).label}{kind}。{payload['opinion']}"
        case ResponseAction.TASK:
            return f"{unit}：{payload['what']}（{moment('due_at')}前反馈）"
        case ResponseAction.REPORT:
            return f"{unit}：{payload['report']}"
        case ResponseAction.WITHDRAW:
            return f"{unit}：{payload['reason']}"
        case ResponseAction.DRAFT:
            return f"《{payload['title']}》，{payload['length']}字"
        case ResponseAction.PUBLISH if payload.get("disclosure"):
            return f"公开个人信息的理由：{payload['disclosure']}"
        case ResponseAction.CLOSE:
            return f"{_answered(payload)}评估意见：{payload['review']}"
        case ResponseAction.UNDO_CLOSE:
            kept = f"，{len(payload['kept'])}件已有变化、保持不动" if payload.get("kept") else ""
            return f"重新打开{payload.get('reopened', 0)}件工单{kept}。原因：{payload['reason']}"
        case ResponseAction.HAND_OVER:
            return f"{owners.get(payload['from'], '—')} → {owners.get(payload['to'], '—')}"
    return str(payload.get("text") or payload.get("reason") or "")


def _answered(payload: Mapping[str, Any]) -> str:
    if "answered" not in payload:
        return ""
    pointed = f"，另有{payload['pointed']}件是同一人的，告知到哪里看" if payload["pointed"] else ""
    left = f"；{len(payload['left'])}件正在由他人办理，没有答复" if payload["left"] else ""
    result = f"，办理结果：{CompletionResult(payload['result']).label}" if payload.get("result") else ""
    return f"统一答复{payload['answered']}件工单{pointed}{left}{result}。"


_DECISION_ICONS = {IssueAction.MERGE: "copy", IssueAction.SPLIT: "split", IssueAction.RENAME: "pen"}


def decision_line(decision: IssueDecision, issue_id: int, named: Mapping[int, str]) -> EventLine:
    """One line of what people (or the program) decided about an issue."""
    payload, other = decision.payload, decision.other_id if decision.issue_id == issue_id else decision.issue_id
    name = named.get(other, "") if other else ""
    detail = {
        IssueAction.MERGE: f"与“{name}”合并" if name else "",
        IssueAction.SPLIT: f"另成“{name}”" if name else "",
        IssueAction.RENAME: f"改为“{payload.get('name', '')}”" if payload.get("name") else "",
        IssueAction.MOVE: f"{len(payload.get('members', ()))}件" + (f"移到“{name}”" if name else "移出"),
    }.get(IssueAction(payload.get("did", decision.action)), "")
    if decision.undone_by:
        detail = f"{detail}（已撤销）"
    return EventLine(
        at=decision.at,
        who=person_of(decision.actor),
        what=decision.action.label,
        detail=detail,
        icon=_DECISION_ICONS.get(decision.action, "work"),
    )


def label_of(action: str) -> str:
    """The word on the button of an action."""
    return ResponseAction(action).label


def member_reason(member: IssueMember) -> str:
    """Why a submission belongs, in a sentence."""
    if member.decided_by:
        return f"由{person_of(member.decided_by)}归入"
    evidence, parts = member.evidence, []
    if words := evidence.get("words"):
        parts.append("共有的词：" + "、".join(word for word, _ in words[:_WORDS]))
    if places := evidence.get("places"):
        parts.append("同一地点：" + "、".join(places[:_PLACES]))
    if not parts:
        return "最早的一件，后来的与它相似"
    return f"相似度 {member.similarity:.0%}，" + "；".join(parts)


def effect_sentence(found: IssueEffect) -> str:
    """What the answer changed, as far as it can be said."""
    persons, share = found.persons, found.negative_share
    beyond = "，扣除其他区县同期变化" if found.compared else ""
    if persons.value is None or persons.low is None or persons.high is None:
        sentence = "声音太少，还说不出反映的人有没有变化。"
    elif persons.verdict == "unclear":
        sentence = f"每天反映的人变化不明显{beyond}（95%区间：{_change(persons.low)}至{_change(persons.high)}）。"
    else:
        interval = f"95%区间：{_change(persons.low)}至{_change(persons.high)}"
        sentence = f"每天反映的人{_change(persons.value)}{beyond}（{interval}）。"
    if share.value is None or share.low is None or share.high is None:
        return sentence + "来件太少，负面占比说不出变化。"
    if share.verdict == "unclear":
        return sentence + "负面占比变化不明显。"
    word = "下降" if share.value < 0 else "上升"
    return sentence + f"负面占比{word}{abs(share.value) * 100:.0f}个百分点{beyond}。"


def _change(share: float) -> str:
    """-0.8 → 减少80%; more than ten times as many is 10倍以上."""
    if share > _TIMES:
        return f"增加{_TIMES}倍以上"
    return f"减少{-share:.0%}" if share < 0 else f"增加{share:.0%}"


def mark_words(text: str, words: Sequence[str]) -> list[Piece]:
    """`text` cut so that the words for which it belongs to the issue can be marked."""
    wanted = sorted({re.escape(word) for word in words if word}, key=len, reverse=True)
    if not wanted:
        return [Piece(text)] if text else []
    parts = re.split(f"({'|'.join(wanted)})", text)
    return [Piece(part, telling=n % 2 == 1) for n, part in enumerate(parts) if part]

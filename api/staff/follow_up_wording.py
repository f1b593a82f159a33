"""Callbacks, rework and suspensions in words: for the history of a case, and for who wrote. Pure."""

from datetime import date
from typing import Any

from models.account import CITIZEN_ACTOR
from models.callback import CallbackEntry, CallbackState, CallOutcome, Satisfaction, SolvedAnswer
from models.case import CaseAction, CaseEvent


def follow_up_detail(event: CaseEvent) -> str:
    """What staff read beside the action; "" where it says all."""
    payload = event.payload
    match event.action:
        case CaseAction.CALLBACK:
            return _call(payload)
        case CaseAction.REWORK:
            return _joined(f"要求：{payload['reason']}", _due(payload.get("due_date")) or "原已超期，时限不变")
        case CaseAction.SETTLE:
            return f"理由：{payload['reason']}"
        case CaseAction.REQUEST_SUSPENSION:
            return f"至{_day(payload['until'])}，理由：{payload['reason']}"
        case CaseAction.GRANT_SUSPENSION:
            return _joined(f"挂起至{_day(payload['until'])}", _due(payload["due_date"]), payload["note"])
        case CaseAction.REFUSE_SUSPENSION:
            return f"理由：{payload['note']}"
        case CaseAction.RESUME:
            return _joined(f"挂起{payload['days']}个工作日", _due(payload["due_date"]), payload["note"])
        case _:
            return ""


def follow_up_step(event: CaseEvent) -> str:
    """What who wrote reads; "" for what is between units."""
    payload = event.payload
    match event.action:
        case CaseAction.CALLBACK if event.actor == CITIZEN_ACTOR:
            return "您评价了办理结果"
        case CaseAction.CALLBACK:
            outcome = CallOutcome(payload["outcome"])
            return {CallOutcome.NO_ANSWER: "回访电话没有接通", CallOutcome.REFUSED: "电话回访，您没有评价"}.get(
                outcome, "电话回访，已记下您的评价"
            )
        case CaseAction.REWORK:
            return f"根据您的评价重新办理：{payload['reason']}"
        case CaseAction.SETTLE:
            return f"对您的评价作出说明：{payload['reason']}"
        case CaseAction.GRANT_SUSPENSION:
            return f"办理暂停至{_day(payload['until'])}，原因：{payload['reason']}。{_due(payload['due_date'])}"
        case CaseAction.RESUME:
            return f"恢复办理。{_due(payload['due_date'])}"
        case _:
            return ""


def _call(payload: dict[str, Any]) -> str:
    outcome = CallOutcome(payload["outcome"])
    if outcome is not CallOutcome.ANSWERED:
        state = CallbackState(payload["state"])
        given_up = "，不再回访" if state is CallbackState.UNREACHABLE else ""
        return _joined(f"第{payload['attempts']}次，{outcome.label}{given_up}", payload["note"])
    attitude = payload["attitude"]
    return _joined(
        CallbackEntry(payload["entry"]).label,
        SolvedAnswer(payload["solved"]).label,
        Satisfaction(payload["satisfaction"]).label,
        attitude and f"工作态度{Satisfaction(attitude).label}",
        payload["note"],
    )


def _due(due: dict[str, str] | None) -> str:
    return f"办理时限改为{_day(due['to'])}" if due else ""


def _day(value: str) -> str:
    day = date.fromisoformat(value)
    return f"{day.year}年{day.month}月{day.day}日"


def _joined(*parts: Any) -> str:
    return "；".join(str(part) for part in parts if part)

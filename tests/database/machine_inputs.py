"""What the people of the state machine fill in: mostly what would do, at times what would not."""

import random
from datetime import datetime, timedelta
from typing import Any

from api.staff.case_requests import ActionInput
from models.analysis import AppealType, TextSpan
from models.callback import CallOutcome, Satisfaction, SolvedAnswer
from models.case import Case, CaseAction, CompletionResult
from models.casework import ReturnReason, SupervisionLevel, SupervisionTrigger
from models.merge import NewPart
from models.protection import RevealReason

UNITS = ("zjj", "swj", "cgj-990102")
_LEADS = (*UNITS, *UNITS, *UNITS, "", "没有的单位")
# now and then nothing, where something is asked for
_TEXTS = (*("已经联系诉求人，约定上门。", "现场看过，电缆烧坏。", "请尽快，电话19900001234。") * 3, "  ")
_REPLIES = (
    "您好，三盏路灯的电缆接头烧坏，已于11月25日更换，今晚起恢复照明。联系电话0990-0001234。",
    "您好，已派人修好。联系电话0990-0001234。",
    "您反映的问题已转有关部门处理。",
    "李向阳您好，路灯已修好。",
    "【请填写处理结果】",
    "",
)
_TOPICS = (None, None, None, None, "T0402", "T0501", "T04", "没有的类别")


def reply_text(chance: random.Random) -> str:
    return chance.choice(_REPLIES)


def fill_in(chance: random.Random, action: CaseAction, case: Case, others: list[str], now: datetime) -> ActionInput:
    """The form of `action` on `case`, filled in; `others` are numbers of other cases."""
    one = chance.choice

    def text() -> str:
        return one(_TEXTS)

    version = one([None, None, *[case.version] * 7, case.version - 1])
    fields: dict[str, Any] = {"version": version}
    match action:
        case CaseAction.DISPATCH | CaseAction.REDISPATCH:
            fields |= {"lead": one(_LEADS), "co_handling": _helpers(chance), "topic_code": one(_TOPICS)}
            fields |= {"appeal_type": one([None, None, None, AppealType.CONSULT, AppealType.COMPLAIN])}
            fields |= {"note": "按职责派单"}
        case CaseAction.REPLY | CaseAction.SUBMIT_REPLY:
            fields |= {"body": reply_text(chance), "public": one([True, False]), "text": text(), "reason": text()}
            fields |= {"draft_version": one([None, 1, 2, 3]), "result": one([None, *CompletionResult])}
        case CaseAction.COMPLETE:
            fields |= {"result": one([*CompletionResult, None])}
        case CaseAction.NAME_TOPIC:
            fields |= {"topic_code": one(_TOPICS)}
        case CaseAction.REQUEST_RETURN:
            fields |= {"return_reason": one([*ReturnReason, None]), "text": text(), "proposed": one([*UNITS, None])}
        case CaseAction.ACCEPT_RETURN | CaseAction.DESIGNATE:
            fields |= {"lead": one(_LEADS), "co_handling": _helpers(chance), "note": text()}
            fields |= {"topic_code": one(_TOPICS)}
        case CaseAction.REQUEST_EXTENSION:
            fields |= {"days": one([None, 0, 1, 3, 5, 5, 99]), "text": text()}
        case CaseAction.SUPERVISE:
            fields |= {"trigger": one(list(SupervisionTrigger)), "level": one(list(SupervisionLevel))}
            fields |= {"text": text(), "due_at": now + timedelta(days=chance.randint(-1, 10))}
        case CaseAction.REQUEST_SUSPENSION:
            fields |= {"text": text(), "due_at": now + timedelta(days=chance.randint(0, 9))}
        case CaseAction.CALLBACK:
            fields |= {"outcome": one(list(CallOutcome)), "solved": one(list(SolvedAnswer)), "text": text()}
            fields |= {"satisfaction": one(list(Satisfaction))}
        case CaseAction.REVEAL:
            fields |= {"reveal_reason": one([*RevealReason, None]), "text": text()}
        case CaseAction.CONTACT:
            fields |= {"reached": one([True, False]), "text": text()}
        case CaseAction.MERGE:
            members = chance.choices([*others, *others, case.case_number], k=chance.randint(1, 2))
            fields |= {"members": tuple(members), "text": text()}
        case CaseAction.SPLIT:
            fields |= {"parts": tuple(_part(chance) for _ in range(one([1, 2, 2, 2, 3])))}
        case _:
            fields |= {"text": text(), "note": text(), "reason": text()}
    return ActionInput(**fields)


def _helpers(chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.choices(UNITS, k=chance.choice([0, 0, 1, 2])))


def _part(chance: random.Random) -> NewPart:
    return NewPart(
        title=chance.choice(["路面坑洼", "路灯不亮", "路灯不亮", "路面坑洼", ""]),
        lead=chance.choice([*UNITS, *UNITS, *UNITS, "没有的单位"]),
        sentences=chance.choice([(TextSpan(0, 4),)] * 6 + [()]),
        topic_code=chance.choice([None, None, "T0402"]),
    )

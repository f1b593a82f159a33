"""Every action over the JSON door: what it sends, and a case that is ready for it."""

from typing import Any

from models.account import Account, Role
from models.case import TRANSITIONS, Case, CaseAction, CaseStatus
from models.database import transaction
from routing import case_repository, lifecycle
from routing.replies import drafts
from tests import factories
from tests.api.door import Door, ok

GOOD_REPLY = (
    "您好，关于临溪区桂香街道路灯坏了的问题，经11月23日现场查看，是灯泡烧坏，当日已更换，晚上走路的路段恢复照明。"
    "如有疑问请致电区路灯所0990-0001234。"
)
BODIES: dict[CaseAction, dict[str, Any]] = {
    CaseAction.DISPATCH: {"lead": "zjj", "topic_code": "T0402", "appeal_type": "consult", "note": "请核实"},
    CaseAction.REDISPATCH: {"lead": "swj", "co_handling": ["cgj"]},
    CaseAction.ACKNOWLEDGE: {},
    CaseAction.REPLY: {"body": "已修好。", "public": True, "text": "已当面说明。"},
    CaseAction.COMPLETE: {"result": "solved"},
    CaseAction.REOPEN: {"reason": "又坏了"},
    CaseAction.CLOSE: {},
    CaseAction.NAME_TOPIC: {"topic_code": "T0402"},
    CaseAction.REQUEST_RETURN: {"return_reason": "not_our_duty", "proposed": "swj", "text": "属水务职责。"},
    CaseAction.ACCEPT_RETURN: {"lead": "swj"},
    CaseAction.REFUSE_RETURN: {"note": "按派单目录应由你单位办理。"},
    CaseAction.DESIGNATE: {"lead": "swj", "note": "经会商由水务牵头。"},
    CaseAction.CONTACT: {"text": "已电话联系。", "reached": True},
    CaseAction.OPINION: {"text": "已派人配合。"},
    CaseAction.REQUEST_EXTENSION: {"days": 5, "text": "需要定制配件。"},
    CaseAction.GRANT_EXTENSION: {},
    CaseAction.REFUSE_EXTENSION: {"note": "可以先行修复。"},
    CaseAction.REMIND: {"text": "请抓紧。"},
    CaseAction.SUPERVISE: {
        "trigger": "repeated",
        "level": "ordinary",
        "text": "三日内解决。",
        "due_at": "2027-01-01T00:00:00Z",
    },
    CaseAction.ANSWER_SUPERVISION: {"text": "已安排。"},
    CaseAction.NOTE: {"text": "现场已看过。"},
    CaseAction.CALLBACK: {"outcome": "answered", "solved": "no", "satisfaction": "dissatisfied", "text": "还是不亮。"},
    CaseAction.REWORK: {"text": "请重新检修。"},
    CaseAction.SETTLE: {"text": "属个人产权，无法处理。"},
    CaseAction.REQUEST_SUSPENSION: {"text": "等待配件到货。", "due_at": "2026-11-28T00:00:00+08:00"},
    CaseAction.GRANT_SUSPENSION: {},
    CaseAction.REFUSE_SUSPENSION: {"note": "可以先行修复。"},
    CaseAction.RESUME: {},
    CaseAction.SUBMIT_REPLY: {"body": GOOD_REPLY, "public": True},
    CaseAction.APPROVE_REPLY: {},
    CaseAction.SEND_BACK_REPLY: {"note": "请写明更换了什么。"},
    CaseAction.UNMERGE: {"note": "不是同一处。"},
    CaseAction.SPLIT: {
        "parts": [
            {"title": "路灯不亮", "lead": "zjj", "sentences": [{"start": 0, "end": 4}]},
            {"title": "水管漏水", "lead": "swj", "sentences": [{"start": 2, "end": 6}]},
        ]
    },
    CaseAction.UNSPLIT: {"note": "其实是一件事。"},
    CaseAction.REVEAL: {"reveal_reason": "contact", "text": "约时间上门查看。"},
    CaseAction.PUBLISH: {"text": "已改正。"},
    CaseAction.UNPUBLISH: {"text": "数字有误，改正后再公开。"},
}
UNTIL = {
    CaseStatus.DISPATCHED: CaseAction.OPEN,
    CaseStatus.IN_PROGRESS: CaseAction.REPLY,
    CaseStatus.COMPLETED: CaseAction.COMPLETE,
    CaseStatus.CLOSED: CaseAction.CLOSE,
}


def in_status(door: Door, status: CaseStatus) -> Case:
    """A case of `zjj` (the department of the officer in these tests), or one in triage."""
    return door.triage_case() if status is CaseStatus.TRIAGE else door.case(until=UNTIL[status])


def ready_for(door: Door, action: CaseAction) -> Case:
    if action is CaseAction.NAME_TOPIC:
        return door.case(says=factories.analysis(topic=None))
    if action is CaseAction.OPINION:
        return helping(door)
    if action in (CaseAction.APPROVE_REPLY, CaseAction.SEND_BACK_REPLY):
        return awaiting_review(door)
    if action is CaseAction.UNMERGE:
        return merged(door)
    case = in_status(door, next(status for status, moves in TRANSITIONS.items() if action in moves))
    for asked, role in ASKED.get(action, ()):
        ok(act(door, case, asked, role))
        case = stored(door, case)
    return case


# What an action needs to have been asked for before.
ASKED: dict[CaseAction, list[tuple[CaseAction, Role]]] = {
    CaseAction.ACCEPT_RETURN: [(CaseAction.REQUEST_RETURN, Role.OFFICER)],
    CaseAction.REFUSE_RETURN: [(CaseAction.REQUEST_RETURN, Role.OFFICER)],
    CaseAction.GRANT_EXTENSION: [(CaseAction.REQUEST_EXTENSION, Role.OFFICER)],
    CaseAction.REFUSE_EXTENSION: [(CaseAction.REQUEST_EXTENSION, Role.OFFICER)],
    CaseAction.ANSWER_SUPERVISION: [(CaseAction.SUPERVISE, Role.SUPERVISOR)],
    CaseAction.UNSPLIT: [(CaseAction.SPLIT, Role.DISPATCHER)],
    CaseAction.PUBLISH: [(CaseAction.UNPUBLISH, Role.OFFICER)],
    CaseAction.REWORK: [(CaseAction.CALLBACK, Role.DISPATCHER)],
    CaseAction.SETTLE: [(CaseAction.CALLBACK, Role.DISPATCHER)],
    CaseAction.GRANT_SUSPENSION: [(CaseAction.REQUEST_SUSPENSION, Role.OFFICER)],
    CaseAction.REFUSE_SUSPENSION: [(CaseAction.REQUEST_SUSPENSION, Role.OFFICER)],
    CaseAction.RESUME: [
        (CaseAction.REQUEST_SUSPENSION, Role.OFFICER),
        (CaseAction.GRANT_SUSPENSION, Role.DISPATCHER),
    ],
}


def merged(door: Door) -> Case:
    """A case that is merged into another."""
    head, member = door.case(), door.case()
    ok(act(door, head, CaseAction.MERGE, Role.DISPATCHER, {"members": [member.case_number], "text": "同一处路灯。"}))
    return stored(door, member)


def awaiting_review(door: Door) -> Case:
    """A case whose reply a colleague of the officer submitted."""
    case = in_status(door, CaseStatus.IN_PROGRESS)
    with transaction(door.runtime.pool) as conn:
        return drafts.submit(
            conn,
            case,
            drafts.Written(body=GOOD_REPLY),
            department_id="zjj",
            actor="account:0:同事",
            now=door.runtime.clock,
            zone=factories.ZONE,
        )


def helping(door: Door) -> Case:
    """A case that the officer's department helps with."""
    case = door.case(lead="swj")
    with transaction(door.runtime.pool) as conn:
        return lifecycle.dispatch(
            conn,
            case,
            door.runtime.directory(conn),
            lead="cgj",
            co_handling=["zjj"],
            actor="test",
            now=door.runtime.clock,
            zone=factories.ZONE,
        )


def act(
    door: Door, case: Case | str, action: str, role: Account | Role | None, body: dict[str, Any] | None = None
) -> Any:
    number = case if isinstance(case, str) else case.case_number
    if body is None:
        body = BODIES[CaseAction(action)] if action != CaseAction.MERGE else merging_another(door)
    if action == CaseAction.APPROVE_REPLY and isinstance(case, Case):
        body = {"version": stored(door, case).version} | body  # what was read is what is signed
    return door.request("POST", f"/cases/{number}/{action}", role, json=body)


def merging_another(door: Door) -> dict[str, Any]:
    return {"members": [door.case().case_number], "text": "同一处路灯。"}


def stored(door: Door, case: Case) -> Case:
    with transaction(door.runtime.pool) as conn:
        return case_repository.get_case(conn, case.case_number)

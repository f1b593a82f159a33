"""Every action over the JSON door: what it sends, and a case that is ready for it."""

from typing import Any

from models.account import Role
from models.case import TRANSITIONS, Case, CaseAction, CaseStatus
from models.database import transaction
from routing import case_repository, lifecycle
from tests import factories
from tests.api.door import Door, ok

BODIES: dict[CaseAction, dict[str, Any]] = {
    CaseAction.DISPATCH: {"lead": "zjj", "topic_code": "T0402", "appeal_type": "consult", "note": "请核实"},
    CaseAction.REDISPATCH: {"lead": "swj", "co_handling": ["cgj"]},
    CaseAction.ACKNOWLEDGE: {},
    CaseAction.REPLY: {"body": "已修好。", "public": True},
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
    CaseAction.REVEAL: {"reveal_reason": "contact", "text": "约时间上门查看。"},
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
}


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


def act(door: Door, case: Case | str, action: str, role: Role | None, body: dict[str, Any] | None = None) -> Any:
    number = case if isinstance(case, str) else case.case_number
    if body is None:
        body = BODIES[CaseAction(action)]
    return door.request("POST", f"/cases/{number}/{action}", role, json=body)


def stored(door: Door, case: Case) -> Case:
    with transaction(door.runtime.pool) as conn:
        return case_repository.get_case(conn, case.case_number)

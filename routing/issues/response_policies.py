"""May this person do this to the response to an issue? `check_can_x` raises with the reason; `can_x` answers. Pure."""

from models.account import Account, Role
from models.errors import Conflict, Forbidden
from models.issue_response import (
    RESPONSE_TRANSITIONS,
    IssueResponse,
    ResponseAction,
    ResponseAnswer,
    ResponseAnswerState,
    ResponseTask,
)

_DESK = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
_DECIDES = frozenset({Role.SUPERVISOR, Role.LEADER})

RESPONSE_ROLES: dict[ResponseAction, frozenset[Role]] = {
    ResponseAction.OPEN: _DESK | _DECIDES,
    ResponseAction.SUBMIT: _DESK,
    ResponseAction.ASSESS: _DECIDES,
    ResponseAction.TASK: _DESK,
    # an officer only for a task of the own unit (checked below)
    ResponseAction.REPORT: _DESK | {Role.OFFICER},
    ResponseAction.WITHDRAW: _DESK,
    ResponseAction.INFORM: _DESK,
    ResponseAction.BRIEF: _DESK,
    ResponseAction.DRAFT: _DESK,
    ResponseAction.RETURN: _DECIDES,
    ResponseAction.SIGN: _DECIDES,
    ResponseAction.PUBLISH: _DESK,
    ResponseAction.CLOSE: _DESK,
    ResponseAction.UNDO_CLOSE: _DESK,
    ResponseAction.DISMISS: _DECIDES,
    ResponseAction.HAND_OVER: _DESK | _DECIDES,
    ResponseAction.NOTE: _DESK | _DECIDES,
    ResponseAction.WITHDRAW_PUBLICATION: frozenset({Role.SUPERVISOR}),
}


def check_can_open(account: Account) -> None:
    """Raises `Forbidden`."""
    if account.role not in RESPONSE_ROLES[ResponseAction.OPEN]:
        raise Forbidden(f"{account.role.label}不能{ResponseAction.OPEN.label}。")


def check_can_respond(account: Account, action: ResponseAction, response: IssueResponse) -> None:
    """Raises `Forbidden` (role) or `Conflict` (the stage does not allow it), in this order."""
    if account.role not in RESPONSE_ROLES[action]:
        raise Forbidden(f"{account.role.label}不能{action.label}。")
    if action not in RESPONSE_TRANSITIONS[response.stage]:
        raise Conflict(f"处置已到“{response.stage.label}”，不能{action.label}。")


def can_respond(account: Account, action: ResponseAction, response: IssueResponse) -> bool:
    try:
        check_can_respond(account, action, response)
    except (Forbidden, Conflict):
        return False
    return True


def check_can_report(account: Account, task: ResponseTask) -> None:
    """Raises `Forbidden` for an officer of another unit."""
    if account.role is Role.OFFICER and account.department_id != task.department_id:
        raise Forbidden("只有承担交办的单位可以反馈。")


def check_can_decide(account: Account, answer: ResponseAnswer) -> None:
    """Four eyes: raises `Forbidden` for who wrote it, `Conflict` for an answer that waits for no decision."""
    if answer.author == account.actor:
        raise Forbidden("回应稿须由拟稿人以外的人审签。")
    if answer.state is not ResponseAnswerState.DRAFT:
        raise Conflict(f"回应稿{answer.state.label}，不用再审签。")

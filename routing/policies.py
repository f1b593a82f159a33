"""May this person do this to this case? `check_can_x` raises with the reason; `can_x` answers. Pure."""

from collections.abc import Sequence

from models.account import Account, Role
from models.case import TRANSITIONS, Assignment, AssignmentRole, Case, CaseAction
from models.errors import Conflict, Forbidden, NotFound
from models.merge import why_held

# Who may press which button. An officer only on a case the unit leads (checked below).
ACTION_ROLES: dict[CaseAction, frozenset[Role]] = {
    CaseAction.OPEN: frozenset({Role.DISPATCHER}),
    CaseAction.DISPATCH: frozenset({Role.DISPATCHER}),
    CaseAction.REDISPATCH: frozenset({Role.DISPATCHER}),
    CaseAction.ACKNOWLEDGE: frozenset({Role.OFFICER}),
    CaseAction.REPLY: frozenset({Role.OFFICER}),
    CaseAction.COMPLETE: frozenset({Role.OFFICER}),
    CaseAction.REOPEN: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.CLOSE: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.NAME_TOPIC: frozenset({Role.DISPATCHER, Role.OFFICER}),
    CaseAction.REQUEST_RETURN: frozenset({Role.OFFICER}),
    CaseAction.ACCEPT_RETURN: frozenset({Role.DISPATCHER}),
    CaseAction.REFUSE_RETURN: frozenset({Role.DISPATCHER}),
    CaseAction.DESIGNATE: frozenset({Role.SUPERVISOR}),
    CaseAction.CONTACT: frozenset({Role.OFFICER}),
    CaseAction.OPINION: frozenset({Role.OFFICER}),
    CaseAction.REQUEST_EXTENSION: frozenset({Role.OFFICER}),
    CaseAction.GRANT_EXTENSION: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.REFUSE_EXTENSION: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.REMIND: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.SUPERVISE: frozenset({Role.SUPERVISOR, Role.LEADER}),
    CaseAction.ANSWER_SUPERVISION: frozenset({Role.OFFICER}),
    CaseAction.NOTE: frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.OFFICER}),
    # never the unit whose work is asked about
    CaseAction.CALLBACK: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.REWORK: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.SETTLE: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.REQUEST_SUSPENSION: frozenset({Role.OFFICER}),
    CaseAction.GRANT_SUSPENSION: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.REFUSE_SUSPENSION: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.RESUME: frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.OFFICER}),
    CaseAction.REVEAL: frozenset({Role.DISPATCHER, Role.OFFICER}),
    CaseAction.SUBMIT_REPLY: frozenset({Role.OFFICER}),
    CaseAction.APPROVE_REPLY: frozenset({Role.OFFICER, Role.SUPERVISOR}),
    CaseAction.SEND_BACK_REPLY: frozenset({Role.OFFICER, Role.SUPERVISOR}),
    CaseAction.MERGE: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.UNMERGE: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.SPLIT: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    CaseAction.UNSPLIT: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    # nobody's button: the calendar changed, the time came
    CaseAction.RECALCULATE: frozenset(),
    CaseAction.ESCALATE: frozenset(),
    # with a file, not with a form of words: `routing.casework.attachments` says who may
    CaseAction.ATTACH: frozenset(),
    CaseAction.DETACH: frozenset(),
    CaseAction.PUBLISH: frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.OFFICER, Role.ADMINISTRATOR}),
    CaseAction.UNPUBLISH: frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.OFFICER, Role.ADMINISTRATOR}),
    # who wrote does it, with number and code
    CaseAction.WITHDRAW_CONSENT: frozenset(),
}
# What a co-handling unit may do too.
_ANY_UNIT = frozenset({CaseAction.OPINION, CaseAction.NOTE})
SEES_ALL_CASES = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR})


def check_can_view(account: Account, assignments: Sequence[Assignment]) -> None:
    """Raises `NotFound` (not Forbidden: existence is not told either) for an officer of another unit."""
    if account.role in SEES_ALL_CASES:
        return
    if any(a.department_id == account.department_id and a.ended_at is None for a in assignments):
        return
    raise NotFound("没有找到该工单，或您无权查看。")


def can_view(account: Account, assignments: Sequence[Assignment]) -> bool:
    try:
        check_can_view(account, assignments)
    except NotFound:
        return False
    return True


def check_can_act(account: Account, action: CaseAction, case: Case, assignments: Sequence[Assignment]) -> None:
    """Raises `NotFound`, `Forbidden` (role or unit) or `Conflict` (the status does not allow it), in this order."""
    check_can_view(account, assignments)
    if account.role not in ACTION_ROLES[action]:
        raise Forbidden(f"{account.role.label}不能{action.label}。")
    if account.role is Role.OFFICER and action is CaseAction.OPINION and _leads(account, assignments):
        raise Forbidden(f"主办单位不用{action.label}。")
    if account.role is Role.OFFICER and action not in _ANY_UNIT and not _leads(account, assignments):
        raise Forbidden(f"只有主办单位可以{action.label}。")
    if reason := why_held(case, action):
        raise Conflict(reason)
    if action is CaseAction.REVEAL and not can_see_original(account, case, assignments):
        raise Forbidden("诉求人要求保密或事项需要保护举报人，承办单位不能查看姓名和联系方式。")
    if action not in TRANSITIONS[case.status]:
        raise Conflict(f"工单{case.status.label}，不能{action.label}。")


def can_act(account: Account, action: CaseAction, case: Case, assignments: Sequence[Assignment]) -> bool:
    try:
        check_can_act(account, action, case, assignments)
    except (NotFound, Forbidden, Conflict):
        return False
    return True


def can_see_original(account: Account, case: Case, assignments: Sequence[Assignment]) -> bool:
    """Who may be shown name and contact by this case alone: the dispatcher, and the leading unit unless the submitter
    asked for secrecy or the matter protects reporters (信访工作条例 30: hidden below the level that decides). What the
    other parts of the letter say is asked too: `routing.casework.disclosure.may_ask`."""
    if account.role is Role.DISPATCHER:
        return True
    return account.role is Role.OFFICER and _leads(account, assignments) and not case.confidential


def _leads(account: Account, assignments: Sequence[Assignment]) -> bool:
    return any(
        a.department_id == account.department_id and a.ended_at is None and a.role is AssignmentRole.LEAD
        for a in assignments
    )

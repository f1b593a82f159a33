"""Who may do what: every role and every action, and what being of the unit adds."""

import itertools

import pytest

from models.account import Account, Role
from models.analysis import AppealType, Sentiment, Urgency
from models.case import TRANSITIONS, Assignment, AssignmentRole, Case, CaseAction, CaseStatus
from models.errors import Conflict, Forbidden, NotFound
from models.submission import Channel
from routing.policies import ACTION_ROLES, can_act, can_see_original, check_can_act, check_can_view
from tests.factories import NOW

# The whole truth, written out: an officer here is one of the leading unit.
ALLOWED: dict[CaseAction, set[Role]] = {
    CaseAction.OPEN: {Role.DISPATCHER},
    CaseAction.DISPATCH: {Role.DISPATCHER},
    CaseAction.REDISPATCH: {Role.DISPATCHER},
    CaseAction.ACKNOWLEDGE: {Role.OFFICER},
    CaseAction.REPLY: {Role.OFFICER},
    CaseAction.COMPLETE: {Role.OFFICER},
    CaseAction.REOPEN: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.CLOSE: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.NAME_TOPIC: {Role.DISPATCHER, Role.OFFICER},
    CaseAction.REQUEST_RETURN: {Role.OFFICER},
    CaseAction.ACCEPT_RETURN: {Role.DISPATCHER},
    CaseAction.REFUSE_RETURN: {Role.DISPATCHER},
    CaseAction.DESIGNATE: {Role.SUPERVISOR},
    CaseAction.CONTACT: {Role.OFFICER},
    CaseAction.OPINION: {Role.OFFICER},
    CaseAction.REQUEST_EXTENSION: {Role.OFFICER},
    CaseAction.GRANT_EXTENSION: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.REFUSE_EXTENSION: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.REMIND: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.SUPERVISE: {Role.SUPERVISOR, Role.LEADER},
    CaseAction.ANSWER_SUPERVISION: {Role.OFFICER},
    CaseAction.NOTE: {Role.DISPATCHER, Role.SUPERVISOR, Role.OFFICER},
    CaseAction.REVEAL: {Role.DISPATCHER, Role.OFFICER},
    CaseAction.MERGE: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.UNMERGE: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.SPLIT: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.UNSPLIT: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.CALLBACK: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.REWORK: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.SETTLE: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.REQUEST_SUSPENSION: {Role.OFFICER},
    CaseAction.GRANT_SUSPENSION: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.REFUSE_SUSPENSION: {Role.DISPATCHER, Role.SUPERVISOR},
    CaseAction.RESUME: {Role.DISPATCHER, Role.SUPERVISOR, Role.OFFICER},
    CaseAction.SUBMIT_REPLY: {Role.OFFICER},
    CaseAction.APPROVE_REPLY: {Role.OFFICER, Role.SUPERVISOR},
    CaseAction.SEND_BACK_REPLY: {Role.OFFICER, Role.SUPERVISOR},
    CaseAction.RECALCULATE: set(),
    CaseAction.ESCALATE: set(),
    CaseAction.ATTACH: set(),
    CaseAction.DETACH: set(),
    CaseAction.PUBLISH: {Role.DISPATCHER, Role.SUPERVISOR, Role.OFFICER, Role.ADMINISTRATOR},
    CaseAction.UNPUBLISH: {Role.DISPATCHER, Role.SUPERVISOR, Role.OFFICER, Role.ADMINISTRATOR},
    CaseAction.WITHDRAW_CONSENT: set(),
}
# What time and calendar do to a case, and no person; and what has a door of its own (routing/casework/attachments.py).
NOBODYS = (
    CaseAction.RECALCULATE,
    CaseAction.ESCALATE,
    CaseAction.ATTACH,
    CaseAction.DETACH,
    CaseAction.WITHDRAW_CONSENT,
)
ON_A_CASE = [action for action in CaseAction if action not in (CaseAction.OPEN, *NOBODYS)]


def account(role: Role, department: str | None = "zjj") -> Account:
    return Account(
        id=1,
        username="x",
        display_name="某人",
        role=role,
        active=True,
        department_id=department if role is Role.OFFICER else None,
    )


def assigned(
    department: str = "zjj", role: AssignmentRole = AssignmentRole.LEAD, *, ended: bool = False
) -> list[Assignment]:
    ended_at = NOW if ended else None
    return [Assignment(id=1, case_id=1, department_id=department, role=role, assigned_at=NOW, ended_at=ended_at)]


def of_the_unit(action: CaseAction) -> list[Assignment]:
    """The officer's unit has the part that the action is for."""
    return assigned(role=AssignmentRole.CO_HANDLING if action is CaseAction.OPINION else AssignmentRole.LEAD)


def plain_case(status: CaseStatus = CaseStatus.IN_PROGRESS, *, confidential: bool = False) -> Case:
    return Case(
        id=1,
        case_number="20261123-0000019",
        submission_id=1,
        channel=Channel.LETTER,
        title="",
        status=status,
        appeal_type=AppealType.HELP,
        topic_code=None,
        region_code=None,
        sentiment=Sentiment.NEUTRAL,
        urgency=Urgency.NORMAL,
        confidential=confidential,
        lead_department_id=None,
        triage_reason="",
        submitted_at=NOW,
        received_at=NOW,
        opened_at=NOW,
        dispatched_at=None,
        acknowledged_at=None,
        completed_at=None,
        completion_result=None,
        closed_at=None,
        due_date=None,
        due_at=None,
        due_basis="",
        version=1,
    )


def case_for(action: CaseAction, *, confidential: bool = False) -> Case:
    """A case whose status allows the action."""
    status = next(status for status, actions in TRANSITIONS.items() if action in actions)
    return plain_case(status=status, confidential=confidential)


def test_every_action_has_its_people() -> None:
    assert ACTION_ROLES.keys() == set(CaseAction)
    assert {action for action, roles in ACTION_ROLES.items() if not roles} == set(NOBODYS)


@pytest.mark.parametrize(("action", "role"), list(itertools.product(ON_A_CASE, Role)))
def test_roles_and_actions(action: CaseAction, role: Role) -> None:
    case = case_for(action)
    if role in ALLOWED[action]:
        check_can_act(account(role), action, case, of_the_unit(action))
        assert can_act(account(role), action, case, of_the_unit(action))
    else:
        with pytest.raises(Forbidden, match=f"{role.label}不能{action.label}"):
            check_can_act(account(role), action, case, assigned())
        assert not can_act(account(role), action, case, assigned())


def test_only_a_dispatcher_opens_a_case() -> None:
    assert ACTION_ROLES[CaseAction.OPEN] == ALLOWED[CaseAction.OPEN]


@pytest.mark.parametrize("action", NOBODYS)
@pytest.mark.parametrize("role", list(Role))
def test_nobody_does_what_time_does(action: CaseAction, role: Role) -> None:
    with pytest.raises(Forbidden):
        check_can_act(account(role), action, plain_case(status=CaseStatus.IN_PROGRESS), assigned())


@pytest.mark.parametrize(("action", "status"), list(itertools.product(ON_A_CASE, CaseStatus)))
def test_the_status_decides_last(action: CaseAction, status: CaseStatus) -> None:
    who = account(next(iter(ALLOWED[action])))
    case = plain_case(status=status)
    if action in TRANSITIONS[status]:
        check_can_act(who, action, case, of_the_unit(action))
    else:
        with pytest.raises(Conflict, match=f"工单{status.label}，不能{action.label}"):
            check_can_act(who, action, case, of_the_unit(action))


@pytest.mark.parametrize("action", ON_A_CASE)
@pytest.mark.parametrize(
    "assignments", [[], assigned("cgj"), assigned(ended=True)], ids=["of nobody", "of others", "of mine before"]
)
def test_for_an_officer_another_units_case_is_not_there(action: CaseAction, assignments: list[Assignment]) -> None:
    """NotFound for each action, allowed by role and status or not: existence is not told."""
    with pytest.raises(NotFound):
        check_can_view(account(Role.OFFICER), assignments)
    for status in CaseStatus:
        with pytest.raises(NotFound):
            check_can_act(account(Role.OFFICER), action, plain_case(status=status), assignments)


def test_an_opinion_is_the_co_handling_units() -> None:
    with pytest.raises(Forbidden, match="主办单位不用提交协办意见"):
        check_can_act(account(Role.OFFICER), CaseAction.OPINION, case_for(CaseAction.OPINION), assigned())


@pytest.mark.parametrize(
    "action",
    sorted(a for a in ON_A_CASE if Role.OFFICER in ALLOWED[a] and a not in (CaseAction.OPINION, CaseAction.NOTE)),
)
def test_a_co_handling_unit_sees_but_does_not_act(action: CaseAction) -> None:
    helping = assigned(role=AssignmentRole.CO_HANDLING)
    check_can_view(account(Role.OFFICER), helping)
    with pytest.raises(Forbidden, match="只有主办单位"):
        check_can_act(account(Role.OFFICER), action, case_for(action), helping)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICER])
def test_everybody_else_sees_every_case(role: Role) -> None:
    check_can_view(account(role), [])


@pytest.mark.parametrize(
    ("role", "assignments", "confidential", "expected"),
    [
        (Role.DISPATCHER, [], False, True),
        (Role.DISPATCHER, [], True, True),
        (Role.OFFICER, assigned(), False, True),
        (Role.OFFICER, assigned(), True, False),
        (Role.OFFICER, assigned(role=AssignmentRole.CO_HANDLING), False, False),
        (Role.OFFICER, assigned(ended=True), False, False),
        (Role.OFFICER, assigned("cgj"), False, False),
        (Role.SUPERVISOR, assigned(), False, False),
        (Role.LEADER, assigned(), False, False),
        (Role.ADMINISTRATOR, assigned(), False, False),
    ],
)
def test_who_may_ask_for_name_and_contact(
    role: Role, assignments: list[Assignment], confidential: bool, expected: bool
) -> None:
    case = plain_case(confidential=confidential)
    assert can_see_original(account(role), case, assignments) is expected
    assert can_act(account(role), CaseAction.REVEAL, case, assignments) is expected

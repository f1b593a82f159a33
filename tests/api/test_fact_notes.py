"""Whatever is done to a case, the facts are told of it."""

from api.tasks.fact_tasks import recount, renew
from models.account import Role
from models.case import CaseStatus
from routing.policies import ACTION_ROLES
from tests.api.case_actions import act, ready_for
from tests.api.door import Door, ok
from tests.api.test_cases import ACTIONS


def test_every_action_tells_of_what_it_changes(door: Door) -> None:
    """Else a number would be wrong until the night. All wait in the facts, all are acted on, nothing is wrong then."""
    ready = [(action, ready_for(door, action)) for action in ACTIONS if ACTION_ROLES[action]]
    while renew(door.runtime):
        pass
    for action, case in ready:
        # in triage a case is no unit's yet
        of_unit = Role.OFFICER in ACTION_ROLES[action] and case.status is not CaseStatus.TRIAGE
        role = Role.OFFICER if of_unit else min(r for r in ACTION_ROLES[action] if r is not Role.OFFICER)
        ok(act(door, case, action, role))
    while renew(door.runtime):
        pass
    assert recount(door.runtime, days=60) == 0

"""Words that staff write and others read: personal data in them are masked at every door."""

from models.account import Role
from models.case import CaseAction
from models.database import transaction
from routing import event_repository
from tests.api.case_actions import act
from tests.api.door import Door, ok

SAID = "李向阳来电19900001234，说没有修好。"


def test_the_reason_of_a_reopening_and_the_note_of_a_dispatch_are_masked(door: Door) -> None:
    case = door.case(lead="zjj", until=CaseAction.COMPLETE)
    ok(act(door, case, "reopen", Role.SUPERVISOR, {"reason": SAID}))
    ok(act(door, case, "redispatch", Role.DISPATCHER, {"lead": "swj", "note": SAID}))
    with transaction(door.runtime.pool) as conn:
        reopened, given_on = event_repository.list_events(conn, case.id)[-2:]
    for written in (reopened.payload["reason"], given_on.payload["note"]):
        assert "没有修好" in written
        assert "李向阳" not in written and "19900001234" not in written

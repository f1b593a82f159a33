"""The table of moves: complete, without dead ends, and no move that the words do not mean."""

from models.case import TRANSITIONS, CaseAction, CaseStatus


def test_every_status_has_a_row() -> None:
    assert list(TRANSITIONS) == list(CaseStatus)


def test_every_action_but_opening_is_a_move_somewhere() -> None:
    """A case is opened from a submission: there is no status before."""
    assert {action for moves in TRANSITIONS.values() for action in moves} == set(CaseAction) - {CaseAction.OPEN}


def reachable(start: CaseStatus) -> set[CaseStatus]:
    found, waiting = {start}, [start]
    while waiting:
        for status in TRANSITIONS[waiting.pop()].values():
            if status not in found:
                found.add(status)
                waiting.append(status)
    return found


def test_every_status_is_reached_from_triage() -> None:
    assert reachable(CaseStatus.TRIAGE) == set(CaseStatus)


def test_every_case_can_be_closed_and_a_closed_one_worked_on_again() -> None:
    for status in CaseStatus:
        assert CaseStatus.CLOSED in reachable(status)
    assert CaseStatus.IN_PROGRESS in reachable(CaseStatus.CLOSED)


def test_nothing_leads_back_to_triage() -> None:
    """Who has it is always known after the first dispatch: triage is only the beginning."""
    assert all(
        CaseStatus.TRIAGE not in moves.values()
        for status, moves in TRANSITIONS.items()
        if status is not CaseStatus.TRIAGE
    )


def test_only_completing_completes_and_only_completed_cases_are_closed() -> None:
    into_completed = {
        action
        for status, moves in TRANSITIONS.items()
        for action, to in moves.items()
        if to is CaseStatus.COMPLETED and status is not to  # a note leaves it where it is
    }
    assert into_completed == {CaseAction.COMPLETE}
    assert [status for status, moves in TRANSITIONS.items() if CaseAction.CLOSE in moves] == [CaseStatus.COMPLETED]


def test_open_means_not_completed() -> None:
    assert [s for s in CaseStatus if s.is_open] == [CaseStatus.TRIAGE, CaseStatus.DISPATCHED, CaseStatus.IN_PROGRESS]

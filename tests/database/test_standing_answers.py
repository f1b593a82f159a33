"""A bad answer is not lost: neither by a second callback that nobody answers, nor by giving the case away."""

from datetime import timedelta

import pytest

from dashboards.lists.case_lists import list_cases
from intake.repository import get_submission
from models.analysis import TextSpan
from models.callback import CallOutcome
from models.case import Case, CaseAction, CompletionResult
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from models.merge import NewPart
from routing import case_repository, lifecycle
from routing.casework import callbacks, merge_repository, splitting
from routing.directory import Directory
from routing.directory_repository import load_directory
from tests import factories
from tests.database.follow_up_cases import (
    CONTENT,
    DISPATCHER,
    DISPLEASED,
    LATER,
    OFFICER,
    agreed_numbers,
    agreed_units,
    call,
    completed,
    rule,
)
from tests.factories import ZONE

AT = LATER + timedelta(hours=1)
END = AT + timedelta(hours=4)


@pytest.fixture
def directory(conn: Connection) -> Directory:
    factories.city(conn)
    directory = load_directory(conn)
    rule(conn, directory, attempts=1)
    return directory


def shares(conn: Connection, **filters: str) -> list[tuple[int, int | None]]:
    found = agreed_numbers(conn, END, **filters)
    rates = ("resolution_rate", "satisfaction_rate")
    return [(found[rate].numerator, found[rate].denominator) for rate in rates]


def done_again(conn: Connection, case: Case, unit: str) -> Case:
    at = AT + timedelta(hours=1)
    case = lifecycle.reply(conn, case, body="又修了一次。", public=False, department_id=unit, actor=OFFICER, now=at)
    return lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=at)


@pytest.mark.parametrize("outcome", [CallOutcome.NO_ANSWER, CallOutcome.REFUSED])
def test_who_is_not_reached_again_has_still_said_what_they_said(
    conn: Connection, directory: Directory, outcome: CallOutcome
) -> None:
    case = call(conn, completed(conn, directory), answers=DISPLEASED)
    case = callbacks.rework(conn, case, directory, reason="再修", actor=DISPATCHER, now=LATER, zone=ZONE)
    case = done_again(conn, case, "zjj")
    assert shares(conn) == [(0, 1), (0, 1)]  # waits
    call(conn, case, outcome, None, now=END)
    assert shares(conn) == [(0, 1), (0, 1)]
    beside = "callback_refused" if outcome is CallOutcome.REFUSED else "callback_unreachable"
    assert agreed_numbers(conn, END)[beside].numerator == 1


def test_the_next_answer_takes_its_place(conn: Connection, directory: Directory) -> None:
    case = call(conn, completed(conn, directory), answers=DISPLEASED)
    case = callbacks.rework(conn, case, directory, reason="再修", actor=DISPATCHER, now=LATER, zone=ZONE)
    call(conn, done_again(conn, case, "zjj"), answers=CONTENT, now=END)
    assert shares(conn) == [(1, 1), (1, 1)]


def test_an_answer_stays_with_the_unit_that_answered(conn: Connection, directory: Directory) -> None:
    case = call(conn, completed(conn, directory), answers=DISPLEASED)
    call(conn, factories.case(conn, directory, lead="swj", until=CaseAction.COMPLETE), answers=CONTENT)
    conn.commit()
    case = lifecycle.reopen(conn, case, reason="还是不亮", actor=DISPATCHER, now=AT)
    case = lifecycle.dispatch(conn, case, directory, lead="swj", actor=DISPATCHER, now=AT, zone=ZONE)
    assert shares(conn) == [(1, 2), (1, 2)]
    assert agreed_units(conn, "resolution_rate", END) == {"zjj": (0, 1), "swj": (1, 1)}
    assert shares(conn, department="zjj") == [(0, 1), (0, 1)]
    assert shares(conn, department="swj") == [(1, 1), (1, 1)]
    duty = directory.departments["zjj"].duty
    assert shares(conn, duty=duty) == [(0, 1), (0, 1)]
    # what a unit works on now: who gave it away sees no more of it, who got it has not answered yet
    assert shares(conn, unit="zjj") == [(0, 0), (0, 0)]
    assert shares(conn, unit="swj") == [(1, 1), (1, 1)]
    valid = CaseCriteria(state=CaseState.CALLBACK_VALID.value, department="zjj")
    assert [row.case_number for row in list_cases(conn, valid, now=END, zone=ZONE).rows] == [case.case_number]
    # everything else is of the unit that has it
    found = agreed_numbers(conn, END, department="zjj")
    assert (found["received"].numerator, found["rework_rate"].denominator) == (0, 0)

    case = lifecycle.acknowledge(conn, case, actor=OFFICER, now=AT)
    call(conn, done_again(conn, case, "swj"), answers=CONTENT, now=END)
    assert agreed_units(conn, "resolution_rate", END) == {"swj": (2, 2)}


def test_back_with_the_first_unit_it_is_its_own_again(conn: Connection, directory: Directory) -> None:
    case = call(conn, completed(conn, directory), answers=DISPLEASED)
    case = lifecycle.reopen(conn, case, reason="还是不亮", actor=DISPATCHER, now=AT)
    for lead in ("swj", "zjj"):
        case = lifecycle.dispatch(conn, case, directory, lead=lead, actor=DISPATCHER, now=AT, zone=ZONE)
    assert agreed_units(conn, "resolution_rate", END) == {"zjj": (0, 1)}
    assert shares(conn, department="swj") == [(0, 0), (0, 0)]


def test_an_answer_stands_when_the_letter_is_split_afterwards_until_a_part_is_answered(
    conn: Connection, directory: Directory
) -> None:
    case = call(conn, completed(conn, directory), answers=DISPLEASED)
    conn.commit()
    case = lifecycle.reopen(conn, case, reason="两件事", actor=DISPATCHER, now=AT)
    letter = get_submission(conn, case.submission_id)
    whole = f"{letter.title}\n{letter.body}"
    parts = [
        NewPart(title=f"第{n}件", lead=lead, sentences=(TextSpan(0, len(whole)),))
        for n, lead in enumerate(("zjj", "swj"))
    ]
    case = splitting.split(conn, case, letter, directory, parts, actor=DISPATCHER, now=AT, zone=ZONE)
    # no unit gains by the split; and the letter itself is in no other number
    assert agreed_units(conn, "resolution_rate", END) == {"zjj": (0, 1)}
    assert shares(conn) == [(0, 1), (0, 1)]
    found = agreed_numbers(conn, END)
    assert (found["received"].numerator, found["rework_rate"].denominator) == (2, 0)
    first, second = case_repository.list_cases_by_id(conn, merge_repository.list_part_ids(conn, case.id))
    second = lifecycle.acknowledge(conn, second, actor=OFFICER, now=AT)
    call(conn, done_again(conn, second, "swj"), answers=CONTENT, now=END)
    assert agreed_units(conn, "resolution_rate", END) == {"swj": (1, 1)}, "what the same person says now"
    assert first.lead_department_id == "zjj" and shares(conn) == [(1, 1), (1, 1)]

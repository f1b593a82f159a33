"""What the writers of merged letters say of the answer: it counts once a person, for the unit that answered."""

from datetime import timedelta
from typing import Any

import pytest

from dashboards.lists.case_lists import list_cases
from dashboards.metrics.metrics import Metric
from models.case import AssignmentRole, Case, CaseAction, CompletionResult
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from routing import case_repository, lifecycle
from routing.casework import merging
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
    rule,
)
from tests.factories import NOW, ZONE

EVENING = NOW + timedelta(hours=8)
RATES = ("resolution_rate", "satisfaction_rate", "rework_rate", "on_time_completion_rate", "response_rate")


@pytest.fixture
def directory(conn: Connection) -> Directory:
    factories.city(conn)
    directory = load_directory(conn)
    rule(conn, directory)
    return directory


def written(
    conn: Connection, directory: Directory, lead: str, contact: str, until: CaseAction = CaseAction.OPEN
) -> Case:
    return factories.case(conn, directory, lead=lead, until=until, new=factories.letter(contact=contact))


def answered_together(conn: Connection, directory: Directory) -> tuple[Case, Case, Case]:
    """A case of zjj with two letters merged into it: one that swj had, one of the same person."""
    head = written(conn, directory, "zjj", "19900008001", CaseAction.REPLY)
    others = written(conn, directory, "swj", "19900008002"), written(conn, directory, "zjj", "19900008001")
    head = merging.merge(conn, head, others, reason="同一盏灯", actor=DISPATCHER, now=LATER)
    lifecycle.complete(conn, head, result=CompletionResult.SOLVED, actor=OFFICER, now=EVENING)
    first, second, third = (case_repository.get_case_by_id(conn, case.id) for case in (head, *others))
    return first, second, third


def numbers(conn: Connection, **filters: Any) -> dict[str, Metric]:
    return agreed_numbers(conn, EVENING, **filters)


def shares(found: dict[str, Metric]) -> list[tuple[int, int | None]]:
    return [(found[name].numerator, found[name].denominator) for name in RATES]


def test_each_writer_counts_once_and_for_the_unit_that_answered(conn: Connection, directory: Directory) -> None:
    head, other, again = answered_together(conn, directory)
    assert numbers(conn)["callback_waiting"].numerator == 2
    call(conn, head, answers=CONTENT, now=EVENING)
    call(conn, other, answers=DISPLEASED, now=EVENING)
    # two answers of two people; one case worked on
    all_ = shares(numbers(conn))
    assert all_[:3] == [(1, 2), (1, 2), (0, 1)]
    assert numbers(conn)["received"].numerator == 1
    assert shares(numbers(conn, department="zjj")) == all_
    assert shares(numbers(conn, department="swj"))[:3] == [(0, 0), (0, 0), (0, 0)]
    valid = list_cases(conn, CaseCriteria(state=CaseState.CALLBACK_VALID.value), now=EVENING, zone=ZONE)
    assert {row.id for row in valid.rows} == {head.id, other.id}
    displeased = list_cases(conn, CaseCriteria(state=CaseState.DISSATISFIED.value), now=EVENING, zone=ZONE)
    assert [row.id for row in displeased.rows] == [other.id]
    assert again.completed_at == EVENING
    assert agreed_units(conn, "resolution_rate", EVENING) == {"zjj": (1, 2)}


def test_a_merged_case_is_the_one_of_the_unit_that_answered(conn: Connection, directory: Directory) -> None:
    _, other, _ = answered_together(conn, directory)
    assert other.lead_department_id == "zjj"
    current = [a for a in case_repository.list_assignments(conn, other.id) if a.ended_at is None]
    assert [(a.department_id, a.role) for a in current] == [("zjj", AssignmentRole.LEAD)]


def test_the_displeasure_of_a_merged_writer_makes_a_rework(conn: Connection, directory: Directory) -> None:
    head, other, _ = answered_together(conn, directory)
    head = call(conn, head, answers=CONTENT, now=EVENING)
    call(conn, other, answers=DISPLEASED, now=EVENING)
    lifecycle.reopen(conn, head, reason="还有一盏不亮", actor=DISPATCHER, now=EVENING)
    found = numbers(conn)
    assert shares(found)[:3] == [(1, 2), (1, 2), (1, 1)]
    reworked = list_cases(conn, found["rework_rate"].criteria, now=EVENING, zone=ZONE)
    assert [row.id for row in reworked.rows] == [head.id]
    # undone, it goes with the letter; the clock of the unit that lost it does not run again
    other = case_repository.get_case_by_id(conn, other.id)
    merging.unmerge(conn, other, note="另一盏灯", actor=DISPATCHER, now=EVENING)
    found = numbers(conn)
    assert shares(found)[:3] == [(1, 2), (1, 2), (1, 2)]
    reworked = list_cases(conn, found["rework_rate"].criteria, now=EVENING, zone=ZONE)
    assert [row.id for row in reworked.rows] == [other.id]
    clocks = "SELECT count(*) FROM unit_clocks WHERE case_id = %s AND met_at IS NULL AND ended_at IS NULL"
    assert conn.execute(clocks, (other.id,)).fetchone() == (0,)

"""The archive by the rule: what nobody waits for any more, after so many working days; what is undecided stays."""

from datetime import datetime, timedelta

import pytest

from models.callback import CallOutcome, Satisfaction, SolvedAnswer
from models.case import Case, CaseStatus
from models.database import Connection
from routing import case_repository
from routing.casework import callbacks
from routing.clocks.archiving import archive_completed, days_ago
from routing.directory import Directory
from tests.database.follow_up_cases import CONTENT, DISPATCHER, DISPLEASED, call, completed, rule
from tests.factories import ZONE

# NOW is Monday the 23rd of November; five working days are over with the 30th, ten with the 7th of December.
FIVE_OVER, TEN_OVER = datetime(2026, 12, 1, 0, 5, tzinfo=ZONE), datetime(2026, 12, 8, 0, 5, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def days(city_conn: Connection, directory: Directory) -> None:
    city_conn.execute("UPDATE cases SET status = 'closed' WHERE status = 'completed'")
    rule(city_conn, directory, archive_days=5, window_days=10, clock_days=3, attempts=1)
    city_conn.commit()


def archive(conn: Connection, directory: Directory, now: datetime) -> int:
    return archive_completed(conn, directory, actor="system:schedule", now=now, zone=ZONE)


def status(conn: Connection, case: Case) -> CaseStatus:
    return case_repository.get_case(conn, case.case_number).status


def test_what_is_answered_is_archived_after_the_days(city_conn: Connection, directory: Directory) -> None:
    case = call(city_conn, completed(city_conn, directory), answers=CONTENT)
    assert archive(city_conn, directory, FIVE_OVER - timedelta(minutes=6)) == 0
    assert archive(city_conn, directory, FIVE_OVER) == 1
    assert status(city_conn, case) is CaseStatus.CLOSED


@pytest.mark.parametrize("outcome", [CallOutcome.NO_ANSWER, CallOutcome.REFUSED, None])
def test_what_nobody_answered_waits_for_the_submitters_window(
    city_conn: Connection, directory: Directory, outcome: CallOutcome | None
) -> None:
    case = completed(city_conn, directory)
    if outcome is not None:
        case = call(city_conn, case, outcome, None)
    assert archive(city_conn, directory, FIVE_OVER) == 0
    assert archive(city_conn, directory, TEN_OVER) == 1
    assert status(city_conn, case) is CaseStatus.CLOSED


def test_undecided_displeasure_is_not_archived(city_conn: Connection, directory: Directory) -> None:
    case = call(city_conn, completed(city_conn, directory), answers=DISPLEASED)
    assert archive(city_conn, directory, TEN_OVER + timedelta(days=90)) == 0
    callbacks.settle(city_conn, case, reason="已经解释清楚。", actor=DISPATCHER, now=FIVE_OVER)
    assert archive(city_conn, directory, FIVE_OVER) == 1


def test_days_ago_is_where_the_limit_of_that_day_has_ended(directory: Directory) -> None:
    """A week with the weekend in it."""
    assert days_ago(5, directory.calendar, FIVE_OVER, ZONE) == datetime(2026, 11, 24, tzinfo=ZONE)
    before = FIVE_OVER - timedelta(minutes=10)
    assert days_ago(5, directory.calendar, before, ZONE) == datetime(2026, 11, 23, tzinfo=ZONE)


def test_content_and_discontent_are_what_the_words_say() -> None:
    assert [s for s in Satisfaction if s.is_bad] == [Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED]
    assert DISPLEASED.solved is SolvedAnswer.NO

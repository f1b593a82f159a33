"""Counts over time: the same as counting the rows, however often and in whatever order they are counted."""

from datetime import timedelta
from typing import Any

import pytest

from models.alert import SeriesKey
from models.database import Connection
from models.submission import Channel
from routing.alerts import trend_repository as repository
from routing.alerts.counting import bring_up_to_date, recount_last_days
from routing.directory import Directory
from routing.directory_repository import load_directory
from tests import factories
from tests.database.issue_rows import add_issue, add_members
from tests.factories import NOW, ZONE

ALL = SeriesKey()


@pytest.fixture
def town(conn: Connection) -> Directory:
    factories.city(conn)
    return load_directory(conn)


def write(conn: Connection, town: Directory, *, hours_ago: float = 1, topic: str | None = "T0402", **given: Any) -> int:
    at = NOW - timedelta(hours=hours_ago)
    new = factories.letter(submitted_at=at, **given)
    return factories.case(conn, town, new=new, at=at, says=factories.analysis(topic=topic)).submission_id


def count(conn: Connection) -> None:
    bring_up_to_date(conn, actor="test", zone=ZONE)


def totals(conn: Connection, key: SeriesKey = ALL) -> tuple[int, int]:
    rows = repository.list_series_counts(conn, key, since=NOW - timedelta(days=9), until=NOW + timedelta(days=1))
    return sum(row.submissions for row in rows), sum(row.persons for row in rows)


def test_persons_count_once_in_a_day_letters_always(conn: Connection, town: Directory) -> None:
    for hours in (30, 3, 2, 1):
        write(conn, town, hours_ago=hours)
    write(conn, town, contact="19911112222")
    count(conn)
    assert totals(conn) == (5, 3)
    cells = conn.execute("SELECT sum(submissions), sum(persons) FROM hourly_counts").fetchone()
    assert cells == (5, 3)


def test_a_series_for_topic_first_level_county_and_all(conn: Connection, town: Directory) -> None:
    write(conn, town, topic="T0402")
    write(conn, town, topic="T0401", contact="19911112222")
    write(conn, town, topic=None, contact="19911113333")
    count(conn)
    sizes = {
        key: totals(conn, SeriesKey(topic_code=key[0], region_code=key[1]))[0]
        for key in [("T0402", ""), ("T04", ""), ("T04", "990102"), ("", "990102"), ("T0402", "990102"), ("", "")]
    }
    assert list(sizes.values()) == [1, 2, 2, 3, 0, 3]


def test_counting_twice_changes_nothing(conn: Connection, town: Directory) -> None:
    write(conn, town)
    write(conn, town, channel=Channel.HOTLINE)
    count(conn)
    before = totals(conn)
    count(conn)
    recount_last_days(conn, 3, actor="test", now=NOW, zone=ZONE)
    assert totals(conn) == before == (2, 1)


def test_only_what_changed_is_counted_again_and_nothing_is_forgotten(conn: Connection, town: Directory) -> None:
    write(conn, town, hours_ago=50)
    count(conn)
    assert repository.claim_stale_hours(conn, actor="test") == []
    write(conn, town, hours_ago=49, contact="19911112222")
    conn.execute("DELETE FROM series_counts WHERE hour > %s", (NOW - timedelta(hours=20),))
    count(conn)
    assert totals(conn) == (2, 2)


def test_a_count_that_is_cut_off_is_made_again(conn: Connection, town: Directory) -> None:
    write(conn, town)
    count(conn)
    conn.rollback()
    assert totals(conn) == (0, 0)
    count(conn)
    assert totals(conn) == (1, 1)


def test_a_corrected_topic_moves_the_count(conn: Connection, town: Directory) -> None:
    submission = write(conn, town, topic="T0402")
    count(conn)
    conn.execute("UPDATE cases SET topic_code = 'T0401' WHERE submission_id = %s", (submission,))
    count(conn)
    assert totals(conn, SeriesKey(topic_code="T0402"))[0] == 0
    assert totals(conn, SeriesKey(topic_code="T0401"))[0] == 1


def test_issues_are_counted_when_their_members_change(conn: Connection, owner: Connection, town: Directory) -> None:
    first, second = write(conn, town, hours_ago=30), write(conn, town, hours_ago=29)
    third = write(conn, town, hours_ago=2, contact="19911112222")
    issue = add_issue(owner)
    add_members(owner, issue, [first, second])
    count(conn)
    since, until = NOW - timedelta(days=9), NOW

    def read() -> list[tuple[int, int, int]]:
        rows = repository.list_issue_counts(conn, issue, since=since, until=until)
        return [(row.submissions, row.persons, row.negative) for row in rows]

    assert read() == [(1, 1, 1), (1, 0, 1)]
    add_members(owner, issue, [third])
    count(conn)
    assert read() == [(1, 1, 1), (1, 0, 1), (1, 1, 1)]

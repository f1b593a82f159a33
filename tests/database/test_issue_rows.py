"""Issues as they are read: hottest first, pinned before that, muted apart; the heat fades with every half-life."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from math import log
from typing import Any

import psycopg
import pytest

from models.database import Connection
from models.errors import NotFound
from models.issue import IssueCriteria, IssueSettings
from routing.issues import issue_repository as repository
from tests.factories import NOW

_numbers = count(1)


def add(owner: Connection, **given: Any) -> int:
    """A row as the pipeline leaves it."""
    number = next(_numbers)
    row: dict[str, Any] = {
        "id": number,
        "name": f"问题{number}",
        "first_at": NOW - timedelta(days=3),
        "last_at": NOW,
        "submissions": 5,
        "persons": 4,
        "live_persons": 4.0,
        "live_submissions": 5.0,
        "arrival": number,
        "step": number,
    } | given
    columns = ", ".join(row)
    owner.execute(f"INSERT INTO issues ({columns}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    owner.commit()
    return number


@pytest.fixture
def clean(owner: Connection) -> Iterator[Connection]:
    yield owner
    owner.rollback()


def listed(conn: Connection, criteria: IssueCriteria | None = None, days: float = 0) -> list[int]:
    page = repository.list_issues(conn, criteria or IssueCriteria(), now=NOW + timedelta(days=days))
    assert page.total == len(page.rows)
    return [issue.id for issue in page.rows]


def test_the_hottest_first_pinned_before_muted_apart(clean: Connection, conn: Connection) -> None:
    quiet = add(clean)
    hot = add(clean, live_persons=40.0, live_votes=100.0)
    pinned = add(clean, live_persons=1.0, pinned_by="a", pinned_at=NOW)
    muted = add(clean, muted_by="a", muted_at=NOW)
    resting = add(clean, muted_by="a", muted_at=NOW, muted_until=NOW + timedelta(days=1))
    add(clean, persons=1)
    add(clean, submissions=1, persons=1)
    add(clean, merged_into=hot)
    assert listed(conn) == [pinned, hot, quiet]
    assert listed(conn, IssueCriteria(muted=True)) == [muted, resting]
    assert listed(conn, days=2) == [pinned, hot, quiet, resting]


def test_the_heat_is_the_sum_of_its_parts_and_fades(clean: Connection, conn: Connection) -> None:
    number = add(clean, live_persons=3.0, live_votes=7.0, live_submissions=1.0)
    heat = repository.get_issue(conn, number, now=NOW).heat
    assert (heat.persons, heat.votes, heat.rate) == pytest.approx((2 * log(4), log(8), log(2)))
    assert heat.total == heat.persons + heat.votes + heat.rate
    later = repository.get_issue(conn, number, now=NOW + timedelta(days=30)).heat
    assert (later.persons, later.votes, later.rate) == pytest.approx((2 * log(2.5), log(4.5), log(1.5)))
    repository.add_settings(conn, IssueSettings(half_life_days=60, persons_weight=1), actor="test", now=NOW)
    slower = repository.get_issue(conn, number, now=NOW + timedelta(days=60)).heat
    assert slower.persons == pytest.approx(log(2.5))


def test_what_counts_as_an_issue_is_a_setting(clean: Connection, conn: Connection) -> None:
    number = add(clean, submissions=3, persons=2)
    assert listed(conn) == [number]
    repository.add_settings(conn, IssueSettings(least_persons=3), actor="test", now=NOW)
    assert listed(conn) == []
    assert repository.get_settings(conn).least_persons == 3


def test_criteria(clean: Connection, conn: Connection) -> None:
    old = add(clean, last_at=NOW - timedelta(days=40), name="丽水路搅拌站噪声")
    new = add(clean)
    assert listed(conn, IssueCriteria(since=NOW - timedelta(days=7))) == [new]
    assert listed(conn, IssueCriteria(text="搅拌站")) == [old]
    assert listed(conn, IssueCriteria(topic="T04")) == listed(conn, IssueCriteria(region="99")) == []
    with pytest.raises(NotFound):
        repository.get_issue(conn, 10_000, now=NOW)


@pytest.mark.parametrize("table", ["issue_steps", "issue_settings", "issue_decisions"])
def test_what_was_decided_cannot_be_rewritten(conn: Connection, table: str) -> None:
    for statement in (f"UPDATE {table} SET actor = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)
        conn.rollback()

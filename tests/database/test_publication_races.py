"""Who wrote takes the consent back in the moment in which the case is completed: the letter is read by nobody after."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from models.case import Case, CaseAction, CompletionResult
from models.database import Connection, connect
from models.errors import Conflict
from routing import lifecycle
from routing.directory import Directory
from routing.replies import publication_acts, publication_repository, published_repository
from tests import factories
from tests.factories import NOW


@pytest.fixture
def other(city_dsn: str) -> Iterator[Connection]:
    with contextlib.closing(connect(city_dsn)) as connection:
        yield connection


def ready(conn: Connection, directory: Directory, body: str) -> Case:
    """Answered in public, to be completed; committed."""
    new = replace(factories.letter(body=body), publish_consent=True)
    return factories.case(conn, directory, new=new, until=CaseAction.REPLY)


def complete(conn: Connection, case: Case) -> Case:
    return lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor="test", now=NOW)


def test_a_withdrawal_waits_for_the_completion_and_takes_its_letter_away(
    city_conn: Connection, other: Connection, directory: Directory
) -> None:
    case = ready(city_conn, directory, "茶馆门口的井盖松了。")
    complete(city_conn, case)  # published with the letter, not committed
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(publication_acts.withdraw_consent, other, case.submission_id, now=NOW)
        city_conn.commit()
        assert waiting.result(timeout=60)
    other.commit()
    there = publication_repository.find_published(city_conn, case.id)
    assert there is not None and there.shown and not there.with_letter
    found = published_repository.find_answer(city_conn, there.number)
    assert found is not None and found.letter == ""


def test_a_completion_that_comes_after_the_withdrawal_is_told_so(
    city_conn: Connection, other: Connection, directory: Directory
) -> None:
    case = ready(city_conn, directory, "书店门口的井盖松了。")
    publication_acts.withdraw_consent(other, case.submission_id, now=NOW)  # not committed
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(complete, city_conn, case)
        other.commit()
        with pytest.raises(Conflict):
            waiting.result(timeout=60)
    city_conn.rollback()
    assert publication_repository.find_published(city_conn, case.id) is None

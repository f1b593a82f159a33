"""Like cases are found whether their words are packed or not, and only while they are solved and no secret."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from intake.registration import register
from models.case import CompletionResult
from models.database import Connection, connect, open_pool, transaction
from nlp.alike.telling import Telling
from nlp.corpus import load_corpus
from routing import case_repository, lifecycle
from routing.alike import alike_backfill, similar_case_repository, solved_case_packing
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.factories import KEYS, NOW, ZONE
from tests.reading import Reading

READING = Reading(factories.analysis(topic="T0402"))
_bodies = iter([item.body for item in load_corpus() if 120 < len(item.body) < 400])
_numbers = iter(range(10_000))


@pytest.fixture(scope="module")
def pool(city_dsn: str) -> Iterator[ConnectionPool[Connection]]:
    with contextlib.closing(open_pool(city_dsn, 4)) as opened:
        yield opened


def solve(conn: Connection, directory: Directory, body: str, *, lead: str = "zjj") -> int:
    """A completed case; its submission id."""
    new = factories.letter(title="", body=body, contact=f"1390000{next(_numbers):04}", submitted_at=NOW)
    [registered] = register(conn, [new], actor="test", now=NOW, keys=KEYS, zone=ZONE)
    process_batch(conn, READING, directory, now=NOW, zone=ZONE, limit=100)
    case = case_repository.get_case(conn, registered.receipt_number)
    if case.lead_department_id != lead:
        case = lifecycle.dispatch(conn, case, directory, lead=lead, actor="test", now=NOW, zone=ZONE)
    case = lifecycle.acknowledge(conn, case, actor="test", now=NOW)
    case = lifecycle.reply(conn, case, body="已办。", public=True, department_id=lead, actor="test", now=NOW)
    lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor="test", now=NOW)
    conn.commit()
    return registered.submission_id


def complete_again(conn: Connection, id_: int) -> None:
    case = case_repository.list_cases_of_submissions(conn, [id_])[id_]
    later = NOW + timedelta(days=1)
    case = lifecycle.reply(conn, case, body="又办。", public=True, department_id="zjj", actor="test", now=later)
    lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor="test", now=later)
    conn.commit()


def pack(pool: ConnectionPool[Connection]) -> bool:
    return solved_case_packing.pack_solved(lambda: transaction(pool), actor="test", least=1)


def words(conn: Connection, id_: int) -> Telling:
    return similar_case_repository.list_telling(conn, [id_])[id_]


def found(conn: Connection, id_: int, *, unit: str | None = None) -> bool:
    return id_ in similar_case_repository.list_solved(conn, words(conn, id_), department_id=unit)


def rows(conn: Connection, table: str) -> int:
    row = conn.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def test_a_solved_case_is_found_before_and_after_it_is_packed(
    pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    first = solve(city_conn, directory, next(_bodies))
    assert found(city_conn, first) and rows(city_conn, "solved_terms") > 5
    assert found(city_conn, first, unit="zjj") and not found(city_conn, first, unit="jyj")
    assert pack(pool)
    assert rows(city_conn, "solved_terms") == 0
    second = solve(city_conn, directory, next(_bodies))
    assert found(city_conn, first) and found(city_conn, second)
    assert found(city_conn, first, unit="zjj") and not found(city_conn, first, unit="jyj")
    assert pack(pool) and not pack(pool)
    assert found(city_conn, first) and found(city_conn, second)
    city_conn.rollback()


def test_the_words_and_weights_are_what_they_were(
    pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    body = next(_bodies)
    ids = [solve(city_conn, directory, f"{body}{n}号楼。") for n in range(5)]
    before = similar_case_repository.list_solved(city_conn, words(city_conn, ids[0]))
    pack(pool)
    city_conn.rollback()
    after = similar_case_repository.list_solved(city_conn, words(city_conn, ids[0]))
    assert after == before and set(ids) <= after.keys()
    assert ids[0] not in similar_case_repository.list_solved(city_conn, words(city_conn, ids[0]), but=ids[0])


def test_a_packed_case_that_is_reopened_or_made_secret_is_not_shown(
    pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    reopened, secret = solve(city_conn, directory, next(_bodies)), solve(city_conn, directory, next(_bodies))
    pack(pool)
    case = case_repository.list_cases_of_submissions(city_conn, [reopened])[reopened]
    lifecycle.reopen(city_conn, case, reason="又坏了", actor="test", now=NOW)
    city_conn.execute("UPDATE cases SET confidential = true WHERE submission_id = %s", (secret,))
    city_conn.commit()
    assert not found(city_conn, reopened) and not found(city_conn, secret)
    complete_again(city_conn, reopened)
    assert found(city_conn, reopened)
    packed = rows(city_conn, "solved_blocks")
    city_conn.commit()
    pack(pool)
    assert found(city_conn, reopened) and rows(city_conn, "solved_blocks") == packed
    sizes = "SELECT sum(length(postings)) FROM solved_blocks"
    size = city_conn.execute(sizes).fetchall()
    similar_case_repository.add_solved(city_conn, reopened, actor="test")
    city_conn.commit()
    pack(pool)
    assert city_conn.execute(sizes).fetchall() == size, "a case that comes again is packed once"


def test_packing_that_is_cut_off_loses_and_doubles_nothing(
    pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = solve(city_conn, directory, next(_bodies))
    before = similar_case_repository.list_solved(city_conn, words(city_conn, id_))
    city_conn.rollback()
    monkeypatch.setattr(solved_case_packing, "_TERMS", 3)
    original, calls = similar_case_repository.pack_latest, iter(range(100))

    def breaking(conn: Connection, *, after: int, terms: int, actor: str) -> int | None:
        last = original(conn, after=after, terms=terms, actor=actor)
        if next(calls) == 2:
            raise RuntimeError
        return last

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(similar_case_repository, "pack_latest", breaking)
        pack(pool)
    assert rows(city_conn, "solved_terms") > 0
    assert similar_case_repository.list_solved(city_conn, words(city_conn, id_)) == before
    city_conn.rollback()
    pack(pool)
    assert rows(city_conn, "solved_terms") == 0
    assert similar_case_repository.list_solved(city_conn, words(city_conn, id_)) == before


def test_cases_that_are_solved_and_reopened_while_others_pack(
    pool: ConnectionPool[Connection], city_dsn: str, city_conn: Connection, directory: Directory
) -> None:
    body = next(_bodies)
    known = [solve(city_conn, directory, f"{body}{n}单元。") for n in range(6)]

    def reopen(id_: int) -> None:
        with contextlib.closing(connect(city_dsn)) as conn:
            case = case_repository.list_cases_of_submissions(conn, [id_])[id_]
            lifecycle.reopen(conn, case, reason="又坏了", actor="test", now=NOW)
            conn.commit()

    with ThreadPoolExecutor(4) as threads:
        packing = [threads.submit(pack, pool) for _ in range(6)]
        reopening = [threads.submit(reopen, id_) for id_ in known[:3]]
        for packed in packing:
            packed.result(60)
        for done in reopening:
            done.result(60)
    pack(pool)
    shown = similar_case_repository.list_solved(city_conn, words(city_conn, known[5])).keys()
    assert set(known) & shown == set(known[3:])
    assert rows(city_conn, "solved_terms") == 0


def test_letters_of_an_older_version_are_filled_in_once(
    pool: ConnectionPool[Connection], city_dsn: str, city_conn: Connection, directory: Directory
) -> None:
    body = next(_bodies)
    first = solve(city_conn, directory, body)
    second = solve(city_conn, directory, f"您好！{body}")
    ids = [first, second]
    expected = words(city_conn, first)
    city_conn.rollback()
    with psycopg.connect(city_dsn) as owner:
        for table in ("near_signatures", "telling_words", "submission_links", "solved_terms"):
            owner.execute(f"DELETE FROM {table} WHERE submission_id = ANY(%s)", (ids,))
    assert similar_case_repository.list_solved(city_conn, expected).keys().isdisjoint(ids)
    city_conn.rollback()

    def fill(until: datetime = NOW + timedelta(hours=1)) -> int:
        return alike_backfill.fill_missing(
            lambda: transaction(pool),
            lambda _: READING,
            actor="test",
            now=lambda: NOW,
            zone=ZONE,
            until=until,
            limit=1,
        )

    assert fill(until=NOW) == 0
    assert fill() == 2
    assert words(city_conn, first) == expected
    assert set(ids) <= similar_case_repository.list_solved(city_conn, expected).keys()
    links = city_conn.execute("SELECT earlier_id FROM submission_links WHERE submission_id = %s", (second,)).fetchall()
    assert links == [(first,)]
    city_conn.rollback()
    assert fill() == 0

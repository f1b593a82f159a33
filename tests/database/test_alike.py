"""Copies and repeats are linked in the transaction that analyses them, in whatever order batches come and commit."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from intake.registration import register
from models.database import Connection, connect, open_pool, transaction
from models.link import LinkKind, SubmissionLink
from models.submission import Channel, NewSubmission
from nlp.corpus import load_corpus
from routing.alike import near_duplicate_repository as repository
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.factories import KEYS, NOW, ZONE
from tests.reading import Reading

_bodies = iter([item.body for item in load_corpus() if len(item.body) > 120])


def letter(body: str, *, name: str = "甲", days: float = 0, title: str = "", **parts: Any) -> NewSubmission:
    contact = f"1990{crc32(name.encode()) % 10_000_000:07}"
    new = factories.letter(title=title, body=body, name=name, contact=contact, submitted_at=NOW + timedelta(days=days))
    return replace(new, **parts)


def store(conn: Connection, *new: NewSubmission) -> list[int]:
    registered = register(conn, new, actor="test", now=NOW, keys=KEYS, zone=ZONE)
    conn.commit()
    assert all(r.status == "new" for r in registered)
    return [r.submission_id for r in registered]


def process(
    conn: Connection, directory: Directory, *, topic: str = "T0402", now: datetime = NOW, limit: int = 500
) -> int:
    analyser = Reading(factories.analysis(topic=topic))
    return process_batch(conn, analyser, directory, now=now, zone=ZONE, limit=limit).processed


def links(conn: Connection, *ids: int) -> dict[tuple[int, int, LinkKind], SubmissionLink]:
    found = [link for id_ in ids for link in repository.list_links(conn, id_, limit=100)]
    return {(link.submission_id, link.earlier_id, link.kind): link for link in found}


def body() -> str:
    """A matter that no other test has."""
    return next(_bodies)


@pytest.fixture(autouse=True)
def nothing_is_left_pending(city_conn: Connection, directory: Directory) -> Iterator[None]:
    yield
    city_conn.rollback()
    process(city_conn, directory)
    city_conn.commit()


@pytest.fixture(scope="module")
def pool(city_dsn: str) -> Iterator[ConnectionPool[Connection]]:
    with contextlib.closing(open_pool(city_dsn, 8)) as opened:
        yield opened


def test_the_same_text_of_two_people_is_linked_and_both_are_kept(city_conn: Connection, directory: Directory) -> None:
    text = "观澜桥头路灯坏了"  # too short for any minima
    first, second = store(city_conn, letter(text, name="甲"), letter(text, name="乙", days=1))
    assert process(city_conn, directory) == 2
    [link] = links(city_conn, first).values()
    assert (link.submission_id, link.earlier_id, link.kind) == (second, first, LinkKind.EXACT)
    assert link.score == 1.0 and link.certain and link.found_at == NOW


def test_a_copy_with_another_greeting_is_nearly_the_same(city_conn: Connection, directory: Directory) -> None:
    text = body()
    [first] = store(city_conn, letter(text, name="丙"))
    process(city_conn, directory)
    city_conn.commit()
    changed = f"尊敬的市长您好！我是一名普通市民。{text}隔壁单元也是这样。恳请领导重视，谢谢！"
    [second] = store(city_conn, letter(changed, name="丁", days=1))
    process(city_conn, directory)
    [link] = links(city_conn, second).values()
    assert (link.submission_id, link.earlier_id, link.kind) == (second, first, LinkKind.NEAR)
    assert 0.8 <= link.score <= 1 and link.certain
    assert 8 <= link.evidence["shared_minima"] <= 16


def test_another_matter_is_not_linked(city_conn: Connection, directory: Directory) -> None:
    ids = store(city_conn, letter(body(), name="戊"), letter(body(), name="己"))
    process(city_conn, directory)
    assert links(city_conn, *ids) == {}


def test_the_earlier_one_is_who_wrote_first(city_conn: Connection, directory: Directory) -> None:
    """An old letter that is imported late is the earlier one all the same."""
    text = body()
    [late] = store(city_conn, letter(text, name="庚"))
    process(city_conn, directory)
    city_conn.commit()
    [old] = store(city_conn, letter(text, name="辛", days=-200))
    process(city_conn, directory)
    assert list(links(city_conn, old)) == [(late, old, LinkKind.EXACT)]


def test_a_person_who_writes_again_repeats_the_matter(city_conn: Connection, directory: Directory) -> None:
    place = "松涛苑"
    first = f"{place}供暖管道漏水，客厅暖气不热，热力公司没有来修。"
    again = f"上次反映的供暖管道漏水还是没有修好，{place}的暖气仍然不热，热力公司推给物业。"
    ids = store(
        city_conn,
        letter(first, name="壬"),
        letter(again, name="壬", days=80),
        letter(again + "。", name="壬", days=200),
        letter(again + "！", name="癸", days=81),
    )
    process(city_conn, directory)
    found = links(city_conn, ids[0])
    assert list(found) == [(ids[1], ids[0], LinkKind.SAME_PERSON)]
    [link] = found.values()
    assert {word for word, _ in link.evidence["words"]} & {"供暖", "管道", "暖气"}
    assert 0.3 <= link.score <= 1
    # after 120 days it is a copy, but no repeat that counts
    assert {kind for _, _, kind in links(city_conn, ids[2])} == {LinkKind.EXACT}


def test_a_person_who_writes_about_something_else_does_not_repeat(city_conn: Connection, directory: Directory) -> None:
    ids = store(city_conn, letter(body(), name="寅"), letter(body(), name="寅", days=3))
    process(city_conn, directory)
    assert links(city_conn, *ids) == {}


def test_posts_are_linked_like_letters(city_conn: Connection, directory: Directory) -> None:
    text = body()
    post = letter(text, name="卯", days=1, channel=Channel.SOCIAL)
    first, second = store(city_conn, letter(text, name="辰"), post)
    process(city_conn, directory)
    assert list(links(city_conn, first)) == [(second, first, LinkKind.EXACT)]


def test_of_a_flood_all_lead_to_the_first_and_no_one_keeps_many_links(
    city_conn: Connection, directory: Directory
) -> None:
    text = body()
    size = repository.NEWEST + 40
    ids = store(city_conn, *[letter(text, name=f"群发{n}", days=n / 1000) for n in range(size)])
    while process(city_conn, directory, limit=50):
        city_conn.commit()
    rows = city_conn.execute(
        "SELECT submission_id, array_agg(earlier_id ORDER BY earlier_id) FROM submission_links"
        " WHERE submission_id = ANY(%s) AND kind = 'exact' GROUP BY 1",
        (ids,),
    ).fetchall()
    of_each: dict[int, list[int]] = dict(rows)
    assert set(of_each) == set(ids[1:])
    assert all(earlier[0] == ids[0] and len(earlier) <= 3 for earlier in of_each.values())
    assert repository.count_links(city_conn, ids[0]) == size - 1


def test_a_batch_that_is_cut_off_leaves_nothing_and_is_done_again(city_conn: Connection, directory: Directory) -> None:
    text = body()
    first, second = store(city_conn, letter(text, name="午"), letter(text, name="未", days=1))
    process(city_conn, directory)
    city_conn.rollback()
    assert links(city_conn, first) == {}
    assert city_conn.execute("SELECT FROM near_signatures WHERE submission_id = %s", (first,)).fetchall() == []
    process(city_conn, directory)
    assert list(links(city_conn, first)) == [(second, first, LinkKind.EXACT)]


def test_the_same_found_twice_is_one_link(city_conn: Connection, directory: Directory) -> None:
    text = body()
    first, _ = store(city_conn, letter(text, name="申"), letter(text, name="酉", days=1))
    process(city_conn, directory)
    known = list(links(city_conn, first).values())
    repository.add_links(city_conn, [replace(known[0], score=0.5)], actor="test")
    repository.add_signatures(city_conn, [(first, [1, 2])], actor="test")
    assert list(links(city_conn, first).values()) == known
    assert len(city_conn.execute("SELECT FROM near_signatures WHERE submission_id = %s", (first,)).fetchall()) == 1


@pytest.mark.parametrize("change", ["exact", "near"])
@pytest.mark.parametrize("slow", [0, 1])
def test_two_batches_at_once_miss_no_pair(
    city_dsn: str, city_conn: Connection, directory: Directory, change: str, slow: int
) -> None:
    """Each has looked before the other has written; whichever commits first, the other finds its letter."""
    text = body()
    other = text if change == "exact" else f"市长您好！{text}盼复。"
    store(city_conn, letter(text, name="戌"), letter(other, name="亥", days=1))
    both_looked, first_is_done = threading.Barrier(2), threading.Event()
    with contextlib.closing(connect(city_dsn)) as one, contextlib.closing(connect(city_dsn)) as two:
        last = (one, two)[slow]
        original = repository.lock_entries

        def patient(conn: Connection) -> None:
            """Nobody writes before both have looked."""
            both_looked.wait(10)
            if conn is last:
                first_is_done.wait(10)
            original(conn)

        def work(conn: Connection) -> int:
            done = process(conn, directory, limit=1)
            conn.commit()
            first_is_done.set()
            return done

        with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as threads:
            patch.setattr(repository, "lock_entries", patient)
            assert list(threads.map(work, (one, two))) == [1, 1]
    ids = [row[0] for row in city_conn.execute("SELECT id FROM submissions ORDER BY id DESC LIMIT 2").fetchall()]
    found = [kind for _, _, kind in links(city_conn, *ids)]
    assert found == [LinkKind.EXACT if change == "exact" else LinkKind.NEAR]


def test_many_workers_link_every_copy(
    pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    texts = [body() for _ in range(12)]
    new = [letter(text, name=f"工{n}{copy}", days=copy) for copy in range(4) for n, text in enumerate(texts)]
    ids = store(city_conn, *new)

    def work() -> None:
        while True:
            with transaction(pool) as conn:
                if not process(conn, directory, limit=5):
                    return

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work) for _ in range(4)]:
            done.result(60)
    exact = {
        (row[0], row[1])
        for row in city_conn.execute("SELECT submission_id, earlier_id FROM submission_links WHERE kind = 'exact'")
    }
    for number in range(len(texts)):
        copies = ids[number :: len(texts)]
        assert {(copy, earlier) for copy, earlier in exact if copy in copies} == {
            (copy, earlier) for n, copy in enumerate(copies) for earlier in copies[:n]
        }


def test_the_program_cannot_change_links(city_conn: Connection) -> None:
    for statement in ("UPDATE submission_links SET certain = true", "DELETE FROM submission_links"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            city_conn.execute(statement)
        city_conn.rollback()

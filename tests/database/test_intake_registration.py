"""The one way in: stored once, masked, sealed, numbered; whoever else comes at the same time."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from intake.encryption import derive_keys, query_code_hash
from intake.receipt_numbers import check_receipt_number
from intake.registration import NUDGE_CHANNEL, Registered, register
from intake.repository import (
    SubmissionCriteria,
    claim_pending,
    count_pending,
    count_submissions,
    find_submission_by_query_code,
    get_original,
    get_submission,
    list_submissions,
    mark_processed,
)
from models.analysis import AppealType
from models.database import Connection
from models.errors import NotFound, Unavailable
from models.submission import Channel, NewSubmission, SubmissionState

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)  # the 23rd in Shanghai
KEYS = derive_keys("a secret for tests only, long enough to pass")

LETTER = NewSubmission(
    channel=Channel.LETTER, source="test", source_id="7", title="<b>路灯</b>不亮",
    body="我叫王小明，住解放路12号，电话13812345678。\r\n\r\n\r\n路灯坏了\x00。", submitter_name="王小明",
    submitter_contact="13812345678", submitter_handle="A1", place="解放路12号", appeal_type=AppealType.HELP, likes=3,
    submitted_at=NOW - timedelta(days=1), details={"备注": "回电13812345678", "answers": {"题": ["王小明"]}, "n": 1},
)  # fmt: skip


def _register(conn: Connection, *new: NewSubmission, want_query_code: bool = False) -> list[Registered]:
    return register(conn, new, actor="test", now=NOW, keys=KEYS, zone=ZONE, want_query_code=want_query_code)


def _numbered(number: int, **changes: Any) -> NewSubmission:
    letter = NewSubmission(channel=Channel.LETTER, source="test", source_id=str(number), body=f"第{number}盏路灯坏了")
    return replace(letter, **changes)


def test_what_is_stored_is_clean_and_masked(conn: Connection) -> None:
    [registered] = _register(conn, LETTER)
    stored = get_submission(conn, registered.submission_id)
    assert registered.status == "new" and registered.query_code is None
    assert stored.receipt_number == registered.receipt_number
    assert stored.title == "路灯不亮"
    assert stored.body == "我叫王**，住解放路*号，电话138****5678。\n\n路灯坏了。"
    assert (stored.submitter_name, stored.place) == ("王**", "解放路*号")
    assert stored.details == {"备注": "回电138****5678", "answers": {"题": ["王**"]}, "n": 1}
    assert stored.state is SubmissionState.PENDING and stored.declared_appeal_type is AppealType.HELP
    assert (stored.submitted_at, stored.received_at, stored.likes) == (LETTER.submitted_at, NOW, 3)


def test_nothing_personal_lies_in_any_column(conn: Connection) -> None:
    _register(conn, LETTER)
    rows = conn.execute("SELECT s::text FROM submissions s UNION ALL SELECT o::text FROM originals o").fetchall()
    for personal in ("王小明", "13812345678", "解放路12", "31333831323334353637"):
        assert personal not in str(rows)


def test_the_original_is_what_came(conn: Connection) -> None:
    [registered] = _register(conn, LETTER)
    original = get_original(conn, registered.submission_id, KEYS)
    assert (original.title, original.body) == (LETTER.title, LETTER.body)
    assert (original.submitter_name, original.submitter_contact, original.submitter_handle) == (
        "王小明", "13812345678", "A1",
    )  # fmt: skip
    with pytest.raises(Unavailable):
        get_original(conn, registered.submission_id, derive_keys("another secret"))
    with pytest.raises(NotFound):
        get_original(conn, 999_999, KEYS)
    with pytest.raises(NotFound):
        get_submission(conn, 999_999)


def test_an_original_moved_to_another_row_does_not_open(conn: Connection, owner: Connection) -> None:
    first, second = _register(conn, LETTER, _numbered(1))
    conn.commit()
    owner.execute(
        "UPDATE originals SET ciphertext = (SELECT ciphertext FROM originals WHERE submission_id = %s)"
        " WHERE submission_id = %s",
        (first.submission_id, second.submission_id),
    )
    owner.commit()
    with pytest.raises(Unavailable):
        get_original(conn, second.submission_id, KEYS)


def test_the_receipt_number_has_the_local_day_and_a_check_digit(conn: Connection) -> None:
    numbers = [registered.receipt_number for registered in _register(conn, *map(_numbered, range(20)))]
    assert all(number.startswith("20261123-") and check_receipt_number(number) for number in numbers)
    assert len(set(numbers)) == 20 and numbers == sorted(numbers)


def test_the_second_time_it_is_already_here(conn: Connection) -> None:
    first = _register(conn, LETTER, _numbered(1))
    second = _register(conn, _numbered(1), LETTER, _numbered(2))
    assert [r.status for r in second] == ["already_here", "already_here", "new"]
    assert [r.submission_id for r in second[:2]] == [first[1].submission_id, first[0].submission_id]
    assert second[0].receipt_number == first[1].receipt_number
    assert count_pending(conn) == 3


def test_equals_in_one_batch_are_stored_once(conn: Connection) -> None:
    answers = _register(conn, _numbered(1), _numbered(2), _numbered(1), _numbered(1))
    assert [r.status for r in answers] == ["new", "new", "already_here", "already_here"]
    assert answers[2].submission_id == answers[0].submission_id


def test_a_known_number_with_other_words(conn: Connection) -> None:
    order = _numbered(1, channel=Channel.HOTLINE, identity_by_number=True)
    letter = _numbered(2)
    _register(conn, order, letter)
    changed = _register(conn, replace(order, body="别的事"), replace(letter, body="别的事"), replace(order, likes=9))
    assert [r.status for r in changed] == ["conflict", "new", "already_here"]
    inside = [_numbered(5, channel=Channel.HOTLINE, identity_by_number=True, body=body) for body in ("甲", "乙", "甲")]
    assert [r.status for r in _register(conn, *inside)] == ["new", "conflict", "already_here"]


def test_a_refused_batch_uses_up_no_numbers(conn: Connection, owner: Connection) -> None:
    _register(conn, *map(_numbered, range(5)))
    before = owner.execute("SELECT last_value FROM receipt_number_seq").fetchone()
    _register(conn, *map(_numbered, range(5)))
    assert owner.execute("SELECT last_value FROM receipt_number_seq").fetchone() == before


def test_statements_do_not_grow_with_the_batch(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = 0
    execute: Any = psycopg.Cursor.execute

    def counting(*args: Any, **kwargs: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*args, **kwargs)

    monkeypatch.setattr(psycopg.Cursor, "execute", counting)
    _register(conn, *map(_numbered, range(300)))
    assert counted <= 8


def test_an_empty_batch_is_no_work(conn: Connection) -> None:
    assert _register(conn) == []


def test_a_record_without_a_time_counts_from_now(conn: Connection) -> None:
    [registered] = _register(conn, _numbered(1))
    assert get_submission(conn, registered.submission_id).submitted_at == NOW


def test_one_person_is_linked_and_not_named(conn: Connection) -> None:
    _register(
        conn, _numbered(1, submitter_contact="138-1234-5678"), _numbered(2, submitter_contact="+86 13812345678"),
        _numbered(3, submitter_contact="13900001111"), _numbered(4),
    )  # fmt: skip
    keys = [row[0] for row in conn.execute("SELECT submitter_key FROM submissions ORDER BY id").fetchall()]
    assert keys[0] == keys[1] != keys[2] and keys[3] is None


def test_the_query_code_opens_its_letter_only(conn: Connection) -> None:
    first, second = _register(conn, _numbered(1), _numbered(2), want_query_code=True)
    assert first.query_code and second.query_code and first.query_code != second.query_code
    code = query_code_hash(first.query_code.lower(), KEYS)
    found = find_submission_by_query_code(conn, first.receipt_number, code)
    assert found is not None and found.id == first.submission_id
    assert find_submission_by_query_code(conn, second.receipt_number, code) is None
    [again] = _register(conn, _numbered(1), want_query_code=True)
    assert again.status == "already_here" and again.query_code is None


def test_many_registering_the_same_at_once_store_it_once(
    pool: ConnectionPool[Connection], owner: psycopg.Connection[Any]
) -> None:
    # slow rows: batches in opposite order surely meet in the middle
    owner.execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$"
    )
    owner.execute("CREATE TRIGGER slow BEFORE INSERT ON submissions FOR EACH ROW EXECUTE FUNCTION slow()")
    owner.commit()
    answers: list[str] = []
    barrier = threading.Barrier(6)
    forward = [_numbered(n) for n in range(20)]

    def work(batch: list[NewSubmission]) -> None:
        barrier.wait()
        with pool.connection() as conn:
            got = register(conn, batch, actor="test", now=NOW, keys=KEYS, zone=ZONE)
        answers.extend(r.status for r in got)

    batches = [forward, forward[::-1], forward, forward[::-1], forward[:1], forward[19:]]
    threads = [threading.Thread(target=work, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pool.connection() as conn:
        assert count_pending(conn) == 20
    assert answers.count("new") == 20 and answers.count("already_here") == 4 * 20 + 2 - 20


def test_an_uncommitted_record_of_another_is_waited_for(pool: ConnectionPool[Connection]) -> None:
    with pool.connection() as first:
        _register(first, _numbered(1))
        answers: list[Registered] = []

        def second() -> None:
            with pool.connection() as conn:
                answers.extend(_register(conn, _numbered(1)))

        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive() and answers == []
        first.commit()
        thread.join(5)
    assert [answer.status for answer in answers] == ["already_here"]


def test_whoever_listens_is_nudged_at_commit_and_once(conn: Connection, dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as listener:
        listener.execute(f"LISTEN {NUDGE_CHANNEL}")
        _register(conn, *map(_numbered, range(50)))
        assert list(listener.notifies(timeout=0.2)) == []
        conn.commit()
        assert len(list(listener.notifies(timeout=1))) == 1
        _register(conn, *map(_numbered, range(50)))
        conn.commit()
        assert list(listener.notifies(timeout=0.2)) == []


def test_two_workers_claim_different_rows_the_oldest_first(pool: ConnectionPool[Connection]) -> None:
    with pool.connection() as conn:
        ids = [r.submission_id for r in _register(conn, *map(_numbered, range(10)))]
    with pool.connection() as one, pool.connection() as two:
        assert [s.id for s in claim_pending(one, 6)] == ids[:6]
        assert [s.id for s in claim_pending(two, 6)] == ids[6:]
        mark_processed(one, ids[:6], actor="test")
        one.commit()
        two.rollback()
        assert [s.id for s in claim_pending(two, 20)] == ids[6:]
        assert count_pending(two) == 4


def test_lists_and_counts_agree_under_every_filter(conn: Connection) -> None:
    _register(conn, *(_numbered(n, submitted_at=NOW - timedelta(hours=n)) for n in range(5)))
    _register(conn, *(_numbered(n, channel=Channel.SOCIAL, likes=n) for n in range(3)))
    newest = list_submissions(conn, SubmissionCriteria(channel=Channel.LETTER), limit=2, offset=1)
    assert [line.body for line in newest] == ["第1盏路灯坏了", "第2盏路灯坏了"]
    for criteria, expected in (
        (SubmissionCriteria(), 8),
        (SubmissionCriteria(channel=Channel.SOCIAL), 3),
        (SubmissionCriteria(has_case=False), 8),
        (SubmissionCriteria(has_case=True), 0),
        (SubmissionCriteria(topic="none"), 0),
        (SubmissionCriteria(topic="T04"), 0),
    ):
        assert count_submissions(conn, criteria) == len(list_submissions(conn, criteria)) == expected


def test_a_channel_without_rows_is_not_looked_for_in_all_others(conn: Connection) -> None:
    """The newest of a channel are walked in an index of it: at a million rows a scan took 400 ms."""
    _register(conn, *(_numbered(n, submitted_at=NOW - timedelta(hours=n)) for n in range(300)))
    conn.execute("ANALYZE submissions")
    conn.execute("SET LOCAL enable_seqscan = off")  # 300 rows are read as quickly
    newest = (
        "SELECT s.id FROM submissions s WHERE s.channel = 'survey' ORDER BY s.submitted_at DESC, s.id DESC LIMIT 50"
    )
    plan = [row[0] for row in conn.execute(f"EXPLAIN {newest}").fetchall()]
    assert any("using submissions_channel" in line for line in plan) and not any("Sort" in line for line in plan)

"""Submissions join issues in the transaction that analyses them: the same for the same order, after a restart, and with
several workers at once."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import Mock

import pytest
from psycopg.errors import LockNotAvailable
from psycopg_pool import ConnectionPool

from models.analysis import Analysis, Scope
from models.database import Connection, connect, transaction
from models.issue import IssueAction, IssueCriteria
from models.submission import Channel
from nlp.issues.book import BookSettings
from routing.directory import Directory
from routing.directory_repository import load_directory
from routing.issues import issue_repository, issues
from routing.issues import issue_step_repository as repository
from routing.issues.issues import IssueMemory
from routing.process import process_batch
from tests import factories
from tests.database.issue_letters import (
    MATTERS,
    groups,
    issues_of,
    letter,
    letters_of,
    mixed,
    process,
    process_all,
    store,
)
from tests.factories import NOW, ZONE
from tests.reading import Reading


@pytest.fixture
def city(conn: Connection) -> Directory:
    factories.city(conn)
    return load_directory(conn)


def rows(conn: Connection) -> list[tuple[object, ...]]:
    """Everything that the step writes, but for moments and tokens."""
    members = conn.execute(
        "SELECT submission_id, issue_id, part, arrival, similarity, evidence, packed FROM issue_members"
        " ORDER BY arrival"
    ).fetchall()
    kept = conn.execute(
        "SELECT id, name, place, first_at, last_at, submissions, persons, votes, merged_into, arrival,"
        " round(live_persons::numeric, 9), round(live_submissions::numeric, 9) FROM issues ORDER BY id"
    ).fetchall()
    return [*members, *kept]


def test_letters_of_one_matter_become_one_issue(conn: Connection, city: Directory) -> None:
    ids = {matter: store(conn, *letters_of(matter)) for matter in MATTERS}
    alone = store(conn, letter("图书馆周一闭馆", "图书馆周一为什么不开门，想借书。", name="读者"))
    process_all(conn, city)
    assert groups(conn) == {*map(frozenset, ids.values()), frozenset(alone)}
    page = issue_repository.list_issues(conn, IssueCriteria(), now=NOW + timedelta(days=5))
    assert [(i.submissions, i.persons) for i in page.rows] == [(5, 5), (4, 4), (3, 3)]
    first = page.rows[0]
    assert first.place == "白石巷" and "噪声" in first.name
    assert first.named_by is None and first.heat.total > page.rows[1].heat.total
    assert (first.first_at, first.last_at) == (NOW, NOW + timedelta(days=4))
    assert first.topic_code == "T0402"


def test_a_member_says_why_it_belongs(conn: Connection, city: Directory) -> None:
    first, second, *_ = store(conn, *letters_of("搅拌站"))
    process_all(conn, city)
    [issue_id] = set(issues_of(conn).values())
    assert issue_id is not None
    by_id = {member.submission_id: member for member in issue_repository.list_members(conn, issue_id)}
    assert by_id[first].evidence == {} and by_id[first].similarity == 0
    why = by_id[second].evidence
    assert why["nearest"] == first and why["days"] == 1 and by_id[second].similarity >= 0.2
    assert "搅拌站" in {word for word, _ in why["words"]}
    assert 0 < sum(share for _, share in why["words"]) <= 1.001
    assert by_id[second].decided_by is None


def test_posts_and_answers_join_and_likes_are_votes(conn: Connection, city: Directory) -> None:
    letters = letters_of("路灯")
    post = letter("", "望江大道路灯不亮，过马路看不清车，路灯坏了没人修", name="网友", channel=Channel.SOCIAL, likes=9)
    store(conn, *letters, post)
    process_all(conn, city)
    [issue] = issue_repository.list_issues(conn, IssueCriteria(), now=NOW).rows
    assert (issue.submissions, issue.votes) == (4, 9)
    assert issue.heat.votes > 0


def test_a_person_is_counted_once_and_a_flood_of_one_is_no_issue(conn: Connection, city: Directory) -> None:
    store(conn, *[letter(*MATTERS["路灯"][0], name="一人", days=n) for n in range(4)])
    process_all(conn, city)
    assert len(set(issues_of(conn).values())) == 1
    assert issue_repository.list_issues(conn, IssueCriteria(), now=NOW).total == 0
    store(conn, letter(*MATTERS["路灯"][1], name="另一人"))
    process_all(conn, city)
    [issue] = issue_repository.list_issues(conn, IssueCriteria(), now=NOW).rows
    assert (issue.submissions, issue.persons) == (5, 2)


def test_what_is_confidential_or_says_nothing_joins_nothing(conn: Connection, city: Directory) -> None:
    secret = store(conn, *letters_of("搅拌站", confidential=True))
    process_all(conn, city)
    store(conn, *letters_of("路灯"))
    process(conn, city, topic="T2205")  # protects who reports
    conn.commit()
    store(conn, *letters_of("幼儿园"))
    nothing = Reading(Analysis(scope=Scope.NO_MATTER))
    process_batch(conn, nothing, city, now=NOW, zone=ZONE, limit=100)
    conn.commit()
    assert issues_of(conn) == {} and secret


@pytest.mark.parametrize("limit", [1, 3, 100])
@pytest.mark.parametrize("remembers", [True, False])
def test_batches_and_restarts_make_no_difference(
    conn: Connection, city: Directory, dsn: str, limit: int, remembers: bool
) -> None:
    """Compared with all at once, down to the last byte."""
    store(conn, *mixed(*MATTERS))
    process(conn, city)
    whole = rows(conn)
    conn.rollback()
    assert rows(conn) == []
    memory = IssueMemory() if remembers else None
    process_all(conn, city, memory, limit=limit)
    assert rows(conn) == whole


def test_clusters_are_known_by_their_latest_after_a_restart_too(conn: Connection, city: Directory) -> None:
    """With so small a memory that clusters forget their oldest and single ones take no more."""
    settings = BookSettings(known=2, young=2, alone_for=4, silent_for=6)
    store(conn, *mixed(*MATTERS), *[letter("图书馆周一闭馆", f"图书馆{n}", name=f"读者{n}") for n in range(9)])
    process(conn, city, IssueMemory(settings))
    whole = rows(conn)
    conn.rollback()
    while process(conn, city, IssueMemory(settings), limit=2):
        conn.commit()
    assert rows(conn) == whole
    retired = conn.execute("SELECT count(*) FROM issues WHERE retired_at IS NOT NULL").fetchone()
    assert retired is not None and retired[0] > 0


def test_a_memory_is_not_trusted_after_a_rollback(conn: Connection, city: Directory) -> None:
    memory = IssueMemory()
    store(conn, *letters_of("搅拌站")[:2])
    process_all(conn, city, memory)
    store(conn, *mixed("搅拌站", "幼儿园")[4:])
    process(conn, city, memory)
    conn.rollback()
    assert len(issues_of(conn)) == 2
    process_all(conn, city, memory, limit=2)
    seen = rows(conn)
    conn.execute("SELECT 1")
    fresh = {frozenset(g) for g in groups(conn)}
    assert len(seen) > 2 and len(fresh) == 2


def test_what_another_process_added_is_taken_up(
    conn: Connection, city: Directory, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without reading everything anew."""
    mine, theirs = IssueMemory(), IssueMemory()
    store(conn, *mixed(*MATTERS))
    with contextlib.closing(connect(dsn)) as other:
        process(conn, city, mine, limit=2)
        conn.commit()
        process(other, city, theirs, limit=2)
        other.commit()
        loads = Mock(wraps=issues._load)
        monkeypatch.setattr(issues, "_load", loads)
        while process(conn, city, mine, limit=1):
            conn.commit()
            process(other, city, theirs, limit=2)
            other.commit()
        assert loads.call_count == 0
    assert {len(g) for g in groups(conn)} == {5, 4, 3}


def test_until_a_batch_is_committed_no_other_joins(conn: Connection, city: Directory, dsn: str) -> None:
    """By a lock of their own: others that a batch holds happen to keep the workers below apart too."""
    store(conn, *mixed(*MATTERS))
    process(conn, city, limit=2)
    with contextlib.closing(connect(dsn)) as other:
        other.execute("SET lock_timeout = '50ms'")
        with pytest.raises(LockNotAvailable):
            repository.lock_issues(other)
        other.rollback()
        conn.commit()
        repository.lock_issues(other)


def test_workers_at_once_never_make_two_issues_of_one(
    pool: ConnectionPool[Connection], conn: Connection, city: Directory
) -> None:
    texts = [
        letter(title, f"{body}（{copy}）", name=f"{matter}{copy}", days=copy)
        for copy in range(8)
        for matter, ((title, body), *_) in MATTERS.items()
    ]
    store(conn, *texts)

    def work() -> None:
        memory = IssueMemory()
        while True:
            with transaction(pool) as own:
                if not process(own, city, memory, limit=2):
                    return

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work) for _ in range(4)]:
            done.result(120)
    assert sorted(len(g) for g in groups(conn)) == [8, 8, 8]
    arrivals = [row[0] for row in conn.execute("SELECT arrival FROM issue_members ORDER BY arrival").fetchall()]
    assert arrivals == list(range(1, 25))


def test_what_the_program_merged_is_in_the_log(conn: Connection, city: Directory) -> None:
    conn.execute("SELECT 1")
    store(conn, *letters_of("路灯"))
    process_all(conn, city)
    repository.lock_issues(conn)
    repository.add_issues(conn, [99], step=9, actor="test", now=NOW)
    [issue_id] = set(issues_of(conn).values())
    assert issue_id is not None
    moved = repository.merge_issues(conn, 99, issue_id, as_parts=False, step=9, actor="test")
    assert len(moved) == 3
    decision = repository.add_decision(
        conn, IssueAction.MERGE, 99, issue_id, {"members": moved}, actor="system:pipeline", now=NOW
    )
    assert issue_repository.get_decision(conn, decision).payload == {"members": moved}

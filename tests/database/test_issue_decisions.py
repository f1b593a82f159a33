"""What people decide about issues holds against the program, can be taken back, and of two at once one wins."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from models.database import Connection, open_pool
from models.errors import Conflict, Invalid
from models.issue import Issue, IssueAction, IssueCriteria, IssueDecision, ProposalKind, ProposalState
from models.submission import NewSubmission
from nlp.issues.book import BookSettings
from routing.directory import Directory
from routing.directory_repository import load_directory
from routing.issues import issue_decisions as decisions
from routing.issues import issue_repository
from routing.issues import issue_step_repository as steps
from routing.issues.issues import IssueMemory
from tests import factories
from tests.database.issue_letters import (
    MATTERS,
    issues_of,
    letter,
    letters_of,
    mixed,
    process,
    process_all,
    store,
)
from tests.database.racing import race
from tests.factories import NOW

ACTOR = "account:1:甲"


@pytest.fixture
def city(conn: Connection) -> Directory:
    factories.city(conn)
    return load_directory(conn)


@pytest.fixture
def pool(dsn: str) -> Iterator[ConnectionPool[Connection]]:
    with contextlib.closing(open_pool(dsn, 4)) as opened:
        yield opened


def listed(conn: Connection) -> list[Issue]:
    return issue_repository.list_issues(conn, IssueCriteria(), now=NOW).rows


def get(conn: Connection, issue_id: int) -> Issue:
    return issue_repository.get_issue(conn, issue_id, now=NOW)


def members(conn: Connection, issue_id: int) -> set[int]:
    return {submission_id for submission_id, issue in issues_of(conn).items() if issue == issue_id}


def last(conn: Connection, issue_id: int) -> IssueDecision:
    return issue_repository.list_decisions(conn, issue_id)[0]


def more(matter: str, number: int = 0) -> NewSubmission:
    """Another letter of a matter, of a person who has not written."""
    title, body = MATTERS[matter][number]
    return letter(title, f"{body}还没有解决。", name=f"又一人{matter}{number}", days=6)


def two(conn: Connection, city: Directory, memory: IssueMemory | None = None) -> tuple[Issue, Issue]:
    """The issue of the mixing plant and that of the nursery school."""
    store(conn, *mixed("搅拌站", "幼儿园"))
    process_all(conn, city, memory)
    first, second = listed(conn)
    return first, second


def test_merged_by_a_person_they_stay_together(conn: Connection, city: Directory) -> None:
    memory = IssueMemory(BookSettings(young=4))
    one, other = two(conn, city, memory)
    merged = decisions.merge(conn, one, other, actor=ACTOR, now=NOW)
    assert (merged.id, merged.submissions, merged.shaped_by) == (one.id, 9, ACTOR)
    assert get(conn, other.id).merged_into == one.id and [i.id for i in listed(conn)] == [one.id]
    # the program would tell them apart, and what comes joins the whole
    store(conn, *[more(matter, n) for n in range(3) for matter in ("搅拌站", "幼儿园")])
    process_all(conn, city, memory, limit=2)
    assert set(issues_of(conn).values()) == {one.id}
    assert {p.kind for p in issue_repository.list_proposals(conn)} <= {ProposalKind.SPLIT}


def test_split_by_a_person_they_never_come_together(conn: Connection, city: Directory) -> None:
    memory = IssueMemory()
    store(conn, *letters_of("搅拌站"))
    process_all(conn, city, memory)
    [issue] = listed(conn)
    leaving = sorted(members(conn, issue.id))[:2]
    new = decisions.split(conn, issue, leaving, actor=ACTOR, now=NOW)
    assert (new.submissions, get(conn, issue.id).submissions) == (2, 3)
    assert members(conn, new.id) == set(leaving)
    store(conn, *[more("搅拌站", n) for n in range(5)])
    process_all(conn, city, memory, limit=1)
    assert set(issues_of(conn).values()) == {issue.id, new.id}
    assert all(issue_repository.list_members(conn, new.id)[-1 - n].decided_by == ACTOR for n in (0, 1))
    assert issue_repository.list_proposals(conn) == []


def test_moved_out_it_stays_out(conn: Connection, city: Directory) -> None:
    one, other = two(conn, city)
    first, second, *_ = sorted(members(conn, one.id))
    decisions.move(conn, one, [first], None, actor=ACTOR, now=NOW)
    alone = issues_of(conn)[first]
    assert alone not in (one.id, None) and get(conn, alone or 0).submissions == 1
    decisions.move(conn, get(conn, one.id), [second], other, actor=ACTOR, now=NOW)
    assert second in members(conn, other.id) and get(conn, one.id).submissions == 3
    store(conn, more("搅拌站"), more("幼儿园"))
    process_all(conn, city)
    assert issues_of(conn)[first] == alone and second in members(conn, other.id)
    assert len(listed(conn)) <= 3


def test_a_persons_name_stays(conn: Connection, city: Directory) -> None:
    one, _ = two(conn, city)
    renamed = decisions.rename(conn, one, " 白石巷 搅拌站 ", actor=ACTOR, now=NOW)
    assert (renamed.name, renamed.named_by) == ("白石巷 搅拌站", ACTOR)
    store(conn, *[more("搅拌站", n) for n in range(5)])
    process_all(conn, city)
    assert get(conn, one.id).name == "白石巷 搅拌站"
    back = decisions.undo(conn, last(conn, one.id), actor=ACTOR, now=NOW)
    assert back.named_by is None and back.name not in ("", "白石巷 搅拌站")
    for wrong in ("", "长" * (decisions.MAX_NAME + 1)):
        with pytest.raises(Invalid):
            decisions.rename(conn, back, wrong, actor=ACTOR, now=NOW)


def test_pinned_first_muted_away_and_both_taken_back(conn: Connection, city: Directory) -> None:
    one, other = two(conn, city)
    pinned = decisions.pin(conn, other, actor=ACTOR, now=NOW)
    assert [i.id for i in listed(conn)] == [other.id, one.id]
    decisions.unpin(conn, pinned, actor=ACTOR, now=NOW)
    assert [i.id for i in listed(conn)] == [one.id, other.id]
    muted = decisions.mute(conn, one, until=NOW + timedelta(days=7), actor=ACTOR, now=NOW)
    assert muted.is_muted(NOW) and [i.id for i in listed(conn)] == [other.id]
    store(conn, more("搅拌站"))
    process_all(conn, city)
    assert get(conn, one.id).submissions == one.submissions + 1
    decisions.undo(conn, last(conn, one.id), actor=ACTOR, now=NOW)
    assert [i.id for i in listed(conn)] == [one.id, other.id]
    with pytest.raises(Invalid):
        decisions.mute(conn, get(conn, one.id), until=NOW, actor=ACTOR, now=NOW)


def merge_them(conn: Connection, one: Issue, other: Issue) -> None:
    decisions.merge(conn, one, other, actor=ACTOR, now=NOW)


def split_one(conn: Connection, one: Issue, other: Issue) -> None:
    decisions.split(conn, one, sorted(members(conn, one.id))[:2], actor=ACTOR, now=NOW)


def move_one(conn: Connection, one: Issue, other: Issue) -> None:
    decisions.move(conn, one, sorted(members(conn, one.id))[:1], other, actor=ACTOR, now=NOW)


def move_out(conn: Connection, one: Issue, other: Issue) -> None:
    decisions.move(conn, one, sorted(members(conn, one.id))[:1], None, actor=ACTOR, now=NOW)


@pytest.mark.parametrize("decide", [merge_them, split_one, move_one, move_out])
def test_what_was_decided_is_taken_back_once(
    conn: Connection, city: Directory, decide: Callable[[Connection, Issue, Issue], None]
) -> None:
    one, other = two(conn, city)
    before = issues_of(conn)
    decide(conn, one, other)
    assert issues_of(conn) != before
    decision = last(conn, one.id)
    decisions.undo(conn, decision, actor="account:2:乙", now=NOW)
    assert issues_of(conn) == before
    assert {i.id: i.submissions for i in listed(conn)} == {one.id: one.submissions, other.id: other.submissions}
    undone = issue_repository.get_decision(conn, decision.id)
    assert undone.undone_by == last(conn, one.id).id
    with pytest.raises(Conflict, match="撤销过"):
        decisions.undo(conn, undone, actor=ACTOR, now=NOW)
    with pytest.raises(Conflict, match="不能再撤销"):
        decisions.undo(conn, last(conn, one.id), actor=ACTOR, now=NOW)


def test_an_undone_merge_keeps_who_came_since_and_holds(conn: Connection, city: Directory) -> None:
    one, other = two(conn, city)
    merge_them(conn, one, other)
    [late] = store(conn, more("搅拌站"))
    process_all(conn, city)
    decisions.undo(conn, issue_repository.list_decisions(conn, one.id)[0], actor=ACTOR, now=NOW)
    assert get(conn, one.id).submissions == one.submissions + 1 and late in members(conn, one.id)
    store(conn, more("幼儿园"))
    process_all(conn, city)
    assert get(conn, other.id).submissions == other.submissions + 1


def test_what_came_after_can_stand_in_the_way(conn: Connection, city: Directory) -> None:
    one, other = two(conn, city)
    merge_them(conn, one, other)
    merged = last(conn, one.id)
    third = decisions.split(conn, get(conn, one.id), sorted(members(conn, one.id))[:2], actor=ACTOR, now=NOW)
    decisions.merge(conn, third, get(conn, one.id), actor=ACTOR, now=NOW)
    with pytest.raises(Conflict):
        decisions.undo(conn, merged, actor=ACTOR, now=NOW)


def propose(conn: Connection, kind: ProposalKind, issue: Issue, other: Issue | None, leaving: list[int]) -> Any:
    steps.lock_issues(conn)
    steps.add_proposal(
        conn, kind, issue.id, other.id if other else None, leaving=leaving, evidence={}, actor="system", now=NOW
    )
    found = issue_repository.list_proposals(conn, issue.id)
    return found[0] if found else None


def test_a_proposal_is_accepted_and_taken_back(conn: Connection, city: Directory) -> None:
    one, other = two(conn, city)
    proposal = propose(conn, ProposalKind.MERGE, one, other, [])
    assert propose(conn, ProposalKind.MERGE, one, other, []) == proposal, "it waits once"
    decisions.accept(conn, proposal, actor=ACTOR, now=NOW)
    assert get(conn, other.id).merged_into == one.id
    assert issue_repository.get_proposal(conn, proposal.id).state is ProposalState.ACCEPTED
    with pytest.raises(Conflict, match="已经有人处理"):
        decisions.accept(conn, proposal, actor=ACTOR, now=NOW)
    decisions.undo(conn, last(conn, one.id), actor=ACTOR, now=NOW)
    assert get(conn, other.id).merged_into is None
    part = sorted(members(conn, one.id))[:2]
    accepted = decisions.accept(conn, propose(conn, ProposalKind.SPLIT, one, None, part), actor=ACTOR, now=NOW)
    assert accepted.submissions == one.submissions - 2
    decisions.undo(conn, last(conn, one.id), actor=ACTOR, now=NOW)
    assert get(conn, one.id).submissions == one.submissions


def test_a_rejected_proposal_never_comes_again(conn: Connection, city: Directory) -> None:
    one, other = two(conn, city)
    proposal = propose(conn, ProposalKind.MERGE, one, other, [])
    decisions.reject(conn, proposal, actor=ACTOR, now=NOW)
    assert propose(conn, ProposalKind.MERGE, one, other, []) is None
    assert conn.execute("SELECT issue_id, other_id FROM issue_separations").fetchall() == [
        (min(one.id, other.id), max(one.id, other.id))
    ]
    assert last(conn, one.id).action is IssueAction.REJECT


def test_a_proposal_about_what_has_changed_is_outdated(conn: Connection, city: Directory) -> None:
    one, other = two(conn, city)
    proposal = propose(conn, ProposalKind.MERGE, one, other, [])
    split_one(conn, one, other)
    assert issue_repository.get_proposal(conn, proposal.id).state is ProposalState.OUTDATED


def test_refusals(conn: Connection, city: Directory) -> None:
    one, other = two(conn, city)
    strangers = sorted(members(conn, other.id))
    with pytest.raises(Invalid):
        decisions.merge(conn, one, one, actor=ACTOR, now=NOW)
    with pytest.raises(Invalid):
        decisions.split(conn, one, [], actor=ACTOR, now=NOW)
    with pytest.raises(Invalid, match="全部"):
        decisions.split(conn, one, sorted(members(conn, one.id)), actor=ACTOR, now=NOW)
    with pytest.raises(Conflict, match="不在"):
        decisions.split(conn, one, strangers, actor=ACTOR, now=NOW)
    merge_them(conn, one, other)
    for decide in (decisions.pin, decisions.unpin, partial(decisions.rename, name="新名")):
        with pytest.raises(Conflict, match="并入"):
            decide(conn, get(conn, other.id), actor=ACTOR, now=NOW)
    with pytest.raises(Conflict, match="他人更改"):
        decisions.pin(conn, one, actor=ACTOR, now=NOW)


def test_arrivals_are_no_change_by_others(conn: Connection, city: Directory) -> None:
    """Who looks at a hot issue may decide although letters come every minute."""
    one, _ = two(conn, city)
    store(conn, more("搅拌站"))
    process_all(conn, city)
    assert decisions.pin(conn, one, actor=ACTOR, now=NOW).submissions == one.submissions + 1


@pytest.mark.parametrize(
    ("first", "second"), [(merge_them, merge_them), (split_one, merge_them), (split_one, split_one)]
)
def test_of_two_people_at_once_one_wins(
    conn: Connection,
    city: Directory,
    pool: ConnectionPool[Connection],
    first: Callable[[Connection, Issue, Issue], None],
    second: Callable[[Connection, Issue, Issue], None],
) -> None:
    one, other = two(conn, city)
    outcomes = race(pool, lambda c: first(c, one, other), lambda c: second(c, one, other))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]
    assert len(issue_repository.list_decisions(conn, one.id)) == 1


def test_a_decision_while_letters_arrive_loses_nothing(
    conn: Connection, city: Directory, pool: ConnectionPool[Connection]
) -> None:
    memory = IssueMemory()
    one, other = two(conn, city, memory)
    store(conn, *[more(matter, n) for n in range(4) for matter in ("搅拌站", "幼儿园")])
    outcomes = race(pool, lambda c: process(c, city, memory), lambda c: merge_them(c, one, other))
    assert outcomes == [8, None]
    assert set(issues_of(conn).values()) == {one.id}
    assert get(conn, one.id).submissions == 17

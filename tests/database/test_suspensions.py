"""Suspensions: the clock stands for so many working days and no more, and a case is not finished meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from psycopg_pool import ConnectionPool

from intake.repository import get_submission
from models.analysis import AppealType, TextSpan
from models.callback import CaseSuspension, SuspensionState
from models.case import Case, CaseAction, CompletionResult
from models.database import Connection, open_pool
from models.errors import Conflict, Invalid
from models.merge import NewPart
from routing import event_repository, lifecycle
from routing.casework import merging, splitting
from routing.clocks import extensions, suspensions
from routing.clocks import suspension_repository as rows
from routing.clocks.archiving import end_suspensions
from routing.clocks.casework_rules import CaseworkRules
from routing.clocks.completion_clock import deadline_of
from routing.clocks.day_count import days_of
from routing.directory import Directory
from tests import factories
from tests.database.follow_up_cases import DISPATCHER, LATER, OFFICER
from tests.database.racing import race
from tests.factories import KEYS, NOW, ZONE

# Monday the 23rd of November 2026 is NOW; the Friday of the same week.
FRIDAY = date(2026, 11, 27)
AFTER = datetime(2026, 11, 28, 0, 1, tzinfo=ZONE)


@pytest.fixture
def city_pool(city_dsn: str) -> Iterator[ConnectionPool[Connection]]:
    pool = open_pool(city_dsn, 4)
    yield pool
    pool.close()


def working(conn: Connection, directory: Directory) -> Case:
    return factories.case(conn, directory, lead="zjj", until=CaseAction.REPLY)


def ask(conn: Connection, case: Case, directory: Directory, until: date | None = FRIDAY, now: datetime = LATER) -> Case:
    return suspensions.request_suspension(
        conn, case, directory, until=until, reason="等待配件到货。", actor=OFFICER, now=now, zone=ZONE
    )


def grant(conn: Connection, case: Case, directory: Directory, now: datetime = LATER) -> Case:
    return suspensions.grant_suspension(conn, case, directory, actor=DISPATCHER, now=now, zone=ZONE)


def resume(conn: Connection, case: Case, directory: Directory, now: datetime) -> Case:
    return suspensions.resume(conn, case, directory, actor=OFFICER, now=now, zone=ZONE)


def suspended(conn: Connection, directory: Directory) -> Case:
    return grant(conn, ask(conn, working(conn, directory), directory), directory)


def last(conn: Connection, case: Case) -> CaseSuspension:
    return rows.list_suspensions(conn, case.id)[-1]


def test_asking_stops_no_clock_and_granting_does(city_conn: Connection, directory: Directory) -> None:
    case = working(city_conn, directory)
    asked = ask(city_conn, case, directory)
    assert (asked.due_at, asked.due_basis) == (case.due_at, case.due_basis)
    paused = grant(city_conn, asked, directory)
    assert case.due_date is not None and paused.due_date == directory.calendar.add_working_days(case.due_date, 4)
    assert "自2026年11月23日起挂起，至2026年11月27日止，其间4个工作日不计入时限，理由：等待配件到货" in paused.due_basis
    row = last(city_conn, case)
    assert (row.state, row.due_at_before, row.decided_by) == (SuspensionState.RUNNING, case.due_at, DISPATCHER)
    assert rows.list_running_of(city_conn, [case.id]).keys() == {case.id}
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_an_early_end_gives_the_days_that_it_stood(city_conn: Connection, directory: Directory) -> None:
    before = working(city_conn, directory)
    paused = grant(city_conn, ask(city_conn, before, directory), directory)
    wednesday = datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)
    after = resume(city_conn, paused, directory, wednesday)
    assert before.due_date is not None
    assert after.due_date == directory.calendar.add_working_days(before.due_date, 2)
    assert "2026年11月23日至2026年11月25日挂起，2个工作日不计入时限" in after.due_basis
    spans = suspensions.stood_days(rows.list_suspensions(city_conn, before.id), ZONE)
    assert spans == [(date(2026, 11, 24), date(2026, 11, 25))]
    counted = days_of(after, directory, ZONE, stood=spans)
    assert [d.day.day for d in counted if d.why == "挂起"] == [24, 25]
    assert counted[-1].number == 7  # seven working days, as without it
    assert "起挂起" not in after.due_basis  # what was planned is not told twice
    assert (last(city_conn, before).days, last(city_conn, before).state) == (2, SuspensionState.ENDED)


def test_resuming_on_the_same_day_gives_nothing(city_conn: Connection, directory: Directory) -> None:
    before = working(city_conn, directory)
    paused = grant(city_conn, ask(city_conn, before, directory), directory)
    after = resume(city_conn, paused, directory, LATER + timedelta(hours=1))
    assert (after.due_at, after.due_basis) == (before.due_at, before.due_basis)


def test_the_schedule_ends_it_on_its_day_however_late_it_comes(city_conn: Connection, directory: Directory) -> None:
    case = suspended(city_conn, directory)
    friday = datetime(2026, 11, 27, 23, 59, tzinfo=ZONE)
    assert end_suspensions(city_conn, directory, actor="system:schedule", now=friday, zone=ZONE) == 0
    late = AFTER + timedelta(days=5)
    assert end_suspensions(city_conn, directory, actor="system:schedule", now=late, zone=ZONE) == 1
    row = last(city_conn, case)
    assert (row.state, row.days, row.ended_by) == (SuspensionState.ENDED, 4, "system:schedule")
    event = event_repository.list_events(city_conn, case.id)[-1]
    assert (event.action, event.payload["days"]) == (CaseAction.RESUME, 4)
    assert end_suspensions(city_conn, directory, actor="system:schedule", now=late, zone=ZONE) == 0
    city_conn.commit()


def test_resuming_by_hand_against_the_schedule(
    city_pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    case = suspended(city_conn, directory)
    city_conn.commit()
    race(
        city_pool,
        lambda conn: resume(conn, case, directory, AFTER),
        lambda conn: end_suspensions(conn, directory, actor="system:schedule", now=AFTER, zone=ZONE),
    )
    events = [e for e in event_repository.list_events(city_conn, case.id) if e.action is CaseAction.RESUME]
    assert len(events) == 1 and last(city_conn, case).days == 4
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_a_suspended_case_is_neither_completed_nor_given_on(city_conn: Connection, directory: Directory) -> None:
    case = suspended(city_conn, directory)
    with pytest.raises(Conflict, match="请先恢复办理，再办结"):
        lifecycle.complete(city_conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=LATER)
    with pytest.raises(Conflict, match="请先恢复办理，再改派"):
        lifecycle.dispatch(city_conn, case, directory, lead="swj", actor=DISPATCHER, now=LATER, zone=ZONE)
    with pytest.raises(Conflict, match="请先恢复办理，再申请延期"):
        extensions.request_extension(city_conn, case, directory, days=3, reason="配件", actor=OFFICER, now=LATER)
    resumed = resume(city_conn, case, directory, LATER)
    lifecycle.complete(city_conn, resumed, result=CompletionResult.SOLVED, actor=OFFICER, now=LATER)


def test_it_is_asked_for_in_time_within_the_limits_and_once(city_conn: Connection, directory: Directory) -> None:
    case = working(city_conn, directory)
    assert case.due_at is not None
    with pytest.raises(Conflict, match="已经超期"):
        ask(city_conn, case, directory, now=case.due_at)
    for wrong in (None, LATER.astimezone(ZONE).date(), date(2026, 12, 25)):
        with pytest.raises(Invalid):
            ask(city_conn, case, directory, until=wrong)
    asked = ask(city_conn, case, directory)
    with pytest.raises(Conflict, match="已经申请过挂起"):
        ask(city_conn, asked, directory)
    refused = suspensions.refuse_suspension(city_conn, asked, note="可以先行修复", actor=DISPATCHER, now=LATER)
    assert refused.due_at == case.due_at
    again = resume(
        city_conn, grant(city_conn, ask(city_conn, refused, directory), directory), directory, LATER + timedelta(days=1)
    )
    with pytest.raises(Conflict, match="已经挂起1次"):
        ask(city_conn, again, directory)


def test_a_city_may_forbid_it(city_conn: Connection, directory: Directory) -> None:
    strict = replace(directory, casework=CaseworkRules(suspension_days=0))
    with pytest.raises(Conflict, match="不允许挂起"):
        ask(city_conn, working(city_conn, directory), strict)


def test_nothing_is_granted_that_came_too_late(city_conn: Connection, directory: Directory) -> None:
    asked = ask(city_conn, working(city_conn, directory), directory)
    assert asked.due_at is not None
    with pytest.raises(Conflict, match="已经过了"):
        grant(city_conn, asked, directory, now=AFTER)
    with pytest.raises(Conflict, match="已经超期"):
        grant(city_conn, asked, directory, now=asked.due_at)


def test_a_pending_extension_is_decided_first(city_conn: Connection, directory: Directory) -> None:
    case = working(city_conn, directory)
    case = extensions.request_extension(city_conn, case, directory, days=3, reason="配件", actor=OFFICER, now=LATER)
    with pytest.raises(Conflict, match="延期申请还没有处理"):
        ask(city_conn, case, directory)


def test_the_days_that_it_stood_outlive_a_corrected_appeal_type(city_conn: Connection, directory: Directory) -> None:
    case = resume(city_conn, suspended(city_conn, directory), directory, datetime(2026, 11, 25, 9, 0, tzinfo=ZONE))
    moved = lifecycle.dispatch(
        city_conn,
        case,
        directory,
        lead="swj",
        appeal_type=AppealType.COMPLAIN,
        actor=DISPATCHER,
        now=LATER,
        zone=ZONE,
    )
    plain = deadline_of(directory, AppealType.COMPLAIN, NOW, ZONE, lead="swj")
    assert moved.due_date == directory.calendar.add_working_days(plain.due_date, 2)
    assert "经批准挂起2个工作日" in moved.due_basis


def test_what_is_suspended_is_not_split_and_what_is_asked_for_ends_with_a_merge_or_a_split(
    city_conn: Connection, directory: Directory
) -> None:
    """Nobody could set the clock of a letter going again that is worked on in parts, nor decide for a merged case."""
    standing = suspended(city_conn, directory)
    with pytest.raises(Conflict, match="先恢复办理，再拆分"):
        split(city_conn, standing, directory)
    asked = ask(city_conn, working(city_conn, directory), directory)
    split(city_conn, asked, directory)
    member = ask(city_conn, working(city_conn, directory), directory)
    merging.merge(city_conn, working(city_conn, directory), [member], reason="同一件事", actor=DISPATCHER, now=LATER)
    for case in (asked, member):
        assert [row.state for row in rows.list_suspensions(city_conn, case.id)] == [SuspensionState.REFUSED]


def split(conn: Connection, case: Case, directory: Directory) -> Case:
    submission = get_submission(conn, case.submission_id)
    parts = [NewPart(title=f"第{n}件", lead="zjj", sentences=(TextSpan(0, 4),)) for n in (1, 2)]
    return splitting.split(conn, case, submission, directory, parts, actor=DISPATCHER, now=LATER, zone=ZONE)

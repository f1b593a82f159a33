"""Whoever wants to look good: merges, reopenings and second completions take no hit away and hide no lateness."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from models.account import CITIZEN_ACTOR, Role
from models.callback import Callback, CallbackEntry
from models.case import Case, CaseAction, CompletionResult
from models.database import Connection
from models.errors import Forbidden
from models.integrity import IntegrityRule
from routing import case_repository, lifecycle
from routing.casework import callback_repository, callbacks, merging
from routing.directory import Directory
from tests import factories
from tests.database.follow_up_cases import CONTENT, DISPATCHER, DISPLEASED, call
from tests.database.integrity_cases import OFFICER, complete, hits, numbers
from tests.factories import NOW, ZONE

# Each test has a fortnight of its own.
_weeks = count(0, 2)
SAME = "您反映的问题我局高度重视，已转相关科室按规定办理，感谢您的支持。"
TEN = 10
CALLER = "account:9998:回访"


@pytest.fixture
def start() -> datetime:
    """A Monday, 10 o'clock, in a fortnight that no other test of this module uses."""
    return NOW - timedelta(weeks=50 - next(_weeks))


def due(case: Case) -> datetime:
    assert case.due_at is not None
    return case.due_at


def done(conn: Connection, case: Case, at: datetime, body: str = "又修了一次。") -> Case:
    by: dict[str, Any] = {"actor": OFFICER, "now": at}
    case = lifecycle.reply(conn, case, body=body, public=False, department_id=case.lead_department_id, **by)
    return lifecycle.complete(conn, case, result=CompletionResult.SOLVED, **by)


def test_a_late_case_merged_into_a_fresh_one_is_a_question(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    late = factories.case(city_conn, directory, lead="zjj", at=start)
    at = due(late) + timedelta(hours=3)
    fresh = factories.case(city_conn, directory, lead="swj", at=at - timedelta(hours=1))
    merging.merge(city_conn, fresh, [late], reason="同一事项", actor=DISPATCHER, now=at)
    [hit] = hits(city_conn, IntegrityRule.LATE_CLOCK, start)
    assert (hit.case_number, hit.department_id) == (late.case_number, "zjj")
    assert hit.evidence == {"action": "merge", "minutes_left": -180}


def test_a_fresh_case_merged_into_a_late_one_is_none(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    """Nor one that has days left: both lose nothing by it."""
    late = factories.case(city_conn, directory, lead="zjj", at=start)
    at = due(late) + timedelta(hours=3)
    fresh = factories.case(city_conn, directory, lead="zjj", at=at - timedelta(hours=1))
    other, newer = (factories.case(city_conn, directory, lead="zjj", at=at - timedelta(hours=ago)) for ago in (30, 1))
    merging.merge(city_conn, late, [fresh], reason="同一事项", actor=DISPATCHER, now=at)
    merging.merge(city_conn, newer, [other], reason="同一事项", actor=DISPATCHER, now=at)
    assert hits(city_conn, IntegrityRule.LATE_CLOCK, start) == []


@pytest.mark.parametrize("rule", [IntegrityRule.QUICK_BULK, IntegrityRule.WITHOUT_CONTACT, IntegrityRule.SAME_REPLY])
def test_to_merge_it_afterwards_takes_no_hit_away(
    city_conn: Connection, directory: Directory, start: datetime, rule: IntegrityRule
) -> None:
    bulk = [complete(city_conn, directory, start, contacted=False, body=SAME) for _ in range(TEN)]
    at = start + timedelta(hours=3)
    again = lifecycle.reopen(city_conn, bulk[0], reason="重新办理", actor=DISPATCHER, now=at)
    head = factories.case(city_conn, directory, lead="zjj", at=at)
    merging.merge(city_conn, head, [again], reason="同一事项", actor=DISPATCHER, now=at)
    assert numbers(hits(city_conn, rule, start)) == {case.case_number for case in bulk}


def test_after_a_rework_the_contact_of_before_is_none(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    case = complete(city_conn, directory, start)
    case = call(city_conn, case, answers=DISPLEASED, now=start + timedelta(hours=1))
    at = start + timedelta(hours=2)
    case = callbacks.rework(city_conn, case, directory, reason="再修", actor=DISPATCHER, now=at, zone=ZONE)
    done(city_conn, case, at + timedelta(minutes=1))
    found = hits(city_conn, IntegrityRule.WITHOUT_CONTACT, start)
    assert [(hit.case_number, hit.at) for hit in found] == [(case.case_number, at + timedelta(minutes=1))]


def test_reworks_completed_in_bulk_within_minutes_are_a_question(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    again = []
    for _ in range(TEN):
        case = complete(city_conn, directory, start, takes=timedelta(hours=6))
        case = call(city_conn, case, answers=DISPLEASED, now=start + timedelta(hours=7))
        at = start + timedelta(hours=8)
        case = callbacks.rework(city_conn, case, directory, reason="再修", actor=DISPATCHER, now=at, zone=ZONE)
        again.append(done(city_conn, case, at + timedelta(minutes=2)))
    assert numbers(hits(city_conn, IntegrityRule.QUICK_BULK, start)) == {case.case_number for case in again}


def test_the_unit_answers_for_no_submitter(city_conn: Connection, directory: Directory, start: datetime) -> None:
    """Neither the unit of the case, nor that of the case that answered for it, and nobody takes the next one so."""
    head = factories.case(city_conn, directory, lead="zjj", at=start, until=CaseAction.REPLY)
    new = factories.letter(contact="19900005501")
    member = factories.case(city_conn, directory, lead="swj", at=start, new=new)
    head = merging.merge(city_conn, head, [member], reason="同一事项", actor=DISPATCHER, now=start)
    lifecycle.complete(city_conn, head, result=CompletionResult.SOLVED, actor=OFFICER, now=start)
    member = case_repository.get_case_by_id(city_conn, member.id)
    callback: Callback | None = callback_repository.find_current(city_conn, member.id)
    assert callback is not None and callback.department_id == "zjj"
    for unit in ("zjj", "swj"):
        with pytest.raises(Forbidden, match="不能回访自己办理的工单"):
            call(city_conn, member, department_id=unit, now=start)
        taken = callbacks.take_next(city_conn, department_id=unit, actor=DISPATCHER, now=start)
        assert taken is None or taken.id not in (head.id, member.id)


def test_to_wait_a_little_longer_is_no_way_round(city_conn: Connection, directory: Directory, start: datetime) -> None:
    """Forty minutes after the acknowledgement, where a week was given."""
    bulk = [
        complete(city_conn, directory, start, after=timedelta(minutes=5 * i), takes=timedelta(minutes=40))
        for i in range(TEN)
    ]
    found = hits(city_conn, IntegrityRule.QUICK_BULK, start)
    assert numbers(found) == {case.case_number for case in bulk}
    assert (found[0].evidence["seconds"], found[0].evidence["together"], found[0].evidence["by_one"]) == (2400, TEN, 1)


def test_nor_is_to_complete_old_ones_in_one_go(city_conn: Connection, directory: Directory, start: datetime) -> None:
    for i in range(TEN):  # worked on, one after the other
        complete(city_conn, directory, start, takes=timedelta(hours=6, minutes=5 * i))
    assert hits(city_conn, IntegrityRule.QUICK_BULK, start) == []
    later = start + timedelta(days=2)
    bulk = [
        complete(city_conn, directory, later, takes=timedelta(hours=6, seconds=15 * i), lead=("zjj", "swj")[i % 2])
        for i in range(TEN)
    ]
    found = hits(city_conn, IntegrityRule.QUICK_BULK, start)
    assert numbers(found) == {case.case_number for case in bulk}
    assert (found[0].evidence["together"], found[0].evidence["by_one"]) == (0, TEN)


def test_an_answer_written_down_by_who_did_the_work_is_a_question(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    """He calls for the city now, or is back in his unit."""
    at = start + timedelta(hours=1)
    mine, fair = (complete(city_conn, directory, start) for _ in range(2))
    call(city_conn, mine, actor=OFFICER, now=at)
    call(city_conn, fair, actor="account:9999:回访", now=at)
    [hit] = hits(city_conn, IntegrityRule.DOUBTFUL_ANSWER, start)
    assert (hit.case_number, hit.department_id, hit.evidence["own"]) == (mine.case_number, "zjj", True)
    back = factories.account(city_conn, role=Role.OFFICER, department="zjj")
    other = complete(city_conn, directory, start)
    call(city_conn, other, actor=back.actor, now=at)
    assert numbers(hits(city_conn, IntegrityRule.DOUBTFUL_ANSWER, start)) == {mine.case_number, other.case_number}


@pytest.mark.parametrize("alone", [False, True])
def test_good_answers_one_a_minute_are_a_question(
    city_conn: Connection, directory: Directory, start: datetime, alone: bool
) -> None:
    """From one hand, or of submitters who all think of one unit at the same time."""
    asked = []
    for i in range(TEN):
        case, at = complete(city_conn, directory, start), start + timedelta(hours=1, minutes=i)
        if i == TEN - 1:
            call(city_conn, complete(city_conn, directory, start), answers=DISPLEASED, actor=CALLER, now=at)
            assert hits(city_conn, IntegrityRule.DOUBTFUL_ANSWER, start) == []
        if alone:
            entry = CallbackEntry.LINK
            callbacks.answer(city_conn, case, directory, CONTENT, entry, actor=CITIZEN_ACTOR, now=at, zone=ZONE)
        else:
            call(city_conn, case, actor=CALLER, now=at)
        asked.append(case)
    found = hits(city_conn, IntegrityRule.DOUBTFUL_ANSWER, start)
    assert numbers(found) == {case.case_number for case in asked}
    assert found[0].evidence == {"own": False, "together": TEN, "by_phone": not alone}

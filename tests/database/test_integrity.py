"""Each rule finds a bent example and leaves an honest near miss alone; nobody takes a hit away."""

from datetime import datetime, timedelta
from itertools import count

import psycopg
import pytest
from psycopg.types.json import Jsonb

from dashboards.integrity import DEFINITIONS, Period, count_hits, is_hit, list_hits, list_thresholds
from models.case import Case, CaseAction, CompletionResult
from models.casework import ReturnReason
from models.database import Connection
from models.errors import Invalid, NotFound
from models.integrity import IntegrityRule
from routing import case_repository, lifecycle
from routing.casework import integrity_repository, merging, returns, supervision
from routing.clocks import extensions, suspensions
from routing.directory import Directory
from tests import factories
from tests.database.integrity_cases import OFFICER, complete, hits, numbers, words
from tests.factories import NOW, ZONE

# Each test has a fortnight of its own.
_weeks = count(0, 2)


@pytest.fixture
def start() -> datetime:
    """A Monday, 10 o'clock, in a fortnight that no other test of this module uses."""
    return NOW - timedelta(weeks=50 - next(_weeks))


# 1: completed within minutes, in bulk


def test_ten_completions_of_one_unit_within_minutes_are_a_question(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    bulk = [
        complete(city_conn, directory, start, after=timedelta(minutes=i), takes=timedelta(minutes=2)) for i in range(10)
    ]
    found = hits(city_conn, IntegrityRule.QUICK_BULK, start)
    assert numbers(found) == {case.case_number for case in bulk}
    assert (found[0].evidence["together"], found[0].evidence["seconds"], found[0].department_id) == (10, 120, "zjj")


def test_nine_or_spread_over_the_day_or_worked_on_are_no_question(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    for i in range(9):
        complete(city_conn, directory, start, takes=timedelta(minutes=2 + i))
    for i in range(10):  # one an hour
        complete(city_conn, directory, start + timedelta(days=1), after=timedelta(minutes=70 * i))
    for i in range(12):  # all at the end of the day, each worked on since the morning
        complete(city_conn, directory, start + timedelta(days=3), takes=timedelta(hours=6, minutes=i))
    for i in range(10):  # two units, five each
        unit = ("zjj", "swj")[i % 2]
        complete(city_conn, directory, start + timedelta(days=5), lead=unit, actor=f"account:{i % 2 + 1}:经办")
    assert hits(city_conn, IntegrityRule.QUICK_BULK, start) == []


def test_reopening_does_not_take_the_hit_away(city_conn: Connection, directory: Directory, start: datetime) -> None:
    bulk = [complete(city_conn, directory, start) for _ in range(10)]
    lifecycle.reopen(city_conn, bulk[0], reason="重新办理", actor=OFFICER, now=start + timedelta(hours=2))
    city_conn.commit()
    assert len(hits(city_conn, IntegrityRule.QUICK_BULK, start)) == 10


# 2: completed without contact


def test_completed_without_a_contact_is_a_question(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    silent = complete(city_conn, directory, start, contacted=False)
    reached = complete(city_conn, directory, start)
    [hit] = hits(city_conn, IntegrityRule.WITHOUT_CONTACT, start)
    assert (hit.case_number, hit.evidence) == (silent.case_number, {"attempts": 0})
    assert reached.case_number != silent.case_number


@pytest.mark.parametrize(("attempts", "asked"), [(2, True), (3, False)])
def test_whoever_tried_often_enough_did_what_was_possible(
    city_conn: Connection, directory: Directory, start: datetime, attempts: int, asked: bool
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", at=start, until=CaseAction.ACKNOWLEDGE)
    for tried in range(attempts):
        for at in (start + timedelta(hours=tried), start + timedelta(hours=tried, minutes=5)):  # of one hour, one
            case = supervision.contact(city_conn, case, text="无人接听。", reached=False, actor=OFFICER, now=at)
    at = start + timedelta(hours=attempts)
    case = lifecycle.reply(city_conn, case, body="已修复。", public=False, department_id="zjj", actor=OFFICER, now=at)
    lifecycle.complete(city_conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=at)
    city_conn.commit()
    assert bool(hits(city_conn, IntegrityRule.WITHOUT_CONTACT, start)) is asked


def test_a_contact_before_the_reopening_is_none_after_it(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    case = complete(city_conn, directory, start)
    later = start + timedelta(days=1)
    case = lifecycle.reopen(city_conn, case, reason="没有修好", actor=OFFICER, now=later)
    later += timedelta(hours=1)
    case = lifecycle.reply(
        city_conn, case, body="又修了一次。", public=False, department_id="zjj", actor=OFFICER, now=later
    )
    lifecycle.complete(city_conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=later)
    city_conn.commit()
    assert [hit.at for hit in hits(city_conn, IntegrityRule.WITHOUT_CONTACT, start)] == [later]


def test_who_left_nothing_to_be_known_by_cannot_be_contacted(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    new = factories.letter(name="", contact="")
    factories.case(city_conn, directory, lead="zjj", at=start, new=new, until=CaseAction.COMPLETE)
    assert hits(city_conn, IntegrityRule.WITHOUT_CONTACT, start) == []


# 3: identical replies

TEMPLATE = "您反映的问题我局高度重视，已转相关科室按规定办理，感谢您的支持。"


def test_one_text_for_ten_cases_is_a_question_whatever_the_greeting(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    names = "赵钱孙李周吴郑王冯陈"
    same = [
        complete(
            city_conn, directory, start, takes=timedelta(hours=i + 1), body=f"{name}先生，您好！{TEMPLATE}编号{i}。"
        )
        for i, name in enumerate(names)
    ]
    found = hits(city_conn, IntegrityRule.SAME_REPLY, start)
    assert numbers(found) == {case.case_number for case in same}
    assert found[0].evidence == {"together": 10}


def test_nine_or_of_two_units_or_a_short_word_of_thanks_are_no_question(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    for i in range(9):
        complete(city_conn, directory, start, takes=timedelta(hours=1), body=TEMPLATE)
        complete(city_conn, directory, start, takes=timedelta(hours=1), body=f"{TEMPLATE}{words(i)}", lead="swj")
    for i in range(12):
        complete(
            city_conn, directory, start, takes=timedelta(hours=1), body="谢谢您的建议。", lead="jtj" if i < 0 else "zjj"
        )
    complete(city_conn, directory, start, takes=timedelta(hours=1), body=TEMPLATE, lead="cgj")
    assert hits(city_conn, IntegrityRule.SAME_REPLY, start) == []


@pytest.mark.parametrize("rule", [IntegrityRule.QUICK_BULK, IntegrityRule.WITHOUT_CONTACT, IntegrityRule.SAME_REPLY])
def test_what_is_completed_with_the_case_it_was_merged_into_is_no_question(
    city_conn: Connection, directory: Directory, start: datetime, rule: IntegrityRule
) -> None:
    head, *members = (factories.case(city_conn, directory, lead="zjj", at=start) for _ in range(12))
    at = start + timedelta(minutes=1)
    head = merging.merge(city_conn, head, members, reason="同一处路灯", actor="account:2:派单", now=at)
    head = lifecycle.acknowledge(city_conn, head, actor=OFFICER, now=at)
    head = supervision.contact(city_conn, head, text="已联系。", reached=True, actor=OFFICER, now=at)
    head = lifecycle.reply(city_conn, head, body=TEMPLATE, public=False, department_id="zjj", actor=OFFICER, now=at)
    lifecycle.complete(city_conn, head, result=CompletionResult.SOLVED, actor=OFFICER, now=at)
    city_conn.commit()
    done = city_conn.execute("SELECT count(*) FROM cases WHERE completed_at = %s", (at,)).fetchone()
    assert done == (12,)
    assert hits(city_conn, rule, start) == []


# 4: clocks moved late


def _due(case: Case) -> datetime:
    assert case.due_at is not None
    return case.due_at


@pytest.mark.parametrize(("before", "asked"), [(timedelta(hours=3), True), (timedelta(hours=5), False)])
def test_an_extension_granted_in_the_last_hours_is_a_question(
    city_conn: Connection, directory: Directory, start: datetime, before: timedelta, asked: bool
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", at=start, until=CaseAction.ACKNOWLEDGE)
    requested = start + timedelta(hours=1)
    case = extensions.request_extension(
        city_conn, case, directory, days=3, reason="需要定制配件", actor=OFFICER, now=requested
    )
    at = _due(case) - before
    extensions.grant_extension(city_conn, case, directory, actor=OFFICER, now=at, zone=ZONE)
    city_conn.commit()
    found = hits(city_conn, IntegrityRule.LATE_CLOCK, start)
    assert [(hit.evidence["action"], hit.evidence["minutes_left"]) for hit in found] == (
        [("grant_extension", 180)] if asked else []
    )


def test_a_suspension_granted_in_the_last_hours_is_a_question(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", at=start, until=CaseAction.ACKNOWLEDGE)
    at = _due(case) - timedelta(hours=1)
    until = at.astimezone(ZONE).date() + timedelta(days=2)
    case = suspensions.request_suspension(
        city_conn, case, directory, reason="等待鉴定", until=until, actor=OFFICER, now=at, zone=ZONE
    )
    suspensions.grant_suspension(city_conn, case, directory, actor=OFFICER, now=at, zone=ZONE)
    city_conn.commit()
    [hit] = hits(city_conn, IntegrityRule.LATE_CLOCK, start)
    assert hit.evidence == {"action": "grant_suspension", "minutes_left": 60}


def test_a_case_given_on_after_its_time_is_a_question_for_who_had_it(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", at=start)
    at = _due(case) + timedelta(hours=2)
    lifecycle.dispatch(city_conn, case, directory, lead="swj", actor=OFFICER, now=at, zone=ZONE)
    city_conn.commit()
    [hit] = hits(city_conn, IntegrityRule.LATE_CLOCK, start)
    assert (hit.department_id, hit.evidence) == ("zjj", {"action": "redispatch", "minutes_left": -120})


def test_another_helper_at_the_last_hour_moves_no_clock(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", at=start)
    lifecycle.dispatch(
        city_conn, case, directory, lead="zjj", co_handling=["swj"], actor=OFFICER, now=_due(case), zone=ZONE
    )
    city_conn.commit()
    assert hits(city_conn, IntegrityRule.LATE_CLOCK, start) == []


# 5: came back


def _again(
    conn: Connection,
    directory: Directory,
    first: Case,
    at: datetime,
    *,
    certain: bool = True,
    contact: str = "19900001234",
) -> Case:
    """The same person writes again, and the program is certain that it is the same matter."""
    again = factories.case(conn, directory, lead="zjj", at=at, new=factories.letter(contact=contact))
    conn.execute(
        "INSERT INTO submission_links (submission_id, earlier_id, kind, score, certain, evidence, found_at)"
        " VALUES (%s, %s, 'same_person', 0.9, %s, %s, %s) ON CONFLICT DO NOTHING",
        (again.submission_id, first.submission_id, certain, Jsonb({"words": []}), at),
    )
    conn.commit()
    return again


def test_the_same_matter_again_after_completion_counts_against_it(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    first = complete(city_conn, directory, start)
    at = start + timedelta(days=9)
    again = _again(city_conn, directory, first, at)
    found = [h for h in hits(city_conn, IntegrityRule.CAME_BACK, start) if h.case_number == first.case_number]
    assert [(h.at, h.department_id, h.evidence) for h in found] == [
        (at, "zjj", {"days": 8, "again": again.case_number})
    ]
    row = city_conn.execute(
        "SELECT came_back_case_id, at FROM returned_matters WHERE case_id = %s", (first.id,)
    ).fetchone()
    assert row == (again.id, at)


def test_before_completion_while_reopened_or_another_person_is_no_coming_back(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    first = complete(city_conn, directory, start, takes=timedelta(days=3))
    _again(city_conn, directory, first, start + timedelta(days=2))
    reopened = complete(city_conn, directory, start)
    lifecycle.reopen(city_conn, reopened, reason="没有修好", actor=OFFICER, now=start + timedelta(days=1))
    _again(city_conn, directory, reopened, start + timedelta(days=2))
    other = complete(city_conn, directory, start)
    _again(city_conn, directory, other, start + timedelta(days=2), contact="19900009999")
    unsure = complete(city_conn, directory, start)
    _again(city_conn, directory, unsure, start + timedelta(days=2), certain=False)
    asked = numbers(hits(city_conn, IntegrityRule.CAME_BACK, start))
    assert asked.isdisjoint({case.case_number for case in (first, reopened, other, unsure)})


# 6: returned at the last hour


@pytest.mark.parametrize(("before", "asked"), [(timedelta(minutes=90), True), (timedelta(hours=3), False)])
def test_a_return_at_the_last_hour_is_a_question(
    city_conn: Connection, directory: Directory, start: datetime, before: timedelta, asked: bool
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", at=start)
    ends = returns.return_window(case, case_repository.list_assignments(city_conn, case.id), directory, ZONE)
    assert ends is not None
    returns.request_return(
        city_conn,
        case,
        directory,
        reason=ReturnReason.NOT_OUR_DUTY,
        explanation="属水务职责。",
        proposed_id="swj",
        actor=OFFICER,
        now=ends - before,
        zone=ZONE,
    )
    city_conn.commit()
    found = hits(city_conn, IntegrityRule.LAST_HOUR_RETURN, start)
    assert [(hit.case_number, hit.evidence["minutes_left"]) for hit in found] == (
        [(case.case_number, 90)] if asked else []
    )


# Counts, thresholds, reviews


def test_counts_are_those_of_the_lists_by_unit(city_conn: Connection, directory: Directory, start: datetime) -> None:
    for lead in ("zjj", "zjj", "swj"):
        complete(city_conn, directory, start, contacted=False, lead=lead)
    [hit, *_] = hits(city_conn, IntegrityRule.WITHOUT_CONTACT, start, "swj")
    integrity_repository.add_review(
        city_conn,
        IntegrityRule.WITHOUT_CONTACT,
        hit.case_id,
        hit.at,
        note="已核实。",
        actor="account:3:督办",
        now=start,
    )
    city_conn.commit()
    day = start.astimezone(ZONE).date()
    counts = count_hits(city_conn, Period(first=day, last=day), zone=ZONE)[IntegrityRule.WITHOUT_CONTACT]
    assert {c.department_id: (c.hits, c.reviewed) for c in counts} == {"zjj": (2, 0), "swj": (1, 1)}
    [reviewed] = hits(city_conn, IntegrityRule.WITHOUT_CONTACT, start, "swj")
    assert [review["note"] for review in reviewed.reviews] == ["已核实。"]


def test_a_threshold_that_the_administrator_sets_is_the_one_that_counts(
    city_conn: Connection, directory: Directory, start: datetime
) -> None:
    complete(city_conn, directory, start)
    before = integrity_repository.set_threshold(city_conn, IntegrityRule.QUICK_BULK, "cases", 1, actor=OFFICER)
    try:
        assert len(hits(city_conn, IntegrityRule.QUICK_BULK, start)) == 1
    finally:
        city_conn.rollback()
    assert before == 10
    assert hits(city_conn, IntegrityRule.QUICK_BULK, start) == []
    with pytest.raises(NotFound):
        integrity_repository.set_threshold(city_conn, IntegrityRule.QUICK_BULK, "hours", 1, actor=OFFICER)


def test_every_threshold_is_a_row_and_every_rule_says_what_it_asks(city_conn: Connection) -> None:
    assert DEFINITIONS.keys() == set(IntegrityRule)
    rows = city_conn.execute("SELECT rule, name FROM integrity_rules").fetchall()
    assert {(rule, name) for rule, known in DEFINITIONS.items() for name in known.thresholds} == set(rows)
    for rule, values in list_thresholds(city_conn).items():
        asked = DEFINITIONS[rule]
        assert "{" not in (asked.question + asked.excluded).format(**values)


def test_a_period_has_its_limits(city_conn: Connection, start: datetime) -> None:
    day = start.date()
    with pytest.raises(Invalid, match="晚于"):
        count_hits(city_conn, Period(first=day, last=day - timedelta(days=1)), zone=ZONE)
    with pytest.raises(Invalid, match="一年"):
        count_hits(city_conn, Period(first=day, last=day + timedelta(days=367)), zone=ZONE)
    with pytest.raises(Invalid):
        list_hits(city_conn, IntegrityRule.CAME_BACK, Period(first=day, last=day), zone=ZONE, limit=501)


def test_only_what_is_found_is_a_hit(city_conn: Connection, directory: Directory, start: datetime) -> None:
    case = complete(city_conn, directory, start, contacted=False)
    [hit] = hits(city_conn, IntegrityRule.WITHOUT_CONTACT, start)
    assert is_hit(city_conn, IntegrityRule.WITHOUT_CONTACT, case.id, hit.at, zone=ZONE)
    assert not is_hit(city_conn, IntegrityRule.WITHOUT_CONTACT, case.id, hit.at + timedelta(seconds=1), zone=ZONE)
    assert not is_hit(city_conn, IntegrityRule.QUICK_BULK, case.id, hit.at, zone=ZONE)


@pytest.mark.parametrize("table", ["integrity_reviews", "disclosures", "exports", "publication_withdrawals"])
def test_nothing_of_it_is_deleted(city_conn: Connection, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET actor = 'x'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            city_conn.execute(statement)
        city_conn.rollback()

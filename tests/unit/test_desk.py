"""Whom a note means, what is next, what a page could not see, which rows were ticked. Pure."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from api.criteria import parse_criteria
from api.pages.cases.case_wording import time_left
from api.pages.cases.saved_views import canonical
from api.pages.desk.queue_wording import clock_badges, next_step
from api.staff.arrivals import Arrivals, Snapshot, read_snapshot
from api.staff.bulk import MOST, Chosen, bulk_actions, read_chosen
from dashboards.lists.desk_queue import QueueRow, QueueSection, section_criteria, week_end
from models.account import Account, Role
from models.analysis import Urgency
from models.case import AssignmentRole, CaseAction, CaseStatus
from models.errors import Invalid
from routing.arrival_repository import Arrival
from routing.casework.mentions import find_mentioned
from routing.clocks.casework_rules import AmberHours
from tests.factories import NOW, ZONE


def person(id_: int, name: str, username: str) -> Account:
    return Account(id=id_, username=username, display_name=name, role=Role.OFFICER, department_id="zjj", active=True)


LI, LIN, WANG = person(1, "李明", "liming"), person(2, "李明月", "mingyue"), person(3, "王芳", "wangfang")


@pytest.mark.parametrize(
    ("text", "meant", "unknown"),
    [
        ("@李明请看", [LI], []),  # no blank after a name
        ("＠李明月 请看@wangfang，谢谢", [LIN, WANG], []),  # the longest name that fits
        ("@WangFang @王芳", [WANG], []),  # once
        ("@赵六，请看", [], ["赵六"]),
        ("写信到 office@city.cn", [], []),
        ("单价5元 @ 一箱", [], []),
        ("没有提及谁", [], []),
    ],
)
def test_who_is_meant(text: str, meant: list[Account], unknown: list[str]) -> None:
    assert find_mentioned(text, [LI, LIN, WANG]) == (meant, unknown)


def test_two_of_one_name_are_told_apart_by_account() -> None:
    other = replace(LI, id=9, username="liming2")
    with pytest.raises(Invalid, match="@liming、@liming2"):
        find_mentioned("@李明请看", [LI, other])
    assert find_mentioned("@liming2 请看", [LI, other]) == ([other], [])


def test_a_long_text_of_signs_takes_no_time() -> None:
    found, unknown = find_mentioned("@" * 50_000 + "@a" * 20_000, [LI])
    assert found == [] and len(unknown) > 10_000


def row(**changes: Any) -> QueueRow:
    plain = QueueRow(
        id=1,
        case_number="20261123-0000012",
        title="路灯不亮",
        status=CaseStatus.IN_PROGRESS,
        urgency=Urgency.NORMAL,
        confidential=False,
        topic_code=None,
        region_code=None,
        due_date=None,
        due_at=None,
        section="later",
        total=1,
        open_total=1,
        dispatched=0,
        in_progress=1,
        overdue=0,
        version=3,
        role=AssignmentRole.LEAD,
        acknowledge_due=None,
        contact_due=None,
        supervision_due=None,
        return_asked=False,
        extension_asked=False,
        answered=False,
        opinion_given=False,
    )
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": CaseStatus.DISPATCHED, "contact_due": NOW}, "签收"),
        ({"status": CaseStatus.DISPATCHED, "return_asked": True}, "等待退单审批"),
        ({"supervision_due": NOW, "contact_due": NOW}, "回复督办"),
        ({"contact_due": NOW}, "联系诉求人"),
        ({}, "答复"),
        ({"answered": True}, "办结"),
        ({"return_asked": True}, "等待退单审批"),
        ({"role": AssignmentRole.CO_HANDLING}, "提交协办意见"),
        ({"role": AssignmentRole.CO_HANDLING, "opinion_given": True}, "等待主办单位办结"),
    ],
)
def test_what_is_next(changes: dict[str, object], words: str) -> None:
    assert next_step(row(**changes)) == words


def test_clocks_are_amber_before_and_red_after() -> None:
    amber = AmberHours(acknowledge=4, contact=2)
    shown = clock_badges(
        row(acknowledge_due=NOW - timedelta(hours=1), contact_due=NOW + timedelta(hours=3)), amber, now=NOW
    )
    assert [(badge.word, badge.tone) for badge in shown] == [("签收超期1小时", "late"), ("首次联系还剩3小时", "plain")]
    [near] = clock_badges(row(contact_due=NOW + timedelta(hours=2)), amber, now=NOW)
    assert near.tone == "soon"


@pytest.mark.parametrize(
    ("left", "amber", "tone"), [(72, 48, "plain"), (47, 48, "soon"), (72, 96, "soon"), (-1, 48, "late")]
)
def test_the_threshold_decides_when_a_case_turns_amber(left: int, amber: int, tone: str) -> None:
    due = NOW + timedelta(hours=left)
    case = row(due_at=due, due_date=due.astimezone(ZONE).date())
    assert time_left(case, now=NOW, zone=ZONE, amber=amber).tone == tone


def test_sections_follow_each_other_without_a_gap() -> None:
    monday, sunday = date(2026, 11, 23), date(2026, 11, 29)
    assert week_end(monday) == week_end(sunday) == sunday
    for today in (monday, sunday):
        this_week, later = (section_criteria(s, today) for s in (QueueSection.WEEK, QueueSection.LATER))
        until_today = section_criteria(QueueSection.TODAY, today).due_to
        assert until_today is not None and this_week.due_from == until_today + timedelta(days=1)
        assert this_week.due_to is not None and later.due_from == this_week.due_to + timedelta(days=1)


def test_a_snapshot_saw_what_had_ended() -> None:
    seen = read_snapshot("10:15:12,13")
    assert seen == Snapshot(10, 15, frozenset({12, 13}))
    assert [txid for txid in range(9, 17) if not seen.saw(txid)] == [12, 13, 15, 16]
    assert read_snapshot("10:10:") == Snapshot(10, 10, frozenset())


@pytest.mark.parametrize("text", ["", "1:2", "a:b:", "1:2:3;", "1:2:" + "3," * 3000, "１:２:"])
def test_what_is_no_snapshot_counts_nothing(text: str) -> None:
    assert read_snapshot(text) is None


def test_arrivals_are_counted_for_each_desk() -> None:
    arrivals = Arrivals()
    for arrival in (Arrival(1, 11, "zjj", 2), Arrival(2, 12, "zjj", 3), Arrival(3, 12, None, 7)):
        arrivals._by_desk[arrival.department_id].append(arrival)
    seen = Snapshot(12, 12, frozenset())
    assert [arrivals.count(desk, seen) for desk in ("zjj", None, "swj", "")] == [3, 7, 0, 0]


def test_ticked_rows_are_read_once_and_counted() -> None:
    assert read_chosen(["A-1:3", "A-1:3", "A-2:1"]) == [Chosen("A-1", 3), Chosen("A-2", 1)]
    for wrong in ([], ["A-1"], ["A-1:x"], [":1"], ["A-1:9999999999"]):
        with pytest.raises(Invalid):
            read_chosen(wrong)
    read_chosen([f"A-{i}:1" for i in range(MOST)])
    with pytest.raises(Invalid, match="最多"):
        read_chosen([f"A-{i}:1" for i in range(MOST + 1)])


def test_who_may_do_what_to_many() -> None:
    assert bulk_actions(LI) == [CaseAction.ACKNOWLEDGE, CaseAction.NOTE]
    dispatcher = replace(LI, role=Role.DISPATCHER, department_id=None)
    assert bulk_actions(dispatcher) == [CaseAction.REMIND, CaseAction.REDISPATCH, CaseAction.CLOSE, CaseAction.NOTE]
    assert bulk_actions(replace(dispatcher, role=Role.LEADER)) == []


def test_a_kept_query_has_one_spelling() -> None:
    query = "topic=T04&state=open&due_to=2026-11-30&page=3&nothing="
    assert canonical(parse_criteria(query), "oldest") == "state=open&topic=T04&due_to=2026-11-30&sort=oldest"
    assert canonical(parse_criteria(""), "") == ""
    with pytest.raises(Invalid):
        parse_criteria("state=nonsense")

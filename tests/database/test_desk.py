"""Who was named first and by what, what came to a desk, kept filters, mentions, the queue: against the database."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from api.pages.desk.due_soon import criteria_of
from api.staff.arrivals import Arrivals, read_snapshot
from dashboards.analysis.dispatch_flows import read_flows
from dashboards.daily_facts.fact_rebuild import bring_up_to_date
from dashboards.lists.case_lists import case_counts_by_state, list_cases
from dashboards.lists.desk_queue import QueueSection, count_open, list_due_soon, list_queue, section_criteria
from dashboards.metrics.metrics import list_metrics
from models.account import Account, Role
from models.case import CaseAction, CaseStatus
from models.criteria import CaseCriteria, CaseState
from models.database import Connection, connect, with_meaning
from models.desk import DispatchSource
from models.errors import Conflict, Forbidden, Invalid, NotFound
from routing import arrival_repository, case_repository, lifecycle
from routing.casework import mention_repository, mentions, saved_view_repository, saved_views
from routing.directory import Directory
from routing.directory_repository import load_directory, replace_dispatch_rules
from tests import factories
from tests.factories import NOW, ZONE, analysis, letter

LATER = NOW + timedelta(days=1)


def first_dispatch(conn: Connection, case_id: int) -> tuple[object, ...]:
    row = conn.execute(
        "SELECT source, department_id, given_on_at FROM first_dispatches WHERE case_id = %s", (case_id,)
    ).fetchone()
    assert row is not None
    return row


def test_by_what_a_case_was_first_dispatched_and_whether_it_stayed(city_conn: Connection, directory: Directory) -> None:
    by_model = factories.case(city_conn, directory)
    source, lead, given_on = first_dispatch(city_conn, by_model.id)
    assert (source, lead, given_on) == (DispatchSource.MODEL, by_model.lead_department_id, None)

    waiting = factories.case(city_conn, directory, says=analysis(topic=None))
    dispatcher = factories.account(city_conn, Role.DISPATCHER)
    given = lifecycle.dispatch(city_conn, waiting, directory, lead="zjj", actor=dispatcher.actor, now=NOW, zone=ZONE)
    assert first_dispatch(city_conn, given.id) == (DispatchSource.PERSON, "zjj", None)
    helped = lifecycle.dispatch(
        city_conn, given, directory, lead="zjj", co_handling=["swj"], actor="test", now=NOW, zone=ZONE
    )
    assert first_dispatch(city_conn, given.id)[2] is None, "other helpers are no other lead"
    lifecycle.dispatch(city_conn, helped, directory, lead="swj", actor="test", now=LATER, zone=ZONE)
    assert first_dispatch(city_conn, given.id) == (DispatchSource.PERSON, "zjj", LATER)
    city_conn.commit()


def test_a_row_of_the_catalogue_without_a_topic_is_a_rule(conn: Connection) -> None:
    directory = factories.city(conn)
    everything = replace(
        directory.rules[0],
        priority=0,
        topic_code=None,
        appeal_type=None,
        region_code=None,
        channel=None,
        min_confidence=0,
    )
    replace_dispatch_rules(conn, [everything], actor="test")
    conn.commit()
    case = factories.case(conn, load_directory(conn))
    assert first_dispatch(conn, case.id)[0] is DispatchSource.RULE


def test_the_program_cannot_bend_first_dispatches(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory)
    for statement in (
        "UPDATE first_dispatches SET given_on_at = NULL WHERE case_id = %s",
        "DELETE FROM first_dispatches WHERE case_id = %s",
        "INSERT INTO first_dispatches SELECT * FROM first_dispatches WHERE case_id = %s",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            city_conn.execute(statement.encode(), (case.id,))
        city_conn.rollback()


def test_numbers_of_dispatch_return_and_sign_in_open_their_lists(conn: Connection) -> None:
    directory = factories.city(conn)
    stays = factories.case(conn, directory, until=CaseAction.ACKNOWLEDGE)
    moved = factories.case(conn, directory)
    lifecycle.dispatch(conn, moved, directory, lead="swj", actor="test", now=NOW, zone=ZONE)
    waiting = factories.case(conn, directory, says=analysis(topic=None))
    clerk = factories.account(conn, Role.DISPATCHER)
    lifecycle.dispatch(conn, waiting, directory, lead="zjj", actor=clerk.actor, now=NOW, zone=ZONE)
    factories.case(conn, directory, says=analysis(topic=None))  # still in triage
    conn.execute(
        "INSERT INTO case_returns (case_id, department_id, reason, explanation, requested_at, requested_by, state)"
        " VALUES (%s, 'swj', 'other', 'x', %s, 't', 'refused'), (%s, 'swj', 'other', 'x', %s, 't', 'requested')",
        (moved.id, NOW, moved.id, NOW),
    )
    much_later = NOW + timedelta(days=20)
    found = list_metrics(conn, CaseCriteria(), now=much_later, zone=ZONE)
    numbers = {id_: (m.numerator, m.denominator) for id_, m in found.items()}
    assert numbers["first_dispatch_accuracy"] == (2, 3)
    assert numbers["first_dispatch_accuracy_model"] == (1, 2)
    assert numbers["first_dispatch_accuracy_rule"] == (0, 0)
    assert numbers["first_dispatch_accuracy_person"] == (1, 1)
    assert numbers["return_rate"] == (1, 3)
    assert (numbers["return_accepted_rate"], numbers["return_refused_rate"]) == ((0, 1), (1, 1))
    assert numbers["sign_in_rate"] == (1, 3), "the first unit's clock was taken from it; the second one's ran out"
    for id_ in numbers:
        metric = found[id_]
        assert list_cases(conn, metric.criteria, now=much_later, zone=ZONE).total == metric.numerator, id_
        if metric.denominator_criteria is not None:
            assert list_cases(conn, metric.denominator_criteria, now=much_later, zone=ZONE).total == metric.denominator
    flows = read_flows(conn, CaseCriteria(), now=much_later, zone=ZONE)
    assert {(flow.first, flow.way, flow.last): flow.cases for flow in flows} == {
        (stays.lead_department_id, "stayed", stays.lead_department_id): 1,
        ("zjj", "stayed", "zjj"): 1,
        (moved.lead_department_id, "redispatched", "swj"): 1,
    }
    for flow in flows:
        assert flow.criteria and list_cases(conn, flow.criteria, now=much_later, zone=ZONE).total == flow.cases, flow
    conn.execute("UPDATE case_returns SET state = 'accepted' WHERE case_id = %s AND state = 'refused'", (moved.id,))
    (returned,) = (f for f in read_flows(conn, CaseCriteria(), now=much_later, zone=ZONE) if f.way == "returned")
    assert returned.criteria and list_cases(conn, returned.criteria, now=much_later, zone=ZONE).total == 1
    assert not list_cases(conn, replace(returned.criteria, given_on="redispatched"), now=much_later, zone=ZONE).total
    early = list_metrics(conn, CaseCriteria(), now=NOW, zone=ZONE)["sign_in_rate"]
    assert early.denominator == 0, "no clock has run out yet"
    only = list_metrics(conn, CaseCriteria(dispatch_source="model"), now=NOW, zone=ZONE)
    assert "first_dispatch_accuracy_person" not in only
    assert stays.lead_department_id is not None
    counted = read_flows(conn, CaseCriteria(), now=much_later, zone=ZONE)
    while bring_up_to_date(conn, actor="test", now=much_later, zone=ZONE):
        pass
    assert read_flows(conn, CaseCriteria(), now=much_later, zone=ZONE) == counted, "by the daily facts"


def test_what_began_before_the_page_and_ended_after_it_is_new(dsn: str) -> None:
    """A number that only grows would miss it: its transaction is older than the page."""
    with contextlib.closing(connect(dsn)) as slow, contextlib.closing(connect(dsn)) as page:
        directory = factories.city(slow)
        known = factories.case(slow, directory)
        assert known.lead_department_id
        slow.execute("SELECT pg_current_xact_id()")  # begins now, ends after the page was made
        factories.case(page, directory)
        snapshot = read_snapshot(mention_repository.desk_marks(page, 0)[0])
        page.commit()
        assert snapshot is not None
        arrivals = Arrivals()
        arrivals.refresh(page)
        assert arrivals.count(known.lead_department_id, snapshot) == 0
        page.commit()
        factories.case(slow, directory)
        for _ in range(2):  # counted once
            arrivals.refresh(page)
            page.commit()
            assert arrivals.count(known.lead_department_id, snapshot) == 1
        other = Arrivals()
        other.refresh(page)
        assert other.count(known.lead_department_id, snapshot) == 1, "in another process too"
        arrival_repository.delete_old_arrivals(page, actor="test")
        assert page.execute("SELECT count(*) FROM case_arrivals").fetchone() != (0,)
        page.execute("RESET ROLE")
        page.execute("UPDATE case_arrivals SET at = at - interval '2 days'")
        arrival_repository.delete_old_arrivals(page, actor="test")
        assert page.execute("SELECT count(*) FROM case_arrivals").fetchone() == (0,)


def test_kept_filters_are_ones_own_and_shared_with_the_unit(city_conn: Connection) -> None:
    mine, colleague, other = (factories.account(city_conn, department=unit) for unit in ("zjj", "zjj", "swj"))
    kept = saved_views.keep_view(city_conn, mine, name=" 我的 路灯 ", query="topic=T04", shared=False, now=NOW)
    second = saved_views.keep_view(city_conn, mine, name="超期", query="state=overdue", shared=True, now=NOW)
    city_conn.commit()

    def names(account: Account) -> list[str]:
        return [view.name for view in saved_view_repository.list_views(city_conn, account)]

    assert names(mine) == ["我的 路灯", "超期"]
    assert (names(colleague), names(other)) == (["超期"], [])
    with pytest.raises(NotFound):
        saved_view_repository.get_view(city_conn, other, second)
    with pytest.raises(Forbidden, match="只有本人"):
        saved_views.drop_view(city_conn, colleague, second)
    with pytest.raises(NotFound):
        saved_views.drop_view(city_conn, colleague, kept)
    saved_views.move_view(city_conn, mine, second, up=True)
    saved_views.move_view(city_conn, mine, second, up=True)  # at the top it stays
    assert names(mine) == ["超期", "我的 路灯"]
    saved_views.change_view(city_conn, mine, second, name="超期的", shared=False)
    assert (names(mine), names(colleague)) == (["超期的", "我的 路灯"], [])
    with pytest.raises(Conflict, match="同名"), with_meaning(), city_conn.transaction():
        saved_views.keep_view(city_conn, mine, name="超期的", query="topic=T05", shared=False, now=NOW)
    for name, query in (("", "topic=T05"), ("字" * 21, "topic=T05"), ("空", "")):
        with pytest.raises(Invalid):
            saved_views.keep_view(city_conn, mine, name=name, query=query, shared=False, now=NOW)
    saved_views.drop_view(city_conn, mine, kept)
    assert names(mine) == ["超期的"]
    city_conn.commit()


def test_views_of_people_without_a_unit_are_shared_by_role(city_conn: Connection) -> None:
    first, second = (factories.account(city_conn, Role.DISPATCHER) for _ in range(2))
    leader, officer = factories.account(city_conn, Role.LEADER), factories.account(city_conn)
    saved_views.keep_view(city_conn, first, name="夜间", query="channel=hotline", shared=True, now=NOW)
    shown = {a.id: [v.name for v in saved_view_repository.list_views(city_conn, a)] for a in (second, leader, officer)}
    assert shown == {second.id: ["夜间"], leader.id: [], officer.id: []}
    city_conn.rollback()


def test_a_note_names_only_those_who_may_see_the_case(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    writer, colleague, stranger = (factories.account(city_conn, department=unit) for unit in ("zjj", "zjj", "swj"))
    leader = factories.account(city_conn, Role.LEADER)
    assignments = case_repository.list_assignments(city_conn, case.id)
    people = {person.id for person in mentions.list_people(city_conn, assignments)}
    assert {colleague.id, leader.id} <= people and stranger.id not in people

    def note(text: str) -> None:
        mentions.write_note(city_conn, case, assignments, text=text, masked=text, actor=writer.actor, now=NOW)

    with pytest.raises(Invalid, match="不能查看这件工单"):
        note(f"@{stranger.username} 请看")
    with pytest.raises(Invalid, match="没有找到“@谁谁”"):
        note("@谁谁，请看")
    note(f"@{colleague.username}、@{leader.username}：请看；再@{colleague.username}")
    [found] = mention_repository.list_mentions(city_conn, colleague, limit=10)
    assert (found.case_number, found.actor, found.read_at) == (case.case_number, writer.actor, None)
    assert "请看" in found.text
    assert [mention_repository.desk_marks(city_conn, a.id)[1] for a in (colleague, leader, writer)] == [1, 1, 0]
    assert mention_repository.set_read(city_conn, colleague.id, case_id=case.id, actor="t", now=NOW) == 1
    assert mention_repository.desk_marks(city_conn, colleague.id)[1] == 0
    lifecycle.dispatch(
        city_conn,
        case_repository.get_case_by_id(city_conn, case.id),
        directory,
        lead="swj",
        actor="t",
        now=NOW,
        zone=ZONE,
    )
    [gone] = mention_repository.list_mentions(city_conn, colleague, limit=10)
    [kept] = mention_repository.list_mentions(city_conn, leader, limit=10)
    assert (gone.opens, gone.title, gone.text) == (False, "", "")
    assert (kept.opens, kept.title, kept.text) == (True, case.title, found.text)
    city_conn.commit()


def test_the_queue_of_a_unit_and_the_wall_hold_what_their_lists_hold(conn: Connection) -> None:
    directory = factories.city(conn)
    for back in (60, 20, 9, 8, 7, 6, 5, 4, 2, 0):
        factories.case(conn, directory, lead="zjj", at=NOW - timedelta(days=back), new=letter(title=f"{back}天前"))
    standing = factories.case(conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    conn.execute(
        "INSERT INTO case_suspensions (case_id, department_id, reason, until_date, state, requested_at, requested_by)"
        " VALUES (%s, 'zjj', '等待鉴定', '2026-12-20', 'running', %s, 't')",
        (standing.id, NOW),
    )
    helping = factories.case(conn, directory, lead="swj", until=CaseAction.OPEN)
    lifecycle.dispatch(conn, helping, directory, lead="swj", co_handling=["zjj"], actor="t", now=NOW, zone=ZONE)
    today = NOW.astimezone(ZONE).date()
    rows = list_queue(conn, "zjj", now=NOW, zone=ZONE, limit=100)
    assert [row.due_at for row in rows] == sorted(row.due_at for row in rows if row.due_at)
    assert len({row.section for row in rows}) >= 4
    for section in QueueSection:
        mine = {row.case_number for row in rows if row.section == section.value}
        criteria = section_criteria(section, today)
        listed = list_cases(conn, replace(criteria, unit="zjj"), now=NOW, zone=ZONE)
        assert {row.case_number for row in listed.rows} == mine, section
    assert {row.role.value for row in rows} == {"lead", "co_handling"}
    acknowledge = next(row for row in rows if row.status is CaseStatus.DISPATCHED)
    assert acknowledge.acknowledge_due is not None
    two = list_queue(conn, "zjj", now=NOW, zone=ZONE, limit=2)
    totals = {row.section: row.total for row in rows}
    assert {row.section: row.total for row in two} == totals and len(two) <= 2 * len(totals)

    last = directory.calendar.add_working_days(today, 3)
    wall = {row.department_id: row for row in list_due_soon(conn, today=today, last=last, now=NOW, zone=ZONE)}
    overdue = list_cases(conn, CaseCriteria(state=CaseState.OVERDUE.value, department="zjj"), now=NOW, zone=ZONE).total
    assert wall["zjj"].overdue == overdue > 0
    assert wall["zjj"].suspended == 1
    for column in ("overdue", "today", "tomorrow", "soon", "suspended"):
        criteria = replace(criteria_of(column, today, last), department="zjj")
        assert getattr(wall["zjj"], column) == list_cases(conn, criteria, now=NOW, zone=ZONE).total, column

    alone = case_counts_by_state(conn, CaseCriteria(unit="zjj"), now=NOW, zone=ZONE)
    assert case_counts_by_state(conn, CaseCriteria(unit="zjj"), now=NOW, zone=ZONE, open_ones=count_open(two)) == alone
    assert len({count.value for count in alone}) >= 3

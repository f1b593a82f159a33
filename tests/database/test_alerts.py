"""Alerts: raised once, counting what joins, known to somebody, quiet at night but for what is red."""

from datetime import UTC, timedelta

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from intake.repository import SubmissionCriteria, count_submissions, list_submissions
from models.account import Account, Role
from models.alert import AlertCriteria, AlertKind, NewAlert, RiskLevel
from models.analysis import Sentiment
from models.case import CaseAction
from models.database import Connection, transaction
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.submission import Channel
from routing import case_repository, lifecycle
from routing.alerts import alert_repository as repository
from routing.alerts import alerts
from routing.alerts.noticing import notice_levels, notice_many_cases, notice_urgent
from routing.directory import Directory
from routing.directory_repository import load_directory
from routing.issues.early_sign_repository import list_issue_facts
from tests import factories
from tests.database.alert_rows import SETTINGS, at_hour, events, new_alert, watch, write
from tests.database.issue_rows import add_issue, add_members
from tests.database.racing import race
from tests.factories import NOW, ZONE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def town(conn: Connection) -> Directory:
    factories.city(conn)
    return load_directory(conn)


@pytest.fixture
def leader(conn: Connection, town: Directory) -> Account:
    return factories.account(conn, Role.LEADER)


def raise_(conn: Connection, new: NewAlert | None = None, *, hours: float = 0, **given: object) -> int:
    found = new or new_alert(**given)
    return alerts.raise_alert(conn, found, SETTINGS, actor="test", now=NOW + hours * HOUR, zone=ZONE).id


def test_the_same_is_one_alert_that_counts_what_joins(conn: Connection, town: Directory) -> None:
    first, second = write(conn, town, person=1), write(conn, town, person=2)
    alert_id = raise_(conn, submission_ids=[first])
    assert raise_(conn, submission_ids=[first], hours=1) == alert_id
    assert repository.get_alert(conn, alert_id).occurrences == 1, "nothing new is nothing"
    assert raise_(conn, submission_ids=[first, second], hours=2) == alert_id
    alert = repository.get_alert(conn, alert_id)
    assert (alert.submissions, alert.persons, alert.cases, alert.occurrences) == (2, 2, 2, 2)
    assert events(conn, alert_id) == ["raise", "recur"]


def test_after_the_refractory_time_it_is_a_new_one(conn: Connection, town: Directory) -> None:
    first, second = write(conn, town, person=1), write(conn, town, person=2)
    old = raise_(conn, submission_ids=[first])
    assert raise_(conn, submission_ids=[first, second], hours=71) == old
    assert raise_(conn, submission_ids=[first, second], hours=72 + 71) == old, "counted from the last sign"
    assert raise_(conn, submission_ids=[first, second], hours=72 + 72) != old


def test_an_alert_opens_exactly_what_it_counted(conn: Connection, town: Directory) -> None:
    counted = [write(conn, town, person=person) for person in range(3)]
    write(conn, town, person=9)
    alert = repository.get_alert(conn, raise_(conn, submission_ids=counted))
    assert count_submissions(conn, SubmissionCriteria(alert_id=alert.id)) == alert.submissions == 3
    for has_case, expected in ((True, 3), (False, 0)):
        criteria = SubmissionCriteria(alert_id=alert.id, has_case=has_case)
        assert count_submissions(conn, criteria) == len(list_submissions(conn, criteria)) == expected


def test_what_becomes_graver_has_to_be_looked_at_again(conn: Connection, leader: Account) -> None:
    alert_id = raise_(conn)
    alerts.acknowledge(conn, repository.get_alert(conn, alert_id), leader, now=NOW)
    raise_(conn, severity=RiskLevel.BLUE, hours=1)
    assert not repository.get_alert(conn, alert_id).is_open(NOW)
    raise_(conn, severity=RiskLevel.ORANGE, hours=2)
    alert = repository.get_alert(conn, alert_id)
    assert (alert.severity, alert.is_open(NOW)) == (RiskLevel.ORANGE, True)
    raise_(conn, severity=RiskLevel.YELLOW, hours=3)
    assert repository.get_alert(conn, alert_id).severity is RiskLevel.ORANGE
    assert events(conn, alert_id) == ["raise", "acknowledge", "escalate"]


def test_known_put_off_and_woken(conn: Connection, leader: Account) -> None:
    alert_id = raise_(conn)

    def read() -> tuple[bool, int]:
        open_ = AlertCriteria(open=True)
        return repository.get_alert(conn, alert_id).is_open(NOW), repository.count_alerts(conn, open_, now=NOW)

    assert read() == (True, 1)
    alerts.snooze(conn, repository.get_alert(conn, alert_id), NOW + HOUR, leader, now=NOW)
    assert read() == (False, 0)
    assert repository.count_alerts(conn, AlertCriteria(open=True), now=NOW + 2 * HOUR) == 1, "by itself"
    alerts.wake(conn, repository.get_alert(conn, alert_id), leader, now=NOW)
    assert read() == (True, 1)
    alerts.acknowledge(conn, repository.get_alert(conn, alert_id), leader, now=NOW)
    assert read() == (False, 0)
    with pytest.raises(Conflict, match="已经有人知悉"):
        alerts.acknowledge(conn, repository.get_alert(conn, alert_id), leader, now=NOW)
    alerts.wake(conn, repository.get_alert(conn, alert_id), leader, now=NOW)
    assert read() == (True, 1)
    with pytest.raises(Conflict):
        alerts.wake(conn, repository.get_alert(conn, alert_id), leader, now=NOW)
    assert events(conn, alert_id) == ["raise", "snooze", "wake", "acknowledge", "wake"]
    [line] = [e for e in repository.list_events(conn, alert_id) if e.action == "acknowledge"]
    assert (line.actor, line.at) == (leader.actor, NOW)


@pytest.mark.parametrize("hours", [0, -1, 24 * 30 + 1])
def test_nothing_is_put_off_into_the_past_or_for_ever(conn: Connection, leader: Account, hours: int) -> None:
    alert = repository.get_alert(conn, raise_(conn))
    with pytest.raises(Invalid):
        alerts.snooze(conn, alert, NOW + hours * HOUR, leader, now=NOW)


def test_officers_and_administrators_only_look(conn: Connection, town: Directory) -> None:
    alert = repository.get_alert(conn, raise_(conn))
    for role in (Role.OFFICER, Role.ADMINISTRATOR):
        account = factories.account(conn, role)
        with pytest.raises(Forbidden):
            alerts.acknowledge(conn, alert, account, now=NOW)
        with pytest.raises(Forbidden):
            alerts.snooze(conn, alert, NOW + HOUR, account, now=NOW)


def test_two_who_know_at_once(pool: ConnectionPool[Connection], conn: Connection, leader: Account) -> None:
    alert_id = raise_(conn)
    conn.commit()
    alert = repository.get_alert(conn, alert_id)

    def act(step: Connection) -> None:
        alerts.acknowledge(step, alert, leader, now=NOW)

    outcomes = race(pool, act, act)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]
    assert events(conn, alert_id) == ["raise", "acknowledge"]


def test_two_workers_do_not_raise_one_twice(pool: ConnectionPool[Connection], conn: Connection) -> None:
    def act(step: Connection) -> int:
        return raise_(step)

    first, second = race(pool, act, act)
    assert first == second
    assert conn.execute("SELECT count(*) FROM alerts").fetchone() == (1,)


def test_events_are_numbered_in_the_order_of_commits(pool: ConnectionPool[Connection], conn: Connection) -> None:
    with transaction(pool) as slow:
        raise_(slow, key="level:1")
        with pytest.raises(Conflict), transaction(pool) as quick:
            quick.execute("SET LOCAL lock_timeout = '50ms'")
            raise_(quick, key="level:2")
    assert repository.newest_event_id(conn) > 0


@pytest.mark.parametrize(
    ("hour", "severity", "until"),
    [
        (21, RiskLevel.YELLOW, None),
        (22, RiskLevel.YELLOW, (1, 7)),
        (3, RiskLevel.ORANGE, (0, 7)),
        (7, RiskLevel.ORANGE, None),
        (23, RiskLevel.RED, None),
    ],
)
def test_quiet_hours(hour: int, severity: RiskLevel, until: tuple[int, int] | None) -> None:
    now = at_hour(hour)
    found = alerts.quiet_until(SETTINGS, severity, now=now.astimezone(UTC), zone=ZONE)
    assert found == (None if until is None else at_hour(until[1]) + until[0] * DAY)


def test_history_cannot_be_rewritten(conn: Connection) -> None:
    raise_(conn)
    conn.commit()
    for statement in ("UPDATE alert_events SET actor = 'x'", "DELETE FROM alert_events"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)
        conn.rollback()


def test_a_unit_sees_what_it_works_on(conn: Connection, town: Directory) -> None:
    counted = write(conn, town, person=1)
    row = conn.execute("SELECT case_number FROM cases WHERE submission_id = %s", (counted,)).fetchone()
    case = case_repository.get_case(conn, row[0] if row else "")
    lead = case.lead_department_id
    assert lead is not None
    alert_id = raise_(conn, submission_ids=[counted])

    def sees(unit: str) -> bool:
        listed = [a.id for a in repository.list_alerts(conn, AlertCriteria(unit=unit), now=NOW)]
        told = repository.list_events_after(conn, 0, unit=unit)
        try:
            found = repository.get_alert(conn, alert_id, unit=unit).own_cases == 1
        except NotFound:
            found = False
        assert (listed == [alert_id]) is bool(told) is found
        return found

    assert sees(lead)
    assert not sees("rsj")
    lifecycle.dispatch(conn, case, town, lead="rsj", actor="test", now=NOW, zone=ZONE)
    assert sees("rsj")
    assert not sees(lead)


def test_three_cases_of_three_people_in_three_days(conn: Connection, owner: Connection, town: Directory) -> None:
    issue = add_issue(owner)
    ids = [write(conn, town, person=1, at=NOW - 2 * DAY), write(conn, town, person=1, at=NOW - DAY)]
    ids += [write(conn, town, person=2, at=NOW - HOUR), write(conn, town, person=3, at=NOW - 4 * DAY)]
    add_members(owner, issue, ids)
    assert notice_many_cases(conn, watch(conn, town)) == [], "two people, and one too long ago"
    add_members(owner, issue, [write(conn, town, person=4)])
    [alert] = notice_many_cases(conn, watch(conn, town))
    assert (alert.kind, alert.issue_id, alert.title) == (AlertKind.THREE_IN_THREE, issue, "三天三单：丽水路搅拌站噪声")
    assert (alert.submissions, alert.persons) == (4, 3)
    assert "3人的4件工单" in alert.sentence
    assert [a.id for a in notice_many_cases(conn, watch(conn, town))] == [alert.id]
    assert events(conn, alert.id) == ["raise"]
    assert repository.list_alerts(conn, AlertCriteria(issue_id=issue), now=NOW)[0].id == alert.id


def test_alerts_of_a_merged_issue_are_those_of_the_whole(conn: Connection, owner: Connection, town: Directory) -> None:
    whole = add_issue(owner)
    part = add_issue(owner, merged_into=whole)
    alert_id = raise_(conn, issue_id=part)
    assert [a.id for a in repository.list_alerts(conn, AlertCriteria(issue_id=whole), now=NOW)] == [alert_id]


def test_a_muted_issue_is_silent(conn: Connection, owner: Connection, town: Directory) -> None:
    issue = add_issue(owner, muted_by="a", muted_at=NOW)
    add_members(owner, issue, [write(conn, town, person=person) for person in range(4)])
    assert notice_many_cases(conn, watch(conn, town)) == []


def test_each_that_cannot_wait_is_told_and_a_suspicion_is_called_one(
    conn: Connection, town: Directory, leader: Account
) -> None:
    write(conn, town, person=1, urgent=0.99, at=NOW - 30 * DAY)
    assert notice_urgent(conn, watch(conn, town)) == [], "an old one comes by an import"
    write(conn, town, person=1, urgent=0.99)
    [alert] = notice_urgent(conn, watch(conn, town))
    assert (alert.severity, alert.kind) == (RiskLevel.RED, AlertKind.FAST_LANE)
    alerts.acknowledge(conn, alert, leader, now=NOW)
    assert notice_urgent(conn, watch(conn, town)) == []
    write(conn, town, person=2, urgent=0.99)
    [again] = notice_urgent(conn, watch(conn, town))
    assert (again.id, again.is_open(NOW), again.submissions) == (alert.id, True, 2)
    write(conn, town, person=3, urgent=0.2)
    [third] = notice_urgent(conn, watch(conn, town))
    assert third.title.startswith("疑似")


def test_a_level_that_rises_is_told_once(conn: Connection, owner: Connection, town: Directory) -> None:
    issue = add_issue(owner)
    add_members(owner, issue, [write(conn, town, person=1, at=NOW - 10 * DAY)])
    assert notice_levels(conn, watch(conn, town), [issue]) == []
    add_members(owner, issue, [write(conn, town, person=person, at=NOW - HOUR) for person in range(2, 9)])
    [alert] = notice_levels(conn, watch(conn, town), [issue])
    assert alert.severity.rank >= RiskLevel.YELLOW.rank
    assert "近3天7人反映" in alert.sentence
    assert alert.submissions == 8
    assert [a.id for a in notice_levels(conn, watch(conn, town), [issue])] == [alert.id]
    assert events(conn, alert.id) == ["raise"]
    changes = conn.execute("SELECT from_level, to_level FROM issue_level_changes ORDER BY id").fetchall()
    assert changes == [(None, alert.severity)]
    late = watch(conn, town, now=NOW + 40 * DAY)
    assert notice_levels(conn, late, [issue]) == []
    assert conn.execute("SELECT level FROM issue_levels").fetchone() == (None,), "time alone lowers it"


def test_the_signs_of_an_issue_are_its_rows(conn: Connection, owner: Connection, town: Directory) -> None:
    """Each number of the early signs, against rows that were put there for it."""
    issue, other = add_issue(owner), add_issue(owner)
    done = factories.case(
        conn, town, until=CaseAction.COMPLETE, at=NOW - 20 * DAY, new=factories.letter(contact="19900000001")
    )
    after = [
        write(conn, town, person=2, at=NOW - 10 * DAY, channel=Channel.HOTLINE),
        write(conn, town, person=2, at=NOW - DAY, urgent=0.99),
        write(conn, town, person=3, at=NOW - DAY, urgent=0.2, sentiment=Sentiment.NEUTRAL),
        write(conn, town, person=4, at=NOW - 40 * DAY),
    ]
    add_members(owner, issue, [done.submission_id, *after])
    add_members(owner, other, [write(conn, town, person=9)])
    owner.execute("UPDATE issues SET first_at = %s WHERE id = %s", (NOW - 20 * DAY, issue))
    owner.commit()
    [facts] = list_issue_facts(conn, [issue], now=NOW)
    assert (facts.recent, facts.before, facts.days_before) == (2, 2, 17.0)
    assert (facts.persons, facts.negative) == (3, 2), "not what is older than a month"
    assert list(facts.channels) == ["来信", "热线"]
    assert (facts.repeated, facts.reopened) == (2, 0)
    assert (facts.in_lane, facts.lanes) == (1, ["扬言自伤自杀"]), "a suspicion is none"
    lifecycle.reopen(conn, done, reason="又坏了", actor="test", now=NOW - DAY)
    [facts] = list_issue_facts(conn, [issue], now=NOW)
    assert facts.reopened == 1


def test_old_issues_are_no_news_at_the_first_look(conn: Connection, owner: Connection, town: Directory) -> None:
    issue = add_issue(owner)
    add_members(owner, issue, [write(conn, town, person=person, at=NOW - 5 * DAY) for person in range(12)])
    assert notice_levels(conn, watch(conn, town), [issue]) == []

"""A changed calendar moves the open clocks it explains, and no others; escalation tells once."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.tasks import clock_tasks
from models.account import Role
from models.analysis import AppealType
from models.case import CaseAction, CaseStatus
from models.casework import UnitClockKind
from models.database import Connection, connect
from models.errors import Invalid, NotFound
from models.settings import Settings
from routing import case_repository, event_repository
from routing.casework import casework_repository
from routing.clocks import calendar_repository as rows
from routing.clocks import escalation, extensions
from routing.clocks.calendar_changes import change_calendar, read_days
from routing.clocks.completion_clock import deadline_of
from routing.clocks.recalculating import calendars, moved_cases, recalculate_batch
from routing.directory import Directory
from routing.directory_repository import list_calendar_days, load_directory
from tests import factories
from tests.api.door import StoppedRuntime
from tests.factories import KEYS, NOW, SECRET, ZONE

ADMIN = "account:9:管理"


@pytest.fixture
def city_conn(dsn: str) -> Iterator[Connection]:
    """A city of its own for each test: all open cases are counted."""
    with closing(connect(dsn)) as connection:
        factories.city(connection)
        made_before(connection)
        yield connection


def made_before(conn: Connection) -> None:
    """The rules that a city begins with are as old as its database; here they are older than the cases."""
    conn.execute("UPDATE escalation_rules SET created_at = %s", (NOW - timedelta(days=1),))
    conn.commit()


def change(conn: Connection, text: str, *, region: str | None = None, whole: bool = False) -> None:
    change_calendar(conn, read_days(text, region), region, whole_years=whole, reason="放假通知", actor=ADMIN, now=NOW)


def recalculate(conn: Connection, directory: Directory) -> tuple[int, int]:
    changes, before, after, reason = calendars(conn, directory)
    going, done = recalculate_batch(
        conn, before, after, after_id=0, reason=reason, actor="system:clocks", now=NOW, zone=ZONE
    )
    assert going is None
    rows.finish_changes(conn, [c.id for c in changes], moved=done.moved, kept=done.kept, actor="system:clocks", now=NOW)
    return done.moved, done.kept


def test_a_day_off_moves_what_spans_it_and_says_so(city_conn: Connection, directory: Directory) -> None:
    """Dispatched on Monday the 23rd; Tuesday becomes a day off."""
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.DISPATCH)
    change(city_conn, "2026-11-24 放假 抗洪纪念")
    assert recalculate(city_conn, directory) == (1, 0)
    moved = case_repository.get_case_by_id(city_conn, case.id)
    assert case.due_date and moved.due_date
    fresh = load_directory(city_conn)
    assert moved.due_date == fresh.calendar.add_working_days(case.due_date, 1)
    assert "抗洪纪念放假1天不计" in moved.due_basis
    clocks = {c.kind: c.due_at for c in casework_repository.list_clocks(city_conn, case.id)}
    assert clocks[UnitClockKind.ACKNOWLEDGE].astimezone(ZONE).date() == date(2026, 11, 26)
    event = event_repository.list_events(city_conn, case.id)[-1]
    assert event.action is CaseAction.RECALCULATE
    assert event.payload["due_date"] == {"from": case.due_date.isoformat(), "to": moved.due_date.isoformat()}
    assert event.payload["reason"] == "放假通知"
    assert len(event.payload["clocks"]) == 2
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None
    # once more changes nothing: what is right already is left alone
    assert recalculate(city_conn, directory) == (0, 0)
    assert rows.list_changes(city_conn)[0].recalculated_at == NOW


def test_granted_extensions_are_counted_anew_too(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    asked = extensions.request_extension(
        city_conn, case, directory, days=2, reason="需现场检测", actor="account:1:甲", now=NOW
    )
    granted = extensions.grant_extension(city_conn, asked, directory, actor="account:2:乙", now=NOW, zone=ZONE)
    assert granted.due_date is not None
    day = granted.due_date.isoformat()
    change(city_conn, f"{day} 放假 临时放假")
    assert recalculate(city_conn, directory) == (1, 0)
    moved = case_repository.get_case_by_id(city_conn, case.id)
    assert moved.due_date == load_directory(city_conn).calendar.add_working_days(granted.due_date, 1)
    assert "经批准延期2个工作日" in moved.due_basis


def test_what_the_rules_do_not_explain_is_left_and_counted(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.DISPATCH)
    assert case.due_at and case.due_date
    city_conn.execute("UPDATE cases SET due_at = due_at + interval '3 days' WHERE id = %s", (case.id,))
    change(city_conn, "2026-11-24 放假")
    moved, kept = recalculate(city_conn, directory)
    assert (moved, kept) == (1, 1)  # its unit clocks are explained, and move
    assert case_repository.get_case_by_id(city_conn, case.id).due_at == case.due_at + timedelta(days=3)


def test_finished_cases_and_those_before_the_day_stay(city_conn: Connection, directory: Directory) -> None:
    factories.case(city_conn, directory, lead="zjj", until=CaseAction.COMPLETE)
    factories.case(city_conn, directory, lead="zjj", until=CaseAction.DISPATCH)
    change(city_conn, "2027-03-03 放假")
    assert recalculate(city_conn, directory) == (0, 0)


def test_a_local_holiday_moves_the_clocks_of_the_units_there_alone(city_conn: Connection, directory: Directory) -> None:
    there = next(d for d in directory.departments.values() if d.region_code and d.region_code != "990100")
    local = factories.case(city_conn, directory, lead=there.id, until=CaseAction.DISPATCH)
    city = factories.case(city_conn, directory, lead="zjj", until=CaseAction.DISPATCH)
    change(city_conn, "2026-11-24 放假 本地节日", region=there.region_code)
    assert recalculate(city_conn, directory) == (1, 0)
    assert case_repository.get_case_by_id(city_conn, local.id).due_at != local.due_at
    assert case_repository.get_case_by_id(city_conn, city.id).due_at == city.due_at
    # and a case dispatched from now on knows it
    fresh = load_directory(city_conn)
    due = deadline_of(fresh, AppealType.HELP, NOW, ZONE, lead=there.id)
    assert due.due_date == fresh.calendar.add_working_days(deadline_of(fresh, AppealType.HELP, NOW, ZONE).due_date, 1)


def test_the_preview_says_what_the_worker_then_does(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.DISPATCH)
    change(city_conn, "2026-11-24 放假")
    _, before, after, _ = calendars(city_conn, directory)
    count, named = moved_cases(city_conn, before, after, zone=ZONE, named=5)
    assert count == 1
    recalculate(city_conn, directory)
    assert named[0][1].due_at == case_repository.get_case_by_id(city_conn, case.id).due_at


def test_a_notice_replaces_the_provisional_days_of_its_year(city_conn: Connection, directory: Directory) -> None:
    assert 2027 not in directory.calendar.known_years
    change(city_conn, "2027-01-01 放假 元旦\n2027-01-03 上班 元旦", whole=True)
    days = [d for d in list_calendar_days(city_conn) if d.day.year == 2027]
    assert [(d.day.day, d.kind.value) for d in days] == [(1, "holiday"), (3, "workday")]
    assert 2027 in load_directory(city_conn).calendar.known_years
    with pytest.raises(Invalid, match="没有需要保存"):
        change(city_conn, "2027-01-01 放假 元旦")
    with pytest.raises(Invalid, match="依据"):
        change_calendar(
            city_conn, read_days("2027-01-02 放假", None), None, whole_years=False, reason=" ", actor=ADMIN, now=NOW
        )


def test_the_worker_waits_until_all_know_the_calendar_and_then_counts_once(dsn: str, tmp_path: Path) -> None:
    with closing(connect(dsn)) as conn:
        directory = factories.city(conn)
        case = factories.case(conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
        change(conn, "2026-11-24 放假")
        made_before(conn)
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET), pool_size=4)
    with closing(StoppedRuntime(settings, dsn)) as runtime:
        assert clock_tasks.recalculate(runtime).moved == 0
        runtime.clock = NOW + clock_tasks.SETTLED
        assert clock_tasks.recalculate(runtime).moved == 1
        assert clock_tasks.recalculate(runtime).moved == 0
        assert case.due_at is not None
        runtime.clock = case.due_at + timedelta(days=60)
        assert clock_tasks.escalate(runtime) == 2  # the supervisor, and the leader
        assert clock_tasks.escalate(runtime) == 0
        assert {clock_tasks.RECALCULATE, clock_tasks.ESCALATE} == {e["task"] for e in clock_tasks.SCHEDULE.values()}


def test_escalation_tells_once_for_each_due_time(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    triage = factories.case(city_conn, directory, says=factories.analysis(topic=None, confidence=0.0))
    [rule] = [r for r in rows.list_escalation_rules(city_conn) if r.days == 0]
    assert case.due_at is not None

    def tell(at_due: timedelta) -> list[int]:
        assert case.due_at is not None
        told = escalation.escalate(
            city_conn, rule, directory, actor="system:clocks", now=case.due_at + at_due, zone=ZONE
        )
        return [c.id for c in told]

    assert tell(-timedelta(seconds=1)) == []
    assert tell(timedelta(seconds=1)) == [case.id]
    assert tell(timedelta(days=1)) == []
    later = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    city_conn.execute("UPDATE escalation_rules SET created_at = %s", (later.due_at,))
    [younger] = [r for r in rows.list_escalation_rules(city_conn) if r.id == rule.id]
    at = case.due_at + timedelta(days=2)
    assert escalation.escalate(city_conn, younger, directory, actor="system:clocks", now=at, zone=ZONE) == []
    event = event_repository.list_events(city_conn, case.id)[-1]
    assert (event.action, event.to_status) == (CaseAction.ESCALATE, CaseStatus.IN_PROGRESS)
    assert event.payload["role"] == "supervisor"
    assert triage.status is CaseStatus.TRIAGE


def test_rules_of_escalation_are_rows(city_conn: Connection) -> None:
    with pytest.raises(Invalid) as refused:
        escalation.add_rule(city_conn, name="", days=999, role=Role.ADMINISTRATOR, actor=ADMIN, now=NOW)
    assert set(refused.value.fields) == {"name", "days", "role"}
    escalation.add_rule(city_conn, name="超期两天", days=2, role=Role.LEADER, actor=ADMIN, now=NOW)
    [rule] = [r for r in rows.list_escalation_rules(city_conn) if r.name == "超期两天"]
    escalation.switch_rule(city_conn, rule.id, False, actor=ADMIN)
    assert not next(r for r in rows.list_escalation_rules(city_conn) if r.id == rule.id).active
    with pytest.raises(NotFound):
        escalation.switch_rule(city_conn, 2**40, True, actor=ADMIN)

"""Daily facts against the cases: after any changes, in any steps, every number of every filter is the same."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.daily_facts import fact_repository
from dashboards.daily_facts.fact_rebuild import all_measures, bring_up_to_date, recount_last_days
from dashboards.metrics import metrics
from dashboards.metrics.metrics import Overview, overview
from models.criteria import CaseCriteria
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference, add_submission
from tests.database.test_dashboards_agree import cases

HOUR = timedelta(hours=1)
DAY = 24 * HOUR


def count(conn: Connection, now: Any = NOW) -> None:
    while bring_up_to_date(conn, actor="test", now=now, zone=ZONE):
        pass


def by_facts(conn: Connection, criteria: CaseCriteria, now: Any = NOW) -> Overview:
    found = overview(conn, criteria, now=now, zone=ZONE)
    assert found.note == "", "not from the facts"
    return found


def by_cases(conn: Connection, criteria: CaseCriteria, now: Any = NOW) -> Overview:
    """As before there were facts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "choose_facts", lambda *_, **__: (None, ""))
        return overview(conn, criteria, now=now, zone=ZONE)


def agree(conn: Connection, criteria: CaseCriteria, now: Any = NOW) -> Overview:
    found, wanted = by_facts(conn, criteria, now), by_cases(conn, criteria, now)
    assert found.as_of == wanted.as_of == now
    for field in fields(Overview):
        assert getattr(found, field.name) == getattr(wanted, field.name), field.name
    return found


@st.composite
def filters(draw: st.DrawFn) -> CaseCriteria:
    days = st.none() | st.integers(-2, 75).map(lambda back: (NOW - back * DAY).astimezone(ZONE).date())
    due = st.sampled_from([None] * 12) | st.integers(-3, 42).map(
        lambda back: (NOW - back * DAY).astimezone(ZONE).date()
    )
    return CaseCriteria(
        topic=draw(st.sampled_from([None, None, None, "none", "T01", "T0101", "T02", "T01!"])),
        region=draw(st.sampled_from([None, None, None, "none", "91", "9101", "910101", "9102", "91!", "9101!"])),
        department=draw(st.sampled_from([None, None, None, "none", "d1"])),
        duty=draw(st.sampled_from([None, None, None, None, "none", "d1"])),
        channel=draw(st.sampled_from([None, None, None, "letter"])),
        appeal_type=draw(st.sampled_from([None, None, None, None, "help", "complain"])),
        sentiment=draw(st.sampled_from([None, None, None, "negative", "positive"])),
        submitted_from=draw(days),
        submitted_to=draw(days),
        due_from=draw(due),
        due_to=draw(due),
    )


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from(["status", "topic", "region", "department", "due", "appeal", "tone", "event"]),
        st.integers(0, 5),
    ),
    max_size=12,
)


def change(conn: Connection, case: int, what: str, how: int) -> None:
    """One change as the lifecycle makes them, straight in the row."""
    values: dict[str, tuple[str, Any]] = {
        "status": (
            "status = %s, completed_at = '2026-11-20 10:00+08', dispatched_at = '2026-11-19 10:00+08',"
            " lead_department_id = coalesce(lead_department_id, 'd1')",
            ["completed", "in_progress", "closed", "dispatched", "completed", "in_progress"][how],
        ),
        "topic": ("topic_code = %s", [None, "T01", "T0101", "T0102", "T02", "T0201"][how]),
        "region": ("region_code = %s", [None, "91", "9101", "9102", "910101", "91"][how]),
        "department": (
            "lead_department_id = %s, dispatched_at = coalesce(dispatched_at, submitted_at)",
            ["d1", "d2"][how % 2],
        ),
        "due": (
            "(due_at, due_date) = (SELECT d, (d AT TIME ZONE 'Asia/Shanghai')::date "
            " FROM (SELECT %s::timestamptz) n(d))",
            [None, NOW, NOW - HOUR, NOW + HOUR, NOW + 2 * HOUR, NOW - 40 * DAY][how],
        ),
        "appeal": ("appeal_type = %s", ["help", "complain", "consult"][how % 3]),
        "tone": ("sentiment = %s", ["negative", "neutral", "positive"][how % 3]),
        "event": ("urgency = %s", "urgent"),
    }
    assignment, value = values[what]
    conn.execute(f"UPDATE cases SET {assignment} WHERE id = %s", (value, case))


def begin_anew(conn: Connection, first: list[CaseRowSpec], later: list[CaseRowSpec]) -> list[int]:
    """Cases of one example, some counted already and some not yet; without those of the example before."""
    conn.rollback()
    add_reference(conn)
    conn.execute("INSERT INTO departments (id, duty, name, short_name, kind) VALUES ('d9', 'd9', '丙', '丙', 'gov')")
    ids = add_cases(conn, first)
    count(conn)
    return ids + add_cases(conn, later)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(cases(), max_size=15),
    later=st.lists(cases(), max_size=8),
    changes=CHANGES,
    hours=st.integers(0, 50),
    asked=st.lists(filters(), min_size=1, max_size=4),
)
def test_after_any_changes_the_facts_are_what_the_cases_say(
    conn: Connection,
    first: list[CaseRowSpec],
    later: list[CaseRowSpec],
    changes: list[tuple[int, str, int]],
    hours: int,
    asked: list[CaseCriteria],
) -> None:
    ids = begin_anew(conn, first, later)
    add_submission(conn, channel="social", sentiment=None)
    add_submission(conn, channel="survey", sentiment="negative", topic="T0101", region="910101")
    half = len(changes) // 2
    for n, (case, what, how) in enumerate(changes):
        if ids:
            change(conn, ids[case % len(ids)], what, how)
        if n == half:
            count(conn)
    # time passes too: what was not due may be now
    now = NOW + hours * HOUR
    count(conn, now)
    for criteria in (CaseCriteria(), *asked):
        agree(conn, criteria, now)
    assert recount_last_days(conn, 60, actor="test", now=now, zone=ZONE) == 0, "a change that nothing told of"


def test_counting_twice_changes_nothing_and_building_anew_gives_the_same(conn: Connection) -> None:
    add_reference(conn)
    add_cases(conn, [CaseRowSpec(topic="T0101", region="910101", due_at=NOW - HOUR), CaseRowSpec(status="triage")])
    count(conn)
    once = cells(conn)
    count(conn)
    assert cells(conn) == once
    conn.execute("UPDATE fact_mark SET definition = 'of another program'")
    count(conn)
    assert cells(conn) == once


def cells(conn: Connection) -> list[tuple[Any, ...]]:
    return sorted(conn.execute("SELECT * FROM fact_cells WHERE NOT 0 = ALL (counts)").fetchall())


def test_a_change_that_nothing_told_of_is_found_in_the_night(conn: Connection) -> None:
    add_reference(conn)
    ids = add_cases(conn, [CaseRowSpec(topic="T0101"), CaseRowSpec(topic="T0101")])
    count(conn)
    conn.execute("UPDATE cases SET topic_code = 'T0201' WHERE id = %s", (ids[0],))
    conn.execute("DELETE FROM stale_facts")
    count(conn)
    assert [p.value for p in by_facts(conn, CaseCriteria()).topics.points] == [2], "who would have told?"
    assert recount_last_days(conn, 3, actor="test", now=NOW, zone=ZONE) == 1
    agree(conn, CaseCriteria(topic="T02"))


def test_facts_are_not_believed_where_they_are_not_built_not_current_or_do_not_know_a_filter(conn: Connection) -> None:
    add_reference(conn)
    add_cases(conn, [CaseRowSpec()])
    assert "尚未建立" in overview(conn, CaseCriteria(), now=NOW, zone=ZONE).note
    count(conn)
    add_cases(conn, [CaseRowSpec()])
    assert by_facts(conn, CaseCriteria()).metrics["received"].numerator == 1  # as of the last count
    late = overview(conn, CaseCriteria(), now=NOW + HOUR, zone=ZONE)
    assert (late.metrics["received"].numerator, late.as_of) == (2, NOW + HOUR)
    assert "没有及时更新" in late.note
    for criteria in (CaseCriteria(text="路灯"), CaseCriteria(unit="d1"), CaseCriteria(urgency="normal")):
        other = overview(conn, criteria, now=NOW, zone=ZONE)
        assert other.metrics["received"].numerator == 2 and "不含所选" in other.note
    conn.execute("UPDATE fact_mark SET definition = 'of another program'")
    assert overview(conn, CaseCriteria(), now=NOW, zone=ZONE).metrics["received"].numerator == 2


def test_of_many_cases_late_facts_are_better_than_minutes_of_counting(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reference(conn)
    add_cases(conn, [CaseRowSpec()])
    count(conn)
    monkeypatch.setattr("dashboards.daily_facts.fact_answers.FEW_CASES", 0)
    late = overview(conn, CaseCriteria(), now=NOW + HOUR, zone=ZONE)
    assert (late.as_of, late.metrics["received"].numerator) == (NOW, 1)
    assert "数字截至上述时间" in late.note


def test_while_they_are_built_in_parts_the_cases_are_counted(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.daily_facts.fact_rebuild._TOGETHER", 2)
    add_reference(conn)
    add_cases(conn, [CaseRowSpec(topic="T0101") for _ in range(5)])
    assert bring_up_to_date(conn, actor="test", now=NOW, zone=ZONE)
    assert overview(conn, CaseCriteria(), now=NOW, zone=ZONE).note
    count(conn)
    assert agree(conn, CaseCriteria()).metrics["received"].numerator == 5


def test_two_do_not_count_at_once(conn: Connection, owner: Connection) -> None:
    assert fact_repository.try_lock_facts(owner)
    assert not bring_up_to_date(conn, actor="test", now=NOW, zone=ZONE)
    assert fact_repository.find_mark(conn) is None


def test_every_measure_of_every_metric_is_in_the_rows(conn: Connection) -> None:
    add_reference(conn)
    add_cases(conn, [CaseRowSpec()])
    count(conn)
    row = conn.execute("SELECT counts FROM fact_rows WHERE kind = 'c'").fetchone()
    assert row and len(row[0]) == len(all_measures())


@pytest.mark.parametrize("back", [0, 29, 30, 31, 365])
def test_months_and_the_days_at_both_ends_make_up_a_range(conn: Connection, back: int) -> None:
    add_reference(conn)
    add_cases(conn, [CaseRowSpec(submitted_at=NOW - n * DAY, topic="T0101") for n in range(0, 400, 3)])
    count(conn)
    last = date(2026, 11, 20)
    criteria = CaseCriteria(submitted_from=last - timedelta(days=back), submitted_to=last)
    for one in (criteria, replace(criteria, topic="T01"), replace(criteria, submitted_to=None)):
        assert agree(conn, one).metrics["received"].numerator > 0

"""Months that are kept as columns say what their rows say, whatever changes afterwards and whatever is asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.daily_facts import fact_packing
from dashboards.daily_facts.fact_measures import Measure
from dashboards.daily_facts.fact_projections import CASES, SUBMISSIONS
from dashboards.daily_facts.fact_reading import find_facts, read_counts
from dashboards.daily_facts.fact_rebuild import all_measures, bring_up_to_date
from models.criteria import CaseCriteria
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference
from tests.database.test_daily_facts import CHANGES, DAY, begin_anew, change, count, filters
from tests.database.test_dashboards_agree import cases

RECEIVED, DUE, OVERDUE = (Measure("totals", name) for name in ("received", "due", "overdue"))
# What no sum has together, and what only rows know.
QUESTIONS = (
    ("department", "topic", "region"),
    ("department", "topic", "region", "channel", "appeal_type", "tone", "day"),
    ("week", "lasted"),
    ("lasted", "main_topic"),
    ("flow", "department"),
    ("quarter", "county", "topic", "channel", "department"),
    ("year", "flow"),
    ("week", "department"),
    ("topic", "day"),
    ("lasted",),
)
GROUPS = {"topic": {"T0101": "T01", "T0102": "T01"}, "region": {"910101": "9101"}}


def packs(conn: Connection) -> list[tuple[Any, ...]]:
    return conn.execute("SELECT kind::text, month FROM fact_packs ORDER BY 1, 2").fetchall()


def ask(
    conn: Connection, criteria: CaseCriteria, by: tuple[str, ...], groups: Mapping[str, Mapping[str, str]] | None = None
) -> dict[Any, Any]:
    facts = find_facts(conn, all_measures(), zone=ZONE.key)
    assert facts
    return read_counts(facts, CASES, criteria, [RECEIVED, OVERDUE, DUE], by, groups)


def check_among(conn: Connection, criteria: CaseCriteria, by: tuple[str, ...], whole: dict[Any, Any]) -> None:
    """Of a few units, topics, towns the same is read where the others do not matter."""
    few = {"department": {"d1", "none"}, "topic": {"T0101", "T01"}, "region": {"910101", "9102"}}
    among = {name: some for name, some in few.items() if name in by}
    facts = find_facts(conn, all_measures(), zone=ZONE.key)
    assert facts
    found = read_counts(facts, CASES, criteria, [RECEIVED, OVERDUE, DUE], by, None, among)
    for key, values in whole.items():
        if all(key[by.index(name)] in some for name, some in among.items()):
            assert found[key] == values
    assert found.keys() <= whole.keys()


def by_rows(conn: Connection, *asked: Any) -> dict[Any, Any]:
    """As if nothing had been packed."""
    conn.execute("SAVEPOINT packed")
    conn.execute("DELETE FROM fact_packs")
    found = ask(conn, *asked)
    conn.execute("ROLLBACK TO packed")
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(cases(), min_size=1, max_size=12),
    later=st.lists(cases(), max_size=4),
    changes=CHANGES,
    asked=st.lists(st.tuples(filters(), st.sampled_from(QUESTIONS), st.sampled_from([None, GROUPS])), min_size=6),
)
def test_columns_and_what_changed_since_are_the_rows(
    conn: Connection,
    first: list[CaseRowSpec],
    later: list[CaseRowSpec],
    changes: list[tuple[int, str, int]],
    asked: list[tuple[CaseCriteria, tuple[str, ...], Any]],
) -> None:
    ids = begin_anew(conn, first, later)
    for case, what, how in changes:
        change(conn, ids[case % len(ids)], what, how)
    count(conn, NOW + 7 * DAY)
    for one in asked:
        assert ask(conn, *one) == by_rows(conn, *one)
        check_among(conn, one[0], one[1], ask(conn, one[0], one[1]))


def test_months_that_are_over_are_packed_and_read(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    add_reference(conn)
    ids = add_cases(
        conn, [CaseRowSpec(submitted_at=NOW - n * DAY, topic="T0101", region="910101") for n in range(0, 90, 2)]
    )
    count(conn)
    months = [(kind, date(2026, month, 1)) for kind in (CASES, SUBMISSIONS) for month in (8, 9, 10)]
    assert packs(conn) == months, "not the month that goes on"
    by = ("topic", "region", "department")
    asked = CaseCriteria(submitted_from=date(2026, 8, 30), submitted_to=date(2026, 11, 19))
    wanted = ask(conn, asked, by)
    assert wanted == by_rows(conn, asked, by) and sum(n for n, *_ in wanted.values()) == 41
    conn.execute("DELETE FROM fact_columns WHERE name ~ '^m[0-9]'")
    assert ask(conn, asked, by) != wanted, "the columns are read"
    conn.execute("DELETE FROM fact_packs")
    count(conn)
    conn.execute("UPDATE cases SET topic_code = 'T0201', lead_department_id = 'd2' WHERE id = ANY(%s)", (ids[5:],))
    monkeypatch.setattr(fact_packing, "MANY", 10)
    assert bring_up_to_date(conn, actor="test", now=NOW, zone=ZONE)
    changed = conn.execute("SELECT count(*) FROM fact_changes").fetchone()
    assert changed and changed[0] > 50
    before = conn.execute("SELECT max(pack) FROM fact_packs").fetchone()
    assert ask(conn, asked, by) == by_rows(conn, asked, by)
    count(conn)
    after = conn.execute("SELECT max(pack) FROM fact_packs").fetchone()
    assert before and after and before < after, "after so many changes it is packed again"
    assert ask(conn, asked, by) == by_rows(conn, asked, by)


def test_how_long_cases_last_is_counted_to_the_hour(conn: Connection) -> None:
    add_reference(conn)
    begun = NOW - 60 * DAY
    add_cases(
        conn,
        [
            CaseRowSpec(submitted_at=begun, status="completed", completed_at=begun + 3 * DAY - timedelta(seconds=1)),
            CaseRowSpec(submitted_at=begun, status="completed", completed_at=begun + 3 * DAY),
            CaseRowSpec(submitted_at=begun, status="in_progress"),
            CaseRowSpec(submitted_at=begun + timedelta(seconds=1), status="in_progress"),
        ],
    )
    count(conn)
    found = ask(conn, CaseCriteria(), ("lasted",))
    assert {key: values[0] for key, values in found.items()} == {(2,): 1, (3,): 1, (-61,): 1, (-60,): 1}


def test_whole_months_are_read_as_they_were_added_up(conn: Connection) -> None:
    add_reference(conn)
    specs = []
    for n in range(90):
        begun = NOW - (23 + n // 3) * DAY
        done = begun + (2 + n % 3) * DAY
        open_still = n % 9 == 0
        specs.append(
            CaseRowSpec(
                submitted_at=begun,
                status="in_progress" if open_still else "completed",
                completed_at=None if open_still else done,
                due_at=begun + (1 + n % 15) * DAY,
                region="910101" if n % 2 else "9102",
                department="d1" if n % 5 else "d2",
                appeal_type="help" if n % 4 else "complain",
            )
        )
    add_cases(conn, specs)
    count(conn)
    facts = find_facts(conn, all_measures(), zone=ZONE.key)
    assert facts
    october = CaseCriteria(submitted_from=date(2026, 10, 1), submitted_to=date(2026, 10, 31))
    some_days = CaseCriteria(submitted_from=date(2026, 10, 5), submitted_to=date(2026, 10, 27))
    received = [RECEIVED]
    questions: list[tuple[CaseCriteria, tuple[str, ...], list[Measure]]] = [
        (october, ("lasted",), received),
        (october, ("month", "lasted", "appeal_type"), received),
        (october.changed({"region": "9101"}), ("lasted", "appeal_type"), received),
        (october, ("lasted", "department"), received),
        (october, ("flow", "department"), received),
        (some_days, ("lasted", "appeal_type"), received),
        (some_days, ("week", "lasted", "main_topic"), received),
        (some_days.changed({"region": "9102"}), ("flow", "department"), received),
        (
            october.changed({"due_from": date(2026, 10, 8), "due_to": date(2026, 11, 7)}),
            ("department",),
            [OVERDUE, DUE],
        ),
    ]
    wanted = []
    conn.execute("SAVEPOINT packed")
    conn.execute("DELETE FROM fact_packs")
    for criteria, by, measures in questions:
        wanted.append(read_counts(replace(facts, answers=[]), CASES, criteria, measures, by))
    conn.execute("ROLLBACK TO packed")
    assert max(values[0] for values in wanted[0].values()) > 20 and all(wanted)
    # nothing of the rows' own columns is read
    conn.execute("DELETE FROM fact_columns l USING fact_chunks c WHERE c.chunk = l.chunk AND c.digest = ''")
    for (criteria, by, measures), right in zip(questions, wanted, strict=True):
        assert read_counts(replace(facts, answers=[]), CASES, criteria, measures, by) == right


def test_what_falls_due_in_a_month_is_read_from_columns(conn: Connection) -> None:
    add_reference(conn)
    add_cases(
        conn,
        [
            CaseRowSpec(submitted_at=NOW - (30 + n) * DAY, due_at=NOW - (15 + n) * DAY if n % 7 else None)
            for n in range(60)
        ],
    )
    count(conn)
    october = CaseCriteria(due_from=date(2026, 10, 1), due_to=date(2026, 10, 31))
    for criteria in (october, october.changed({"due_from": None}), october.changed({"due_to": None})):
        found = ask(conn, criteria, ("department",))
        assert found == by_rows(conn, criteria, ("department",))
        assert found["d1",][0] > 20
    # the months of a chunk say whether it has to be read
    conn.execute("RESET ROLE")
    conn.execute("UPDATE fact_chunks SET due_months = '{}'")
    assert not ask(conn, october, ("department",))

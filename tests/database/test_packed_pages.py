"""What pages read from packed months is what the cases themselves say: completion times and flows of dispatch."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import IsolationLevel

from dashboards.analysis import dispatch_flows
from dashboards.analysis.completion_times import Grouping, choose_times, read_cohorts
from dashboards.analysis.dispatch_flows import read_flows
from dashboards.daily_facts import fact_packing, fact_reading, fact_series
from dashboards.daily_facts.fact_answers import RECEIVED
from dashboards.daily_facts.fact_projections import CASES
from dashboards.daily_facts.fact_reading import find_facts, read_counts
from dashboards.daily_facts.fact_rebuild import all_measures
from dashboards.daily_facts.fact_repository import lock_facts
from dashboards.daily_facts.fact_statements import LONGEST
from models.criteria import CaseCriteria
from models.database import Connection, connect
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference
from tests.database.test_daily_facts import CHANGES, DAY, change, count, filters
from tests.database.test_dashboards_agree import cases

GROUPINGS: tuple[Grouping, ...] = ("", "appeal_type", "department", "topic")
# first unit, whether it was given on, whether a return was accepted
WAYS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["d1", "d2"]), st.booleans(), st.booleans(), st.booleans()),
    max_size=8,
)


def give_on(conn: Connection, case: int, first: str, given: bool, accepted: bool, waits: bool) -> None:
    conn.execute(
        "INSERT INTO first_dispatches (case_id, department_id, source, at, given_on_at)"
        " VALUES (%s, %s, 'model', %s, %s) ON CONFLICT (case_id) DO UPDATE SET given_on_at = excluded.given_on_at",
        (case, first, NOW - 30 * DAY, NOW - 20 * DAY if given else None),
    )
    if accepted:
        conn.execute(
            "INSERT INTO case_returns (case_id, department_id, reason, explanation, requested_at, requested_by, state)"
            " VALUES (%s, %s, 'other', 'x', %s, 't', 'accepted')",
            (case, first, NOW - 25 * DAY),
        )
    if waits:
        conn.execute(
            "UPDATE cases SET status = 'triage', lead_department_id = NULL, completed_at = NULL WHERE id = %s", (case,)
        )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(cases(), min_size=1, max_size=12),
    later=st.lists(cases(), max_size=4),
    changes=CHANGES,
    early=WAYS,
    late=WAYS,
    asked=st.lists(st.tuples(filters(), st.sampled_from(GROUPINGS)), min_size=5, max_size=12),
)
def test_pages_of_packed_months_are_those_of_the_cases(
    conn: Connection,
    first: list[CaseRowSpec],
    later: list[CaseRowSpec],
    changes: list[tuple[int, str, int]],
    early: list[tuple[Any, ...]],
    late: list[tuple[Any, ...]],
    asked: list[tuple[CaseCriteria, Grouping]],
) -> None:
    conn.rollback()  # the example before
    conn.execute("RESET ROLE")
    add_reference(conn)
    conn.execute("INSERT INTO departments (id, duty, name, short_name, kind) VALUES ('d9', 'd9', '丙', '丙', 'gov')")
    ids = add_cases(conn, first)
    for case, *how in early:
        give_on(conn, ids[case % len(ids)], *how)
    count(conn)
    ids += add_cases(conn, later)
    for case, what, number in changes:
        change(conn, ids[case % len(ids)], what, number)
    for case, *how in late:
        give_on(conn, ids[case % len(ids)], *how)
    now = NOW + 7 * DAY
    count(conn, now)
    for criteria, by in asked:
        facts, note = choose_times(conn, criteria, now=now, zone=ZONE)
        assert facts and not note
        found = read_cohorts(conn, criteria, by, now=now, zone=ZONE)
        assert found == read_cohorts(conn, criteria, by, now=now, zone=ZONE, chosen=(None, "")), (criteria, by)
        flows = read_flows(conn, criteria, now=now, zone=ZONE)
        with pytest.MonkeyPatch.context() as patch:
            for module in (dispatch_flows, fact_series):
                patch.setattr(module, "choose_facts", lambda *_, **__: (None, ""))
            assert flows == read_flows(conn, criteria, now=now, zone=ZONE)


def test_units_and_topics_may_have_any_code(conn: Connection) -> None:
    conn.execute("RESET ROLE")
    add_reference(conn)
    conn.execute(
        "INSERT INTO departments (id, duty, name, short_name, kind) VALUES ('a 1 %s', 'a', '市政局', '市政局', 'gov')"
    )
    conn.execute("INSERT INTO topics (code, name, parent_code) VALUES ('T01 灯%s', '路灯', 'T01')")
    at = NOW - 60 * DAY
    ids = add_cases(conn, [CaseRowSpec(submitted_at=at, department="a 1 %s", topic="T01 灯%s") for _ in range(3)])
    give_on(conn, ids[0], "d1", True, True, False)
    give_on(conn, ids[1], "a 1 %s", True, False, True)
    count(conn)
    flows = read_flows(conn, CaseCriteria(topic="T01 灯%s"), now=NOW, zone=ZONE)
    assert {(f.first, f.way, f.last): f.cases for f in flows} == {
        ("d1", "returned", "a 1 %s"): 1,
        ("a 1 %s", "redispatched", "none"): 1,
    }


@pytest.mark.parametrize("level", [None, IsolationLevel.REPEATABLE_READ], ids=["each statement", "one moment"])
def test_a_month_packed_while_it_is_read_is_read_whole(
    conn: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch, level: IsolationLevel | None
) -> None:
    add_reference(conn)
    ids = add_cases(conn, [CaseRowSpec(submitted_at=NOW - (30 + n) * DAY, topic="T0101") for n in range(40)])
    count(conn)
    conn.commit()
    monkeypatch.setattr(fact_packing, "MANY", 1)
    changed: list[int] = []

    def pack_first(read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(*given: Any, **more: Any) -> Any:
            if len(changed) < 3:
                changed.append(ids[len(changed)])
                with closing(connect(dsn)) as worker:
                    worker.execute("UPDATE cases SET topic_code = 'T0201' WHERE id = %s", (changed[-1],))
                    count(worker)
                    worker.commit()
            return read(*given, **more)

        return reading

    for name in ("fetch_facts", "sum_packed"):
        monkeypatch.setattr(fact_reading, name, pack_first(getattr(fact_reading, name)))
    conn.isolation_level = level
    with conn.transaction():
        facts = find_facts(conn, all_measures(), zone=ZONE.key)
        assert facts
        found = read_counts(facts, CASES, CaseCriteria(), (RECEIVED,), ("topic", "region", "department"))
    moved = 0 if level else 3
    wanted = {("T0101", "none", "d1"): (40 - moved,), ("T0201", "none", "d1"): (moved,)}
    assert found == {key: values for key, values in wanted.items() if any(values)}
    assert len(changed) == (2 if level else 3), "whoever sees another pack asks again"


def test_a_case_of_half_a_lifetime_counts_once_when_it_ends(conn: Connection) -> None:
    add_reference(conn)
    begun = NOW - 12_000 * DAY
    [case] = add_cases(conn, [CaseRowSpec(submitted_at=begun, status="in_progress")])
    count(conn)
    conn.execute("UPDATE cases SET status = 'completed', completed_at = %s WHERE id = %s", (begun + 11_000 * DAY, case))
    count(conn)
    [everything] = read_cohorts(conn, CaseCriteria(), "", now=NOW, zone=ZONE)
    assert (everything.counts.days, everything.counts.completed, everything.counts.censored) == ((LONGEST,), (1,), (0,))


def test_a_completion_that_lies_ahead_is_counted_as_long_as_it_says(conn: Connection) -> None:
    add_reference(conn)
    begun = NOW - 60 * DAY
    add_cases(conn, [CaseRowSpec(submitted_at=begun, status="completed", completed_at=begun + 400 * DAY)])
    count(conn)
    [everything] = found = read_cohorts(conn, CaseCriteria(), "", now=NOW, zone=ZONE)
    assert (everything.counts.days, everything.counts.completed) == ((400,), (1,))
    assert found == read_cohorts(conn, CaseCriteria(), "", now=NOW, zone=ZONE, chosen=(None, ""))


def test_the_night_waits_longer_than_a_month_takes_to_pack(conn: Connection) -> None:
    lock_facts(conn)
    found = conn.execute("SELECT setting::integer FROM pg_settings WHERE name = 'lock_timeout'").fetchone()
    assert found and found[0] >= 60_000, "milliseconds"

"""What is asked ahead of months that are kept as columns is what their rows say, the columns read once for all."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.daily_facts import fact_ahead, fact_costs, fact_packed, fact_packing, fact_repository
from dashboards.daily_facts.fact_ahead import Question, read_ahead
from dashboards.daily_facts.fact_measures import Measure
from dashboards.daily_facts.fact_projections import CASES
from dashboards.daily_facts.fact_reading import Facts, find_facts, read_counts
from dashboards.daily_facts.fact_rebuild import all_measures
from models.criteria import CaseCriteria
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference
from tests.database.test_daily_facts import CHANGES, DAY, begin_anew, change, count, filters
from tests.database.test_dashboards_agree import cases

RECEIVED, DUE = Measure("totals", "received"), Measure("totals", "due")
GROUPINGS = (
    (),
    ("main_topic", "region"),
    ("department",),
    ("month", "tone"),
    ("week", "tone"),
    ("day",),
    ("channel",),
    ("topic", "county", "appeal_type"),
)


def columns_cost_nothing(patch: pytest.MonkeyPatch) -> None:
    """So they are read wherever sums would be, too."""
    for name in ("_CHUNK", "_VALUE", "_BEGIN", "_QUICK"):
        patch.setattr(fact_costs, name, 0)


def facts_of(conn: Connection) -> Facts:
    facts = find_facts(conn, all_measures(), zone=ZONE.key)
    assert facts
    return facts


def periods_of(criteria: CaseCriteria) -> tuple[CaseCriteria, ...]:
    """With the days of a year before, which overlap where more than a year is asked for."""
    first, last = criteria.submitted_from, criteria.submitted_to
    if first is None or last is None or first > last:
        return (criteria,)
    year = timedelta(days=60)
    return criteria, criteria.changed({"submitted_from": first - year, "submitted_to": last - year})


def answers(facts: Facts, questions: list[Question]) -> list[dict[Any, Any]]:
    """A sum that knows the topic or the town says it where the first level or the county is asked for: whoever reads it
    puts both under the same name."""
    found = []
    for one in questions:
        lengths = [{"main_topic": 3, "county": 4}.get(name) for name in one.by]
        for criteria in one.criteria:
            sums: dict[Any, list[int]] = {}
            for key, values in read_counts(facts, one.kind, criteria, one.measures, one.by).items():
                coarse = tuple(
                    code[:length] if length and code != "none" else code
                    for code, length in zip(key, lengths, strict=True)
                )
                sums[coarse] = [n + more for n, more in zip(sums.get(coarse, [0] * len(values)), values, strict=True)]
            found.append({key: values for key, values in sums.items() if not one.by or any(values)})
    return found


@pytest.mark.parametrize("costs", ["as guessed", "columns cost nothing"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(cases(), min_size=1, max_size=12),
    later=st.lists(cases(), max_size=4),
    changes=CHANGES,
    asked=st.lists(filters(), min_size=1, max_size=3),
)
def test_what_is_asked_ahead_is_what_the_rows_say(
    conn: Connection,
    monkeypatch: pytest.MonkeyPatch,
    costs: str,
    first: list[CaseRowSpec],
    later: list[CaseRowSpec],
    changes: list[tuple[int, str, int]],
    asked: list[CaseCriteria],
) -> None:
    ids = begin_anew(conn, first, later)
    for case, what, how in changes:
        change(conn, ids[case % len(ids)], what, how)
    count(conn, NOW + 7 * DAY)
    questions = [
        Question(CASES, periods_of(criteria), all_measures() if not by else (RECEIVED, DUE), by)
        for criteria in asked
        for by in GROUPINGS
    ]
    with monkeypatch.context() as patch:
        if costs != "as guessed":
            columns_cost_nothing(patch)
        facts = facts_of(conn)
        read_ahead(facts, questions)
        before = len(facts.answers)
        found = answers(facts, questions)
        assert len(facts.answers) == before, "nothing is asked again"
    conn.execute("SAVEPOINT packed")
    conn.execute("DELETE FROM fact_packs")
    assert found == answers(facts_of(conn), questions)
    conn.execute("ROLLBACK TO packed")


def test_columns_are_read_once_for_all_questions(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    add_reference(conn)
    specs = [
        CaseRowSpec(submitted_at=NOW - n * DAY, topic="T0101", region="910101", sentiment="negative")
        for n in range(30, 120)
    ]
    add_cases(conn, specs)
    count(conn)
    today = NOW.date()
    criteria = CaseCriteria(
        submitted_from=today - 60 * DAY, submitted_to=today, topic="T0101", region="910101", department="d1",
        channel="letter", sentiment="negative",
    )  # fmt: skip
    seen: list[tuple[int, int]] = []
    whole = fact_packed.sum_together

    def counted(conn: Connection, packs: Any, asked: Any, *more: Any) -> Any:
        seen.append((len(packs), len(asked)))
        return whole(conn, packs, asked, *more)

    monkeypatch.setattr(fact_ahead, "sum_together", counted)
    facts = facts_of(conn)
    read_ahead(facts, [Question(CASES, periods_of(criteria), (RECEIVED,), by) for by in GROUPINGS])
    assert len(seen) == 1 and seen[0][1] >= len(GROUPINGS), "eight questions, one reading"
    conn.execute("DELETE FROM fact_columns WHERE name ~ '^m[0-9]'")
    again = facts_of(conn)
    read_ahead(again, [Question(CASES, (criteria,), (RECEIVED,), ("department",))])
    now = read_counts(facts, CASES, criteria, (RECEIVED,), ("department",))
    assert now and read_counts(again, CASES, criteria, (RECEIVED,), ("department",)) != now, "it is the columns"


def test_a_month_packed_while_it_is_asked_ahead_is_read_whole(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reference(conn)
    ids = add_cases(conn, [CaseRowSpec(submitted_at=NOW - (30 + n) * DAY, topic="T0101") for n in range(40)])
    count(conn)
    monkeypatch.setattr(fact_packing, "MANY", 1)
    columns_cost_nothing(monkeypatch)
    whole = fact_repository.fetch_together
    changed: list[int] = []

    def pack_first(*given: Any) -> Any:
        rows = whole(*given)
        if len(changed) < 2:  # after the rows were read, before the columns are
            changed.append(ids[len(changed)])
            conn.execute("UPDATE cases SET topic_code = 'T0201' WHERE id = %s", (changed[-1],))
            count(conn)
        return rows

    monkeypatch.setattr(fact_ahead, "fetch_together", pack_first)
    facts = facts_of(conn)
    read_ahead(facts, [Question(CASES, (CaseCriteria(),), (RECEIVED,), ("topic", "region", "department"))])
    found = read_counts(facts, CASES, CaseCriteria(), (RECEIVED,), ("topic", "region", "department"))
    assert found == {("T0101", "none", "d1"): (38,), ("T0201", "none", "d1"): (2,)}
    assert len(changed) == 2

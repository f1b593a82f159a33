"""The number over a list: exactly what it holds, from the sums, however many cases there are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboards.daily_facts.fact_series import read_many
from dashboards.lists.case_lists import list_cases
from dashboards.lists.listed_count import ListedCount, count_listed
from dashboards.metrics.metrics import METRICS
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, add_cases, add_reference
from tests.database.test_daily_facts import count
from tests.database.test_fact_series import CASES, CRITERIA, RANGE

TONES = (
    CaseCriteria(sentiment="negative", displeased_with="authority"),
    CaseCriteria(sentiment="negative", displeased_with="nobody"),
)


@pytest.fixture
def counted(conn: Connection) -> Connection:
    add_reference(conn)
    add_cases(conn, CASES)
    count(conn)
    return conn


def test_every_list_that_a_number_opens_has_that_number_over_it(counted: Connection) -> None:
    opened = set(TONES)
    for criteria in CRITERIA:
        for found in read_many(counted, list(METRICS), criteria, now=NOW, zone=ZONE).values():
            for row in found.rows:
                opened |= {row.criteria, row.denominator_criteria or row.criteria}
    said = {one: count_listed(counted, one, now=NOW, zone=ZONE) for one in opened}
    known = {one: value for one, value in said.items() if value is not None}
    for one, value in known.items():
        assert value == ListedCount(list_cases(counted, one, now=NOW, zone=ZONE).total, NOW), one.as_parameters()
    assert {one.state for one in known} >= {None, "open", "overdue", "due", "on_time", "completed"}
    assert known.keys() >= set(TONES)


def test_the_cases_are_not_counted_for_it(counted: Connection) -> None:
    counted.execute(
        "UPDATE fact_cells SET counts = array_fill(7, ARRAY[cardinality(counts)]) WHERE period = %s", (NOW.date(),)
    )
    found = count_listed(counted, CaseCriteria(submitted_from=NOW.date(), submitted_to=NOW.date()), now=NOW, zone=ZONE)
    assert found == ListedCount(7, NOW)


def test_what_the_sums_do_not_say_is_left_to_the_list(counted: Connection) -> None:
    for criteria in (
        CaseCriteria(q="路灯"),
        CaseCriteria(unit="d1"),
        CaseCriteria(urgency="urgent"),
        CaseCriteria(status="completed"),
        CaseCriteria(state=CaseState.SUSPENDED.value),
        CaseCriteria(displeased_with="authority"),
        # these filters are not together in any sum: rows would be read
        replace(RANGE, topic="T0101", department="d1", region="910101", channel="letter"),
    ):
        assert count_listed(counted, criteria, now=NOW, zone=ZONE) is None, criteria.as_parameters()
    assert count_listed(counted, CaseCriteria(), now=NOW + timedelta(minutes=10), zone=ZONE) is None
    counted.execute("DELETE FROM fact_mark")
    assert count_listed(counted, CaseCriteria(), now=NOW, zone=ZONE) is None

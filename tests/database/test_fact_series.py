"""Any metric by anything: from the facts, from the cases, and in the list that a number opens, the same."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from dashboards.daily_facts import fact_series
from dashboards.daily_facts.fact_series import By, FactSeries, Period, read_many, read_series
from dashboards.lists.case_lists import list_cases
from dashboards.metrics.metrics import METRICS
from models.criteria import CaseCriteria
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference
from tests.database.test_daily_facts import count

DAY = timedelta(days=1)
PAST = NOW - 5 * DAY

CASES = (
    CaseRowSpec(status="completed", due_at=PAST, completed_at=PAST, topic="T0101", region="910101"),
    CaseRowSpec(status="completed", due_at=PAST, completed_at=NOW, topic="T0102", region="9101", sentiment="negative"),
    CaseRowSpec(status="dispatched", due_at=NOW + DAY, topic="T0201", region="9102", department="d2"),
    CaseRowSpec(status="in_progress", due_at=PAST, topic="T01", region="91", channel="hotline"),
    CaseRowSpec(status="triage", department=None, dispatched=False, sentiment="negative", displeased_with=("reply",)),
    CaseRowSpec(status="closed", due_at=PAST, completed_at=PAST, topic="T0101", appeal_type="complain"),
    CaseRowSpec(submitted_at=NOW - 31 * DAY, topic="T0101", region="910101", sentiment="positive"),
    CaseRowSpec(submitted_at=NOW - 200 * DAY, topic="T02", region="9102", department="d2", due_at=PAST),
)
RANGE = CaseCriteria(submitted_from=date(2026, 5, 4), submitted_to=date(2026, 11, 23))
CRITERIA = (
    CaseCriteria(),
    RANGE,
    CaseCriteria(topic="T01"),
    CaseCriteria(region="9101"),
    CaseCriteria(region="91!"),
    CaseCriteria(department="none"),
    CaseCriteria(duty="zjj"),
    CaseCriteria(duty="none"),
    replace(RANGE, duty="zjj", department="d2"),
    replace(RANGE, channel="letter", department="d1", topic="T0101"),
)
BYS: tuple[tuple[By, ...], ...] = (
    (),
    *((name,) for name in get_args(By)),
    ("topic", "department"),
    ("duty", "department"),
    ("region", "tone"),
    ("topic", "region", "department"),
)


@pytest.fixture
def counted(conn: Connection) -> Connection:
    add_reference(conn)
    conn.execute("UPDATE departments SET duty = 'zjj'")  # one line of work, two units
    add_cases(conn, CASES)
    count(conn)
    return conn


def by_cases(conn: Connection, *asked: Any, **more: Any) -> dict[str, FactSeries]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fact_series, "choose_facts", lambda *_, **__: (None, ""))
        return read_many(conn, *asked, now=NOW, zone=ZONE, **more)


@pytest.mark.parametrize("criteria", CRITERIA, ids=lambda c: str(c.as_parameters()))
def test_facts_and_cases_say_the_same_of_every_metric(counted: Connection, criteria: CaseCriteria) -> None:
    periods: tuple[Period | None, ...] = (None, *get_args(Period))
    for number, by in enumerate(BYS):
        # every pair of dimension and period is met over all the criteria
        for period in {None, periods[(number + CRITERIA.index(criteria)) % len(periods)]}:
            found = read_many(counted, list(METRICS), criteria, by=by, period=period, now=NOW, zone=ZONE)
            assert found == by_cases(counted, list(METRICS), criteria, by=by, period=period), (by, period)
            assert found["received"].note == ""


@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("period", [None, "week", "quarter"])
def test_every_number_opens_exactly_its_cases(counted: Connection, by: tuple[By, ...], period: Period) -> None:
    def behind(criteria: CaseCriteria | None) -> int | None:
        return None if criteria is None else list_cases(counted, criteria, now=NOW, zone=ZONE).total

    for name in ("received", "overdue", "on_time_completion_rate"):
        rows = read_series(counted, name, RANGE, by=by, period=period, now=NOW, zone=ZONE).rows
        assert rows
        for row in rows:
            assert behind(row.criteria) == row.numerator, row
            assert behind(row.denominator_criteria) == row.denominator, row


def test_the_parts_add_up_and_bear_their_names(counted: Connection) -> None:
    received = read_series(counted, "received", CaseCriteria(), by=("topic",), now=NOW, zone=ZONE)
    assert {row.labels: row.numerator for row in received.rows} == {("建设",): 5, ("环保",): 2, ("类别不明",): 1}
    assert received.as_of == NOW
    months = read_series(counted, "received", CaseCriteria(), period="month", now=NOW, zone=ZONE)
    assert {row.start: row.numerator for row in months.rows} == {
        date(2026, 5, 1): 1,
        date(2026, 10, 1): 1,
        date(2026, 11, 1): 6,
    }
    towns = read_series(counted, "received", CaseCriteria(region="9101"), by=("region",), now=NOW, zone=ZONE)
    assert {row.keys: row.numerator for row in towns.rows} == {("910101",): 2, ("9101!",): 1}
    lines = read_series(counted, "received", CaseCriteria(), by=("duty",), now=NOW, zone=ZONE)
    assert {row.labels: row.numerator for row in lines.rows} == {("住建局",): 7, ("尚无主办单位",): 1}


def test_a_metric_that_there_is_not_is_refused(counted: Connection) -> None:
    with pytest.raises(KeyError):
        read_series(counted, "happiness", CaseCriteria(), now=NOW, zone=ZONE)

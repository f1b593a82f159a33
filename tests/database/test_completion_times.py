"""Curves over rows whose days are known, and over cases that went through the lifecycle."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from dashboards.analysis.completion_times import Cohort, choose_times, read_cohorts
from dashboards.daily_facts.fact_rebuild import bring_up_to_date
from dashboards.figures.figures_survival import longer
from dashboards.lists.case_lists import list_cases
from models.case import CaseAction
from models.criteria import CaseCriteria
from models.database import Connection
from routing.directory import Directory
from tests import factories
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference
from tests.factories import analysis, letter

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def finished(days: int, after: timedelta, **more: Any) -> CaseRowSpec:
    at = NOW - days * DAY
    return CaseRowSpec(submitted_at=at, completed_at=at + after, status="completed", **more)


CASES = (
    finished(40, 3 * DAY, topic="T0101", appeal_type="complain"),
    finished(40, 4 * DAY - HOUR, topic="T0102", appeal_type="complain"),  # 3 whole days
    finished(30, HOUR, topic="T0201", department="d2"),
    finished(9, 9 * DAY, topic="T0101"),
    CaseRowSpec(submitted_at=NOW - 20 * DAY, topic="T0101", appeal_type="complain"),
    CaseRowSpec(submitted_at=NOW - HOUR, topic="T0201", department="d2"),
    CaseRowSpec(submitted_at=NOW - 5 * DAY, department=None, dispatched=False, status="triage"),
)


@pytest.fixture
def rows(conn: Connection) -> Connection:
    add_reference(conn)
    add_cases(conn, CASES)
    return conn


def read(conn: Connection, by: Any = "", **filters: Any) -> list[Cohort]:
    return read_cohorts(conn, CaseCriteria(**filters), by, now=NOW, zone=ZONE)


@pytest.mark.parametrize("by", ["", "appeal_type", "topic"])
def test_every_number_of_a_curve_opens_its_cases(rows: Connection, by: str) -> None:
    def listed(criteria: CaseCriteria) -> int:
        return list_cases(rows, criteria, now=NOW, zone=ZONE).total

    for cohort in read(rows, by):
        for step in cohort.steps:
            assert listed(cohort.watched(step.days)) == step.at_risk
            assert listed(cohort.finished_on(step.days)) == step.completed
            assert listed(cohort.watched(step.days + 1)) == longer(cohort, step.days)


def test_days_are_whole_natural_days_and_open_cases_count_until_now(rows: Connection) -> None:
    [everything] = read(rows)
    assert list(zip(everything.counts.days, everything.counts.completed, everything.counts.censored, strict=True)) == [
        (0, 1, 1),
        (3, 2, 0),
        (5, 0, 1),
        (9, 1, 0),
        (20, 0, 1),
    ]
    reference = SurvfuncRight([3, 3, 0, 9, 20, 0, 5], [1, 1, 1, 1, 0, 0, 0])
    shares = [p for p, d in zip(reference.surv_prob, reference.n_events, strict=True) if d]
    assert [s.open for s in everything.steps] == pytest.approx(shares)
    assert everything.median.days == reference.quantile(0.5)


@pytest.mark.parametrize("by", ["", "appeal_type", "topic", "department"])
@pytest.mark.parametrize("filters", [{}, {"topic": "T0101"}, {"state": "completed", "region": "none"}])
def test_every_cohort_opens_its_cases(rows: Connection, by: str, filters: dict[str, str]) -> None:
    cohorts = read(rows, by, **filters)
    assert cohorts
    for cohort in cohorts:
        assert list_cases(rows, cohort.criteria, now=NOW, zone=ZONE).total == cohort.cases
        assert list_cases(rows, cohort.open_criteria, now=NOW, zone=ZONE).total == cohort.cases - cohort.completed
    assert sum(c.cases for c in cohorts) == read(rows, **filters)[0].cases


@pytest.mark.parametrize("by", ["", "appeal_type", "topic", "department"])
@pytest.mark.parametrize("filters", [{}, {"topic": "T0101"}, {"state": "completed", "region": "none"}])
def test_daily_facts_say_what_the_cases_say(rows: Connection, by: str, filters: dict[str, Any]) -> None:
    counted = read(rows, by, **filters)
    while bring_up_to_date(rows, actor="test", now=NOW, zone=ZONE):
        pass
    facts, note = choose_times(rows, CaseCriteria(**filters), now=NOW, zone=ZONE)
    assert facts and not note
    assert read(rows, by, **filters) == counted


def test_the_groups_bear_their_names(rows: Connection) -> None:
    def names(cohorts: Sequence[Cohort]) -> list[tuple[str, int]]:
        return [(c.label, c.cases) for c in cohorts]

    assert names(read(rows, "department")) == [("住建局", 4), ("环保局", 2), ("未定", 1)]
    assert names(read(rows, "topic")) == [("建设", 4), ("环保", 2), ("未定", 1)]
    assert names(read(rows, "appeal_type")) == [("求助", 4), ("投诉", 3)]
    assert read(rows, region="9102") == []


def by_day(cohorts: list[Cohort]) -> dict[int, tuple[int, int]]:
    counts = [cohort.counts for cohort in cohorts]
    return {
        day: (done, still)
        for of_one in counts
        for day, done, still in zip(of_one.days, of_one.completed, of_one.censored, strict=True)
    }


def test_a_case_that_went_its_way_is_finished_on_its_day(city_conn: Connection, directory: Directory) -> None:
    before = by_day(read_now(city_conn))
    for days, until in ((8, CaseAction.COMPLETE), (8, CaseAction.OPEN), (8, CaseAction.CLOSE)):
        at = factories.NOW - days * DAY
        says = analysis(topic="T0402")
        factories.case(city_conn, directory, at=at, until=until, says=says, new=letter(submitted_at=at))
    after = by_day(read_now(city_conn))
    done = sum(c for c, _ in after.values()) - sum(c for c, _ in before.values())
    watched = {day: after[day][1] - before.get(day, (0, 0))[1] for day in after}
    assert done == 2
    assert watched.pop(8) == 1 and not any(watched.values())


def read_now(conn: Connection) -> list[Cohort]:
    return read_cohorts(conn, CaseCriteria(), "", now=factories.NOW, zone=ZONE)

"""Which sums answer, and how a range is cut into months and days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.dispatch_metrics import DISPATCH_METRICS
from dashboards.fact_measures import Measure, count_each_alone, list_measures
from dashboards.fact_projections import CASES, DIMENSIONS, PROJECTIONS, SUBMISSIONS, Projection, choose
from dashboards.fact_reading import Span, can_answer, split_range
from dashboards.metrics import METRICS
from models.criteria import CaseCriteria


def test_every_projection_has_its_own_number_and_one_region() -> None:
    assert len({projection.id for projection in PROJECTIONS}) == len(PROJECTIONS)
    for projection in PROJECTIONS:
        assert 0 <= projection.id < 2**15
        assert not {"region", "county"} <= projection.dimensions
        assert ("channel" in projection.dimensions) or projection.kind == CASES


def test_the_smallest_that_knows_the_filter_answers() -> None:
    assert choose(CASES, "day", []) == Projection(CASES, "day", frozenset())
    assert choose(CASES, "day", ["topic", "channel"]) == Projection(CASES, "day", frozenset(("topic", "channel")))
    assert choose(CASES, "month", ["department", "tone", "channel"]) == Projection(
        CASES, "month", frozenset(("department", "channel", "appeal_type", "tone"))
    )
    assert choose(CASES, "day", DIMENSIONS) is None, "then the rows are read"
    assert choose(SUBMISSIONS, "day", ["department"]) is None


days = st.dates(date(2020, 1, 1), date(2026, 12, 31))


@given(first=st.none() | days, last=st.none() | days, day=days)
def test_months_and_days_hold_each_day_of_the_range_once(first: date | None, last: date | None, day: date) -> None:
    months, singles = split_range(first, last, by_day=False)
    month = day.replace(day=1)
    inside = (first is None or first <= day) and (last is None or day <= last)
    found = [span for span in months if span.first <= month <= span.last]
    found += [span for span in singles if span.first <= day <= span.last]
    assert len(found) == inside
    # what is read day by day is never more than two months
    if months:
        assert sum((span.last - span.first).days + 1 for span in singles) <= 60


def test_days_are_asked_for_as_days() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert split_range(first, last, by_day=True) == ([], [Span(first, last)])
    assert split_range(first, last, by_day=False) == ([Span(first, date(2026, 12, 1))], [])
    beyond = last + timedelta(days=1)
    assert split_range(beyond, first, by_day=False) == ([], [Span(beyond, first)]), "an empty range stays empty"


@pytest.mark.parametrize("query", sorted({metric.query for metric in METRICS.values()}))
def test_every_metric_is_a_query_that_facts_are_made_from(query: str) -> None:
    assert "(SELECT chosen.id) AS m(id)" in count_each_alone(query)


@pytest.mark.parametrize("query", ["volume_by_day", "due_soon", "submissions_by_channel"])
def test_a_query_of_another_shape_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match="not one SELECT of sums"):
        count_each_alone(query)


def test_measures_are_the_columns_of_the_metrics_each_once() -> None:
    found = list_measures(DISPATCH_METRICS)
    assert len(set(found)) == len(found)
    assert Measure("returns", "asked") in found
    assert found == list_measures(reversed(DISPATCH_METRICS))


def test_what_the_facts_do_not_know_they_do_not_answer() -> None:
    assert can_answer(CaseCriteria(topic="T01!", region="91", department="none", state="open"))
    for criteria in (
        CaseCriteria(unit="d1"),
        CaseCriteria(text="路灯"),
        CaseCriteria(topic="T\0"),
        CaseCriteria(issue_id=1),
    ):
        assert not can_answer(criteria)
    assert not can_answer(CaseCriteria(topic="T01!"), SUBMISSIONS)
    assert not can_answer(CaseCriteria(department="d1"), SUBMISSIONS)

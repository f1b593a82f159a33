"""Which sums answer, and how a range is cut into months and days."""

import re
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.daily_facts.fact_measures import Measure, count_each_alone, list_measures
from dashboards.daily_facts.fact_projections import (
    CASES,
    DIMENSIONS,
    GRAINS,
    PROJECTIONS,
    SUBMISSIONS,
    Grain,
    Projection,
    choose,
)
from dashboards.daily_facts.fact_ranges import Part, Span, split_range, start_of
from dashboards.daily_facts.fact_reading import can_answer
from dashboards.daily_facts.fact_slices import SLICES, Slice, choose_slice
from dashboards.daily_facts.fact_statements import Filters, find_sources
from dashboards.metrics.dispatch_metrics import DISPATCH_METRICS
from dashboards.metrics.metrics import METRICS
from models.criteria import CaseCriteria


def test_every_projection_has_its_own_number_and_one_level() -> None:
    assert len({projection.id for projection in PROJECTIONS}) == len(PROJECTIONS)
    for projection in PROJECTIONS:
        assert 0 <= projection.id < 2**15
        assert not {"region", "county"} <= projection.dimensions
        assert not {"topic", "main_topic"} <= projection.dimensions
        assert ("channel" in projection.dimensions) or projection.kind == CASES


def test_the_smallest_that_knows_the_filter_answers() -> None:
    assert choose(CASES, "day", []) == Projection(CASES, "day", frozenset())
    assert choose(CASES, "day", ["topic", "channel"]) == Projection(CASES, "day", frozenset(("topic", "channel")))
    assert choose(CASES, "month", ["department", "tone", "channel"]) == Projection(
        CASES, "month", frozenset(("department", "channel", "appeal_type", "tone"))
    )
    assert choose(CASES, "month", ["topic", "main_topic", "county"]) == Projection(
        CASES, "month", frozenset(("topic", "county"))
    )
    assert choose(CASES, "day", DIMENSIONS) is None, "then the rows are read"
    assert choose(SUBMISSIONS, "day", ["department"]) is None


def test_any_two_have_sums_by_day_and_any_three_by_month() -> None:
    coarse = [name for name in DIMENSIONS if name not in ("topic", "region")]
    assert all(choose(CASES, "day", two) for two in combinations(coarse, 2))
    assert all(choose(CASES, "month", three) for three in combinations(coarse, 3))
    assert all(choose(CASES, "month", two) for two in combinations(DIMENSIONS, 2))


days = st.dates(date(2020, 1, 1), date(2026, 12, 31))
grains = st.sampled_from([("day",), ("day", "week"), ("day", "month"), ("day", "ten", "month"), GRAINS])


@given(first=st.none() | days, last=st.none() | days, among=st.lists(days, min_size=5), grains=grains)
def test_the_parts_hold_each_day_of_the_range_once(
    first: date | None, last: date | None, among: list[date], grains: tuple[Grain, ...]
) -> None:
    parts = split_range(first, last, grains)
    for day in among:
        inside = (first is None or first <= day) and (last is None or day <= last)
        assert sum(times(part, day) for part in parts) == inside
    # beside the span of the coarsest a few periods at both ends
    assert sum(len(part.more) + len(part.less) for part in parts) <= (30 if "ten" not in grains else 20)


def times(part: Part, day: date) -> int:
    start = start_of(day, part.grain)
    whole = part.span is not None and part.span.first <= start <= part.span.last
    return whole + (start in part.more) - (start in part.less)


def test_a_year_from_any_day_takes_few_periods() -> None:
    first, last = date(2025, 3, 17), date(2026, 3, 16)
    quarters, tens, singles = split_range(first, last, GRAINS)
    assert quarters == Part("quarter", Span(date(2025, 4, 1), date(2026, 3, 31)))
    assert tens == Part("ten", None, [date(2025, 3, 21)], [date(2026, 3, 21)])
    assert (singles.more[0], singles.less[0]) == (first, last + timedelta(days=1))


def test_a_year_of_weeks_has_days_at_its_ends_alone() -> None:
    first, last = date(2025, 3, 18), date(2026, 3, 17)  # from a Tuesday to a Tuesday
    weeks, singles = split_range(first, last, ["day", "week"])
    assert weeks == Part("week", Span(date(2025, 3, 17), date(2026, 3, 15)))
    assert singles == Part("day", None, [date(2026, 3, 16), last], [date(2025, 3, 17)])


def test_a_slice_answers_what_is_filtered_and_divided_exactly_so() -> None:
    units = choose_slice(CASES, ["topic"], ["department"], GRAINS)
    assert units and (units.by, units.of) == (("topic",), ("department",))
    both = choose_slice(CASES, ["main_topic", "county"], ["main_topic", "region"], GRAINS)
    assert both and both.by == ("county",), "of a county the part of one topic"
    assert choose_slice(CASES, ["topic", "channel"], ["department"], GRAINS) is None
    assert choose_slice(CASES, ["topic"], ["tone"], GRAINS) is None, "a week lies in no month"
    of_town = choose_slice(CASES, ["region", "county"], ["main_topic", "region"], GRAINS)
    assert of_town and of_town.by == ("county",), "a town is found among the towns of its county"
    units_of_town = choose_slice(CASES, ["region", "county"], ["department"], GRAINS)
    assert units_of_town and units_of_town.by == ("region",)
    week = choose_slice(SUBMISSIONS, ["topic", "tone"], ["tone"], ("day", "week"))
    assert week and week.by == ("topic",) and week.grains == ("week",)
    assert len({one.id(grain) for one in SLICES for grain in one.grains}) == sum(len(one.grains) for one in SLICES)


def test_only_few_numbers_are_in_slices() -> None:
    filters = Filters({"topic": ["T0101"]}, frozenset(("topic",)))
    few = find_sources(CASES, filters, [Measure("totals", "received")], ["department"])
    assert set(few) == {"day", "month"} and all(isinstance(one, Slice) for one in few.values())
    others = find_sources(CASES, filters, [Measure("totals", "open")], ["department"])
    assert others["day"] is None and isinstance(others["month"], Projection)


def test_days_are_asked_for_as_days() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert split_range(first, last, ["day"]) == [Part("day", Span(first, last))]
    assert split_range(first, last, ["day", "month"]) == [Part("month", Span(first, last))]
    assert split_range(last + timedelta(days=1), first, ["day"]) == [], "an empty range stays empty"
    assert split_range(None, date.max, ["day", "month"]) == [Part("month", Span(date.min, date.max))]


@pytest.mark.parametrize("query", sorted({metric.query for metric in METRICS.values()}))
def test_every_metric_is_a_query_that_facts_are_made_from(query: str) -> None:
    cases = r"\(SELECT chosen\.case_id WHERE chosen\.is_counted\) AS m\(id\)"
    answers = r"\(SELECT chosen\.case_id, chosen\.unit, chosen\.own\) AS m\(id, department, own\)"
    assert re.search(f"{cases}|{answers}", count_each_alone(query))


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

"""When columns are read instead of sums: where they are clearly quicker, by what was measured. And never rows of months
that are packed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

import pytest

from dashboards.daily_facts import fact_costs
from dashboards.daily_facts.fact_costs import Weighed, choose_packs, cost_of_sums
from dashboards.daily_facts.fact_measures import Measure
from dashboards.daily_facts.fact_projections import CASES
from dashboards.daily_facts.fact_statements import Filters, find_sources
from models.database import Connection

RECEIVED, DUE, OVERDUE = (Measure("totals", name) for name in ("received", "due", "overdue"))
TODAY = date(2026, 12, 1)
YEAR = (date(2025, 3, 5), date(2026, 3, 4))
MONTHS = {date(year, month, 1): year * 12 + month for year in (2024, 2025, 2026) for month in range(1, 13)}
TOPIC, COUNTY, TOWNS = ["T07"], ["9901"], [f"9901{n}" for n in range(15)]
IN_COUNTY = Filters({"county": COUNTY, "region": TOWNS}, frozenset(["county"]))
IN_TOPIC = Filters({"main_topic": TOPIC, "topic": TOPIC}, frozenset(["main_topic"]))
OF_BOTH = Filters({**IN_COUNTY.codes, **IN_TOPIC.codes}, frozenset(["county", "main_topic"]))


def weighed(filters: Filters, by: Sequence[str], measures: Sequence[Measure] = (DUE, OVERDUE)) -> Weighed:
    return Weighed(find_sources(CASES, filters, measures, by), [YEAR], by, len(measures))


def choose(
    monkeypatch: pytest.MonkeyPatch,
    filters: Filters,
    asked: Sequence[Weighed],
    *,
    chunks: int,
    packs: Mapping[date, int] = MONTHS,
    alone: bool = True,
) -> set[int]:
    """`chunks`: of all months together, that have something of what is filtered."""
    monkeypatch.setattr(fact_costs, "list_packs", lambda *_: packs)
    monkeypatch.setattr(fact_costs, "count_packed", lambda *_: (chunks, chunks * 16_384))
    nothing_is_asked_of_it = cast(Connection, object())
    return choose_packs(nothing_is_asked_of_it, CASES, filters, asked, TODAY, alone=alone)[1]


def test_pages_apart_cost_more_than_pages_together() -> None:
    units = weighed(Filters({"department": ["d1"]}, frozenset(["department"])), ("main_topic",))
    places = weighed(OF_BOTH, ("department",))
    of_unit = cost_of_sums(units, Filters({"department": ["d1"]}, frozenset(["department"])), TODAY)
    assert of_unit < cost_of_sums(places, OF_BOTH, TODAY), "a unit's topics follow each other, a place's units do not"


def test_few_sums_are_read_without_looking_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose(monkeypatch, Filters({}, frozenset()), [weighed(Filters({}, frozenset()), ())], chunks=0) == set()


def test_sums_that_lie_apart_are_read_from_columns_where_these_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [weighed(OF_BOTH, ("week",))]
    assert choose(monkeypatch, OF_BOTH, asked, chunks=24) == {0}
    assert choose(monkeypatch, OF_BOTH, asked, chunks=2_400) == set()


def test_several_questions_share_the_reading_of_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    one = weighed(OF_BOTH, ("tone",))
    assert choose(monkeypatch, OF_BOTH, [one], chunks=120) == set()
    assert choose(monkeypatch, OF_BOTH, [one] * 30, chunks=120, alone=False) == {*range(30)}


def test_what_no_sum_has_takes_along_what_gains_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    filters = Filters({**OF_BOTH.codes, "department": ["d1"], "tone": ["matter"]}, frozenset([*OF_BOTH.needed, "tone"]))
    without = Weighed({"day": None}, [YEAR], ("week",), 1)
    assert choose(monkeypatch, filters, [without, weighed(filters, ("department",))], chunks=900, alone=False) == {0, 1}


def test_a_month_that_is_not_packed_leaves_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    packs = {month: pack for month, pack in MONTHS.items() if month != date(2025, 8, 1)}
    asked = [weighed(OF_BOTH, ("department",))]
    assert choose(monkeypatch, OF_BOTH, asked, chunks=24, packs=packs) == set()
    assert choose(monkeypatch, OF_BOTH, [Weighed({"day": None}, [YEAR], (), 1)], chunks=24, packs=packs) == {0}


def test_of_digests_little_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    filters = Filters({"county": COUNTY, "region": TOWNS}, frozenset(["county"]))
    asked = Weighed({"day": None}, [YEAR], ("flow", "department"), 1, received_alone=True)
    assert asked.has_digest(CASES, filters)
    assert not Weighed({"day": None}, [YEAR], ("flow", "topic"), 1, received_alone=True).has_digest(CASES, filters)


def test_while_nothing_is_packed_sums_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [weighed(OF_BOTH, ("department",)), weighed(OF_BOTH, ("week",))]
    assert choose(monkeypatch, OF_BOTH, asked, chunks=0, packs={}, alone=False) == set()
    this_month = Weighed(asked[0].sources, [(TODAY.replace(day=1), TODAY)], ("department",), 2)
    packed = {month: pack for month, pack in MONTHS.items() if month < TODAY.replace(day=1)}
    assert choose(monkeypatch, OF_BOTH, [this_month] * 40, chunks=0, packs=packed, alone=False) == set()


def test_any_range_has_a_cost() -> None:
    asked = weighed(OF_BOTH, ("department",))
    for first, last in (
        (None, None),
        (None, date(1, 2, 3)),
        (date(1900, 1, 1), date(9999, 12, 31)),
        (TODAY, date(2020, 1, 1)),
    ):
        assert cost_of_sums(Weighed(asked.sources, [(first, last)], asked.by, 1), OF_BOTH, TODAY) >= 0

"""What adds up from sums that a page has read is not read again, and is the same."""

from typing import Any, cast
from urllib.parse import urlencode

import pytest

from dashboards.daily_facts.fact_measures import Measure
from dashboards.daily_facts.fact_projections import CASES
from dashboards.daily_facts.fact_reading import Answer, Facts, read_counts
from dashboards.figures.figures import encode_query
from models.criteria import CaseCriteria

RECEIVED, DUE = Measure("totals", "received"), Measure("totals", "due")
YEAR = CaseCriteria(channel="letter")
SUMS = {("T01", "9101"): (3, 2), ("T01", "9102"): (4, 0), ("T02", "9101"): (0, 1)}


def kept() -> Facts:
    none = cast(Any, None)  # a question to the database fails
    return Facts(
        none, none, (DUE, RECEIVED), [Answer(CASES, YEAR, (RECEIVED, DUE), ("main_topic", "county"), dict(SUMS))]
    )


def test_coarser_sums_and_fewer_measures_add_up_from_an_answer() -> None:
    read = kept()
    asked = YEAR.changed({"state": "open"})
    assert read_counts(read, CASES, asked, [DUE, RECEIVED], ("county",)) == {("9101",): (3, 3), ("9102",): (0, 4)}
    assert read_counts(read, CASES, YEAR, [RECEIVED], ("main_topic",)) == {("T01",): (7,)}, "zeros are left out"
    assert read_counts(read, CASES, YEAR, [RECEIVED]) == {(): (7,)}
    swapped = read_counts(read, CASES, YEAR, [RECEIVED, DUE], ("county", "main_topic"))
    assert swapped == {(county, topic): values for (topic, county), values in SUMS.items()}


@pytest.mark.parametrize(
    ("criteria", "measure", "by"),
    [
        (CaseCriteria(), RECEIVED, ("county",)),
        (YEAR, Measure("totals", "open"), ("county",)),
        (YEAR, RECEIVED, ("region",)),
    ],
)
def test_another_question_is_asked(criteria: CaseCriteria, measure: Measure, by: tuple[str, ...]) -> None:
    with pytest.raises((AttributeError, KeyError)):
        read_counts(kept(), CASES, criteria, [measure], by)


def test_changed_criteria_and_addresses_are_what_the_slow_ways_make() -> None:
    changed = YEAR.changed({"topic": "T01!", "text": "路 灯&"})
    assert changed == CaseCriteria(channel="letter", topic="T01!", text="路 灯&") and YEAR.topic is None
    assert hash(changed) == hash(CaseCriteria(channel="letter", topic="T01!", text="路 灯&"))
    assert encode_query(changed.as_parameters()) == urlencode(changed.as_parameters())
    with pytest.raises(TypeError):
        YEAR.changed({"colour": "blue"})

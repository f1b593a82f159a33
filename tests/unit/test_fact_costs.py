"""When columns are read instead of sums of days: where they are clearly quicker, by what was measured."""

import pytest

from dashboards.daily_facts.fact_costs import is_sooner
from dashboards.daily_facts.fact_projections import CASES, Projection
from dashboards.daily_facts.fact_statements import Filters

YEAR, LARGE, SMALL = 365, 6_700_000, 330_000


@pytest.mark.parametrize(
    ("dimensions", "codes", "rows", "sooner"),
    [
        # units by week of one first-level topic: 176 ms from sums, 40 from columns
        ("department main_topic", {"topic": ["T10"], "main_topic": ["T10"]}, LARGE, True),
        # the towns of a county on one channel: 130 and 15
        ("region channel", {"region": ["a"] * 15, "channel": ["hotline"]}, LARGE, True),
        # units of the whole city: as many rows as there are cases
        ("department", {}, 2 * LARGE, False),
        ("department", {}, SMALL, True),
        # one unit: 365 sums
        ("department", {"department": ["d1"]}, LARGE, False),
        ("topic", {"topic": ["T0101"]}, SMALL, False),
    ],
)
def test_columns_are_read_where_they_are_clearly_quicker(
    dimensions: str, codes: dict[str, list[str]], rows: int, sooner: bool
) -> None:
    projection = Projection(CASES, "day", frozenset(dimensions.split()))
    assert is_sooner(projection, Filters(codes, frozenset()), YEAR, rows) is sooner

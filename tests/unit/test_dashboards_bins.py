from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.statistics.bins import choose_unit, find_bounds, make_bins, sum_by_bin

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(("days", "unit"), [(1, "day"), (92, "day"), (93, "week"), (730, "week"), (731, "month")])
def test_the_span_chooses_the_unit(days: int, unit: str) -> None:
    assert choose_unit(TODAY, TODAY + timedelta(days=days - 1)) == unit


@given(DAYS, st.integers(0, 1500), st.data())
def test_bins_cover_the_span_without_gap_or_overlap(first: date, span: int, data: st.DataObject) -> None:
    last = first + timedelta(days=span)
    bins = make_bins(first, last)
    assert bins[0].start <= first <= bins[0].end and bins[-1].start <= last <= bins[-1].end
    assert all(b.start == a.end + timedelta(days=1) for a, b in pairwise(bins))
    by_day = data.draw(st.dictionaries(st.dates(first, last), st.integers(0, 99), max_size=10))
    assert sum(sum_by_bin(bins, by_day)) == sum(by_day.values())


def test_weeks_begin_on_monday_and_labels_are_chinese() -> None:
    week, month, day = (make_bins(TODAY - timedelta(days=n), TODAY)[-1] for n in (100, 800, 0))
    assert (week.start, week.label) == (date(2026, 11, 23), "11月23日至11月29日")
    assert (month.start, month.label) == (date(2026, 11, 1), "2026年11月")
    assert day.label == "11月23日"


def test_a_bin_that_is_not_over_says_so() -> None:
    """On the first morning of a month its column is nearly empty: that is no fall."""
    first = date(2026, 12, 1)
    week, month, day = (make_bins(first - timedelta(days=n), first, today=first) for n in (100, 800, 9))
    assert [b.label for b in week[-2:]] == ["11月23日至11月29日", "11月30日至12月6日（未满）"]
    assert [b.label for b in month[-2:]] == ["2026年11月", "2026年12月（未满）"]
    assert day[-1].label == "12月1日"
    for last in (date(2026, 11, 30), date(2026, 12, 31)):
        assert not any(b.running for b in make_bins(last - timedelta(days=800), last, today=last))


def test_bounds() -> None:
    old, new = date(2019, 1, 5), date(2019, 3, 1)

    def bounds(days: list[date], first: date | None = None, last: date | None = None) -> tuple[date, date] | None:
        return find_bounds(days, submitted_from=first, submitted_to=last, today=TODAY)

    assert bounds([]) is None
    assert bounds([new, old]) == (old, new)  # an old file is not stretched up to today
    assert bounds([], TODAY - timedelta(days=3)) == (TODAY - timedelta(days=3), TODAY)
    assert bounds([new], old, date(2019, 4, 1)) == (old, date(2019, 4, 1))
    assert bounds([], TODAY, old) is None  # from after to
    assert bounds([old, new], date(1, 1, 1)) == (old, new)  # not two thousand years of nothing
    assert bounds([], date(1, 1, 1), date(9999, 12, 31)) is None

"""Columns of rows: kept as short as they may be, and added up as the rows themselves would be."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.daily_facts import fact_columns
from dashboards.daily_facts.fact_columns import Chunk, CodeAxis, ColumnSums, DayAxis, ValueAxis, decode, encode
from dashboards.daily_facts.fact_ranges import Part, Span, leave_out


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1) | st.lists(st.integers(-2, 300), min_size=1))
def test_any_numbers_come_back(numbers: list[int]) -> None:
    found = decode(encode(np.array(numbers)), len(numbers))
    assert np.broadcast_to(found, len(numbers)).tolist() == numbers


@pytest.mark.parametrize(
    ("numbers", "size"), [([7] * 800, 9), ([0, 1] * 400, 101), ([0, 200] * 400, 801), ([-1, 5] * 400, 1601)]
)
def test_each_is_as_short_as_its_values_allow(numbers: list[int], size: int) -> None:
    assert len(encode(np.array(numbers))) == size


def test_what_is_no_column_is_refused() -> None:
    with pytest.raises(ValueError, match="no column"):
        decode(b"x123", 3)


rows = st.lists(
    st.tuples(st.integers(1, 28), st.integers(0, 5), st.integers(0, 3), st.integers(-3, 9), st.integers(0, 2)),
    min_size=1,
    max_size=40,
)


@pytest.mark.parametrize("together", [1, 400_000], ids=["a chunk at a time", "at the end"])
@pytest.mark.parametrize("some", [0, 4_000_000], ids=["sorted", "each its place"])
@pytest.mark.parametrize("others", [(), tuple(f"m{n}" for n in range(3, 60))], ids=["few", "many"])
@given(chunks=st.lists(rows, min_size=1, max_size=3), allowed=st.sets(st.integers(0, 5)), first=st.integers(1, 28))
def test_sums_are_those_of_the_rows(
    together: int,
    some: int,
    others: tuple[str, ...],
    chunks: list[list[tuple[int, ...]]],
    allowed: set[int],
    first: int,
) -> None:
    names = ("day", "unit", "tone", "taken", "m1")
    # the first unit and the last are one group
    group = [0, 1, 2, 3, 4, 0]
    signs = np.array([0] * first + [1] * (31 - first) + [-1])
    let = next(iter(allowed)) if len(allowed) == 1 else np.isin(np.arange(6), list(allowed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fact_columns, "_TOGETHER", together)
        patch.setattr(fact_columns, "_AT_MOST", together)
        patch.setattr(fact_columns, "_SOME", some)
        sums = ColumnSums(
            ["m1", "m2", *others],
            [
                CodeAxis("unit", np.array(group), 5),
                DayAxis({n: np.arange(32) // 7 for n in range(3)}, 5),
                ValueAxis("taken", lambda taken: np.clip(taken * 2, -4, 7), -4, 12),
            ],
            {"unit": let},
            {0: signs},
        )
        wanted: Counter[tuple[int, int, int]] = Counter()
        for month, some_rows in enumerate(chunks):
            columns = dict(zip(names, map(np.array, zip(*some_rows, strict=True)), strict=True))
            sums.add(Chunk(month, len(some_rows), {name: encode(values) for name, values in columns.items()}))
            for day, unit, _, taken, counts in some_rows:
                if unit in allowed:
                    place = min(max(taken * 2 + 4, 0), 11)
                    wanted[group[unit], day // 7, place] += counts * (int(signs[day]) if month == 0 else 1)
        assert sums.totals() == {key: (number, 0, *(0 for _ in others)) for key, number in wanted.items() if number}


days = st.dates(date(2025, 1, 1), date(2025, 12, 31))


@given(
    span=st.none() | st.tuples(days, days) | st.just((date.min, date.max)),
    more=st.lists(days, max_size=5, unique=True),
    less=st.lists(days, max_size=5, unique=True),
    months=st.sets(st.integers(1, 12).map(lambda n: date(2025, n, 1))),
    among=st.lists(days, min_size=10),
)
def test_what_is_packed_is_left_out_and_nothing_else(
    span: tuple[date, date] | None, more: list[date], less: list[date], months: set[date], among: list[date]
) -> None:
    part = Part("day", Span(min(span), max(span)) if span else None, more, less)
    left = leave_out(part, months)
    for day in among:
        assert sum(times(one, day) for one in left) == (0 if day.replace(day=1) in months else times(part, day))
    for month in months:
        inside = [month + timedelta(days=n) for n in range(31) if (month + timedelta(days=n)).month == month.month]
        spanned = part.span is not None and any(part.span.first <= day <= part.span.last for day in inside)
        assert part.touches(month) == (spanned or any(day in (*more, *less) for day in inside))


def times(part: Part, day: date) -> int:
    inside = part.span is not None and part.span.first <= day <= part.span.last
    return inside + (day in part.more) - (day in part.less)


@pytest.mark.parametrize("taken", [-5, 8])
def test_what_is_beyond_an_axis_is_not_counted_at_its_end(taken: int) -> None:
    sums = ColumnSums(["m1"], [ValueAxis("taken", lambda found: found, -4, 12)], {}, {})
    with pytest.raises(OverflowError):
        sums.add(Chunk(0, 2, {"taken": encode(np.array([0, taken])), "m1": encode(np.array([1, 1]))}))

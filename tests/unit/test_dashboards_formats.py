from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.formats import format_count, format_date, format_moment, format_rate, format_time_left
from dashboards.statistics.rates import find_rate, wilson_interval

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (9876, "9,876"),
        (9999, "9,999"),
        (10_000, "1万"),
        (12_345, "1.2万"),
        (1_234_567, "123.5万"),
        (99_994_999, "9,999.5万"),
        (99_999_999, "1亿"),
        (340_000_000, "3.4亿"),
        (-12_345, "-1.2万"),
    ],
)
def test_counts(value: int, text: str) -> None:
    assert format_count(value) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "—"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.934, "93.4%"),
        (0.9999, "99.9%"),
        (0.00001, "0.1%"),
        (0.5, "50.0%"),
    ],
)
def test_only_all_is_a_hundred_percent_and_only_none_is_zero(rate: float | None, text: str) -> None:
    assert format_rate(rate) == text


def test_dates_are_local() -> None:
    evening = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
    assert format_date(evening, ZONE) == "2026年11月23日"
    assert format_moment(evening, now=NOW, zone=ZONE) == "11-23 01:05"
    assert format_moment(evening.replace(year=2025), now=NOW, zone=ZONE) == "2025-11-23 01:05"


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(days=3, hours=5), "还剩3天"),
        (timedelta(hours=23, minutes=59), "还剩23小时"),
        (timedelta(minutes=59), "还剩不足1小时"),
        (timedelta(0), "还剩不足1小时"),
        (-timedelta(seconds=1), "超期不足1小时"),
        (-timedelta(days=2, hours=3), "超期2天"),
        (-timedelta(hours=5), "超期5小时"),
    ],
)
def test_time_left(left: timedelta, text: str) -> None:
    assert format_time_left(NOW + left, now=NOW) == text


def test_rate_of_nothing_is_no_rate() -> None:
    assert find_rate(0, 0) is None and find_rate(0, 3) == 0.0
    with pytest.raises(ValueError, match="at least one"):
        wilson_interval(0, 0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        (2, 4, 0.1500, 0.8500),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilson_interval_of_the_textbook(numerator: int, denominator: int, low: float, high: float) -> None:
    assert wilson_interval(numerator, denominator) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate(pair: tuple[int, int]) -> None:
    low, high = wilson_interval(*pair)
    assert 0 <= low <= pair[0] / pair[1] <= high <= 1

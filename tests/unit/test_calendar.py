"""Working days against two independent sources: our own vectors (tests/unit/test_deadlines.py) and chinesecalendar."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.city_setup import load_calendar
from routing.clocks.calendar import CalendarDay, DayKind, WorkingCalendar

CALENDAR = WorkingCalendar(day for day, _, _ in load_calendar())
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_agrees_with_chinesecalendar(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=i) for i in range(365 + (year % 4 == 0))]
    assert days[-1] == date(year, 12, 31)
    differing = [day for day in days if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert differing == []


@pytest.mark.parametrize(
    ("kind", "weekday", "expected"),
    [
        (None, 4, True),
        (None, 5, False),
        (None, 6, False),
        (DayKind.HOLIDAY, 0, False),
        (DayKind.WORKDAY, 6, True),
        (DayKind.STATUTORY_PROVISIONAL, 0, False),
    ],
)
def test_a_row_decides_before_the_weekday(kind: DayKind | None, weekday: int, expected: bool) -> None:
    day = date(2030, 7, 1) + timedelta(days=weekday)  # a Monday and the days after it
    rows = [CalendarDay(day=day, kind=kind, name="某日")] if kind else []
    assert WorkingCalendar(rows).is_working_day(day) is expected


def test_a_year_is_known_by_a_notice_and_not_by_the_days_that_law_fixes() -> None:
    assert CALENDAR.known_years == {2024, 2025, 2026}
    assert CALENDAR.unknown_years(date(2026, 12, 20), date(2026, 12, 31)) == []
    assert CALENDAR.unknown_years(date(2026, 12, 20), date(2028, 1, 2)) == [2027, 2028]


@given(DAYS, st.integers(1, 40))
def test_the_nth_working_day_is_one_and_lies_n_working_days_on(start: date, n: int) -> None:
    last = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working_day(last)
    assert CALENDAR.working_days_between(start, last) == n
    assert CALENDAR.working_days_between(last, start) == -n


@given(DAYS, st.integers(0, 40))
def test_one_working_day_more_is_due_later(start: date, n: int) -> None:
    assert CALENDAR.add_working_days(start, n) < CALENDAR.add_working_days(start, n + 1)


@given(DAYS, DAYS, st.integers(1, 20))
def test_who_starts_later_is_not_due_earlier(one: date, other: date, n: int) -> None:
    earlier, later = sorted((one, other))
    assert CALENDAR.add_working_days(earlier, n) <= CALENDAR.add_working_days(later, n)


@given(DAYS)
def test_rolling_forward_moves_only_over_days_off(day: date) -> None:
    rolled = CALENDAR.roll_forward(day)
    assert CALENDAR.is_working_day(rolled)
    skipped = [day + timedelta(days=i) for i in range((rolled - day).days)]
    assert not any(CALENDAR.is_working_day(d) for d in skipped)

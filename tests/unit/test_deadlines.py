"""Deadlines: our vectors (counted by hand from the notices), the sentence that explains them, and what always holds."""

import csv
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.analysis import AppealType
from routing.clocks.deadlines import ClockUnit, DeadlineRule, deadline, due_date
from tests.factories import ZONE
from tests.unit.test_calendar import CALENDAR, DAYS

_CLOCKS = {
    "working_days": ClockUnit.WORKING_DAYS,
    "natural_days": ClockUnit.NATURAL_DAYS,
    "natural_days_roll": ClockUnit.NATURAL_DAYS_ROLL,
}
with (Path(__file__).parent / "deadline_vectors.csv").open(encoding="utf-8-sig", newline="") as file:
    VECTORS = list(csv.DictReader(file))


def rule(n: int, unit: ClockUnit = ClockUnit.WORKING_DAYS, appeal_type: AppealType = AppealType.HELP) -> DeadlineRule:
    return DeadlineRule(profile="test", appeal_type=appeal_type, n=n, unit=unit)


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 0, zone: ZoneInfo = ZONE) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['start_date']}+{row['n']}{row['clock']}")
def test_vector(row: dict[str, str]) -> None:
    start, unit = date.fromisoformat(row["start_date"]), _CLOCKS[row["clock"]]
    assert due_date(start, int(row["n"]), unit, CALENDAR) == date.fromisoformat(row["due_date"]), row["note"]


def test_all_vectors_are_read() -> None:
    assert len(VECTORS) == 23


def test_a_case_is_on_time_until_midnight_of_the_last_day() -> None:
    due = deadline(at(2026, 11, 23), rule(3), CALENDAR, ZONE)
    assert due.due_date == date(2026, 11, 26)
    assert due.due_at == at(2026, 11, 27, 0)


def test_the_day_of_dispatch_is_the_local_one() -> None:
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # already the 24th in Shanghai
    assert deadline(late, rule(1), CALENDAR, ZONE).due_date == date(2026, 11, 25)
    assert deadline(late, rule(1), CALENDAR, ZoneInfo("UTC")).due_date == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("start", "what", "basis"),
    [
        pytest.param(
            at(2026, 11, 23),
            rule(3, appeal_type=AppealType.CONSULT),
            "咨询类应在派单后3个工作日内办结，2026年11月23日派单，从次日起算，2026年11月26日24时到期。",
            id="plain week",
        ),
        pytest.param(
            at(2026, 11, 23),
            rule(7),
            "求助类应在派单后7个工作日内办结，2026年11月23日派单，从次日起算，2026年12月2日24时到期（其间周末2天不计）。",
            id="one weekend",
        ),
        pytest.param(
            at(2026, 9, 30),
            rule(3),
            "求助类应在派单后3个工作日内办结，2026年9月30日派单，从次日起算，2026年10月10日24时到期"
            "（其间国庆节放假7天不计，10月10日（周六）调休上班计入）。",
            id="holiday and make-up day",
        ),
        pytest.param(
            at(2026, 8, 6),
            rule(60, ClockUnit.NATURAL_DAYS),
            "求助类应在派单后60日内办结，2026年8月6日派单，从次日起算，2026年10月5日24时到期。",
            id="natural days",
        ),
        pytest.param(
            at(2026, 8, 6),
            rule(60, ClockUnit.NATURAL_DAYS_ROLL),
            "求助类应在派单后60日内办结，2026年8月6日派单，从次日起算，2026年10月8日24时到期。"
            "第60日遇休息日，顺延至其后第一个工作日。",
            id="natural days that roll",
        ),
        pytest.param(
            at(2026, 11, 23),
            rule(15, ClockUnit.NATURAL_DAYS_ROLL),
            "求助类应在派单后15日内办结，2026年11月23日派单，从次日起算，2026年12月8日24时到期。",
            id="nothing to roll",
        ),
        pytest.param(
            at(2026, 11, 23, 23, 30),
            rule(2, ClockUnit.HOURS),
            "求助类应在派单后2小时内办结，2026年11月23日23:30派单，2026年11月24日01:30到期。",
            id="hours",
        ),
    ],
)
def test_the_sentence_that_explains_it(start: datetime, what: DeadlineRule, basis: str) -> None:
    assert deadline(start, what, CALENDAR, ZONE).basis == basis


def test_a_limit_in_hours_ends_at_that_instant() -> None:
    due = deadline(at(2026, 11, 23, 23, 30), rule(24, ClockUnit.HOURS), CALENDAR, ZONE)
    assert due.due_at == at(2026, 11, 24, 23, 30)
    assert due.due_date == date(2026, 11, 24)


def test_hours_are_hours_where_the_clocks_change() -> None:
    """24 hours over the end of summer time in Berlin (a setting decides the zone)."""
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 12, 0, tzinfo=berlin)
    due = deadline(start, rule(24, ClockUnit.HOURS), CALENDAR, berlin)
    assert due.due_at.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=24)
    assert due.due_at.astimezone(berlin).hour == 11


@pytest.mark.parametrize("unit", [ClockUnit.WORKING_DAYS, ClockUnit.NATURAL_DAYS_ROLL])
def test_a_deadline_in_a_year_without_notice_is_provisional(unit: ClockUnit) -> None:
    warning = "注意：2027年的放假安排尚未录入，此日期为暂定。"
    assert deadline(at(2026, 12, 20), rule(20, unit), CALENDAR, ZONE).basis.endswith(warning)
    assert warning not in deadline(at(2026, 11, 23), rule(20, unit), CALENDAR, ZONE).basis


@pytest.mark.parametrize("unit", [ClockUnit.NATURAL_DAYS, ClockUnit.HOURS])
def test_natural_days_and_hours_need_no_notice(unit: ClockUnit) -> None:
    assert "暂定" not in deadline(at(2026, 12, 31), rule(60, unit), CALENDAR, ZONE).basis


@given(DAYS, st.integers(1, 30), st.sampled_from([ClockUnit.WORKING_DAYS, ClockUnit.NATURAL_DAYS_ROLL]))
def test_the_last_day_is_a_working_day(start: date, n: int, unit: ClockUnit) -> None:
    assert CALENDAR.is_working_day(due_date(start, n, unit, CALENDAR))


@given(DAYS, st.integers(1, 30), st.sampled_from([u for u in ClockUnit if u is not ClockUnit.HOURS]))
def test_a_longer_limit_is_never_due_earlier(start: date, n: int, unit: ClockUnit) -> None:
    assert due_date(start, n, unit, CALENDAR) <= due_date(start, n + 1, unit, CALENDAR)


@given(DAYS, st.integers(1, 30))
def test_the_sentence_adds_up(start: date, n: int) -> None:
    """Counted days and days left out are together all days between dispatch and due date."""
    due = deadline(datetime.combine(start, time(9), tzinfo=ZONE), rule(n), CALENDAR, ZONE)
    left_out = sum(int(days) for days in re.findall(r"(?:放假|周末)(\d+)天不计", due.basis))
    assert n + left_out == (due.due_date - start).days


@given(st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)), st.integers(1, 200))
def test_hours_are_exact(start: datetime, n: int) -> None:
    aware = start.replace(tzinfo=ZONE)
    assert deadline(aware, rule(n, ClockUnit.HOURS), CALENDAR, ZONE).due_at - aware == timedelta(hours=n)

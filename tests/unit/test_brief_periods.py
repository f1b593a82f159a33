"""Which days a report is about, and with which it is compared."""

from datetime import date

from dashboards.briefs.periods import Days, before, last_period, period_of, year_before
from models.report import ReportKind

OCTOBER, SEPTEMBER = Days(date(2026, 10, 1), date(2026, 10, 31)), Days(date(2026, 9, 1), date(2026, 9, 30))
YEAR = Days(date(2025, 10, 1), date(2025, 10, 31))


def test_the_period_of_a_report() -> None:
    today = date(2026, 11, 2)  # a Monday
    assert last_period(ReportKind.DAILY, today) == Days(date(2026, 11, 1), date(2026, 11, 1))
    assert last_period(ReportKind.WEEKLY, today) == Days(date(2026, 10, 26), date(2026, 11, 1))
    assert last_period(ReportKind.MONTHLY, today) == OCTOBER
    assert before(ReportKind.MONTHLY, OCTOBER) == SEPTEMBER and year_before(ReportKind.MONTHLY, OCTOBER) == YEAR
    leap = period_of(ReportKind.MONTHLY, date(2024, 2, 29))
    assert leap.last == date(2024, 2, 29)
    assert year_before(ReportKind.MONTHLY, leap) == Days(date(2023, 2, 1), date(2023, 2, 28))
    week = period_of(ReportKind.WEEKLY, date(2026, 10, 28))
    assert before(ReportKind.WEEKLY, week).last == date(2026, 10, 25)
    assert year_before(ReportKind.WEEKLY, week).first.weekday() == 0
    assert (OCTOBER.words, week.words) == ("2026年10月", "2026年10月26日至11月1日")

"""Which days is a report about, and with which is it compared? Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from models.report import ReportKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """`first` to `last`, both inclusive."""

    first: date
    last: date

    @property
    def words(self) -> str:
        if self.first == self.last:
            return f"{self.first.year}年{self.first.month}月{self.first.day}日"
        if self.first.day == 1 and (self.last + _DAY).day == 1 and self.first.month == self.last.month:
            return f"{self.first.year}年{self.first.month}月"
        end = f"{self.last.month}月{self.last.day}日"
        if self.last.year != self.first.year:
            end = f"{self.last.year}年{end}"
        return f"{self.first.year}年{self.first.month}月{self.first.day}日至{end}"


def last_period(kind: ReportKind, today: date) -> Days:
    """The latest one that is over: yesterday, last week, last month; of an issue the last 30 days up to today."""
    if kind is ReportKind.DAILY:
        return Days(today - _DAY, today - _DAY)
    if kind is ReportKind.WEEKLY:
        monday = today - timedelta(days=today.weekday())
        return Days(monday - 7 * _DAY, monday - _DAY)
    if kind is ReportKind.MONTHLY:
        last = today.replace(day=1) - _DAY
        return Days(last.replace(day=1), last)
    return Days(today - 29 * _DAY, today)


def period_of(kind: ReportKind, day: date) -> Days:
    """The day, week or month that a day lies in; of an issue the 30 days that end with it."""
    if kind is ReportKind.DAILY:
        return Days(day, day)
    if kind is ReportKind.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return Days(monday, monday + 6 * _DAY)
    if kind is ReportKind.MONTHLY:
        return Days(day.replace(day=1), (day.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY)
    return Days(day - 29 * _DAY, day)


def before(kind: ReportKind, days: Days) -> Days:
    """环比: the one just before."""
    if kind is ReportKind.MONTHLY:
        return period_of(kind, days.first - _DAY)
    length = days.last - days.first + _DAY
    return Days(days.first - length, days.last - length)


def year_before(kind: ReportKind, days: Days) -> Days:
    """同比: of a month the same month; else 52 weeks before, so that weekdays meet weekdays."""
    if kind is ReportKind.MONTHLY:
        return period_of(kind, days.first.replace(year=days.first.year - 1, day=1))
    return Days(days.first - timedelta(weeks=52), days.last - timedelta(weeks=52))

"""Working days 工作日: Monday to Friday, less announced holidays, plus announced make-up days (调休上班日)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    WORKDAY = "workday"
    STATUTORY_PROVISIONAL = "statutory_provisional"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day that differs from the plain week. `statutory_provisional`: off by law, the yearly notice is not out.

    `region_code`: the region where it holds (local holidays, 全国年节及纪念日放假办法 4), None everywhere."""

    day: date
    kind: DayKind
    name: str
    region_code: str | None = None


class WorkingCalendar:
    """The announced calendar of one region. A year counts as known once a notice for it is in the rows."""

    def __init__(self, days: Iterable[CalendarDay]) -> None:
        # what a region says of a day goes before what the whole country says
        self._days = {d.day: d for d in sorted(days, key=lambda d: d.region_code is not None)}
        # a local holiday is no notice of the year
        self.known_years = frozenset(
            d.day.year for d in self._days.values() if d.kind != DayKind.STATUTORY_PROVISIONAL and d.region_code is None
        )

    def with_days(self, days: Iterable[CalendarDay]) -> "WorkingCalendar":
        """The same with further days of a region."""
        return WorkingCalendar([*self._days.values(), *days])

    def is_working_day(self, day: date) -> bool:
        special = self._days.get(day)
        if special is not None:
            return special.kind == DayKind.WORKDAY
        return day.weekday() < 5

    def special(self, day: date) -> CalendarDay | None:
        return self._days.get(day)

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after `start`; the start day is not counted (民法典 201)."""
        day = start
        while n > 0:
            day += timedelta(days=1)
            if self.is_working_day(day):
                n -= 1
        return day

    def roll_forward(self, day: date) -> date:
        """`day`, or the first working day after it (民法典 203)."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(days=i)) for i in range(1, (end - start).days + 1))

    def unknown_years(self, start: date, end: date) -> list[int]:
        """The years from `start` to `end` whose notice is not in the rows: a deadline there is provisional."""
        return [year for year in range(start.year, end.year + 1) if year not in self.known_years]

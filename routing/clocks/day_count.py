"""A deadline day by day: which days count, which do not and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.case import Case
from routing.clocks.calendar import DayKind, WorkingCalendar
from routing.clocks.deadlines import WEEKDAYS, ClockUnit
from routing.directory import Directory

# Longer spans are not shown: nobody reads them.
MAX_DAYS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDay:
    """`number`: the how-manieth working day it is, None for a day that does not count; `why` says what kind of day
    it is where the plain week does not."""

    day: date
    number: int | None
    why: str

    @property
    def weekday(self) -> str:
        return f"周{WEEKDAYS[self.day.weekday()]}"


def count_days(
    start: date, last: date, calendar: WorkingCalendar, stood: Sequence[tuple[date, date]] = ()
) -> list[CountedDay]:
    """The days after `start` (not counted, 民法典 201) up to and including `last`; empty for more than `MAX_DAYS`.
    `stood`: from which day to which the clock stood; those do not count."""
    if not 0 < (last - start).days <= MAX_DAYS:
        return []
    counted: list[CountedDay] = []
    number = 0
    for offset in range(1, (last - start).days + 1):
        day = start + timedelta(days=offset)
        suspended = any(first <= day <= end for first, end in stood)
        works = calendar.is_working_day(day) and not suspended
        number += works
        why = "挂起" if suspended else _why(day, calendar)
        counted.append(CountedDay(day=day, number=number if works else None, why=why))
    return counted


def days_of(
    case: Case,
    directory: Directory,
    zone: ZoneInfo,
    *,
    since: datetime | None = None,
    stood: Sequence[tuple[date, date]] = (),
) -> list[CountedDay]:
    """Those of the completion of a dispatched case; empty for one that has no day, or whose limit is in hours.
    `since`: when its clock began anew (a rework), `stood`: when it was suspended."""
    rule = directory.deadline_rules.get(case.appeal_type)
    if case.dispatched_at is None or case.due_date is None or rule is None or rule.unit is ClockUnit.HOURS:
        return []
    start = (since or case.dispatched_at).astimezone(zone).date()
    return count_days(start, case.due_date, directory.calendar_for(case.lead_department_id), stood)


def _why(day: date, calendar: WorkingCalendar) -> str:
    special = calendar.special(day)
    if special is None:
        return "周末" if day.weekday() >= 5 else ""
    if special.kind == DayKind.WORKDAY:
        return special.name if "班" in special.name else f"{special.name}调休上班"
    provisional = "（暂定）" if special.kind == DayKind.STATUTORY_PROVISIONAL else ""
    return f"{special.name}放假{provisional}" if "放假" not in special.name else f"{special.name}{provisional}"

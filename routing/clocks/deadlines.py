"""When a case is due, and the sentence that explains it. Pure: rows and times in, a deadline out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.analysis import AppealType
from routing.clocks.calendar import DayKind, WorkingCalendar

WEEKDAYS = "一二三四五六日"


class ClockUnit(StrEnum):
    """How a limit is counted: working days, natural days, natural days rolled to a working day, hours."""

    WORKING_DAYS = "wd"
    NATURAL_DAYS = "d"
    NATURAL_DAYS_ROLL = "d_roll"
    HOURS = "h"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """One row of a profile: `n` `unit` from dispatch for one appeal type."""

    profile: str
    appeal_type: AppealType
    n: int
    unit: ClockUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """`due_at` is the last instant of `due_date` (24:00 local) or, for hours, the exact instant."""

    due_date: date
    due_at: datetime
    basis: str


def due_date(start: date, n: int, unit: ClockUnit, calendar: WorkingCalendar) -> date:
    """The last day of a limit of `n` days that begins the day after `start` (DOMAIN 1.5; 民法典 201-203)."""
    if unit is ClockUnit.WORKING_DAYS:
        return calendar.add_working_days(start, n)
    last = start + timedelta(days=n)
    return calendar.roll_forward(last) if unit is ClockUnit.NATURAL_DAYS_ROLL else last


# the cases of a batch begin at one instant, and few of their deadlines differ
@lru_cache(maxsize=64)
def deadline(start: datetime, rule: DeadlineRule, calendar: WorkingCalendar, zone: ZoneInfo) -> Deadline:
    """The deadline of a case dispatched at `start` (aware), with its explanation for a citizen."""
    local = start.astimezone(zone)
    label = rule.appeal_type.label
    if rule.unit is ClockUnit.HOURS:
        due = (start.astimezone(UTC) + timedelta(hours=rule.n)).astimezone(zone)
        span = f"{_day(local.date())}{local:%H:%M}派单，{_day(due.date())}{due:%H:%M}到期。"
        basis = f"{label}类应在派单后{rule.n}小时内办结，{span}"
        return Deadline(due_date=due.date(), due_at=due, basis=basis)
    last = due_date(local.date(), rule.n, rule.unit, calendar)
    words = "个工作日" if rule.unit is ClockUnit.WORKING_DAYS else "日"
    sentences = [
        f"{label}类应在派单后{rule.n}{words}内办结，{_day(local.date())}派单，从次日起算，{_day(last)}24时到期"
        + (_what_counted(local.date(), last, calendar) if rule.unit is ClockUnit.WORKING_DAYS else "")
        + "。"
    ]
    if rule.unit is ClockUnit.NATURAL_DAYS_ROLL and last != local.date() + timedelta(days=rule.n):
        sentences.append(f"第{rule.n}日遇休息日，顺延至其后第一个工作日。")
    unknown = calendar.unknown_years(local.date(), last)
    if unknown and rule.unit is not ClockUnit.NATURAL_DAYS:
        years = "、".join(f"{year}年" for year in unknown)
        sentences.append(f"注意：{years}的放假安排尚未录入，此日期为暂定。")
    midnight = datetime.combine(last + timedelta(days=1), time(0), tzinfo=zone)
    return Deadline(due_date=last, due_at=midnight, basis="".join(sentences))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _what_counted(start: date, last: date, calendar: WorkingCalendar) -> str:
    """What between the two days differs from a plain week: named holidays left out, make-up days counted."""
    holidays: dict[str, int] = {}
    make_up: list[str] = []
    weekend = 0
    for offset in range(1, (last - start).days + 1):
        day = start + timedelta(days=offset)
        special = calendar.special(day)
        if special is None:
            weekend += day.weekday() >= 5
        elif special.kind == DayKind.WORKDAY:
            make_up.append(f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）")
        else:
            holidays[special.name] = holidays.get(special.name, 0) + 1
    parts = [f"{name}放假{days}天不计" for name, days in holidays.items()]
    if weekend:
        parts.append(f"周末{weekend}天不计")
    if make_up:
        parts.append("、".join(make_up) + "调休上班计入")
    return f"（其间{'，'.join(parts)}）" if parts else ""


def extended(
    due: Deadline, days: int, reason: str, calendar: WorkingCalendar, zone: ZoneInfo, *, what: str = "延期"
) -> Deadline:
    """The deadline with so many working days more, counted from its last day, to the end of a day; and why."""
    last = calendar.add_working_days(due.due_date, days)
    told = f"经批准{what}{days}个工作日，{last.year}年{last.month}月{last.day}日24时到期，理由：{reason}。"
    if unknown := calendar.unknown_years(due.due_date, last):
        told += f"注意：{'、'.join(f'{year}年' for year in unknown)}的放假安排尚未录入，此日期为暂定。"
    due_at = datetime.combine(last + timedelta(days=1), time(0), tzinfo=zone)
    return Deadline(due_date=last, due_at=due_at, basis=due.basis + told)

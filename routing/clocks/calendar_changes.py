"""A change of the working calendar: read from lines, shown before it counts, stored with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from models.calendar_change import ChangedDay
from models.database import Connection
from models.errors import Invalid
from routing.clocks import calendar_repository as rows
from routing.clocks.calendar import CalendarDay, DayKind
from routing.directory_repository import list_calendar_days

MAX_DAYS = 120
_KINDS = {"放假": DayKind.HOLIDAY, "上班": DayKind.WORKDAY}
_EARLIEST, _LATEST = 2000, 2100


def read_days(text: str, region_code: str | None) -> list[CalendarDay]:
    """Lines like “2027-02-05 放假 春节”. Raises `Invalid` naming the first line that cannot be read, for a day named
    twice, and for nothing or too much."""
    found: dict[date, CalendarDay] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.replace("，", " ").replace(",", " ").split()
        if not words:
            continue
        day = _read_day(words, number, region_code)
        if day.day in found:
            raise Invalid("日历有误。", {"days": f"第{number}行：{day.day.isoformat()}写了两次"})
        found[day.day] = day
    if not found:
        raise Invalid("日历有误。", {"days": "请至少写一天"})
    if len(found) > MAX_DAYS:
        raise Invalid("日历有误。", {"days": f"一次最多{MAX_DAYS}天，现有{len(found)}天"})
    return sorted(found.values(), key=lambda d: d.day)


def changed_days(
    present: Iterable[CalendarDay], wanted: Sequence[CalendarDay], region_code: str | None, *, whole_years: bool
) -> list[ChangedDay]:
    """What differs from the rows of this region. `whole_years`: the lines are all there is in their years, what else
    the rows have there (the provisional days before the notice) goes."""
    before = {d.day: (d.kind.value, d.name) for d in present if d.region_code == region_code}
    after = {d.day: (d.kind.value, d.name) for d in wanted}
    days = set(after)
    if whole_years:
        years = {day.year for day in after}
        days |= {day for day in before if day.year in years}
    return [
        ChangedDay(day=day, region_code=region_code, before=before.get(day), after=after.get(day))
        for day in sorted(days)
        if before.get(day) != after.get(day)
    ]


def change_calendar(
    conn: Connection,
    wanted: Sequence[CalendarDay],
    region_code: str | None,
    *,
    whole_years: bool,
    reason: str,
    actor: str,
    now: datetime,
) -> list[ChangedDay]:
    """Store the change; the worker counts the open clocks anew afterwards. Raises `Invalid` without a reason, and
    where nothing changes."""
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Invalid("请写明依据。", {"reason": "请填写1至200字，如文件名称和文号"})
    rows.lock_calendar(conn)
    days = changed_days(list_calendar_days(conn), wanted, region_code, whole_years=whole_years)
    if not days:
        raise Invalid("与现有日历相同，没有需要保存的。", {"days": "没有变化"})
    rows.set_days(conn, days, source=reason, actor=actor)
    rows.add_change(conn, days, reason=reason, actor=actor, now=now)
    return days


def undone(present: Iterable[CalendarDay], changes: Iterable[Iterable[ChangedDay]]) -> list[CalendarDay]:
    """The rows as they were before these changes, given oldest first."""
    by_key = {(d.day, d.region_code): d for d in present}
    for change in reversed([list(days) for days in changes]):
        for d in change:
            if d.before is None:
                by_key.pop((d.day, d.region_code), None)
            else:
                kind, name = d.before
                by_key[d.day, d.region_code] = CalendarDay(
                    day=d.day, kind=DayKind(kind), name=name, region_code=d.region_code
                )
    return list(by_key.values())


def done(present: Iterable[CalendarDay], days: Iterable[ChangedDay]) -> list[CalendarDay]:
    """The rows as they would be with this change: for the preview."""
    turned = [replace(d, before=d.after, after=d.before) for d in days]
    return undone(present, [turned])


def _read_day(words: list[str], number: int, region_code: str | None) -> CalendarDay:
    wrong = f"第{number}行看不懂，请写成“2027-02-05 放假 春节”"
    if len(words) < 2 or words[1] not in _KINDS:
        raise Invalid("日历有误。", {"days": wrong})
    try:
        day = date.fromisoformat(words[0])
    except ValueError:
        raise Invalid("日历有误。", {"days": wrong}) from None
    if not _EARLIEST <= day.year <= _LATEST:
        raise Invalid("日历有误。", {"days": f"第{number}行：年份不对"})
    kind = _KINDS[words[1]]
    name = " ".join(words[2:])[:40] or ("放假" if kind is DayKind.HOLIDAY else "调休上班")
    return CalendarDay(day=day, kind=kind, name=name, region_code=region_code)

"""Days, weeks or months: the bins of a series over time, without gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

BinUnit = Literal["day", "week", "month"]

DAYS_SHOWN_SINGLY = 92
DAYS_SHOWN_BY_WEEK = 730


@dataclass(frozen=True, slots=True)
class Bin:
    """Local days `start` to `end`, both inclusive. `running`: today lies in it and is not its last day, so that its
    number says little yet."""

    unit: BinUnit
    start: date
    end: date
    running: bool = False

    @property
    def label(self) -> str:
        if self.unit == "day":
            return f"{self.start.month}月{self.start.day}日"
        unfinished = "（未满）" if self.running else ""
        if self.unit == "week":
            return f"{self.start.month}月{self.start.day}日至{self.end.month}月{self.end.day}日{unfinished}"
        return f"{self.start.year}年{self.start.month}月{unfinished}"


def choose_unit(first: date, last: date) -> BinUnit:
    """Days up to about a quarter, ISO weeks up to two years, else months: at most about 100 bins in common use."""
    span = (last - first).days + 1
    if span <= DAYS_SHOWN_SINGLY:
        return "day"
    return "week" if span <= DAYS_SHOWN_BY_WEEK else "month"


def find_bounds(
    days: Iterable[date], *, submitted_from: date | None, submitted_to: date | None, today: date
) -> tuple[date, date] | None:
    """First and last day to draw, or None where there is nothing. Asked-for days without cases are drawn as zero, but
    of a span above two years only the part with cases: nobody wants ninety empty years because of a typing slip."""
    found = sorted(days)
    first = submitted_from or (found[0] if found else submitted_to)
    if first is None:
        return None
    last = submitted_to or max([*found, first, *([today] if submitted_from else [])])
    if (last - first).days >= DAYS_SHOWN_BY_WEEK:
        return (found[0], found[-1]) if found else None
    return (first, last) if first <= last else None


def choose_asked_unit(submitted_from: date | None, submitted_to: date | None, today: date) -> BinUnit | None:
    """The unit of the bins where the days that are asked for say it; None where it depends on the days with cases."""
    last = submitted_to or today
    if submitted_from is None or not 0 <= (last - submitted_from).days < DAYS_SHOWN_BY_WEEK:
        return None
    return choose_unit(submitted_from, last)


def are_months(starts: Iterable[date]) -> bool:
    """Whether bins over these months (first days) are months, whichever of their days have cases."""
    found = sorted(starts)
    return bool(found) and choose_unit(_next_start(found[0], "month"), found[-1]) == "month"


def make_bins(first: date, last: date, *, today: date | None = None) -> list[Bin]:
    """All bins that touch `first` … `last`, in order. Weeks begin on Monday. `today` tells which one is running."""
    unit = choose_unit(first, last)
    bins: list[Bin] = []
    start = _bin_start(first, unit)
    while start <= last:
        following = _next_start(start, unit)
        end = following - timedelta(days=1)
        bins.append(Bin(unit, start, end, running=today is not None and start <= today < end))
        start = following
    return bins


def sum_by_bin(bins: list[Bin], by_day: Mapping[date, int]) -> list[int]:
    """The value of each bin; 0 where no day has one. Every day must lie in a bin, else `KeyError`."""
    totals = dict.fromkeys((b.start for b in bins), 0)
    for day, value in by_day.items():
        totals[_bin_start(day, bins[0].unit)] += value
    return list(totals.values())


def _bin_start(day: date, unit: BinUnit) -> date:
    if unit == "day":
        return day
    return day - timedelta(days=day.weekday()) if unit == "week" else day.replace(day=1)


def _next_start(start: date, unit: BinUnit) -> date:
    if unit == "month":
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start + timedelta(days=1 if unit == "day" else 7)

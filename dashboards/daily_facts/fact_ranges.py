"""Which periods add up to a range of days? Coarse ones, and at both ends finer ones, added or taken away. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from dashboards.daily_facts.fact_projections import FROM_FINE, Grain

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Periods whose first days lie from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(slots=True)
class Part:
    """What is read of one grain: the periods of `span` (None: none), those of `more`, less those of `less`, each named
    by its first day."""

    grain: Grain
    span: Span | None = None
    more: list[date] = field(default_factory=list)
    less: list[date] = field(default_factory=list)

    def touches(self, month: date) -> bool:
        """Of a part of days: whether any of them lies in the month that begins on this day."""
        if self.span and self.span.first <= end_of_month(month) and month <= self.span.last:
            return True
        return any(day.replace(day=1) == month for day in (*self.more, *self.less))


def month_number(day: date) -> int:
    """Twelve a year, from year 0."""
    return day.year * 12 + day.month - 1


def split_range(first: date | None, last: date | None, grains: Sequence[Grain]) -> list[Part]:
    """The parts, coarse ones first, that hold each day from `first` to `last` once in all and no other day; None: open.
    `grains`: those there are, the day among them; weeks only with days. A year from any day takes about twenty periods.

    A few days short of a month are the month less these days: at an end never more than half a coarser period is read.
    """
    lo = first or date.min
    end = None if last is None or last == date.max else last + _DAY  # the day after it
    coarse = sorted(set(grains), key=FROM_FINE.index, reverse=True)
    parts = {grain: Part(grain) for grain in coarse}
    if end is None or lo < end:
        _cut(lo, end, coarse, parts)
    for part in parts.values():
        # what both ends speak of may cancel out
        net = Counter(part.more)
        net.subtract(part.less)
        part.more = sorted(day for day, times in net.items() if times > 0)
        part.less = sorted(day for day, times in net.items() if times < 0)
    return [part for part in parts.values() if part.span or part.more or part.less]


def leave_out(part: Part, months: Collection[date]) -> list[Part]:
    """A part of days without those of some months, named by their first days."""
    parts = []
    more, less = ([day for day in days if day.replace(day=1) not in months] for days in (part.more, part.less))
    if more or less:
        parts.append(replace(part, span=None, more=more, less=less))
    if part.span:
        first = part.span.first
        for month in sorted(month for month in months if month <= part.span.last):
            if first < month:
                parts.append(Part(part.grain, Span(first, month - _DAY)))
            first = max(first, end_of_month(month) + _DAY)
        if first <= part.span.last:
            parts.append(Part(part.grain, Span(first, part.span.last)))
    return parts


def end_of_month(month: date) -> date:
    """The last day of the month that begins on this day."""
    return month.replace(day=31) if month.month == 12 else month.replace(month=month.month + 1) - _DAY


def start_of(day: date, grain: Grain) -> date:
    """The first day of the period that a day lies in."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "ten":
        return day.replace(day=1 + 10 * min((day.day - 1) // 10, 2))
    return date(day.year, day.month if grain == "month" else (day.month - 1) // 3 * 3 + 1, 1)


def _cut(lo: date, end: date | None, grains: Sequence[Grain], parts: dict[Grain, Part]) -> None:
    """Put the days from `lo` to before `end` (None: for ever) into `parts`: a span of the first grain that has one."""
    grain, *finer = grains
    from_, to = _nearest(lo, grain), None if end is None else _nearest(end, grain)
    if finer and to is not None and from_ >= to:
        _cut(lo, end, finer, parts)
        return
    parts[grain].span = Span(from_, date.max if to is None else to - _DAY)
    _adjust(lo, from_, finer, 1, parts)
    if end is not None and to is not None:
        _adjust(to, end, finer, 1, parts)


def _adjust(lo: date, end: date, grains: Sequence[Grain], sign: int, parts: dict[Grain, Part]) -> None:
    """Add the days from `lo` to before `end`; where `end` comes first, take away those from `end` to before `lo`."""
    if lo == end:
        return
    if lo > end:
        lo, end, sign = end, lo, -sign
    grain, *finer = grains
    from_, to = _nearest(lo, grain), _nearest(end, grain)
    if finer and from_ >= to:
        _adjust(lo, end, finer, sign, parts)
        return
    at: date | None = from_
    while at is not None and at < to:
        (parts[grain].more if sign > 0 else parts[grain].less).append(at)
        at = _next(at, grain)
    _adjust(lo, from_, finer, sign, parts)
    _adjust(to, end, finer, sign, parts)


def _nearest(day: date, grain: Grain) -> date:
    before = start_of(day, grain)
    after = _next(before, grain)
    if after is None or day - before <= after - day:
        return before
    return after


def _next(start: date, grain: Grain) -> date | None:
    """The first day of the period after the one that begins on `start`; None at the end of time."""
    if grain == "day":
        return None if start == date.max else start + _DAY
    if grain == "week":
        return start + 7 * _DAY if date.max - start > 7 * _DAY else None
    if grain == "ten" and start.day < 21:
        return start + 10 * _DAY
    months = 3 if grain == "quarter" else 1
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return None if year > date.max.year else date(year, month + 1, 1)

"""What do the months that are kept as columns say? Makes of a question what columns are read and how they add up."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboards.daily_facts.fact_columns import Axis, CodeAxis, ColumnSums, DayAxis, Numbers, ValueAxis
from dashboards.daily_facts.fact_pack_repository import CODED, Packs, read_chunks, read_numbers
from dashboards.daily_facts.fact_projections import Grain, column_of
from dashboards.daily_facts.fact_ranges import Part, end_of_month, start_of
from dashboards.daily_facts.fact_statements import LASTED, LONGEST, MICROSECONDS, TIMES, Filters, since_epoch
from models.database import Connection

_GRAINS: Mapping[str, Grain] = {"day": "day", "week": "week", "month": "month", "quarter": "quarter"}
_DAY = 86_400 * MICROSECONDS
Key = tuple[Any, ...]


def read_packed(
    conn: Connection,
    packs: Packs,
    part: Part,
    filters: Filters,
    places: Sequence[int],
    by: Sequence[str],
    groups: Mapping[str, Mapping[str, str]],
    as_of: datetime,
) -> dict[Key, tuple[int, ...]]:
    """The sums of the numbers at `places` of `counts` over the days of `part` in the months of `packs`, by `by`, as
    `fact_reading.read_counts` gives them."""
    signs = {month: table for month in packs if (table := _signs(part, month)).any()}
    columns = {column_of(name) for name in filters.codes}
    numbers = read_numbers(conn, [*columns, *(name for name in by if name in CODED)])
    allowed: dict[str, NDArray[np.bool_] | int] = {}
    among = {}
    for column in columns:
        known = numbers[column]
        chosen = [known[code] for code in filters.of(column, None) or () if code in known]
        if not chosen:
            return {}
        among[column] = chosen
        allowed[column] = chosen[0] if len(chosen) == 1 else np.isin(np.arange(max(known.values()) + 1), chosen)
    axes, keys, names = [], [], {*columns, *(f"m{n}" for n in places)}
    for name in by:
        axis, of_axis = _axis(name, [*signs], numbers.get(name, {}), groups.get(name, {}), as_of)
        axes.append(axis)
        keys.append(of_axis)
        if name not in ("month", "quarter", "year"):  # the same for all days of a month
            names.add("day" if name in TIMES else "taken" if name == LASTED else name)
    cut = {_number(month): table for month, table in signs.items() if not _is_whole(table, month)}
    if cut:
        names.add("day")
    sums = ColumnSums([f"m{n}" for n in places], axes, allowed, cut)
    months = {packs[month]: _number(month) for month in signs}
    for chunk in read_chunks(conn, months, sorted(names), among) if months else ():
        sums.add(chunk)
    return {
        tuple([of_axis[place] for of_axis, place in zip(keys, found, strict=True)]): values
        for found, values in sums.totals().items()
    }


def _axis(
    name: str, months: Sequence[date], numbers: Mapping[str, int], group: Mapping[str, str], as_of: datetime
) -> tuple[Axis, Sequence[Any]]:
    """The axis, and what stands at its places."""
    if name in TIMES:
        starts = {month: [_start(day, name) for day in _days(month)] for month in months}
        periods = sorted({start for of_month in starts.values() for start in of_month})
        place = {start: n for n, start in enumerate(periods)}
        tables = {
            _number(month): np.array([place[of_month[0]], *(place[start] for start in of_month)])
            for month, of_month in starts.items()
        }
        return DayAxis(tables, len(periods)), periods
    if name == LASTED:
        now = since_epoch(as_of)

        def lasted(taken: Numbers) -> Numbers:
            days, still = taken.copy(), taken < 0
            days[still] = -1 - np.maximum(0, (now + taken[still]) // _DAY)
            return days

        return ValueAxis("taken", lasted, -LONGEST, 2 * LONGEST + 1), range(-LONGEST, LONGEST + 1)
    found = list(dict.fromkeys(group.get(code, code) for code in numbers))
    place_of_key = {key: n for n, key in enumerate(found)}
    places = np.zeros(max(numbers.values(), default=0) + 1, np.int64)
    for code, number in numbers.items():
        places[number] = place_of_key[group.get(code, code)]
    if (places == np.arange(len(places))).all():
        return CodeAxis(name, None, len(places)), found
    return CodeAxis(name, places, max(len(found), 1)), found


def _signs(part: Part, month: date) -> Numbers:
    """What each day of the month counts, from the 1st at 1."""
    table = np.zeros(32, np.int8)
    for day in _days(month):
        inside = part.span is not None and part.span.first <= day <= part.span.last
        table[day.day] = inside + (day in part.more) - (day in part.less)
    return table


def _is_whole(table: Numbers, month: date) -> bool:
    return bool((table[1 : len(_days(month)) + 1] == 1).all())


def _days(month: date) -> list[date]:
    return [month + timedelta(days=n) for n in range(end_of_month(month).day)]


def _number(month: date) -> int:
    return month.year * 12 + month.month - 1


def _start(day: date, period: str) -> date:
    return date(day.year, 1, 1) if period == "year" else start_of(day, _GRAINS[period])

"""What do the months that are kept as columns say? Makes of a question what columns are read and how they add up."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from dashboards.daily_facts.fact_columns import (
    Allowed,
    Axis,
    Between,
    Chunk,
    CodeAxis,
    ColumnSums,
    DayAxis,
    JoinedRows,
    Numbers,
    ValueAxis,
)
from dashboards.daily_facts.fact_digests import find_digest
from dashboards.daily_facts.fact_pack_repository import CODED, Packs, read_chunks, read_numbers
from dashboards.daily_facts.fact_projections import Grain, column_of
from dashboards.daily_facts.fact_ranges import Part, end_of_month, month_number, start_of
from dashboards.daily_facts.fact_statements import LASTED, LONGEST, MICROSECONDS, TIMES, Filters, since_epoch
from models.database import Connection

_EPOCH = date(1970, 1, 1)
# Who asks for more days than these looks at all that is due.
_MANY_DAYS = 3_700
# The same for all days of a month: no column is read for them.
_OF_MONTHS = ("month", "quarter", "year")
# The column that tells a grouping, where it has another name.
_COLUMN_OF = {"day": "day", "week": "day", LASTED: "taken"}
_GRAINS: Mapping[str, Grain] = {"day": "day", "week": "week", "month": "month", "quarter": "quarter"}
_DAY = 86_400 * MICROSECONDS
# Rows that wait to be added up together: some megabytes a column.
_AT_ONCE = 1_000_000
Key = tuple[Any, ...]


class PackedSums(NamedTuple):
    """Sums, and what stands at the places of each of their axes."""

    sums: ColumnSums
    keys: list[Sequence[Any]]


def sum_packed(
    conn: Connection,
    packs: Packs,
    part: Part,
    filters: Filters,
    places: Sequence[int],
    by: Sequence[str],
    groups: Mapping[str, Mapping[str, str]],
    as_of: datetime,
    received: int | None,
) -> Iterator[PackedSums]:
    """The numbers at `places` of `counts` over the days of `part` in the months of `packs`, by `by`: what is yielded
    adds up to it. `received`: the place of what is added up in digests; None: of nothing."""
    signs = {month: table for month in packs if (table := _signs(part, month)).any()}
    names = columns_of(by)
    whole = {month for month, table in signs.items() if _is_whole(table, month)}
    asked = names | filters.needed | ({"due_day"} if filters.due else set())
    sources = []
    for months, days in ((whole, frozenset[str]()), (signs.keys() - whole, frozenset(["day"]))):
        digest = find_digest(asked | days, received_alone={*places} == {received}) if received else None
        if digest:
            sources.append(_Source(months, {name: filters.codes[name] for name in filters.needed}, digest))
        else:
            by_column = {column: filters.of(column, None) or [] for column in map(column_of, filters.codes)}
            sources.append(_Source(months, by_column))
    numbers = read_numbers(conn, [*{*by, *names}.intersection(CODED).union(*(source.codes for source in sources))])
    since = (as_of.date() - min(signs, default=as_of.date())).days + 2
    for source in sources:
        chosen = _chosen(source.codes, numbers)
        if not source.months or not all(chosen.values()):
            continue
        cut = {month_number(month): signs[month] for month in source.months if not _is_whole(signs[month], month)}
        allowed = {name: _allow(which, numbers[name]) for name, which in chosen.items()} | _due(filters)
        measures = [f"m{place}" for place in places]
        columns = sorted({*names, *measures, *allowed, *(["day"] if cut else [])})
        of_packs = {packs[month]: month_number(month) for month in source.months}
        among = ({} if source.digest else chosen) | _due_months(filters)
        for longest in (min(since, LONGEST), LONGEST):
            axes = [_axis(name, [*signs], numbers.get(name, {}), groups.get(name, {}), as_of, longest) for name in by]
            sums = ColumnSums(measures, [axis for axis, _ in axes], allowed, cut)
            if _add_all(sums, read_chunks(conn, of_packs, columns, among, source.digest)):
                yield PackedSums(sums, [of_axis for _, of_axis in axes])
                break
            # else some completion lies ahead of the facts


def columns_of(by: Iterable[str]) -> set[str]:
    """The columns that are read for groupings."""
    return {_COLUMN_OF.get(name, name) for name in by if name not in _OF_MONTHS}


def _add_all(sums: ColumnSums, chunks: Iterable[Chunk]) -> bool:
    """Whether all could be added; the rest is read all the same, or the database would call off the transaction."""
    fits = True
    for chunk in chunks:
        if fits:
            try:
                sums.add(chunk)
            except OverflowError:
                fits = False
    return fits


class Asked(NamedTuple):
    """The numbers at `places` of `counts` over the days of `part`, by `by`."""

    part: Part
    places: tuple[int, ...]
    by: tuple[str, ...]


def sum_together(
    conn: Connection, packs: Packs, asked: Sequence[Asked], filters: Filters, as_of: datetime
) -> list[dict[Key, tuple[int, ...]]]:
    """What the months of `packs` say to each: the rows that `filters` let through are read once for all of them."""
    names = {name for one in asked for name in columns_of(one.by)}
    codes = {column: filters.of(column, None) or [] for column in map(column_of, filters.codes)}
    numbers = read_numbers(conn, [*names.intersection(CODED).union(codes)])
    chosen = _chosen(codes, numbers)
    if not all(chosen.values()):
        return [{} for _ in asked]
    signs = [{month: table for month in packs if (table := _signs(one.part, month)).any()} for one in asked]
    wanted: dict[date, set[str]] = defaultdict(set)
    for one, of_months in zip(asked, signs, strict=True):
        for month in of_months:
            wanted[month] |= {f"m{place}" for place in one.places}
            wanted[month] |= columns_of(one.by)
    allowed = {name: _allow(which, numbers[name]) for name, which in chosen.items()} | _due(filters)
    first, last = min(wanted, default=date.min), max(wanted, default=date.min)
    sums = []
    for (_, places, by), of_months in zip(asked, signs, strict=True):
        axes = [_axis(name, [*of_months], numbers.get(name, {}), {}, as_of, LONGEST) for name in by]
        own = ColumnSums(
            [f"m{place}" for place in places],
            [_as_one(axis, of_months, first, last) for axis, _ in axes],
            {},
            {0: _lay_out(of_months, first, last)},
        )
        sums.append(PackedSums(own, [keys for _, keys in axes]))
    for rows in _join(conn, packs, wanted, allowed, chosen | _due_months(filters)):
        for (own, _), of_months in zip(sums, signs, strict=True):
            if of_months:
                own.add(rows)
    return by_keys(sums)


def _join(
    conn: Connection,
    packs: Packs,
    wanted: Mapping[date, Collection[str]],
    allowed: Mapping[str, Allowed],
    among: Mapping[str, Sequence[int]],
) -> Iterator[JoinedRows]:
    """The rows of the months of `wanted` that are allowed, with the columns of it, as few at a time as fit into memory
    beside others; days are counted from the first month on."""
    first = min(wanted, default=date.min)
    alike: dict[frozenset[str], list[date]] = defaultdict(list)
    for month, columns in wanted.items():
        alike[frozenset(columns)].append(month)
    waiting = JoinedRows()
    for needed, months in alike.items():
        days = {month_number(month): (month - first).days for month in months}
        of_packs = {packs[month]: month_number(month) for month in months}
        for chunk in read_chunks(conn, of_packs, sorted(needed.union(allowed, ["day"])), among):
            waiting.append(chunk, allowed, needed, days[chunk.month])
            if waiting.size >= _AT_ONCE:
                yield waiting
                waiting = JoinedRows()
    if waiting.size:
        yield waiting


def _lay_out(of_months: Mapping[date, Numbers], first: date, last: date) -> Numbers:
    """Of the months from `first` to `last` what stands for their days, one after the other from 1 on; 0 for others."""
    table = np.zeros((end_of_month(last) - first).days + 2, np.int64)
    for month, own in of_months.items():
        start, size = (month - first).days, end_of_month(month).day
        table[start + 1 : start + 1 + size] = own[1 : size + 1]
    return table


def _as_one(axis: Axis, months: Collection[date], first: date, last: date) -> Axis:
    if not isinstance(axis, DayAxis):
        return axis
    of_months = {month: axis.place_of[month_number(month)] for month in months}
    return DayAxis({0: _lay_out(of_months, first, last)}, axis.size)


def by_keys(parts: Iterable[PackedSums]) -> list[dict[Key, tuple[int, ...]]]:
    """The sums of each part by their keys, as `fact_reading.read_counts` gives them."""
    return [
        {
            tuple([of_axis[place] for of_axis, place in zip(keys, at, strict=True)]): values
            for at, values in sums.totals().items()
        }
        for sums, keys in parts
    ]


@dataclass(frozen=True, slots=True)
class _Source:
    """Of some months the rows, or a digest, that have some of the codes in each of these columns."""

    months: Collection[date]
    codes: Mapping[str, list[str]]
    digest: str = ""


def _chosen(codes: Mapping[str, list[str]], numbers: Mapping[str, Mapping[str, int]]) -> dict[str, list[int]]:
    return {name: [numbers[name][code] for code in some if code in numbers[name]] for name, some in codes.items()}


def _allow(chosen: Sequence[int], known: Mapping[str, int]) -> Allowed:
    return chosen[0] if len(chosen) == 1 else np.isin(np.arange(max(known.values()) + 1), chosen)


def _due(filters: Filters) -> dict[str, Allowed]:
    return {} if filters.due is None else {"due_day": Between(*filters.due)}


def _due_months(filters: Filters) -> dict[str, Sequence[int]]:
    """The months in which something may be due; nothing where that is open at an end."""
    if filters.due is None or filters.due[1] - filters.due[0] > _MANY_DAYS:
        return {}
    first, last = (month_number(_EPOCH + timedelta(days=day)) for day in filters.due)
    return {"due_months": range(first, last + 1)}


def _axis(
    name: str,
    months: Sequence[date],
    numbers: Mapping[str, int],
    group: Mapping[str, str],
    as_of: datetime,
    longest: int,
) -> tuple[Axis, Sequence[Any]]:
    """The axis, and what stands at its places. `longest`: the days that cases took at most."""
    if name in TIMES:
        starts = {month: [_start(day, name) for day in _days(month)] for month in months}
        periods = sorted({start for of_month in starts.values() for start in of_month})
        place = {start: n for n, start in enumerate(periods)}
        tables = {
            month_number(month): np.array([place[of_month[0]], *(place[start] for start in of_month)])
            for month, of_month in starts.items()
        }
        return DayAxis(tables, len(periods)), periods
    if name == LASTED:
        now = since_epoch(as_of)

        def lasted(taken: Numbers) -> Numbers:
            days, still = taken.copy(), taken < 0
            days[still] = -1 - np.maximum(0, (now + taken[still]) // _DAY)
            return np.clip(days, -LONGEST, LONGEST)

        return ValueAxis("taken", lasted, -longest, 2 * longest + 1), range(-longest, longest + 1)
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
    table, last = np.zeros(32, np.int8), end_of_month(month)
    if part.span and part.span.first <= last and month <= part.span.last:
        table[max(part.span.first, month).day : min(part.span.last, last).day + 1] = 1
    for sign, days in ((1, part.more), (-1, part.less)):
        for day in days:
            if month <= day <= last:
                table[day.day] += sign
    return table


def _is_whole(table: Numbers, month: date) -> bool:
    return bool((table[1 : end_of_month(month).day + 1] == 1).all())


def _days(month: date) -> list[date]:
    return [month + timedelta(days=n) for n in range(end_of_month(month).day)]


def _start(day: date, period: str) -> date:
    return date(day.year, 1, 1) if period == "year" else start_of(day, _GRAINS[period])

"""Which questions are read as columns: those without sums, and those that columns answer sooner than sums?

All of it is a guess at how long reading takes at 20 million cases, where columns fit into memory and sums do not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import dropwhile
from math import ceil

from dashboards.daily_facts.fact_digests import find_digest
from dashboards.daily_facts.fact_pack_repository import Packs, count_packed, list_packs
from dashboards.daily_facts.fact_packed import columns_of
from dashboards.daily_facts.fact_projections import CASES, COLUMNS, Grain, Kind, Projection, column_of, count_values
from dashboards.daily_facts.fact_ranges import Part, end_of_month, split_range
from dashboards.daily_facts.fact_slices import Slice
from dashboards.daily_facts.fact_statements import Filters, Source
from models.criteria import CaseCriteria
from models.database import Connection

# Milliseconds: to read a sum, to find a period (a page of an index and one of sums), to read another page of sums that
# follows the last one, and one that lies apart; to go through a chunk of columns, to add up a value of it, to begin.
_SUM, _FIND, _NEXT, _APART = 0.004, 0.3, 0.04, 0.12
_CHUNK, _VALUE, _BEGIN = 0.32, 0.000_006, 4
_SUMS_A_PAGE = 25
# Below, nobody asks what else there is.
_QUICK = 10
# Columns have to be this much quicker than sums.
_CLEARLY = 0.8
_COUNTIES = count_values("county")
# No city has cases of more days.
_MANY_DAYS = 4_000
Range = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question: where its sums are, the days of it, what it is grouped by, how many numbers it wants, and whether it
    only wants to know how many cases there are."""

    sources: Mapping[Grain, Source]
    ranges: Sequence[Range]
    by: Collection[str]
    numbers: int
    received_alone: bool = False

    def has_digest(self, kind: Kind, filters: Filters, more: Collection[str] = ()) -> bool:
        columns = {*columns_of(self.by), *filters.needed, *more}
        return kind == CASES and find_digest(columns, received_alone=self.received_alone) is not None


def choose_packs(
    conn: Connection, kind: Kind, filters: Filters, asked: Sequence[Weighed], today: date, *, alone: bool
) -> tuple[Packs, set[int]]:
    """The packs of all months, and which of the questions, all under the same filters, are read from them; no packs
    where sums answer all. `alone`: the question is not read together with others, and so may be read from digests."""
    without_sums = {n for n, one in enumerate(asked) if one.sources["day"] is None and len(one.sources) == 1}
    of_sums = [0 if n in without_sums else cost_of_sums(one, filters, today) for n, one in enumerate(asked)]
    rows_at_ends = any(one.sources["day"] is None for one in asked)
    if not without_sums and sum(of_sums) < _QUICK:
        return (list_packs(conn, kind) if rows_at_ends else {}), set()
    packs = list_packs(conn, kind)
    months = _months(asked, packs, today)
    if not months:  # some month is not packed yet, or none that is asked for
        return (packs if rows_at_ends else {}), without_sums
    among = {column: filters.of(column, None) or [] for column in map(column_of, filters.codes)}
    chunks, rows = count_packed(conn, [packs[month] for month in months], among)
    if alone and asked[0].has_digest(kind, filters):
        # a month at either end has to be read by day
        at_ends = 0 if asked[0].has_digest(kind, filters, ("day",)) else min(2, len(months)) / len(months) * chunks
        scan, adding = _BEGIN + (len(months) * 2 + at_ends) * _CHUNK, [0.0]
    else:
        scan = _BEGIN + chunks * _CHUNK
        kept = rows * _share(filters)
        adding = [kept * (one.numbers + len(one.by)) * _VALUE for one in asked]
    gains = [max(0, sums - more) for sums, more in zip(of_sums, adding, strict=True)]
    if without_sums or scan < sum(gains) * _CLEARLY:
        return packs, without_sums | {n for n, gain in enumerate(gains) if gain}
    return (packs if rows_at_ends else {}), set()


def cost_of_sums(asked: Weighed, filters: Filters, today: date) -> float:
    """Milliseconds, where they are not in memory."""
    total = 0.0
    for first, last in asked.ranges:
        last = min(last or today, today)
        earliest = max(1, (first or date.min).toordinal(), last.toordinal() - _MANY_DAYS)
        for part in split_range(date.fromordinal(earliest), last, list(asked.sources)):
            source = asked.sources[part.grain]
            periods = _periods(part)
            if isinstance(source, Slice):  # all periods of a code follow each other
                total += _FIND + periods * _SUM
            elif isinstance(source, Projection):
                sums, pages, apart = _of_period(source, filters)
                total += periods * (sums * _SUM + _FIND + (pages - 1) * (_APART if apart else _NEXT))
    return total


def _share(filters: Filters) -> float:
    """What is left of the rows of chunks that have some row that all of the filters let through: a guess, for chunks
    are of a place and topic."""
    share = 1.0
    for dimension in filters.needed:
        codes = filters.codes.get(dimension, ())
        beside = _COUNTIES if dimension == "region" else count_values("main_topic") if dimension == "topic" else 1
        share *= min(1, beside * len(codes) / count_values(dimension))
    return share


def _of_period(projection: Projection, filters: Filters) -> tuple[float, float, bool]:
    """How many sums of a period are read, on how many pages, and whether these lie apart."""
    sums, every, chosen = 1.0, 1.0, []
    for column in COLUMNS:
        dimension = projection.column(column)
        if dimension is None:
            continue
        codes = filters.of(column, dimension)
        every *= count_values(dimension)
        sums *= count_values(dimension) if codes is None else min(len(codes), count_values(dimension))
        chosen.append(codes is not None)
    together = not any(dropwhile(bool, chosen))  # what is chosen by comes first in the order of the sums
    pages = sums / _SUMS_A_PAGE if together else min(sums, every / _SUMS_A_PAGE)
    return sums, max(1, pages), not together


def _periods(part: Part) -> int:
    days = (part.span.last - part.span.first).days + 1 if part.span else 0
    length = {"day": 1, "week": 7, "ten": 10, "month": 30, "quarter": 91}[part.grain]
    return ceil(days / length) + len(part.more) + len(part.less)


def _months(asked: Sequence[Weighed], packs: Packs, today: date) -> set[date] | None:
    """Those that are packed of what is asked; None where one before this month is not."""
    found: set[date] = set()
    for first, last in (one for question in asked for one in question.ranges):
        last = min(last or today, today)
        month = max(first or date.min, min(packs, default=today)).replace(day=1)
        while month <= last:
            if month in packs:
                found.add(month)
            elif end_of_month(month) < today:
                return None
            month = end_of_month(month) + timedelta(days=1)
    return found


def range_of(criteria: CaseCriteria) -> Range:
    return criteria.submitted_from, criteria.submitted_to

"""Which months does a question read as columns: those without sums, and those where columns are quicker than sums?"""

from collections.abc import Mapping
from datetime import date, timedelta

from dashboards.daily_facts.fact_pack_repository import Packs, count_packed, list_packs
from dashboards.daily_facts.fact_projections import COLUMNS, Grain, Kind, Projection, count_values
from dashboards.daily_facts.fact_statements import Filters, Source
from models.criteria import CaseCriteria
from models.database import Connection

# Milliseconds at 20 million cases: to read a sum, to go through a row of a column, to begin with columns.
_SUM, _ROW, _BEGIN = 0.007, 0.000_02, 5
# Below, nobody asks what else there is.
_QUICK = 30
# Columns have to be this much quicker than sums, since all of this is a guess.
_CLEARLY = 0.6
# Rows of a month are sorted by place and topic: of these only what is chosen is gone through, of a unit's what lies in
# its county, of other columns everything.
_LEAST = {"topic": 0.0, "region": 0.0, "department": 1 / 8}


def choose_packs(
    conn: Connection,
    kind: Kind,
    sources: Mapping[Grain, Source],
    filters: Filters,
    criteria: CaseCriteria,
    today: date,
) -> Packs:
    """The packs of the months to read as columns; none where sums answer as soon."""
    day = sources["day"]
    if day is None:
        return list_packs(conn, kind)
    last = min(criteria.submitted_to or today, today)
    days = (last - criteria.submitted_from).days + 1 if criteria.submitted_from else 1000
    # of coarser periods there are few, and slices lie side by side
    if len(sources) > 1 or not isinstance(day, Projection) or days * _kinds(day, filters) * _SUM < _QUICK:
        return {}
    packs = list_packs(conn, kind)
    first = max(criteria.submitted_from or date.min, min(packs, default=last))
    months = {month for month in packs if first.replace(day=1) <= month <= last}
    if len(months) < _months_between(first, min(last, today.replace(day=1) - timedelta(days=1))):
        return {}  # some month is not packed yet
    rows = count_packed(conn, [packs[month] for month in months])
    return packs if is_sooner(day, filters, (last - first).days + 1, rows) else {}


def is_sooner(projection: Projection, filters: Filters, days: int, rows: int) -> bool:
    """Whether going through columns of so many rows is clearly quicker than reading the sums of their days."""
    chosen = scanned = float(rows)
    for column in COLUMNS:
        dimension = projection.column(column)
        if dimension is not None and (codes := filters.of(column, dimension)) is not None:
            share = min(1, len(codes) / count_values(dimension))
            chosen *= share
            scanned *= max(share, _LEAST.get(column, 1))
    sums = min(days * _kinds(projection, filters), chosen)
    return _BEGIN + scanned * _ROW < sums * _SUM * _CLEARLY


def _kinds(projection: Projection, filters: Filters) -> int:
    """How many sums a day may have."""
    kinds = 1
    for column in COLUMNS:
        dimension = projection.column(column)
        if dimension is not None:
            codes = filters.of(column, dimension)
            kinds *= count_values(dimension) if codes is None else len(codes)
    return kinds


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1

"""How is a question to the daily facts written as SQL, from which sums and periods? Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

from dashboards.daily_facts.fact_measures import FEW, Measure
from dashboards.daily_facts.fact_projections import (
    COLUMNS,
    GRAINS,
    Grain,
    Kind,
    Projection,
    choose_grains,
    column_of,
    without_coarser,
)
from dashboards.daily_facts.fact_ranges import Part, leave_out, split_range
from dashboards.daily_facts.fact_slices import Slice, choose_slice
from models.criteria import CaseCriteria

# What numbers may be kept apart by in time, with the periods that each of its own is made of.
TIMES: Mapping[str, tuple[Grain, ...]] = {
    "day": ("day",),
    "week": ("day", "week"),
    "month": ("day", "ten", "month"),
    "quarter": GRAINS,
    "year": GRAINS,
}
# How many whole days (24 hours) a case took, -1 - n of one that is open since n days. No sum knows it, the rows do.
LASTED = "lasted"
# Days that a case may take: beyond, it counts as this long.
LONGEST = 10_000
MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Changes:
    """What came and went since months were packed: the packs."""

    packs: tuple[int, ...]


Source = Projection | Slice | Changes | None


@dataclass(frozen=True, slots=True)
class Filters:
    """`codes`: what is selected of each dimension that a condition may stand on, of a coarse one where it is known;
    `needed`: the dimensions that sums must have to answer; `due`: the first and the last due day, in days since 1970,
    which no sum knows, but rows do."""

    codes: Mapping[str, list[str]] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    due: tuple[int, int] | None = None

    def of(self, column: str, dimension: str | None) -> list[str] | None:
        """The codes on a column of fact_cells or fact_rows in which `dimension` stands; None: all."""
        found = self.codes.get(dimension or column)
        return self.codes.get(column) if found is None else found

    def within(self, among: Mapping[str, Collection[str]]) -> "Filters":
        """Only what is among these codes too, of dimensions that sums have anyway."""
        codes = {name: [code for code in self.codes.get(name, some) if code in some] for name, some in among.items()}
        return Filters({**self.codes, **codes}, self.needed, self.due) if among else self


@dataclass(slots=True)
class Statement:
    """Selects of the same columns, and the parameters of them all. `as_of`: the moment until which open cases last;
    `packed`: what months that are packed have to say besides."""

    as_of: datetime
    selects: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    packed: list[Part] = field(default_factory=list)

    def name(self, value: Any) -> str:
        """A parameter of this value."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"


def find_sources(
    kind: Kind, filters: Filters, measures: Sequence[Measure | str], by: Sequence[str]
) -> dict[Grain, Source]:
    """What of each grain is read. The day is always there: from the rows themselves (None) where no sums have the
    dimensions together."""
    allowed = next((TIMES[name] for name in by if name in TIMES), GRAINS)
    divided = [name for name in by if name not in TIMES]
    found: dict[Grain, Source] = {"day": None}
    if filters.due is not None:
        return found
    one = choose_slice(kind, filters.needed, divided, allowed) if set(measures) <= set(FEW[kind]) else None
    if one is None or "day" not in one.grains:
        found |= choose_grains(kind, allowed if one is None else ("day",), without_coarser({*filters.needed, *divided}))
    if one is not None:
        found |= {grain: one for grain in one.grains if grain in allowed}
    return found


def add_selects(
    statement: Statement,
    kind: Kind,
    criteria: CaseCriteria,
    sources: Mapping[Grain, Source],
    filters: Filters,
    measures: Sequence[Measure | str],
    by: Sequence[str],
    places: Mapping[Measure | str, int],
    *,
    number: int | None = None,
    packs: Mapping[date, int] | None = None,
) -> None:
    """What adds up to the sums of a question from its `sources`: columns k0, k1 … for `by`, v0, v1 … for `measures` of
    which `places` says where they stand in `counts`; `number`: first a column `q` that tells the question; `packs`: of
    months of which no rows are read here: what is to be read of them is put into `statement.packed`."""
    for part in split_range(criteria.submitted_from, criteria.submitted_to, list(sources)):
        source = sources[part.grain]
        for one, of in _beside_packs(statement, part, packs) if source is None and packs else [(part, source)]:
            if isinstance(of, Slice):
                few = FEW[kind]
                values = [f"n{few.index(measure) + 1}" for measure in measures]
            else:
                sign = "sign * " if isinstance(of, Changes) else ""
                values = [f"{sign}counts[{places[measure]}]::integer" for measure in measures]
            statement.selects.append(_select(statement, kind, one, of, filters, values, by, number))


def _beside_packs(statement: Statement, part: Part, packs: Mapping[date, int]) -> list[tuple[Part, Source]]:
    """What is to be read of some days beside what is packed: the changes since, and the rows of all other months."""
    parts: list[tuple[Part, Source]] = [(one, None) for one in leave_out(part, packs)]
    if touched := tuple(pack for month, pack in packs.items() if part.touches(month)):
        statement.packed.append(part)
        parts.append((part, Changes(touched)))
    return parts


def since_epoch(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def sum_up(
    statement: Statement,
    measures: Sequence[Measure | str],
    by: Sequence[str],
    groups: Mapping[str, Mapping[str, str]] | None = None,
    *,
    numbered: bool = False,
) -> str:
    """A statement with rows of the number of the piece where they are numbered, `by` and `measures`."""
    joins, names = [], ["q"] if numbered else []
    for n, name in enumerate(by):
        group = {code: key for code, key in (groups or {}).get(name, {}).items() if code != key}
        if group:
            pairs = f"{statement.name(list(group))}::text[], {statement.name(list(group.values()))}::text[]"
            joins.append(f" LEFT JOIN unnest({pairs}) g{n}(code, key) ON g{n}.code = k{n}")
            names.append(f"coalesce(g{n}.key, k{n})")
        else:
            names.append(f"k{n}")
    columns = [*names, *(f"coalesce(sum(v{n}), 0)::bigint AS v{n}" for n in range(len(measures)))]
    source = " UNION ALL ".join(statement.selects) or _nothing(measures, by, numbered=numbered)
    text = f"SELECT {', '.join(columns)} FROM ({source}) parts{''.join(joins)}"
    if names:
        text += f" GROUP BY {', '.join(names)}"
    return text


def _nothing(measures: Sequence[Measure | str], by: Sequence[str], *, numbered: bool = False) -> str:
    """No rows: the range is empty."""
    columns = ["NULL::integer AS q"] if numbered else []
    kinds = dict.fromkeys(TIMES, "date") | {LASTED: "bigint"}
    columns += [f"NULL::{kinds.get(name, 'text')} AS k{n}" for n, name in enumerate(by)]
    columns += [f"NULL::bigint AS v{n}" for n in range(len(measures))]
    return f"SELECT {', '.join(columns)} WHERE false"


def _select(
    statement: Statement,
    kind: Kind,
    part: Part,
    source: Source,
    filters: Filters,
    values: Sequence[str],
    by: Sequence[str],
    number: int | None,
) -> str:
    """One SELECT over fact_slices, fact_cells or fact_rows."""
    time = "day" if source is None or isinstance(source, Changes) else "period"
    columns = [] if number is None else [f"{number} AS q"]
    for place, name in enumerate(by):
        if name == "day":
            columns.append(f"{time} AS k{place}")
        elif name in TIMES:
            columns.append(f"date_trunc('{name}', {time})::date AS k{place}")
        elif name == LASTED:
            open_for = f"({statement.name(since_epoch(statement.as_of))}::bigint + taken) / {86_400 * MICROSECONDS}"
            days = f"CASE WHEN taken >= 0 THEN taken ELSE -1 - greatest(0, {open_for}) END"
            columns.append(f"least({LONGEST}, greatest(-{LONGEST}, {days})) AS k{place}")
        else:
            columns.append(f"{_column(source, name)} AS k{place}")
    sign = f"CASE WHEN {time} = ANY({statement.name(part.less)}::date[]) THEN -1 ELSE 1 END * " if part.less else ""
    columns += [f"{sign}{value} AS v{place}" for place, value in enumerate(values)]
    if part.span:
        when = f"{time} BETWEEN {statement.name(part.span.first)} AND {statement.name(part.span.last)}"
    else:
        when = f"{time} = ANY({statement.name([*part.more, *part.less])}::date[])"
    if isinstance(source, Slice):
        table, conditions = "fact_slices", _of_slice(statement, source, part.grain, filters)
    elif source is None or isinstance(source, Changes):
        if source is None:
            table, conditions = "fact_rows", [f"kind = {statement.name(kind)}"]
        else:
            table, conditions = "fact_changes", [f"pack = ANY({statement.name([*source.packs])}::bigint[])"]
        for column in {column_of(name) for name in filters.codes}:
            conditions += _among(statement, column, filters.of(column, None))
        if filters.due is not None:
            first, last = map(statement.name, filters.due)
            conditions.append(f"due_day BETWEEN {first} AND {last}")
    else:
        table, conditions = "fact_cells", _of_cells(statement, source, filters)
    return f"SELECT {', '.join(columns)} FROM {table} WHERE {' AND '.join([*conditions, when])}"


def _column(source: Source, dimension: str) -> str:
    if source is None or isinstance(source, Changes):
        return dimension
    return source.column(dimension) if isinstance(source, Slice) else column_of(dimension)


def _of_slice(statement: Statement, source: Slice, grain: Grain, filters: Filters) -> list[str]:
    codes = [" ".join(codes) for codes in product(*(filters.codes[name] for name in source.by))]
    conditions = [f"slice = {source.id(grain)}", *_among(statement, "code", codes)]
    for name in without_coarser(filters.needed) - {*source.by}:
        conditions += _among(statement, source.column(name), filters.codes[name])
    return conditions


def _of_cells(statement: Statement, source: Projection, filters: Filters) -> list[str]:
    conditions = [f"projection = {statement.name(source.id)}"]
    for place, column in enumerate(COLUMNS):
        dimension = source.column(column)
        if dimension is None:
            conditions += [f"{column} = ''"] if place < 3 else []  # the indexes begin with these three
            continue
        codes = filters.of(column, dimension)
        if codes is not None:
            # not '', or the index for it is not taken
            conditions += [*_among(statement, column, codes), *([f"{column} <> ''"] if place < 3 else [])]
    return conditions


def _among(statement: Statement, column: str, codes: Sequence[str] | None) -> list[str]:
    if codes is None:
        return []
    if len(codes) == 1:
        return [f"{column} = {statement.name(codes[0])}::text"]
    return [f"{column} = ANY({statement.name(list(codes))}::text[])"]

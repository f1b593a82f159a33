"""The daily facts of many made cases, written straight: what dashboards read, not the cases that they do not read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
from numpy.typing import NDArray

from api.benchmarks.made_cases import DAYS, MadeCases, MadeCity, as_binary, list_cases
from api.benchmarks.made_slices import fill_slices
from dashboards.daily_facts.fact_measures import SUBMISSION_MEASURES, Measure
from dashboards.daily_facts.fact_packing import pack_next
from dashboards.daily_facts.fact_projections import (
    CASES,
    COLUMNS,
    DIMENSIONS,
    GRAINS,
    SUBMISSIONS,
    Grain,
    Kind,
    Projection,
    column_of,
    of_kind,
)
from dashboards.daily_facts.fact_ranges import start_of
from dashboards.daily_facts.fact_repository import FactMark, set_mark
from dashboards.metrics.metrics import METRICS
from models.database import Connection

Report = Callable[[str, float], None]
_EPOCH = date(2000, 1, 1)
_INDEXES = {
    "fact_cells_department": "ON fact_cells (projection, department, topic, period) WHERE department <> ''",
    "fact_cells_topic": "ON fact_cells (projection, topic, region, period) WHERE topic <> ''",
    "fact_cells_region": "ON fact_cells (projection, region, period) WHERE region <> ''",
    "fact_rows_day": "ON fact_rows (kind, day)",
    "fact_rows_department": "ON fact_rows (kind, department, topic, channel, appeal_type, day)",
    "fact_rows_topic": "ON fact_rows (kind, topic, day)",
    "fact_rows_region": "ON fact_rows (kind, region, day)",
}
_KEYS = {
    "fact_cells": f"(projection, period, {', '.join(COLUMNS)})",
    "fact_rows": "(kind, id)",
}
_CHANNELS = ["letter", "hotline"]
_APPEALS = ["help", "complain", "consult", "suggest", "report", "praise", "other"]
_TONES = ["displeased", "matter", "neutral", "positive"]
# Up to so many possible sums are counted in an array of all of them, else by sorting.
_DENSE = 4_000_000
# Of 1,000 cases: those that count for what is not divided by too.
_LUCKY = 600
# From so many other units a unit gets what was not theirs.
_NEIGHBOURS = 8
_WHOLE_OF_SUBMISSIONS = ("received", "analysed", "cases")
_HEADER, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class _Codes:
    """For each dimension its codes by number, and for the numbers of a fine one those of the coarser one."""

    codes: dict[str, list[str]]
    main_topic_of: Numbers
    county_of: Numbers

    def numbers(self, cases: MadeCases, kind: Kind = CASES) -> dict[str, Numbers]:
        topic, department, region, channel, appeal, tone = (c.astype(np.int64) for c in cases.columns[:6])
        return {
            "department": department if kind == CASES else np.zeros_like(department),
            "topic": topic,
            "main_topic": self.main_topic_of[topic],
            "region": region,
            "county": self.county_of[region],
            "channel": channel - 1,
            "appeal_type": appeal - 1,
            "tone": tone - 1,
        }

    def place(self, dimension: str) -> int:
        """Where its codes begin in the array of its column; at 0 stands '', for what is not kept apart."""
        return 1 + (len(self.codes[column_of(dimension)]) if column_of(dimension) != dimension else 0)

    def arrays(self) -> dict[str, list[str]]:
        """The codes of each column of fact_cells: of the fine dimension, then of the coarse one."""
        return {
            column: ["", *(code for name in DIMENSIONS if column_of(name) == column for code in self.codes[name])]
            for column in COLUMNS
        }


@dataclass
class _Sums:
    """For each sum the first day of its period (since 2000), its dimensions as one number, cases and lucky ones."""

    period: Numbers
    key: Numbers
    cases: Numbers
    lucky: Numbers


def fill_facts(
    dsn: str,
    city: MadeCity,
    measures: Sequence[Measure],
    mark: FactMark,
    *,
    rows: int,
    today: date,
    report: Report,
) -> None:
    """Rows and sums of `rows` made cases, the same each time, the indexes of the migration made afterwards; complete
    as of `mark`. Every case counts for what rates are divided by, six of ten for all other numbers.

    Of submissions there are only the sums: no page asks for what is read from their rows.

    The sums are counted here, quarter by quarter, as dashboards.daily_facts.fact_repository would: a test says they are
    the same.
    """
    with closing(psycopg.connect(dsn, autocommit=True)) as conn:
        _set(conn)
        _fill(conn, dsn, city, measures, mark, list_cases(city, rows, today), report)


def _fill(
    conn: Connection,
    dsn: str,
    city: MadeCity,
    measures: Sequence[Measure],
    mark: FactMark,
    made: Iterable[MadeCases],
    report: Report,
) -> None:
    for table in _KEYS:
        conn.execute(f"TRUNCATE {table}".encode())
        conn.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey".encode())
        conn.execute(f"ALTER TABLE {table} SET UNLOGGED".encode())
    for index in _INDEXES:
        conn.execute(f"DROP INDEX {index}".encode())
    conn.execute("TRUNCATE fact_packs, fact_codes CASCADE")
    _make_staging(conn)
    codes = _read_codes(conn, city)
    whole = {metric.denominator for metric in METRICS.values()} | {"received"}
    counts: Mapping[Kind, str] = {
        CASES: _counts([measure.column in whole for measure in measures], "integer"),
        SUBMISSIONS: _counts([name in _WHOLE_OF_SUBMISSIONS for name in SUBMISSION_MEASURES], "integer"),
    }
    last = (mark.as_of.date() - _EPOCH).days
    of_rows = counts[CASES].replace("integer", "smallint")
    with ThreadPoolExecutor(1) as beside, closing(psycopg.connect(dsn, autocommit=True)) as other:
        _set(other)
        written: Future[None] | None = None
        for cases in _by_quarter(made):
            if written:
                written.result()
            written = beside.submit(_write_rows, other, cases, codes, of_rows)
            for kind in (CASES, SUBMISSIONS):
                _write_cells(conn, kind, cases, codes, counts[kind])
            report("写入统计表", 0.6 * (1 - (last - int(cases.days[-1])) / DAYS))
        if written:
            written.result()
        indexed = beside.submit(_finish, other, "fact_rows", "made_rows", lambda *_: None)
        _finish(conn, "fact_cells", "made_sums", lambda share: report("建立索引", 0.6 + 0.2 * share))
        indexed.result()
    fill_slices(conn, measures, lambda share: report("写入切片", 0.8 + 0.1 * share))
    _pack(conn, measures, mark, lambda share: report("按列存放", 0.9 + 0.1 * share))
    set_mark(conn, mark, actor="bench")


def _pack(conn: Connection, measures: Sequence[Measure], mark: FactMark, report: Callable[[float], None]) -> None:
    """As the worker does it, month by month."""
    more, months = True, 0
    while more:
        with conn.transaction():
            more = pack_next(conn, tuple(measures), actor="bench", now=mark.as_of, zone=ZoneInfo(mark.zone))
        months += more
        report(min(1, months * 31 / DAYS))
    for table in ("fact_packs", "fact_chunks", "fact_columns", "fact_codes"):
        conn.execute(f"VACUUM (ANALYZE) {table}".encode())


def _set(conn: Connection) -> None:
    for setting in ("maintenance_work_mem = '1GB'", "work_mem = '128MB'", "synchronous_commit = off", "jit = off"):
        conn.execute(f"SET {setting}".encode())


def _finish(conn: Connection, table: str, staging: str, report: Callable[[float], None]) -> None:
    """The key, the indexes and the statistics of a table that is filled."""
    conn.execute(f"DROP TABLE {staging}".encode())
    indexes = {name: on for name, on in _INDEXES.items() if name.startswith(table)}
    conn.execute(f"ALTER TABLE {table} ADD PRIMARY KEY {_KEYS[table]}".encode())
    for n, (index, on) in enumerate(indexes.items()):
        report((n + 1) / (len(indexes) + 2))
        conn.execute(f"CREATE INDEX {index} {on}".encode())
    conn.execute(f"VACUUM (ANALYZE) {table}".encode())


def _counts(whole: Sequence[bool], kind: str) -> str:
    """The numbers of a sum or row: n where all cases count, m where the lucky ones do."""
    return f"array[{', '.join('n' if every else 'm' for every in whole)}]::{kind}[]"


def _make_staging(conn: Connection) -> None:
    """Numbers for codes: what COPY takes fastest, and a statement turns into rows."""
    dimensions = ", ".join(f"{name} smallint" for name in COLUMNS)
    columns = f"projection smallint, period integer, {dimensions}, n integer, m integer"
    conn.execute(f"CREATE UNLOGGED TABLE made_sums ({columns})".encode())
    dimensions = ", ".join(f"{name} smallint" for name in DIMENSIONS)
    conn.execute(f"CREATE UNLOGGED TABLE made_rows (id bigint, day integer, {dimensions}, lucky integer)".encode())


def _read_codes(conn: Connection, city: MadeCity) -> _Codes:
    rows = conn.execute("SELECT code, coalesce(parent_code, code) FROM topics").fetchall()
    main: dict[str, str] = dict(rows)
    rows = conn.execute("SELECT code, coalesce(nullif(county_of(code), ''), code) FROM regions").fetchall()
    county: dict[str, str] = dict(rows)
    mains, counties = sorted({*main.values()}), sorted({*county.values()})
    return _Codes(
        {
            "department": ["none", *city.departments],
            "topic": ["none", *city.topics],
            "main_topic": ["none", *mains],
            "region": ["none", *city.regions],
            "county": ["none", *counties],
            "channel": _CHANNELS,
            "appeal_type": _APPEALS,
            "tone": _TONES,
        },
        np.array([0, *(mains.index(main[code]) + 1 for code in city.topics)]),
        np.array([0, *(counties.index(county[code]) + 1 for code in city.regions)]),
    )


def _by_quarter(chunks: Iterable[MadeCases]) -> Iterator[MadeCases]:
    """The same cases, those of a quarter together: its sums are whole."""
    kept: list[MadeCases] = []
    for chunk in chunks:
        quarters = _starts(chunk.days, "quarter")
        ends = [0, *(np.flatnonzero(np.diff(quarters)) + 1).tolist(), len(quarters)]
        for start, end in pairwise(ends):
            if kept and _starts(kept[-1].days[-1:], "quarter")[0] != quarters[start]:
                yield _joined(kept)
                kept = []
            kept.append(chunk[start:end])
    yield _joined(kept)


def _joined(parts: Sequence[MadeCases]) -> MadeCases:
    columns = zip(*(part.columns for part in parts), strict=True)
    return MadeCases(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.days for part in parts]),
        np.concatenate([part.seconds for part in parts]),
        tuple(np.concatenate(column) for column in columns),
    )


def _starts(days: Numbers, grain: Grain) -> Numbers:
    """The first day of the period that each of these days (since 2000) lies in."""
    first = int(days.min())
    every = range(first, int(days.max()) + 1)
    starts = [(start_of(_EPOCH + timedelta(days=day), grain) - _EPOCH).days for day in every]
    return np.array(starts)[days - first]


def _write_cells(conn: Connection, kind: Kind, cases: MadeCases, codes: _Codes, counts: str) -> None:
    numbers = codes.numbers(cases, kind)
    lucky = np.asarray(cases.columns[7] < _LUCKY)
    by_dimensions: dict[frozenset[str], list[Projection]] = {}
    for projection in of_kind(kind):
        by_dimensions.setdefault(projection.dimensions, []).append(projection)
    conn.execute("TRUNCATE made_sums")
    with conn.cursor() as cursor, cursor.copy("COPY made_sums FROM STDIN BINARY") as copy:
        copy.write(_HEADER)
        for dimensions, projections in by_dimensions.items():
            names = [name for name in DIMENSIONS if name in dimensions]
            sizes = [len(codes.codes[name]) for name in names]
            key = np.zeros(len(cases.ids), dtype=np.int64)
            for name, size in zip(names, sizes, strict=True):
                key = key * size + numbers[name]
            sums = _Sums(cases.days, key, np.ones_like(key), lucky.astype(np.int64))
            for projection in sorted(projections, key=lambda p: GRAINS.index(p.grain)):
                sums = _add_up(_Sums(_starts(sums.period, projection.grain), sums.key, sums.cases, sums.lucky))
                copy.write(_sums_as_bytes(projection, names, sizes, sums, codes))
        copy.write(_END)
    conn.execute(_insert_cells(counts).encode(), codes.arrays())


def _add_up(sums: _Sums) -> _Sums:
    """One sum for each period and key."""
    first = int(sums.period.min())
    periods, size = int(sums.period.max()) - first + 1, int(sums.key.max()) + 1
    whole = (sums.period - first) * size + sums.key
    if periods * size <= _DENSE:
        cases = np.bincount(whole, sums.cases)
        found = np.flatnonzero(cases)
        cases, lucky = cases[found], np.bincount(whole, sums.lucky)[found]
    else:
        order = np.argsort(whole, kind="stable")
        ordered = whole[order]
        at = np.flatnonzero(np.diff(ordered, prepend=-1))
        found = ordered[at]
        cases, lucky = np.add.reduceat(sums.cases[order], at), np.add.reduceat(sums.lucky[order], at)
    return _Sums(first + found // size, found % size, cases.astype(np.int64), lucky.astype(np.int64))


def _sums_as_bytes(
    projection: Projection, names: Sequence[str], sizes: Sequence[int], sums: _Sums, codes: _Codes
) -> bytes:
    columns = dict.fromkeys(COLUMNS, np.zeros_like(sums.key))  # 0: not kept apart
    rest = sums.key
    for name, size in zip(reversed(names), reversed(sizes), strict=True):
        columns[column_of(name)] = rest % size + codes.place(name)
        rest = rest // size
    numbered = np.full_like(sums.key, projection.id)
    fields = [(2, numbered), (4, sums.period), *((2, columns[name]) for name in COLUMNS)]
    return as_binary([*fields, (4, sums.cases), (4, sums.lucky)])


def _write_rows(conn: Connection, cases: MadeCases, codes: _Codes, counts: str) -> None:
    numbers = codes.numbers(cases)
    conn.execute("TRUNCATE made_rows")
    with conn.cursor() as cursor, cursor.copy("COPY made_rows FROM STDIN BINARY") as copy:
        places = ((2, numbers[name] + codes.place(name)) for name in DIMENSIONS)
        lucky = (cases.columns[7] < _LUCKY).astype(np.int64)
        copy.write(_HEADER + as_binary([(8, cases.ids), (4, cases.days), *places, (4, lucky)]) + _END)
    conn.execute(_insert_rows(counts).encode(), codes.arrays())


def _code(name: str) -> str:
    return f"(%({column_of(name)})s::text[])[{name} + 1]"


def _insert_cells(counts: str) -> str:
    return (
        f"INSERT INTO fact_cells (projection, period, {', '.join(COLUMNS)}, counts)"
        f" SELECT projection, date '2000-01-01' + period, {', '.join(map(_code, COLUMNS))}, {counts} FROM made_sums"
    )


def _insert_rows(counts: str) -> str:
    # the lucky ones are completed, within some weeks; one of twenty was given on, by one of the units next to it: whose
    # matters are alike
    taken = "CASE WHEN m = 1 THEN mod(id, 23) ELSE -extract(epoch FROM date '2000-01-01' + day)::bigint * 1000000 END"
    units = "cardinality(%(department)s::text[]) - 2"
    first = f"(%(department)s::text[])[3 + mod(department - 1 + mod(id / 20, {_NEIGHBOURS}), {units})]"
    way = "CASE WHEN mod(id, 40) = 0 THEN ' returned' ELSE ' redispatched' END"
    flow = f"CASE WHEN mod(id, 20) = 0 THEN {first} || {way} ELSE '' END"
    due = "day + (date '2000-01-01' - date '1970-01-01') + 3 + mod(id, 18)"
    return (
        f"INSERT INTO fact_rows (kind, id, day, {', '.join(DIMENSIONS)}, taken, flow, due_day, counts)"
        f" SELECT '{CASES}', id, date '2000-01-01' + day, {', '.join(map(_code, DIMENSIONS))},"
        f" {taken}, {flow}, {due}, {counts} FROM (SELECT *, 1 AS n, lucky AS m FROM made_rows) r"
    )


def size_of(conn: Connection, table: str) -> tuple[int, int]:
    """Rows and bytes with the indexes."""
    row: Any = conn.execute(
        "SELECT reltuples::bigint, pg_total_relation_size(oid) FROM pg_class WHERE relname = %(t)s",
        {"t": table},
    ).fetchone()
    return int(row[0]), int(row[1])

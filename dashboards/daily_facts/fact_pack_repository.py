"""Months of rows as columns: packing a month, and reading the columns that a question needs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from psycopg import Copy, capabilities

from dashboards.daily_facts.fact_columns import CHUNK, Chunk, Numbers, encode
from dashboards.daily_facts.fact_digests import DIGESTS, DigestMaker
from dashboards.daily_facts.fact_projections import COLUMNS, DIMENSIONS, Kind
from dashboards.daily_facts.fact_ranges import month_number
from models.database import Connection

# Columns of which the codes are kept as numbers (fact_codes).
CODED = (*DIMENSIONS, "flow")
# Rows lie in this order: whoever asks of one place, topic or channel reads few chunks.
_ORDER = ("county", "main_topic", "channel", "topic", "region", "department")
# The columns of a row and their types, beside its counts, as the database sends them.
_OF_ROW = {"day": ">i2", "taken": ">i8", "due_day": ">i4"} | dict.fromkeys(CODED, ">i4")
# Due days are counted from it.
_EPOCH = date(1970, 1, 1)
# What stands before and after the rows of a binary COPY.
_HEADER, _TRAILER = 19, 2
# Columns that the database sends together.
_AT_ONCE = 256
# The pack of each month, by its first day.
Packs = Mapping[date, int]


def list_packs(conn: Connection, kind: Kind) -> dict[date, int]:
    """Of the months that are packed."""
    rows = conn.execute("SELECT month, pack FROM fact_packs WHERE kind = %s", (kind,)).fetchall()
    return {month: pack for month, pack in rows}


def count_packed(conn: Connection, packs: Sequence[int], among: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """How many chunks and rows of these packs are gone through for the rows that have some of the codes in each of
    these of COLUMNS."""
    given: dict[str, object] = {"packs": [*packs]} | {name: [*codes] for name, codes in among.items()}
    touched = "".join(
        f" AND {name} && (SELECT array_agg(number) FROM fact_codes"
        f" WHERE dimension = '{name}' AND code = ANY(%({name})s::text[]))"
        for name in among
    )
    row = conn.execute(
        "SELECT count(*), coalesce(sum(size), 0) FROM fact_chunks"
        f" WHERE pack = ANY(%(packs)s) AND digest = ''{touched}".encode(),
        given,
    ).fetchone()
    assert row
    return int(row[0]), int(row[1])


def count_by_month(conn: Connection, projection: int, place: int) -> dict[date, int]:
    """Of a projection by month the sums of the number at `place`."""
    rows = conn.execute(
        "SELECT period, sum(counts[%s]) FROM fact_cells WHERE projection = %s GROUP BY period", (place, projection)
    ).fetchall()
    return {month: int(number) for month, number in rows}


def list_crowded(conn: Connection, limit: int) -> set[int]:
    """The packs since which at least so many rows came or went."""
    rows = conn.execute("SELECT pack FROM fact_changes GROUP BY pack HAVING count(*) >= %s", (limit,)).fetchall()
    return {pack for (pack,) in rows}


def read_numbers(conn: Connection, dimensions: Sequence[str]) -> dict[str, dict[str, int]]:
    """Of each of CODED the numbers that stand for its codes."""
    found: dict[str, dict[str, int]] = {name: {} for name in dimensions}
    rows = conn.execute(
        "SELECT dimension, code, number FROM fact_codes WHERE dimension = ANY(%s)", ([*dimensions],)
    ).fetchall()
    for dimension, code, number in rows:
        found[dimension][code] = number
    return found


def read_chunks(
    conn: Connection,
    packs: Mapping[int, int],
    names: Sequence[str],
    among: Mapping[str, Sequence[int]],
    digest: str = "",
) -> Iterator[Chunk]:
    """The columns `names` of the chunks of `packs` (the month of each) that have some of the numbers `among` in each of
    these columns; `digest`: of the chunks that are this one (fact_digests), else of rows."""
    given: dict[str, object] = {"packs": [*packs], "names": [*names], "digest": digest}
    given |= {name: [*numbers] for name, numbers in among.items()}
    touched = "".join(f" AND {name} && %({name})s::integer[]" for name in among)
    # some hundred at a time: one by one takes twice as long, and all of years at once are hundreds of megabytes
    at_once = _AT_ONCE if capabilities.has_stream_chunked() else 1
    with conn.cursor() as cursor:
        # the chunks first: who looks for both together does not know how few they are, and reads all columns
        found = cursor.stream(
            "SELECT c.chunk, c.pack, c.size, l.name, l.data FROM fact_columns l JOIN fact_chunks c USING (chunk)"
            " WHERE l.name = ANY(%(names)s) AND l.chunk = ANY(ARRAY(SELECT chunk FROM fact_chunks"
            f" WHERE pack = ANY(%(packs)s) AND digest = %(digest)s{touched})) ORDER BY c.chunk".encode(),
            given,
            binary=True,
            size=at_once,
        )
        for (_, pack, size), rows in groupby(found, key=itemgetter(0, 1, 2)):
            yield Chunk(packs[pack], size, {name: data for *_, name, data in rows})


def warm_columns(conn: Connection) -> None:
    """Read every column once, so that they lie in memory: after a restart the first pages would fetch them from a
    thousand places of a disk. Of 20 million cases they are half a gigabyte, and take some seconds."""
    conn.execute("SELECT sum(bit_count(data)) FROM fact_columns")


def pack_month(
    conn: Connection, kind: Kind, month: date, measures: int, *, received: int | None = None, actor: str
) -> int:
    """Keep the rows of a month, of so many measures, as columns, instead of what was packed before; how many there are.
    `received`: the place in `counts`, from 1, of what is added up in digests (fact_digests); None: nothing is.
    Whoever calls it holds the lock of the facts. Raises `ValueError` where rows have other measures."""
    given = {"kind": kind, "month": month}
    conn.execute("DELETE FROM fact_packs WHERE kind = %(kind)s AND month = %(month)s", given)
    _number_codes(conn, given, actor=actor)
    row = conn.execute(
        "INSERT INTO fact_packs (kind, month) VALUES (%(kind)s, %(month)s) RETURNING pack", given
    ).fetchone()
    assert row
    # PostgreSQL takes the codes for independent of each other, expects one row, and would look up nine numbers for each
    conn.execute("SET LOCAL enable_nestloop = off")
    every = [f"m{n + 1}" for n in range(measures)]
    digests = {
        name: DigestMaker(sorted(one.columns), every if one.every else [f"m{received}"])
        for name, one in (DIGESTS.items() if received is not None else ())
    }
    chunks = []
    with conn.cursor() as cursor, cursor.copy(_gather(), given) as copy:
        # encoded as they come: a large month is a gigabyte of rows
        for found in _read_rows(copy, measures):
            columns = _columns_of(found, measures)
            chunks.append(_as_chunk(columns, len(found)))
            for maker in digests.values():
                maker.add(columns)
    conn.execute("SET LOCAL enable_nestloop = on")
    for chunk in chunks:
        _add_chunk(conn, row[0], chunk, actor=actor)
    for name, maker in digests.items():
        total = maker.total()
        size = len(next(iter(total.values()), ()))
        if size:
            _add_chunk(conn, row[0], _as_chunk(total, size, digest=name), actor=actor)
    return sum(chunk.size for chunk in chunks)


_OF_MONTH = "kind = %(kind)s AND day >= %(month)s AND day < (%(month)s::date + interval '1 month')::date"


def _number_codes(conn: Connection, given: Mapping[str, object], *, actor: str) -> None:
    """Give numbers to codes of the month that have none."""
    which = " ".join(f"WHEN GROUPING({name}) = 0 THEN '{name}'" for name in CODED)
    conn.execute(
        "INSERT INTO fact_codes (dimension, code, number)"
        " SELECT n.dimension, n.code, row_number() OVER (PARTITION BY n.dimension ORDER BY n.code) - 1"
        " + (SELECT coalesce(max(c.number) + 1, 0) FROM fact_codes c WHERE c.dimension = n.dimension)"
        f" FROM (SELECT CASE {which} END AS dimension, coalesce({', '.join(CODED)}) AS code FROM fact_rows"
        f" WHERE {_OF_MONTH} GROUP BY GROUPING SETS ({', '.join(f'({name})' for name in CODED)})) n"
        " WHERE NOT EXISTS (SELECT FROM fact_codes c WHERE c.dimension = n.dimension AND c.code = n.code)".encode(),
        given,
    )


def number_codes(conn: Connection, codes: Mapping[str, Collection[str]], *, actor: str) -> dict[str, dict[str, int]]:
    """Of these codes of some of CODED the numbers, given to those that have none. Whoever calls it holds the lock of
    the facts."""
    known = read_numbers(conn, [*codes])
    for dimension, wanted in codes.items():
        new = sorted(set(wanted) - known[dimension].keys())
        first = max(known[dimension].values(), default=-1) + 1
        given = dict(zip(new, range(first, first + len(new)), strict=True))
        with conn.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO fact_codes (dimension, code, number) VALUES (%s, %s, %s)",
                [(dimension, code, number) for code, number in given.items()],
            )
        known[dimension] |= given
    return known


def _gather() -> bytes:
    """The rows of the month in the order they are kept, with numbers for codes."""
    columns = [
        "extract(day FROM r.day)::smallint",
        "r.taken",
        "r.due_day",
        *(f"{name}.number" for name in CODED),
        "r.counts",
    ]
    joins = " ".join(
        f"JOIN fact_codes {name} ON {name}.dimension = '{name}' AND {name}.code = r.{name}" for name in CODED
    )
    order = ", ".join(f"{name}.number" for name in _ORDER)
    return (
        f"COPY (SELECT {', '.join(columns)} FROM fact_rows r {joins} WHERE r.{_OF_MONTH} ORDER BY {order})"
        " TO STDOUT (FORMAT binary)"
    ).encode()


def _read_rows(copy: Copy, measures: int) -> Iterator[Numbers]:
    """Up to CHUNK rows at a time. All are equally long (their counts are as many numbers everywhere), and so lie in
    memory as an array. Raises `ValueError` where they do not."""
    fields: list[Any] = [("fields", ">i2")]
    for name, width in _OF_ROW.items():
        fields += [(f"size of {name}", ">i4"), (name, width)]
    # of an array: dimensions, whether it has NULL, type, length, first place
    fields += [("size", ">i4"), ("head", ">i4", 5), ("counts", [("size", ">i4"), ("value", ">i2")], measures)]
    kind = np.dtype(fields)
    kept = bytearray()
    at = _HEADER
    for block in copy:
        kept += block
        while len(kept) - at >= CHUNK * kind.itemsize:
            yield _as_rows(kept[at : at + CHUNK * kind.itemsize], kind)
            del kept[: at + CHUNK * kind.itemsize]
            at = 0
    if len(kept) - at > _TRAILER:
        yield _as_rows(kept[at:-_TRAILER], kind)


def _as_rows(data: bytearray, kind: np.dtype[Any]) -> Numbers:
    found = np.frombuffer(bytes(data), kind)
    if not ((found["fields"] == len(_OF_ROW) + 1).all() and (found["counts"]["size"] == 2).all()):
        raise ValueError("rows of the facts are not as many numbers as there are measures")
    return found


@dataclass(frozen=True, slots=True)
class _NewChunk:
    """`codes`: which numbers there are in each of COLUMNS, and the "due_months"; `columns`: encoded, those that are not
    0 everywhere; `digest`: its name, '' for rows."""

    size: int
    codes: Mapping[str, list[int]]
    columns: Mapping[str, bytes]
    digest: str


def _columns_of(found: Numbers, measures: int) -> dict[str, Numbers]:
    columns = {name: found[name].astype(kind[1:]) for name, kind in _OF_ROW.items()}
    return columns | {f"m{n + 1}": found["counts"]["value"][:, n] for n in range(measures)}


def _as_chunk(columns: Mapping[str, Numbers], size: int, digest: str = "") -> _NewChunk:
    codes = {name: np.unique(columns[name]).tolist() if name in columns else [] for name in COLUMNS}
    due = np.unique(columns["due_day"]) if "due_day" in columns else np.empty(0, np.int64)
    return _NewChunk(
        size=size,
        codes=codes
        | {"due_months": sorted({month_number(_EPOCH + timedelta(days=day)) for day in due[due != 0].tolist()})},
        columns={name: encode(values) for name, values in columns.items() if values.any()},
        digest=digest,
    )


def _add_chunk(conn: Connection, pack: int, chunk: _NewChunk, *, actor: str) -> None:
    row = conn.execute(
        f"INSERT INTO fact_chunks (pack, size, digest, {', '.join(chunk.codes)})"
        f" VALUES (%s, %s, %s{', %s' * len(chunk.codes)}) RETURNING chunk".encode(),
        (pack, chunk.size, chunk.digest, *chunk.codes.values()),
    ).fetchone()
    assert row
    with (
        conn.cursor() as cursor,
        cursor.copy("COPY fact_columns (chunk, name, data) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.set_types(["int8", "text", "bytea"])
        for name, data in chunk.columns.items():
            copy.write_row((row[0], name, data))

"""Months of rows as columns: packing a month, and reading the columns that a question needs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import numpy as np

from dashboards.daily_facts.fact_columns import CHUNK, Chunk, Numbers, encode
from dashboards.daily_facts.fact_projections import COLUMNS, DIMENSIONS, Kind
from models.database import Connection

# Columns of which the codes are kept as numbers (fact_codes).
CODED = (*DIMENSIONS, "flow")
# Rows lie in this order: whoever asks of one place, topic or channel reads few chunks.
_ORDER = ("county", "main_topic", "channel", "topic", "region", "department")
_WIDTHS = {"day": ">i2", "taken": ">i8"} | dict.fromkeys(CODED, ">i4")
# The pack of each month, by its first day.
Packs = Mapping[date, int]


def list_packs(conn: Connection, kind: Kind) -> dict[date, int]:
    """Of the months that are packed."""
    rows = conn.execute("SELECT month, pack FROM fact_packs WHERE kind = %s", (kind,)).fetchall()
    return {month: pack for month, pack in rows}


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
    conn: Connection, packs: Mapping[int, int], names: Sequence[str], among: Mapping[str, Sequence[int]]
) -> Iterator[Chunk]:
    """The columns `names` of the chunks of `packs` (the month of each) that have some of the numbers `among` in each of
    these columns."""
    given = {"packs": [*packs], "names": [*names]} | {name: [*numbers] for name, numbers in among.items()}
    touched = "".join(f" AND c.{name} && %({name})s::integer[]" for name in among)
    with conn.cursor(binary=True) as cursor:
        cursor.execute(
            "SELECT c.chunk, c.pack, c.size, l.name, l.data FROM fact_chunks c JOIN fact_columns l USING (chunk)"
            f" WHERE c.pack = ANY(%(packs)s) AND l.name = ANY(%(names)s){touched} ORDER BY c.chunk".encode(),
            given,
            prepare=False,
        )
        for (_, pack, size), rows in groupby(cursor, key=lambda row: row[:3]):
            yield Chunk(packs[pack], size, {name: data for *_, name, data in rows})


def pack_month(conn: Connection, kind: Kind, month: date, measures: int, *, actor: str) -> int:
    """Keep the rows of a month, of so many measures, as columns, instead of what was packed of it before. How many rows
    there are. Whoever calls it holds the lock of the facts."""
    given = {"kind": kind, "month": month, "size": CHUNK}
    conn.execute("DELETE FROM fact_packs WHERE kind = %(kind)s AND month = %(month)s", given)
    _number_codes(conn, given, actor=actor)
    row = conn.execute(
        "INSERT INTO fact_packs (kind, month) VALUES (%(kind)s, %(month)s) RETURNING pack", given
    ).fetchone()
    assert row
    widths = _WIDTHS | {f"m{n}": ">i2" for n in range(1, measures + 1)}
    rows = 0
    with conn.cursor(binary=True) as cursor:
        for size, *kept in cursor.execute(_gather(measures).encode(), given):
            columns = {
                name: np.frombuffer(data, width) for (name, width), data in zip(widths.items(), kept, strict=True)
            }
            _add_chunk(conn, row[0], size, columns, actor=actor)
            rows += size
    return rows


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


def _gather(measures: int) -> str:
    """The rows of the month in the order they are kept, a chunk each its columns as they lie in the network's order."""
    numbers = ", ".join(f"{name}.number AS n_{name}" for name in CODED)
    joins = " ".join(
        f"JOIN fact_codes {name} ON {name}.dimension = '{name}' AND {name}.code = r.{name}" for name in CODED
    )
    order = ", ".join(f"{name}.number" for name in _ORDER)
    columns = ["int2send(extract(day FROM day)::smallint)", "int8send(taken)"]
    columns += [f"int4send(n_{name})" for name in CODED]
    columns += [f"int2send(counts[{n}])" for n in range(1, measures + 1)]
    together = ", ".join(f"string_agg({column}, ''::bytea)" for column in columns)
    return (
        f"WITH numbered AS (SELECT r.day, r.taken, r.counts, {numbers},"
        f" (row_number() OVER (ORDER BY {order}) - 1) / %(size)s AS part FROM fact_rows r {joins} WHERE r.{_OF_MONTH})"
        f" SELECT count(*)::integer, {together} FROM numbered GROUP BY part ORDER BY part"
    )


def _add_chunk(conn: Connection, pack: int, size: int, columns: Mapping[str, Numbers], *, actor: str) -> None:
    names = ", ".join(COLUMNS)
    row = conn.execute(
        f"INSERT INTO fact_chunks (pack, size, {names})"
        f" VALUES (%s, %s{', %s' * len(COLUMNS)}) RETURNING chunk".encode(),
        (pack, size, *(np.unique(columns[name]).tolist() for name in COLUMNS)),
    ).fetchone()
    assert row
    with (
        conn.cursor() as cursor,
        cursor.copy("COPY fact_columns (chunk, name, data) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.set_types(["int8", "text", "bytea"])
        for name, values in columns.items():
            if values.any():
                copy.write_row((row[0], name, encode(values)))

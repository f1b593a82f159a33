"""The daily facts of many made cases, written straight: what dashboards read, not the cases that they do not read."""

from collections.abc import Callable, Sequence
from typing import Any

from api.benchmarks.made_cases import MadeCity
from dashboards.fact_measures import SUBMISSION_MEASURES, Measure
from dashboards.fact_projections import CASES, COLUMNS, DIMENSIONS, SUBMISSIONS, Kind, of_kind
from dashboards.fact_repository import FactMark, set_mark
from models.database import Connection

_INDEXES = {
    "fact_cells_department": "ON fact_cells (projection, department, period) WHERE department <> ''",
    "fact_cells_topic": "ON fact_cells (projection, topic, period) WHERE topic <> ''",
    "fact_cells_region": "ON fact_cells (projection, region, period) WHERE region <> ''",
    "fact_rows_day": "ON fact_rows (kind, day)",
    "fact_rows_department": "ON fact_rows (kind, department, day)",
    "fact_rows_topic": "ON fact_rows (kind, topic, day)",
    "fact_rows_region": "ON fact_rows (kind, region, day)",
}
_KEYS = {
    "fact_cells": f"(projection, period, {', '.join(COLUMNS)})",
    "fact_rows": "(kind, id)",
}


def fill_facts(
    conn: Connection, city: MadeCity, measures: Sequence[Measure], mark: FactMark, report: Callable[[str, float], None]
) -> None:
    """Rows and sums of the table `made`, every column of them the number of cases (only how many rows there are and how
    long matters here), with the indexes of the migration made afterwards; complete as of `mark`."""
    for table in _KEYS:
        conn.execute(f"TRUNCATE {table}".encode())
        conn.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey".encode())
        conn.execute(f"ALTER TABLE {table} SET UNLOGGED".encode())
    for index in _INDEXES:
        conn.execute(f"DROP INDEX {index}".encode())
    _number_counties(conn, city)
    months = conn.execute(
        "SELECT min(day), max(day) FROM made GROUP BY date_trunc('month', date '2000-01-01' + day) ORDER BY 1"
    ).fetchall()
    for n, (first, last) in enumerate(months):
        for kind, columns in ((CASES, len(measures)), (SUBMISSIONS, len(SUBMISSION_MEASURES))):
            given: dict[str, Any] = {"topics": city.topics, "departments": city.departments, "regions": city.regions}
            given |= {"first": first, "last": last, "kind": kind, "columns": columns}
            conn.execute(_cells(kind).encode(), given)
            conn.execute(_rows(kind).encode(), given)
        report("写入统计表", 0.8 * (n + 1) / len(months))
    for table, key in _KEYS.items():
        conn.execute(f"ALTER TABLE {table} ADD PRIMARY KEY {key}".encode())
    for n, (index, columns_) in enumerate(_INDEXES.items()):
        conn.execute(f"CREATE INDEX {index} {columns_}".encode())
        report("建立索引", 0.8 + 0.2 * (n + 1) / len(_INDEXES))
    for table in _KEYS:
        conn.execute(f"VACUUM (ANALYZE) {table}".encode())
    set_mark(conn, mark, actor="bench")


def _number_counties(conn: Connection, city: MadeCity) -> None:
    """`made_county`: for the number of a region the code of its county."""
    conn.execute("DROP TABLE IF EXISTS made_county")
    conn.execute(
        b"CREATE TABLE made_county AS"
        b" SELECT n::smallint AS region, coalesce(nullif(county_of(code), ''), code) AS county"
        b" FROM unnest(%s::text[]) WITH ORDINALITY r(code, n) UNION ALL SELECT 0, 'none'",
        (city.regions,),
    )


def _sources(kind: Kind) -> str:
    """One row a case as numbers: the dimensions of `kind`."""
    department = "m.department" if kind == CASES else "0::smallint AS department"
    return (
        f"SELECT m.id, m.day, {department}, m.topic, m.region, k.county, m.channel, m.appeal AS appeal_type, m.tone"
        " FROM made m JOIN made_county k ON k.region = m.region WHERE m.day BETWEEN %(first)s AND %(last)s"
    )


def _code(name: str, absent: str) -> str:
    """The code of a number; NULL (not kept apart) as `absent`."""
    arrays = {
        "department": "%(departments)s::text[]",
        "topic": "%(topics)s::text[]",
        "region": "%(regions)s::text[]",
        "channel": "array['letter', 'hotline']",
        "appeal_type": "array['help', 'complain', 'consult', 'suggest', 'report', 'praise', 'other']",
        "tone": "array['displeased', 'matter', 'neutral', 'positive']",
    }
    return f"CASE WHEN {name} IS NULL THEN {absent} ELSE coalesce(({arrays[name]})[{name}], 'none') END"


def _cells(kind: Kind) -> str:
    used = [name for name in DIMENSIONS if any(name in p.dimensions for p in of_kind(kind))]
    sets = ", ".join(
        f"({', '.join([p.grain, *(name for name in DIMENSIONS if name in p.dimensions)])})" for p in of_kind(kind)
    )
    bits = " + ".join(f"((1 - GROUPING({name})) << {DIMENSIONS.index(name)})" for name in used)
    kinds = "" if kind == CASES else " + 256"
    columns = []
    for column in COLUMNS:
        if column == "region":
            columns.append(_code("region", "coalesce(county, '')"))
        else:
            columns.append(_code(column, "''") if column in used else "''")
    return f"""
INSERT INTO fact_cells (projection, period, {", ".join(COLUMNS)}, counts)
SELECT projection, date '2000-01-01' + coalesce(day, month), {", ".join(columns)},
       array_fill(g.n::integer, array[%(columns)s::integer])
FROM (SELECT ({bits} + (1 - GROUPING(month)) * 128{kinds})::smallint AS projection, day, month, {", ".join(used)},
             count(*) AS n
      FROM (SELECT *, (date_trunc('month', date '2000-01-01' + day)::date - date '2000-01-01') AS month
            FROM ({_sources(kind)}) c) c
      GROUP BY GROUPING SETS ({sets})) g
"""


def _rows(kind: Kind) -> str:
    columns = ["county" if name == "county" else _code(name, "'none'") for name in DIMENSIONS]
    return f"""
INSERT INTO fact_rows (kind, id, day, {", ".join(DIMENSIONS)}, counts)
SELECT %(kind)s, id, date '2000-01-01' + day, {", ".join(columns)}, array_fill(1::smallint, array[%(columns)s::integer])
FROM ({_sources(kind)}) c
"""


def size_of(conn: Connection, table: str) -> tuple[int, int]:
    """Rows and bytes with the indexes."""
    row: Any = conn.execute(
        "SELECT reltuples::bigint, pg_total_relation_size(oid) FROM pg_class WHERE relname = %(t)s",
        {"t": table},
    ).fetchone()
    return int(row[0]), int(row[1])

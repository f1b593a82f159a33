"""Rows of the daily facts: what is stale, what each case adds, the sums, and reading them."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Pipeline
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from dashboards.daily_facts.fact_measures import FEW, SUBMISSION_MEASURES, Measure, count_each_alone
from dashboards.daily_facts.fact_projections import CASES, COLUMNS, DIMENSIONS, GRAINS, Kind, of_kind
from dashboards.daily_facts.fact_slices import PARTS, SLICES
from dashboards.daily_facts.facts import read_query, written
from models.database import Connection

# Two workers must not count at once; any constant will do.
_LOCK = 0x46_41_43
_DIMENSIONS = ", ".join(DIMENSIONS)
# What only rows know.
_OF_ROWS = f"{_DIMENSIONS}, taken, flow, due_day"
# The first days of the periods that `day` lies in, as dashboards.daily_facts.fact_ranges.start_of gives them.
COARSE_DAYS = (
    "day - (extract(day FROM day)::integer - 1 - 10 * least((extract(day FROM day)::integer - 1) / 10, 2)) AS ten,"
    " date_trunc('month', day)::date AS month, date_trunc('quarter', day)::date AS quarter,"
    " date_trunc('week', day)::date AS week"
)
_SLICE_KEY = f"slice, code, period, {', '.join(PARTS)}"
_FEW = ("n1", "n2", "n3")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactMark:
    """`next_case`, `next_submission`: all below are counted; None: all are."""

    as_of: datetime
    definition: str
    zone: str
    next_case: int | None
    next_submission: int | None

    @property
    def complete(self) -> bool:
        return self.next_case is None and self.next_submission is None


def try_lock_facts(conn: Connection) -> bool:
    """Until the end of the transaction nobody else counts; False where somebody does."""
    row = conn.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,)).fetchone()
    return row == (True,)


def lock_facts(conn: Connection) -> None:
    """As `try_lock_facts`, but waits: longer than for a row, since packing a month takes many seconds."""
    conn.execute("SET LOCAL lock_timeout = '10min'")
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def find_mark(conn: Connection) -> FactMark | None:
    with conn.cursor(row_factory=class_row(FactMark)) as cursor:
        return cursor.execute("SELECT as_of, definition, zone, next_case, next_submission FROM fact_mark").fetchone()


def set_mark(conn: Connection, mark: FactMark, *, actor: str) -> None:
    conn.execute(
        "INSERT INTO fact_mark (as_of, definition, zone, next_case, next_submission) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (only_one) DO UPDATE SET as_of = excluded.as_of, definition = excluded.definition,"
        " zone = excluded.zone, next_case = excluded.next_case, next_submission = excluded.next_submission",
        (mark.as_of, mark.definition, mark.zone, mark.next_case, mark.next_submission),
    )


def delete_facts(conn: Connection, *, actor: str) -> None:
    """Not TRUNCATE: whoever reads just now goes on seeing what was there."""
    conn.execute("DELETE FROM fact_cells")
    conn.execute("DELETE FROM fact_slices")
    conn.execute("DELETE FROM fact_rows")
    conn.execute("DELETE FROM fact_packs")


def claim_stale(conn: Connection, limit: int, *, actor: str) -> dict[str, list[int]]:
    """Up to `limit` notes of cases and submissions that changed, by kind; whoever claims them counts them in the same
    transaction."""
    rows = conn.execute(
        "WITH picked AS MATERIALIZED (SELECT ctid FROM stale_facts LIMIT %s),"
        " gone AS (DELETE FROM stale_facts WHERE ctid IN (SELECT ctid FROM picked) RETURNING kind, id)"
        " SELECT kind::text, array_agg(DISTINCT id) FROM gone GROUP BY kind",
        (limit,),
    ).fetchall()
    return {kind: list(ids) for kind, ids in rows}


def list_ripe(conn: Connection, since: datetime, until: datetime) -> list[int]:
    """Cases of which a clock ran out between two moments, both included: time alone changed what they count as."""
    rows = conn.execute(
        "SELECT id FROM cases WHERE due_at BETWEEN %(since)s AND %(until)s"
        " UNION SELECT case_id FROM unit_clocks WHERE due_at BETWEEN %(since)s AND %(until)s",
        {"since": since, "until": until},
    ).fetchall()
    return [row[0] for row in rows]


def list_next(conn: Connection, kind: Kind, start: int, limit: int) -> list[int]:
    """The ids from `start` on, in order."""
    table = "cases" if kind == CASES else "submissions"
    rows = conn.execute(f"SELECT id FROM {table} WHERE id >= %s ORDER BY id LIMIT %s", (start, limit)).fetchall()
    return [row[0] for row in rows]


def list_of_day(conn: Connection, kind: Kind, day: date, *, zone: str) -> list[int]:
    """All that was submitted on a local day, and all that is counted under it."""
    table = "cases" if kind == CASES else "submissions"
    rows = conn.execute(
        f"SELECT id FROM {table} WHERE submitted_at >= %(day)s::date::timestamp AT TIME ZONE %(zone)s"
        " AND submitted_at < (%(day)s::date + 1)::timestamp AT TIME ZONE %(zone)s"
        " UNION SELECT abs(id) FROM fact_rows WHERE kind = %(kind)s AND day = %(day)s",
        {"day": day, "zone": zone, "kind": kind},
    ).fetchall()
    return [row[0] for row in rows]


def put_facts(
    conn: Connection,
    kind: Kind,
    ids: Sequence[int],
    measures: Sequence[Measure],
    *,
    as_of: datetime,
    zone: str,
    actor: str,
) -> int:
    """Count these cases or submissions anew: their rows, what changed by it in every sum and in packed months. How
    many rows changed.

    One statement: each CTE sees the rows as they were, so that old and new cannot be mixed.
    """
    if not ids:
        return 0
    # below 0: what of a case is in the numbers of another unit (case_fact_rows.sql)
    rows = [*ids, *(-id_ for id_ in ids)] if kind == CASES else [*ids]
    parameters = {"ids": [*ids], "rows": rows, "as_of": as_of, "zone": zone, "kind": kind}
    parameters |= {"criteria": Jsonb({"zone": zone})}
    row = conn.execute(_put_statement(kind, measures, actor=actor).encode(), parameters).fetchone()
    assert row
    return int(row[0])


def delete_empty_cells(conn: Connection, *, actor: str) -> None:
    conn.execute("DELETE FROM fact_cells WHERE 0 = ALL (counts)")
    conn.execute("DELETE FROM fact_slices WHERE n1 = 0 AND n2 = 0 AND n3 = 0")


def read_without_helpers(conn: Connection) -> None:
    """Until the end of the transaction no statement starts further processes. PostgreSQL guesses that sums of a year
    are many and starts two, which takes several times what it takes to add them up. Rows that lie apart on the disk are
    fetched many at a time."""
    conn.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    conn.execute("SET LOCAL effective_io_concurrency = 128")


def fetch_facts(
    conn: Connection, statement: str, parameters: Mapping[str, Any], *, by_hash: bool = False
) -> list[tuple[Any, ...]]:
    """Rows of a statement that dashboards.daily_facts.fact_reading put together. Never prepared: a plan for any filter
    is one for the widest. `by_hash`: of many groups PostgreSQL expects too few, and sorts all sums by their texts,
    which takes longer than to read and add them up."""
    with conn.cursor(binary=True) as cursor:
        if not by_hash:
            return cursor.execute(statement.encode(), parameters, prepare=False).fetchall()
        conn.execute("SET LOCAL enable_sort = off")
        rows = cursor.execute(statement.encode(), parameters, prepare=False).fetchall()
        conn.execute("SET LOCAL enable_sort = on")
        return rows


def fetch_together(
    conn: Connection, statements: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[list[tuple[Any, ...]]]:
    """As `fetch_facts` of several statements, without waiting for each answer before the next question is sent."""
    with conn.pipeline() if Pipeline.is_supported() else nullcontext():
        conn.execute("SET LOCAL enable_sort = off")
        asked = [
            conn.cursor(binary=True).execute(text.encode(), parameters, prepare=False)
            for text, parameters in statements
        ]
        conn.execute("SET LOCAL enable_sort = on")
        return [cursor.fetchall() for cursor in asked]


def look_up_together(conn: Connection, queries: Sequence[tuple[str, Mapping[str, Any]]]) -> list[list[dict[str, Any]]]:
    """The rows of dashboards/queries/<name>.sql, without waiting for each answer."""
    with conn.pipeline() if Pipeline.is_supported() else nullcontext():
        asked = [
            conn.cursor(row_factory=dict_row).execute(read_query(name), parameters) for name, parameters in queries
        ]
        return [cursor.fetchall() for cursor in asked]


def count_by_cases(conn: Connection, statement: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of a metric's own query that dashboards.daily_facts.fact_measures grouped."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(written(conn, statement, parameters).encode(), parameters).fetchall()


def _put_statement(kind: Kind, measures: Sequence[Measure], *, actor: str) -> str:
    values = ("day", *DIMENSIONS, "taken", "flow", "due_day", "counts")
    numbers = range(1, (len(measures) if kind == CASES else len(SUBMISSION_MEASURES)) + 1)

    def each(text: str, separator: str = ", ") -> str:
        return separator.join(text.format(n=n) for n in numbers)

    return f"""
WITH {_fresh(kind, measures)},
old AS MATERIALIZED (
    SELECT id, day, {_OF_ROWS}, {each("counts[{n}] AS c{n}")}
    FROM fact_rows WHERE kind = %(kind)s AND id = ANY(%(rows)s)),
gone AS (
    DELETE FROM fact_rows r
    WHERE r.kind = %(kind)s AND r.id = ANY(%(rows)s) AND NOT EXISTS (SELECT FROM fresh f WHERE f.id = r.id)
    RETURNING 1),
put AS (
    INSERT INTO fact_rows AS r (kind, id, day, {_OF_ROWS}, counts)
    SELECT %(kind)s, id, day, {_OF_ROWS}, array[{each("c{n}")}] FROM fresh
    ON CONFLICT (kind, id) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in values)}
    WHERE ({", ".join(f"r.{name}" for name in values)})
          IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in values)})
    RETURNING 1),
noted AS (
    INSERT INTO fact_changes (pack, sign, day, {_OF_ROWS}, counts)
    SELECT p.pack, n.sign, n.day, {_OF_ROWS}, array[{each("c{n}")}]
    FROM (SELECT 1 AS sign, * FROM (TABLE fresh EXCEPT TABLE old) came
          UNION ALL SELECT -1, * FROM (TABLE old EXCEPT TABLE fresh) went) n
    JOIN fact_packs p ON p.kind = %(kind)s AND p.month = date_trunc('month', n.day)::date),
changes AS MATERIALIZED (
    SELECT day, {COARSE_DAYS}, {_DIMENSIONS}, {each("sum(c{n})::integer AS c{n}")}
    FROM (SELECT day, {_DIMENSIONS}, {each("c{n}")} FROM fresh
          UNION ALL SELECT day, {_DIMENSIONS}, {each("-c{n}")} FROM old) b
    GROUP BY day, {_DIMENSIONS}
    HAVING {each("sum(c{n}) <> 0", " OR ")}),
cells AS (
    INSERT INTO fact_cells AS c (projection, period, {", ".join(COLUMNS)}, counts)
    {sums_by_projection(kind, each("sum(c{n})::integer"))}
    HAVING {each("sum(c{n}) <> 0", " OR ")}
    ON CONFLICT (projection, period, {", ".join(COLUMNS)}) DO UPDATE
    SET counts = array[{each("c.counts[{n}] + excluded.counts[{n}]")}]),
slices AS (
    INSERT INTO fact_slices AS s ({_SLICE_KEY}, {", ".join(_FEW)})
    {sums_by_slice(kind, measures)}
    ON CONFLICT ({_SLICE_KEY}) DO UPDATE
    SET {", ".join(f"{n} = s.{n} + excluded.{n}" for n in _FEW)})
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put)
"""


def sums_by_projection(kind: Kind, sums: str) -> str:
    """The rows of `changes` summed by every projection at once."""
    sets = ", ".join(
        f"({', '.join([p.grain, *(name for name in DIMENSIONS if name in p.dimensions)])})" for p in of_kind(kind)
    )
    used = frozenset[str]().union(*(p.dimensions for p in of_kind(kind)))
    bits = " + ".join(f"((1 - GROUPING({name})) << {place})" for place, name in enumerate(DIMENSIONS) if name in used)
    kept = [grain for grain in GRAINS if any(p.grain == grain for p in of_kind(kind))]
    kinds = "" if kind == CASES else " + 1024"
    pairs = {"topic": "coalesce(topic, main_topic, '')", "region": "coalesce(region, county, '')"}
    columns = [pairs.get(name) or (f"coalesce({name}, '')" if name in used else "''") for name in COLUMNS]
    grains = " + ".join(f"(1 - GROUPING({g})) * {n << 8}" for n, g in enumerate(GRAINS) if g in kept and g != "day")
    return (
        f"SELECT ({bits} + {grains}{kinds})::smallint, coalesce({', '.join(kept)}), {', '.join(columns)},"
        f" array[{sums}] FROM changes GROUP BY GROUPING SETS ({sets})"
    )


def sums_by_slice(kind: Kind, measures: Sequence[Measure]) -> str:
    """The rows of `changes` summed by every slice: of most changes none, since they do not touch the three numbers."""
    columns: list[Measure | str] = list(measures) if kind == CASES else list(SUBMISSION_MEASURES)
    few = [f"c{columns.index(measure) + 1}" for measure in FEW[kind]]
    sums = [f"sum({column})::integer" for column in few]
    rows = []
    for one in (one for one in SLICES if one.kind == kind):
        code = " || ' ' || ".join(one.by) or "''"
        parts = [*one.of, "''", "''"][: len(PARTS)]
        rows += [f"({one.id(grain)}::smallint, {code}, {grain}, {', '.join(parts)})" for grain in one.grains]
    return (
        f"SELECT {_SLICE_KEY}, {', '.join(sums)}"
        f" FROM (SELECT * FROM changes WHERE {' OR '.join(f'{column} <> 0' for column in few)}) touched"
        f" CROSS JOIN LATERAL (VALUES {', '.join(rows)}) g({_SLICE_KEY})"
        f" GROUP BY {_SLICE_KEY} HAVING {' OR '.join(f'{value} <> 0' for value in sums)}"
    )


def _fresh(kind: Kind, measures: Sequence[Measure]) -> str:
    """What the cases or submissions of `ids` count as now: `fresh` with columns c1, c2, …"""
    if kind != CASES:
        rows = _body("submission_fact_rows")
        counts = ", ".join(f"{name}::smallint AS c{n}" for n, name in enumerate(SUBMISSION_MEASURES, start=1))
        return f"fresh AS MATERIALIZED (SELECT id, day, {_OF_ROWS}, {counts} FROM ({rows}) r)"
    queries = sorted({measure.query for measure in measures})
    aliases = {name: f"q{n}" for n, name in enumerate(queries)}
    joins = " ".join(f"CROSS JOIN LATERAL ({count_each_alone(name)}) {aliases[name]}" for name in queries)
    counts = ", ".join(
        f"coalesce({aliases[measure.query]}.{measure.column}, 0)::smallint AS c{n}"
        for n, measure in enumerate(measures, start=1)
    )
    return (
        f"chosen AS MATERIALIZED ({_body('case_fact_rows')}),\n"
        f"fresh AS MATERIALIZED (SELECT chosen.id, day, {_OF_ROWS}, {counts} FROM chosen {joins})"
    )


def _body(query: str) -> str:
    return read_query(query).decode()

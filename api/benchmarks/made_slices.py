"""Slices of the daily facts of made cases: added up from the sums and rows that are written already."""

from collections.abc import Callable, Sequence

from dashboards.daily_facts.fact_measures import FEW, SUBMISSION_MEASURES, Measure
from dashboards.daily_facts.fact_projections import CASES, Grain, choose, column_of
from dashboards.daily_facts.fact_slices import PARTS, SLICES, Slice
from models.database import Connection

KEY = f"(slice, code, period, {', '.join(PARTS)}) INCLUDE (n1, n2, n3)"
# The first day of the period that a day lies in, as dashboards.daily_facts.fact_ranges.start_of gives it.
_OF_MONTH = "extract(day FROM {day})::integer - 1"
_STARTS: dict[Grain, str] = {
    "day": "{day}",
    "week": "date_trunc('week', {day})::date",
    "ten": f"({{day}} - ({_OF_MONTH} - 10 * least(({_OF_MONTH}) / 10, 2)))",
    "month": "date_trunc('month', {day})::date",
    "quarter": "date_trunc('quarter', {day})::date",
}


def fill_slices(conn: Connection, measures: Sequence[Measure], report: Callable[[float], None]) -> None:
    """All slices of the cells and rows that there are, the key made afterwards."""
    conn.execute("TRUNCATE fact_slices")
    conn.execute("ALTER TABLE fact_slices DROP CONSTRAINT fact_slices_pkey")
    conn.execute("ALTER TABLE fact_slices SET UNLOGGED")
    wanted = [(one, grain) for one in SLICES for grain in one.grains]
    for n, (one, grain) in enumerate(wanted):
        conn.execute(_insert(one, grain, measures).encode())
        report((n + 1) / (len(wanted) + 1))
    conn.execute(f"ALTER TABLE fact_slices ADD PRIMARY KEY {KEY}".encode())
    conn.execute("VACUUM (ANALYZE) fact_slices")


def _insert(one: Slice, grain: Grain, measures: Sequence[Measure]) -> str:
    start = _STARTS[grain]
    if grain != "day" and "day" in one.grains:
        # the days are there already
        sums, names = ["sum(n1)::integer", "sum(n2)::integer", "sum(n3)::integer"], {}
        code, parts = "code", [*PARTS]
        source, day = f"fact_slices WHERE slice = {one.id('day')}", "period"
    else:
        columns: list[Measure | str] = list(measures) if one.kind == CASES else list(SUBMISSION_MEASURES)
        sums = [f"sum(counts[{columns.index(measure) + 1}])::integer" for measure in FEW[one.kind]]
        dimensions = {*one.by, *one.of}
        found = choose(one.kind, "day", dimensions)
        if found is not None and dimensions <= found.dimensions:
            source, day = f"fact_cells WHERE projection = {found.id}", "period"
            names = {name: column_of(name) for name in dimensions}
        else:
            source, day = f"fact_rows WHERE kind = '{one.kind}'", "day"
            names = {name: name for name in dimensions}
        code = " || ' ' || ".join(names[name] for name in one.by) or "''"
        parts = [*(names[name] for name in one.of), "''", "''"][: len(PARTS)]
    return (
        f"INSERT INTO fact_slices SELECT {one.id(grain)}, {code}, {start.format(day=day)}, {', '.join(parts)},"
        f" {', '.join(sums)} FROM {source} GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 3, 4, 5"
    )

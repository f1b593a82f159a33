"""The facts that the benchmark writes are those that the program itself would have made of the same cases."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from api.benchmarks.made_cases import add_towns, read_city
from api.benchmarks.made_facts import fill_facts
from dashboards.daily_facts.fact_projections import CASES, DIMENSIONS, SUBMISSIONS, of_kind
from dashboards.daily_facts.fact_rebuild import all_measures
from dashboards.daily_facts.fact_repository import COARSE_DAYS, FactMark, find_mark, sums_by_projection, sums_by_slice
from dashboards.daily_facts.fact_slices import SLICES
from models.database import Connection
from tests import factories

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_made_sums_are_what_the_rows_add_up_to(owner: Connection, dsn: str) -> None:
    factories.city(owner)
    add_towns(owner)
    owner.commit()
    measures = all_measures()
    mark = FactMark(as_of=NOW, definition="made", zone=ZoneInfo("UTC").key, next_case=None, next_submission=None)
    fill_facts(dsn, read_city(owner), measures, mark, rows=300, today=date(2026, 11, 20), report=lambda *_: None)
    assert find_mark(owner) == mark
    assert owner.execute("SELECT count(*) FROM fact_rows").fetchone() == (300,)
    numbers = range(1, len(measures) + 1)
    names = ", ".join(DIMENSIONS)
    summed = ", ".join(f"sum(counts[{n}])::integer AS c{n}" for n in numbers)
    statement = (
        f"WITH changes AS MATERIALIZED (SELECT day, {COARSE_DAYS}, {names}, {summed} FROM fact_rows"
        f" GROUP BY day, {names}),"
        f" own AS MATERIALIZED ({sums_by_projection(CASES, ', '.join(f'sum(c{n})::integer' for n in numbers))}),"
        " made AS MATERIALIZED (SELECT * FROM fact_cells WHERE projection = ANY(%s))"
        " SELECT (SELECT count(*) FROM own), (SELECT count(*) FROM made),"
        " (SELECT count(*) FROM (SELECT * FROM own EXCEPT SELECT * FROM made) e)"
    )
    row = owner.execute(statement.encode(), ([p.id for p in of_kind(CASES)],)).fetchone()
    assert row and row[0] == row[1] > 300 and row[2] == 0
    own, of_cases = (
        sums_by_slice(CASES, measures),
        [one.id(g) for one in SLICES for g in one.grains if one.kind == CASES],
    )
    statement = (
        f"WITH changes AS MATERIALIZED (SELECT day, {COARSE_DAYS}, {names}, {summed} FROM fact_rows"
        f" GROUP BY day, {names}), own AS MATERIALIZED ({own}),"
        " made AS MATERIALIZED (SELECT * FROM fact_slices WHERE slice = ANY(%s))"
        " SELECT (SELECT count(*) FROM own), (SELECT count(*) FROM made),"
        " (SELECT count(*) FROM (SELECT * FROM own EXCEPT SELECT * FROM made) e),"
        " (SELECT count(DISTINCT slice) FROM made)"
    )
    row = owner.execute(statement.encode(), (of_cases,)).fetchone()
    assert row and row[0] == row[1] > 300 and row[2:] == (0, len(of_cases))
    # of submissions only the sums are made: each projection has every one
    totals = owner.execute(
        "SELECT DISTINCT sum(counts[1]) FROM fact_cells WHERE projection = ANY(%s) GROUP BY projection",
        ([p.id for p in of_kind(SUBMISSIONS)],),
    ).fetchall()
    assert totals == [(300,)]
    totals = owner.execute(
        "SELECT DISTINCT sum(n1) FROM fact_slices WHERE NOT slice = ANY(%s) GROUP BY slice", (of_cases,)
    ).fetchall()
    assert totals == [(300,)]

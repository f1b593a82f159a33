"""How long do the pages and queries of leaders take over one, five, twenty million cases?"""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import numpy as np
import psycopg
import uvicorn

from api.account_repository import add_account
from api.app import create_app
from api.auth import open_session
from api.benchmarks.dashboard_questions import SEED, Asker, Query, list_pages, list_queries
from api.benchmarks.made_cases import add_towns, read_city
from api.benchmarks.made_facts import fill_facts, size_of
from api.benchmarks.made_words import fill_words
from api.benchmarks.pipeline import temporary_database
from api.city_setup import sample_city, set_up_city
from api.dependencies import SESSION_COOKIE
from api.embedded import EmbeddedPostgres
from api.runtime import Runtime
from api.settled_memory import settle
from dashboards.daily_facts.fact_measures import find_definition
from dashboards.daily_facts.fact_pack_repository import warm_columns
from dashboards.daily_facts.fact_rebuild import all_measures
from dashboards.daily_facts.fact_repository import FactMark, find_mark
from dashboards.daily_facts.fact_series import read_series
from dashboards.metrics.metrics import METRICS
from dashboards.score_counts import SCORED_METRICS
from dashboards.wall import read_numbers
from models.account import Role
from models.criteria import CaseCriteria
from models.database import transaction
from models.errors import Unavailable
from models.migrate import migrate
from models.scoring import Indicator
from models.settings import Settings
from routing.scoring_repository import add_scheme, list_schemes

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds of one kind of question; asked `times` times, each time with other filters and days."""

    name: str
    page: bool
    times: int
    p50: float
    p95: float
    taken: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardFigures:
    """`cells`: the sums that are kept, `rows`: one a case and one a submission, with their bytes."""

    cases: int
    fill_seconds: float
    cells: int
    cells_bytes: int
    rows: int
    rows_bytes: int
    timed: tuple[Timed, ...]

    @property
    def slowest(self) -> float:
        return max(one.p95 for one in self.timed)

    @property
    def of_pages(self) -> float:
        """The 95 % of all questions to pages together."""
        return self._all(page=True)

    @property
    def of_queries(self) -> float:
        return self._all(page=False)

    def _all(self, *, page: bool) -> float:
        return float(np.percentile([ms for one in self.timed if one.page == page for ms in one.taken], 95))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"slowest_p95": self.slowest, "pages_p95": self.of_pages, "queries_p95": self.of_queries}


class _Clock(Runtime):
    """Stands still: the facts are of this moment."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def measure_dashboards(
    settings: Settings, dsn: str, *, cases: int, times: int, on_progress: Progress, kept: Path | None = None
) -> DashboardFigures:
    """In a database of its own, dropped afterwards; or, with `kept`, on a server of its own in this folder, filled
    where it is not filled yet and left as it is. Raises `Unavailable` where none may be created."""
    with kept_database(kept) if kept else temporary_database(dsn) as bench_dsn:
        runtime = _Clock(settings, bench_dsn)
        runtime.moment = Runtime.now(runtime)
        try:
            with closing(psycopg.connect(bench_dsn, autocommit=True)) as conn:
                seconds = _fill(runtime, bench_dsn, conn, cases, on_progress)
                seconds += _fill_words(runtime, bench_dsn, conn, cases, on_progress)
                warm_columns(conn)  # as a worker does at its start
                cells, slices, rows = (size_of(conn, name) for name in ("fact_cells", "fact_slices", "fact_rows"))
                asker = _asker(runtime, conn)
            timed = tuple(_ask(runtime, asker, times, on_progress))
        finally:
            runtime.close()
    return DashboardFigures(
        cases=cases,
        fill_seconds=seconds,
        cells=cells[0] + slices[0],
        cells_bytes=cells[1] + slices[1],
        rows=rows[0],
        rows_bytes=rows[1],
        timed=timed,
    )


@contextmanager
def kept_database(folder: Path) -> Iterator[str]:
    """A server that stays in the folder, stopped afterwards."""
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        migrate(server.dsn)
        yield server.dsn
    finally:
        server.stop()


def _fill(
    runtime: _Clock, dsn: str, conn: psycopg.Connection[tuple[Any, ...]], cases: int, on_progress: Progress
) -> float:
    """Seconds; none where facts by the measures of today are there: the clock then stands at their moment."""
    measures, zone = all_measures(), runtime.settings.zone
    mark = find_mark(conn)
    if mark and mark.complete and mark.definition == find_definition(measures) and size_of(conn, "fact_rows")[0]:
        runtime.moment = mark.as_of
        return 0.0
    started = time.perf_counter()
    now = runtime.moment
    with transaction(runtime.pool) as own:
        set_up_city(own, sample_city(), now=now)
    add_towns(conn)
    mark = FactMark(
        as_of=now, definition=find_definition(measures), zone=zone.key, next_case=None, next_submission=None
    )
    fill_facts(
        dsn,
        read_city(conn),
        measures,
        mark,
        rows=cases,
        today=now.astimezone(zone).date(),
        report=lambda what, share: on_progress(what, 0.8 * share),
    )
    return time.perf_counter() - started


def _fill_words(
    runtime: _Clock, dsn: str, conn: psycopg.Connection[tuple[Any, ...]], cases: int, on_progress: Progress
) -> float:
    """Seconds; none where they are there."""
    if size_of(conn, "word_days")[0] > 0:
        return 0.0
    started = time.perf_counter()
    fill_words(dsn, read_city(conn), all_measures(), cases=cases, made_at=runtime.moment, report=on_progress)
    return time.perf_counter() - started


def _asker(runtime: _Clock, conn: psycopg.Connection[tuple[Any, ...]]) -> Asker:
    city = read_city(conn)
    topics = sorted({code[:3] for code in city.topics})
    counties = sorted({region.code for region in sample_city().regions if region.level == "county"})
    today = runtime.moment.astimezone(runtime.settings.zone).date()
    return Asker(city, topics, counties, today, _scheme(conn, runtime.moment), np.random.default_rng(SEED))


def _scheme(conn: psycopg.Connection[tuple[Any, ...]], now: datetime) -> int:
    """One that scores every kind of unit by all rates."""
    known = list_schemes(conn)
    if known:
        return known[0].id
    indicators = [
        Indicator(id=metric, label=METRICS[metric].label, metric=metric, points=Decimal(10), target=Decimal(95))
        for metric in SCORED_METRICS
    ]
    kinds = sorted({department.kind for department in sample_city().departments})
    return add_scheme(
        conn,
        name="测量",
        unit_kinds=kinds,
        indicators=indicators,
        least_cases=1,
        ranked=False,
        replaces_id=None,
        actor="bench",
        now=now,
    )


def _ask(runtime: _Clock, asker: Asker, times: int, on_progress: Progress) -> Iterator[Timed]:
    pages, queries = list_pages(asker), list_queries(asker)
    cookie = f"{SESSION_COOKIE}={_leader(runtime)}"
    with _served(runtime) as connection:
        for n, (name, (path, filters)) in enumerate(pages.items()):
            yield _time(name, True, times, partial(_get, connection, cookie, path, filters))
            on_progress("测量页面", 0.8 + 0.1 * (n + 1) / len(pages))
    for n, (name, ask) in enumerate(queries.items()):
        yield _time(name, False, times, partial(_query, runtime, ask))
        on_progress("测量查询", 0.9 + 0.1 * (n + 1) / len(queries))
    yield _time("大屏，全部数字", False, times, partial(_wall, runtime))


@contextmanager
def _served(runtime: _Clock) -> Iterator[http.client.HTTPConnection]:
    """The application over HTTP, on a socket of this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        host, port = listening.getsockname()
        config = uvicorn.Config(create_app(runtime), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        settle()  # as a web process does before its first page
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        serving.start()
        with closing(http.client.HTTPConnection(host, port, timeout=600)) as connection:
            yield connection
        server.should_exit = True
        serving.join(30)


def _get(connection: http.client.HTTPConnection, cookie: str, path: str, filters: Callable[[], dict[str, Any]]) -> None:
    query = urlencode({name: str(value) for name, value in filters().items()})
    connection.request("GET", f"{path}?{query}", headers={"Cookie": cookie})
    response = connection.getresponse()
    text = response.read().decode()
    if response.status != 200 or "数字按工单" in text or "没有及时更新" in text:
        raise Unavailable(f"{path}?{query}：{response.status}，没有用统计表回答。")


def _query(runtime: _Clock, ask: Query) -> None:
    metric, filters, by, period = ask
    with transaction(runtime.pool) as conn:
        criteria = replace(CaseCriteria(), **filters())
        found = read_series(conn, metric, criteria, by=by, period=period, now=runtime.now(), zone=runtime.settings.zone)
    if found.note:
        raise Unavailable(found.note)


def _wall(runtime: _Clock) -> None:
    counties = [(region.code, region.name) for region in sample_city().regions if region.level == "county"]
    with transaction(runtime.pool) as conn:
        if read_numbers(conn, counties, now=runtime.now(), zone=runtime.settings.zone).stale:
            raise Unavailable("大屏的数字不是用统计表回答的。")


def _time(name: str, page: bool, times: int, ask: Callable[[], None]) -> Timed:
    for _ in range(2):  # what is compiled or connected once
        ask()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    p50, p95 = np.percentile(taken, (50, 95))
    return Timed(name=name, page=page, times=times, p50=float(p50), p95=float(p95), taken=tuple(taken))


def _leader(runtime: _Clock) -> str:
    """The session token of a leader."""
    with transaction(runtime.pool) as conn:
        account = add_account(
            conn,
            username=f"bench{uuid4().hex[:8]}",
            display_name="测量",
            password_hash="-",
            role=Role.LEADER,
            department_id=None,
            actor="bench",
            now=runtime.now(),
        )
    with transaction(runtime.pool) as conn:
        return open_session(conn, account, runtime.settings, now=runtime.now())[0]

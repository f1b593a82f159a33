"""How long do the pages and queries of leaders take over one, five, twenty million cases?"""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import numpy as np
import psycopg
import uvicorn

from api.account_repository import add_account
from api.app import create_app
from api.auth import open_session
from api.benchmarks.made_cases import DAYS, MadeCity, add_towns, make_cases, read_city
from api.benchmarks.made_facts import fill_facts, size_of
from api.benchmarks.pipeline import temporary_database
from api.city_setup import sample_city, set_up_city
from api.dependencies import SESSION_COOKIE
from api.runtime import Runtime
from dashboards.fact_measures import find_definition
from dashboards.fact_rebuild import all_measures
from dashboards.fact_repository import FactMark
from dashboards.fact_series import By, Period, read_series
from models.account import Role
from models.criteria import CaseCriteria
from models.database import transaction
from models.errors import Unavailable
from models.settings import Settings

Progress = Callable[[str, float], None]
_SEED = 20260103
_SMALL = 0.15  # share of all questions that ask by a rare topic, unit or place


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds of one kind of question; asked `times` times, each time with other filters and days."""

    name: str
    page: bool
    times: int
    p50: float
    p95: float


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

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"slowest_p95": self.slowest}


class _Clock(Runtime):
    """Stands still: the facts are of this moment."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True, slots=True)
class _Asker:
    """Makes filters as people choose them: mostly frequent topics, units and places."""

    city: MadeCity
    topics: list[str]
    counties: list[str]
    today: date
    random: np.random.Generator

    def one(self, codes: Sequence[str]) -> str:
        most = len(codes) if self.random.random() < _SMALL else min(10, len(codes))
        return codes[int(self.random.integers(most))]

    def year(self) -> dict[str, Any]:
        """About a year, from and to any day."""
        last = self.today - timedelta(days=int(self.random.integers(DAYS - 400)))
        return {"submitted_from": last - timedelta(days=364), "submitted_to": last}

    def recent(self, days: int) -> dict[str, Any]:
        return {"submitted_from": self.today - timedelta(days=days - 1), "submitted_to": self.today}

    def topic(self) -> dict[str, Any]:
        return {"topic": self.one(self.topics)}

    def sub_topic(self) -> dict[str, Any]:
        return {"topic": self.one(self.city.topics)}

    def department(self) -> dict[str, Any]:
        return {"department": self.one(self.city.departments)}

    def county(self) -> dict[str, Any]:
        return {"region": self.one(self.counties)}

    def town(self) -> dict[str, Any]:
        return {"region": self.one(self.city.regions)}

    def channel(self) -> dict[str, Any]:
        return {"channel": self.one(("hotline", "letter"))}

    def everything(self) -> dict[str, Any]:
        chosen = self.year() | self.topic() | self.department() | self.county() | self.channel()
        return chosen | {"appeal_type": "help", "sentiment": "negative"}


def measure_dashboards(
    settings: Settings, dsn: str, *, cases: int, times: int, on_progress: Progress
) -> DashboardFigures:
    """In a database of its own, dropped afterwards. Raises `Unavailable` where none may be created."""
    with temporary_database(dsn) as bench_dsn:
        runtime = _Clock(settings, bench_dsn)
        runtime.moment = Runtime.now(runtime)
        try:
            started = time.perf_counter()
            with closing(psycopg.connect(bench_dsn, autocommit=True)) as conn:
                asker, cells, rows = _fill(runtime, conn, cases, on_progress)
            fill_seconds = time.perf_counter() - started
            timed = tuple(_ask(runtime, asker, times, on_progress))
        finally:
            runtime.close()
    return DashboardFigures(
        cases=cases,
        fill_seconds=fill_seconds,
        cells=cells[0],
        cells_bytes=cells[1],
        rows=rows[0],
        rows_bytes=rows[1],
        timed=timed,
    )


def _fill(
    runtime: _Clock, conn: psycopg.Connection[tuple[Any, ...]], cases: int, on_progress: Progress
) -> tuple[_Asker, tuple[int, int], tuple[int, int]]:
    now, zone = runtime.moment, runtime.settings.zone
    with transaction(runtime.pool) as own:
        set_up_city(own, sample_city(), now=now)
    for setting in ("maintenance_work_mem = '512MB'", "work_mem = '128MB'", "synchronous_commit = off", "jit = off"):
        conn.execute(f"SET {setting}".encode())
    add_towns(conn)
    city = read_city(conn)
    today = now.astimezone(zone).date()
    make_cases(conn, city, cases, today, lambda share: on_progress("生成工单", 0.2 * share))
    measures = all_measures()
    mark = FactMark(
        as_of=now, definition=find_definition(measures), zone=zone.key, next_case=None, next_submission=None
    )
    fill_facts(conn, city, measures, mark, lambda what, share: on_progress(what, 0.2 + 0.6 * share))
    topics = sorted({code[:3] for code in city.topics})
    counties = sorted({region.code for region in sample_city().regions if region.level == "county"})
    asker = _Asker(city, topics, counties, today, np.random.default_rng(_SEED))
    return asker, size_of(conn, "fact_cells"), size_of(conn, "fact_rows")


def _ask(runtime: _Clock, asker: _Asker, times: int, on_progress: Progress) -> Iterator[Timed]:
    pages, queries = _pages(asker), _queries(asker)
    cookie = f"{SESSION_COOKIE}={_leader(runtime)}"
    with _served(runtime) as connection:
        for n, (name, (path, filters)) in enumerate(pages.items()):
            yield _time(name, True, times, partial(_get, connection, cookie, path, filters))
            on_progress("测量页面", 0.8 + 0.1 * (n + 1) / len(pages))
    for n, (name, ask) in enumerate(queries.items()):
        yield _time(name, False, times, partial(_query, runtime, ask))
        on_progress("测量查询", 0.9 + 0.1 * (n + 1) / len(queries))


def _pages(asker: _Asker) -> dict[str, tuple[str, Callable[[], dict[str, Any]]]]:
    overview = "/overview"
    return {
        "总览，全部时间": (overview, dict),
        "总览，近7天": (overview, lambda: asker.recent(7)),
        "总览，近90天": (overview, lambda: asker.recent(90)),
        "总览，任意一年": (overview, asker.year),
        "总览，一年，一个大类": (overview, lambda: asker.year() | asker.topic()),
        "总览，一年，一个小类": (overview, lambda: asker.year() | asker.sub_topic()),
        "总览，一年，一个单位": (overview, lambda: asker.year() | asker.department()),
        "总览，一年，一个区县": (overview, lambda: asker.year() | asker.county()),
        "总览，一年，一个乡镇": (overview, lambda: asker.year() | asker.town()),
        "总览，一年，一个渠道": (overview, lambda: asker.year() | asker.channel()),
        "总览，一年，大类＋区县": (overview, lambda: asker.year() | asker.topic() | asker.county()),
        "总览，一年，全部条件": (overview, asker.everything),
        "总览，全部时间，一个单位": (overview, asker.department),
        "指标接口，一年，一个单位": ("/api/v1/metrics", lambda: asker.year() | asker.department()),
    }


def _queries(asker: _Asker) -> dict[str, tuple[str, Callable[[], dict[str, Any]], tuple[By, ...], Period | None]]:
    rate = "on_time_completion_rate"
    return {
        "按时办结率，一年，按单位": (rate, asker.year, ("department",), None),
        "按时办结率，一年，按月，按单位": (rate, asker.year, ("department",), "month"),
        "按时办结率，全部时间，按月": (rate, dict, (), "month"),
        "收到工单，一年，按日，一个单位": ("received", lambda: asker.year() | asker.department(), (), "day"),
        "收到工单，一年，大类×区县": ("received", asker.year, ("topic", "region"), None),
        "收到工单，一年，大类×单位": ("received", asker.year, ("topic", "department"), None),
        "收到工单，整月一年，大类×区县×单位": (
            "received",
            lambda: {
                "submitted_from": date(asker.today.year - 1, 1, 1),
                "submitted_to": date(asker.today.year - 1, 12, 31),
            },
            ("topic", "region", "department"),
            None,
        ),
        "不满部门，一年，按周": ("displeased_rate", asker.year, (), "week"),
        "退单率，一个单位，按月，按类别": ("return_rate", asker.department, ("topic",), "month"),
    }


@contextmanager
def _served(runtime: _Clock) -> Iterator[http.client.HTTPConnection]:
    """The application over HTTP, on a socket of this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        host, port = listening.getsockname()
        config = uvicorn.Config(create_app(runtime), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
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


def _query(runtime: _Clock, ask: tuple[str, Callable[[], dict[str, Any]], tuple[By, ...], Period | None]) -> None:
    metric, filters, by, period = ask
    with transaction(runtime.pool) as conn:
        criteria = replace(CaseCriteria(), **filters())
        found = read_series(conn, metric, criteria, by=by, period=period, now=runtime.now(), zone=runtime.settings.zone)
    if found.note:
        raise Unavailable(found.note)


def _time(name: str, page: bool, times: int, ask: Callable[[], None]) -> Timed:
    for _ in range(2):  # what is compiled or connected once
        ask()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    p50, p95 = np.percentile(taken, (50, 95))
    return Timed(name=name, page=page, times=times, p50=float(p50), p95=float(p95))


def _leader(runtime: _Clock) -> str:
    """The session token of a leader."""
    with transaction(runtime.pool) as conn:
        account = add_account(
            conn,
            username="bench",
            display_name="测量",
            password_hash="-",
            role=Role.LEADER,
            department_id=None,
            actor="bench",
            now=runtime.now(),
        )
    with transaction(runtime.pool) as conn:
        return open_session(conn, account, runtime.settings, now=runtime.now())[0]

"""How quick are lists and searches of so many cases, and what becomes of notes that 16 people write on one case at
once?

Everything goes through the real application over HTTP: uvicorn in a process of its own, on a socket of this machine;
the one who measures takes a part of the same processors. The database is an embedded server of its own in a temporary
folder, with the settings that an installation has, filled by COPY (api/benchmarks/case_city.py); or in a folder that is
kept, and asked again as it is (api/benchmarks/case_database.py).
"""

import contextlib
import http.client
import multiprocessing
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn

from api.account_repository import add_account
from api.app import create_app
from api.auth import open_session
from api.benchmarks.case_city import CaseCity
from api.benchmarks.case_database import filled_database
from api.benchmarks.case_filling import Progress, database_size
from api.benchmarks.case_pages import Ask, Person, answer_time, page_asks
from api.benchmarks.case_writers import NoteFigures, write_at_once
from api.runtime import Runtime
from models.account import Role
from models.database import transaction
from models.errors import Unavailable
from models.settings import Settings

_READY_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigures:
    """Milliseconds until the whole answer was here; `most` is the slowest of `asked`, `cold` the very first."""

    name: str
    asked: int
    p50: float
    p95: float
    most: float
    cold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFigures:
    """`load` is that of the machine while the pages were asked for, over one minute, with `cores` processors."""

    cases: int
    database_bytes: int
    fill_seconds: float
    cores: int
    load: float
    pages: list[PageFigures]
    notes: NoteFigures

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measure_cases(
    settings: Settings,
    *,
    cases: int,
    repeats: int,
    people: int,
    seconds: float,
    data_dir: Path | None,
    on_progress: Progress,
) -> CaseFigures:
    """Fill, measure, throw away; with `data_dir` it is kept there, and a filled one is measured as it is. Raises
    `Unavailable` where no server can be started or the folder holds something else."""
    with filled_database(settings, cases=cases, data_dir=data_dir, on_progress=on_progress) as (runtime, city):
        now = runtime.now()
        persons = {
            role: _sign_in(runtime, role, city, now) for role in (Role.SUPERVISOR, Role.OFFICER, Role.DISPATCHER)
        }
        with _application(settings, runtime.dsn) as port:
            pages = []
            asks = page_asks(city, now)
            for number, ask in enumerate(asks):
                on_progress(ask.name, 0.9 + 0.1 * number / len(asks))
                pages.append(_measure(port, persons[ask.role], ask, repeats))
            load = os.getloadavg()[0]
            notes = write_at_once(runtime, port, city.unit, people=people, seconds=seconds)
        with transaction(runtime.pool) as conn:
            size = database_size(conn)
    return CaseFigures(
        cases=city.cases,
        database_bytes=size,
        fill_seconds=city.fill_seconds,
        cores=os.cpu_count() or 1,
        load=load,
        pages=pages,
        notes=notes,
    )


def _measure(port: int, person: Person, ask: Ask, repeats: int) -> PageFigures:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    times = [answer_time(connection, person, ask, number) for number in range(repeats + 1)]
    connection.close()
    cold, *warm = times
    p50, p95 = (float(value) for value in np.percentile(warm, (50, 95)))
    return PageFigures(name=ask.name, asked=repeats, p50=p50, p95=p95, most=max(warm), cold=cold)


def _sign_in(runtime: Runtime, role: Role, city: CaseCity, now: datetime) -> Person:
    with transaction(runtime.pool) as conn:
        account = add_account(
            conn,
            username=f"bench-{role.value}-{now.timestamp():.0f}",
            display_name=role.label,
            password_hash="",
            role=role,
            department_id=city.unit if role is Role.OFFICER else None,
            actor="bench",
            now=now,
        )
        return Person(*open_session(conn, account, runtime.settings, now=now))


@contextlib.contextmanager
def _application(settings: Settings, dsn: str) -> Iterator[int]:
    """The port of the running application."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(settings, dsn, port), daemon=True)
    process.start()
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.join(20)
        if process.is_alive():
            process.kill()


def _serve(settings: Settings, dsn: str, port: int) -> None:
    uvicorn.run(create_app(Runtime(settings, dsn)), host="127.0.0.1", port=port, log_level="warning")


def _wait_for(port: int) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise Unavailable("网页没有启动。")

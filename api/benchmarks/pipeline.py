"""Letters per second from stored row to committed dispatch, on a database of its own."""

import contextlib
import multiprocessing
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo

from api.city_setup import sample_city, set_up_city
from api.runtime import Runtime
from api.sample_loader import sample_letters
from intake.importing import import_file
from intake.registration import register
from intake.repository import measure_pending
from models.database import transaction
from models.errors import Unavailable
from models.migrate import migrate
from models.settings import Settings
from models.submission import Channel
from routing.process import process_batch

_REGISTER_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFigures:
    """`seconds` is wall time of the slowest worker; `steps` are seconds summed over workers."""

    source: str
    submissions: int
    mean_characters: float
    workers: int
    seconds: float
    dispatched: int
    triage: int
    steps: dict[str, float]

    @property
    def per_second(self) -> float:
        return self.submissions / self.seconds

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"per_second": self.per_second}


def measure_pipeline(settings: Settings, dsn: str, *, data: Path | None, rows: int, workers: int) -> PipelineFigures:
    """Fill a temporary database, process it, drop it. Raises `Unavailable` where no database may be created."""
    with temporary_database(dsn) as bench_dsn:
        runtime = Runtime(settings, bench_dsn)
        try:
            source, count, characters = _fill(runtime, data, rows)
            steps, seconds, dispatched, triage = _process(settings, bench_dsn, workers)
        finally:
            runtime.close()
    return PipelineFigures(
        source=source,
        submissions=count,
        mean_characters=characters / count,
        workers=workers,
        seconds=seconds,
        dispatched=dispatched,
        triage=triage,
        steps=steps,
    )


@contextlib.contextmanager
def temporary_database(dsn: str) -> Iterator[str]:
    name = f"bench_{uuid4().hex[:12]}"
    try:
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name}")
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable("测量需要建立临时数据库的权限。") from error
    try:
        bench_dsn = make_conninfo(dsn, dbname=name)
        migrate(bench_dsn)
        yield bench_dsn
    finally:
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _fill(runtime: Runtime, data: Path | None, rows: int) -> tuple[str, int, int]:
    """Store the letters as pending rows: (what they are, how many, characters)."""
    now = runtime.now()
    with transaction(runtime.pool) as conn:
        set_up_city(conn, sample_city(), now=now)
    if data is not None:
        import_file(
            data,
            channel=Channel.LETTER,
            mapping="",
            open_transaction=lambda: transaction(runtime.pool),
            actor="bench",
            now=now,
            keys=runtime.keys,
            zone=runtime.settings.zone,
            dry_run=False,
            rejected_folder=runtime.settings.data_dir,
        )
        source = data.name
    else:
        letters = sample_letters(rows)
        for start in range(0, len(letters), _REGISTER_BATCH):
            with transaction(runtime.pool) as conn:
                register(
                    conn,
                    letters[start : start + _REGISTER_BATCH],
                    actor="bench",
                    now=now,
                    keys=runtime.keys,
                    zone=runtime.settings.zone,
                )
        source = "自带的示例来信"
    with transaction(runtime.pool) as conn:
        return source, *measure_pending(conn)


def _process(settings: Settings, dsn: str, workers: int) -> tuple[dict[str, float], float, int, int]:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(workers)
    with context.Pool(workers, initializer=_remember, initargs=(barrier,)) as pool:
        results = pool.starmap(_work, [(settings, dsn)] * workers, chunksize=1)
    steps: dict[str, float] = defaultdict(float)
    for worker_steps, *_ in results:
        for name, seconds in worker_steps.items():
            steps[name] += seconds
    return dict(steps), max(r[1] for r in results), sum(r[2] for r in results), sum(r[3] for r in results)


_barrier: Any = None


def _remember(barrier: Any) -> None:
    global _barrier
    _barrier = barrier


def _work(settings: Settings, dsn: str) -> tuple[dict[str, float], float, int, int]:
    """One worker, warm before the clock starts: until nothing is free."""
    runtime = Runtime(settings, dsn)
    steps: dict[str, float] = defaultdict(float)
    dispatched = triage = 0
    try:
        with transaction(runtime.pool) as conn:
            directory, analyser = runtime.directory(conn), runtime.analyser(conn)
        _barrier.wait()
        start = time.perf_counter()
        while True:
            with transaction(runtime.pool) as conn:
                result = process_batch(
                    conn,
                    analyser,
                    directory,
                    now=runtime.now(),
                    zone=settings.zone,
                    limit=settings.batch_size,
                    issues=runtime.issues,
                )
                before_commit = time.perf_counter()
            if result.processed == 0:
                break
            for name, seconds in result.seconds.items():
                steps[name] += seconds
            steps["commit"] += time.perf_counter() - before_commit
            dispatched, triage = dispatched + result.dispatched, triage + result.triage
        elapsed = time.perf_counter() - start
    finally:
        runtime.close()
    parts = dict(getattr(analyser, "timings", {}))
    steps["analyse_other"] = steps.pop("analyse", 0.0) - sum(parts.values())
    return {**parts, **steps}, elapsed, dispatched, triage

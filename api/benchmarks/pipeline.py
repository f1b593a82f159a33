"""Letters per second from stored row to committed dispatch, on a database of its own; each worker has done a few before
the clock starts: what a process loads with its first letter is the matter of `api.benchmarks.first_letter`."""

import contextlib
import multiprocessing
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo

from api.city_setup import sample_city, set_up_city
from api.runtime import Runtime
from api.sample.sample_loader import sample_letters
from intake.importing import import_file
from intake.registration import register
from intake.repository import measure_pending
from models.database import transaction
from models.errors import Unavailable
from models.migrate import migrate
from models.settings import Settings
from models.submission import Channel
from routing.process import BatchResult, process_batch

_REGISTER_BATCH = 500
# Letters that each worker does before the clock starts, where there are enough.
_WARMING = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Seconds summed over workers; `computing` those of them in which the worker itself used a processor: the rest is
    the database, and waiting."""

    seconds: float
    computing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFigures:
    """`seconds` is wall time of the slowest worker for `submissions` letters; `steps` are seconds summed over workers,
    those of the analysis one by one; `stages` the same with the analysis as one."""

    source: str
    submissions: int
    mean_characters: float
    workers: int
    seconds: float
    dispatched: int
    triage: int
    steps: dict[str, float]
    stages: dict[str, Stage]

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
            done = _process(settings, bench_dsn, workers, warming=min(_WARMING, count // (4 * workers)))
        finally:
            runtime.close()
    stages, computing = _sums([one.stages for one in done]), _sums([one.computing for one in done])
    return PipelineFigures(
        source=source,
        submissions=sum(one.submissions for one in done),
        mean_characters=characters / count,
        workers=workers,
        seconds=max(one.seconds for one in done),
        dispatched=sum(one.dispatched for one in done),
        triage=sum(one.triage for one in done),
        steps=_sums([one.steps for one in done]),
        stages={name: Stage(seconds=whole, computing=computing[name]) for name, whole in stages.items()},
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


@dataclass(slots=True, kw_only=True)
class _Work:
    """What one worker did, and how long it took."""

    submissions: int = 0
    dispatched: int = 0
    triage: int = 0
    seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    computing: dict[str, float] = field(default_factory=dict)


def _process(settings: Settings, dsn: str, workers: int, *, warming: int) -> list[_Work]:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(workers)
    with context.Pool(workers, initializer=_remember, initargs=(barrier,)) as pool:
        return pool.starmap(_work, [(settings, dsn, warming)] * workers, chunksize=1)


def _sums(parts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for part in parts:
        for name, seconds in part.items():
            sums[name] += seconds
    return dict(sums)


_barrier: Any = None


def _remember(barrier: Any) -> None:
    global _barrier
    _barrier = barrier


def _work(settings: Settings, dsn: str, warming: int) -> _Work:
    """One worker, warm before the clock starts: until nothing is free."""
    runtime = Runtime(settings, dsn)
    work, results = _Work(), []
    try:
        with transaction(runtime.pool) as conn:
            analyser = runtime.analyser(conn)
        _one_batch(runtime, warming)
        before = dict(analyser.timings)
        _barrier.wait()
        start = time.perf_counter()
        while (result := _one_batch(runtime, settings.batch_size)).processed:
            results.append(result)
        work.seconds = time.perf_counter() - start
    finally:
        runtime.close()
    for result in results:
        work.submissions += result.processed
        work.dispatched += result.dispatched
        work.triage += result.triage
    work.stages = _sums([result.seconds for result in results])
    work.computing = _sums([result.computing for result in results])
    # of the analysis its parts, and what is between them
    parts = {name: seconds - before.get(name, 0.0) for name, seconds in analyser.timings.items()}
    rest = {"analyse_other": work.stages.get("analyse", 0.0) - sum(parts.values())}
    between = {"commit": work.seconds - sum(work.stages.values())}
    work.steps = {**parts, **rest, **{n: s for n, s in work.stages.items() if n != "analyse"}, **between}
    return work


def _one_batch(runtime: Runtime, limit: int) -> BatchResult:
    with transaction(runtime.pool) as conn:
        return process_batch(
            conn,
            runtime.analyser(conn),
            runtime.directory(conn),
            now=runtime.now(),
            zone=runtime.settings.zone,
            limit=limit,
            issues=runtime.issues,
        )

"""The Celery tasks of cases that nobody has to press a button for: the archive, the end of suspensions, what should be
looked into."""

from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.schedules import crontab

from api.runtime import Runtime
from api.staff.integrity import keep_counts
from models.database import transaction
from routing.clocks.archiving import BATCH, archive_completed, end_suspensions

ARCHIVE = "cases.archive"
RESUME = "cases.resume"
COUNT_HITS = "cases.count_hits"
ACTOR = "system:schedule"

SCHEDULE: dict[str, Any] = {
    # a suspension ends with its day; the later rounds are for a worker that slept
    "resume": {"task": RESUME, "schedule": crontab(minute="1"), "options": {"expires": 3000}},
    "archive": {"task": ARCHIVE, "schedule": crontab(hour="4", minute="10")},
    "count-hits": {"task": COUNT_HITS, "schedule": crontab(minute="*/10"), "options": {"expires": 500}},
}


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the tasks; `patient` is the context that lets a database that is away pass."""

    @app.task(name=ARCHIVE)
    def _archive() -> None:
        with patient():
            archive(runtime)

    @app.task(name=COUNT_HITS)
    def _count_hits() -> None:
        with patient():
            keep_counts(runtime, actor=ACTOR)

    @app.task(name=RESUME)
    def _resume() -> None:
        with patient():
            resume(runtime)


def archive(runtime: Runtime) -> int:
    """Archive what is ready, a transaction a batch; how many."""
    return _in_batches(runtime, archive_completed)


def resume(runtime: Runtime) -> int:
    """End the suspensions whose last day is past, a transaction a batch; how many."""
    return _in_batches(runtime, end_suspensions)


def _in_batches(runtime: Runtime, step: Callable[..., int]) -> int:
    total = 0
    while True:
        with transaction(runtime.pool) as conn:
            directory = runtime.directory(conn)
            done = step(conn, directory, actor=ACTOR, now=runtime.now(), zone=runtime.settings.zone)
        total += done
        if done < BATCH:  # also where others were quicker: they come again
            return total

"""The Celery application: the same tasks on a real broker or, embedded, on none.

Nudges travel by PostgreSQL NOTIFY, committed with the row (intake.registration); one listener in the installation turns
them into Celery messages. So the web never talks to the broker, and a broker that is down costs seconds: the sweep
claims what was left.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
from celery import Celery, beat
from celery.schedules import crontab
from celery.worker import state as worker_state

from api import account_repository
from api.runtime import Runtime
from api.tasks import (
    alert_tasks,
    alike_tasks,
    casework_tasks,
    clock_tasks,
    fact_tasks,
    forecast_tasks,
    learning_tasks,
    outbox_tasks,
    report_tasks,
    search_tasks,
)
from intake.registration import NUDGE_CHANNEL
from models.database import transaction
from models.errors import Conflict, Unavailable
from routing.arrival_repository import delete_old_arrivals
from routing.event_repository import seal_events
from routing.process import process_batch

logger = logging.getLogger(__name__)

PROCESS_PENDING = "routing.process_pending"
SEAL_EVENTS = "routing.seal_events"
CLEAN_UP = "api.clean_up"
_LISTENER_LOCK = 0x4E5544  # one listener per installation; any constant will do


def process_pending(runtime: Runtime, *, once: bool = False) -> int:
    """Process until nothing is free (or one batch: `once`), one transaction a batch; the number processed."""
    total = 0
    while True:
        with transaction(runtime.pool) as conn:
            result = process_batch(
                conn,
                runtime.analyser(conn),
                runtime.directory(conn),
                now=runtime.now(),
                zone=runtime.settings.zone,
                limit=runtime.settings.batch_size,
                issues=runtime.issues,
            )
        total += result.processed
        if once or result.processed == 0:
            return total


def create_celery(runtime: Runtime) -> Celery:
    """The Celery application around a runtime, tasks and schedule included."""
    settings = runtime.settings
    app = Celery("wenzheng")
    app.conf.update(
        broker_url=settings.broker_url.get_secret_value() if settings.broker_url else "memory://",
        broker_connection_retry_on_startup=True,
        # memory: look every 10 ms (the default second is slow); Redis: longer than any task
        broker_transport_options={"visibility_timeout": 600} if settings.broker_url else {"polling_interval": 0.01},
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_default_queue="wenzheng",
        timezone=settings.timezone,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        beat_schedule={
            "sweep": {
                "task": PROCESS_PENDING,
                "schedule": float(settings.sweep_seconds),
                "options": {"expires": settings.sweep_seconds},
            },
            "seal": {"task": SEAL_EVENTS, "schedule": crontab(minute="10")},
            "clean": {"task": CLEAN_UP, "schedule": crontab(hour="3", minute="20")},
            **learning_tasks.SCHEDULE,
            **alike_tasks.SCHEDULE,
            **alert_tasks.SCHEDULE,
            **search_tasks.SCHEDULE,
            **clock_tasks.SCHEDULE,
            **outbox_tasks.SCHEDULE,
            **casework_tasks.SCHEDULE,
            **fact_tasks.SCHEDULE,
            **forecast_tasks.SCHEDULE,
            **report_tasks.SCHEDULE,
        },
    )

    @app.task(name=PROCESS_PENDING)
    def _process() -> None:
        with _waits_for_database():
            process_pending(runtime)

    @app.task(name=SEAL_EVENTS)
    def _seal() -> None:
        with _waits_for_database(), transaction(runtime.pool) as conn:
            seal_events(conn, runtime.keys.seals, actor="system:seal", now=runtime.now())

    @app.task(name=CLEAN_UP)
    def _clean() -> None:
        with _waits_for_database(), transaction(runtime.pool) as conn:
            account_repository.delete_old_counters(conn, before=runtime.now() - timedelta(days=1), actor="system:clean")
            delete_old_arrivals(conn, actor="system:clean")

    learning_tasks.register(app, runtime, _waits_for_database)
    alike_tasks.register(app, runtime, _waits_for_database)
    alert_tasks.register(app, runtime, _waits_for_database)
    search_tasks.register(app, runtime, _waits_for_database)
    clock_tasks.register(app, runtime, _waits_for_database)
    outbox_tasks.register(app, runtime, _waits_for_database)
    casework_tasks.register(app, runtime, _waits_for_database)
    fact_tasks.register(app, runtime, _waits_for_database)
    forecast_tasks.register(app, runtime, _waits_for_database)
    report_tasks.register(app, runtime, _waits_for_database)
    return app


@contextlib.contextmanager
def _waits_for_database() -> Any:
    """A database that is away or being restarted is no reason for a stack trace: the sweep comes again."""
    try:
        yield
    except (psycopg.OperationalError, Conflict, Unavailable) as error:
        logger.warning("database not available, the next sweep tries again: %s", error)


def run_worker(
    runtime: Runtime, dsn: str, stop: threading.Event, *, on_ready: Callable[[], None] = lambda: None
) -> None:
    """Work until `stop` is set; a batch in progress is finished first. Two threads: one waits while one computes."""
    app = create_celery(runtime)
    controller = app.WorkController(
        pool="threads",
        concurrency=2,
        hostname=f"wenzheng-{socket.gethostname()}",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        ready_callback=lambda _: on_ready(),
    )
    schedule = beat.EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
    working = threading.Thread(target=controller.start, name="worker", daemon=True)
    listening = threading.Thread(target=_listen, args=(dsn, app, stop), name="listener", daemon=True)
    for thread in (working, schedule, listening):
        thread.start()
    app.send_task(PROCESS_PENDING)
    app.send_task(fact_tasks.RENEW)
    app.send_task(alert_tasks.LOOK)
    app.send_task(search_tasks.FILL_MISSING)
    app.send_task(alert_tasks.LOOK_FOR_BURSTS)
    app.send_task(casework_tasks.RESUME)
    while not stop.wait(0.5):
        if not working.is_alive():
            raise Unavailable("后台处理意外停止。")
    schedule.stop()
    worker_state.should_stop = 0
    working.join(30)
    worker_state.should_stop = None


def _listen(dsn: str, app: Celery, stop: threading.Event) -> None:
    """Turn notifications into messages. Reconnects for ever: without it letters only wait for the sweep."""
    while not stop.is_set():
        try:
            with psycopg.connect(dsn, autocommit=True) as conn:
                row = conn.execute("SELECT pg_try_advisory_lock(%s)", (_LISTENER_LOCK,)).fetchone()
                if row == (False,):
                    stop.wait(10)  # another worker listens; look again in case it dies
                    continue
                conn.execute(f"LISTEN {NUDGE_CHANNEL}")
                while not stop.is_set():
                    if any(True for _ in conn.notifies(timeout=1, stop_after=1)):
                        app.send_task(PROCESS_PENDING)
        except (psycopg.Error, OSError) as error:
            logger.warning("listener lost its connection, reconnecting: %s", error)
            stop.wait(2)

"""The Celery tasks of learning: training in a child process, shadow, promise, places, the weekly look at drift."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.schedules import crontab

from api.child_process import PARENT_VARIABLE
from api.learning import place_learning, promise_keeping
from api.learning.candidate_training import ACTOR, is_worthwhile
from api.learning.drift_watch import watch_drift
from api.learning.shadow_run import ShadowRun
from api.runtime import Runtime
from models.database import transaction
from routing.learning import training_repository

logger = logging.getLogger(__name__)

LEARN_NIGHTLY = "learning.nightly"
LEARN_REQUESTED = "learning.requested"
COMPARE_SHADOW = "learning.compare_shadow"
KEEP_PROMISE = "learning.keep_promise"
WATCH_DRIFT = "learning.watch_drift"
LEARN_PLACES = "learning.learn_places"

SCHEDULE: dict[str, Any] = {
    # one night, one order: learn first, then promise for what speaks in the morning
    "learn": {"task": LEARN_NIGHTLY, "schedule": crontab(hour="2", minute="30")},
    "learn-requested": {"task": LEARN_REQUESTED, "schedule": 20.0, "options": {"expires": 20}},
    "shadow": {"task": COMPARE_SHADOW, "schedule": 30.0, "options": {"expires": 30}},
    "places": {"task": LEARN_PLACES, "schedule": crontab(hour="2", minute="0")},
    "promise": {"task": KEEP_PROMISE, "schedule": crontab(hour="4", minute="30")},
    "drift": {"task": WATCH_DRIFT, "schedule": crontab(day_of_week="1", hour="5", minute="0")},
}


class TrainingProcess:
    """The child that learns, so that the threads of the worker stay free; at most one of this worker. Over all workers
    the child's advisory lock decides."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._thread: threading.Thread | None = None

    def start(self) -> bool:
        """False where one is at work, here or elsewhere."""
        if self._thread is not None and self._thread.is_alive():
            return False
        with transaction(self._runtime.pool) as conn:
            if training_repository.is_training(conn):
                return False
        # the kernel ends the child with the thread that made it: one thread for the whole life of the child
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)
        self._thread.start()
        return True

    def _run(self) -> None:
        settings = self._runtime.settings
        environment = os.environ | {
            PARENT_VARIABLE: str(os.getpid()),
            "WENZHENG_DATA_DIR": str(settings.data_dir.resolve()),
            "WENZHENG_DATABASE_URL": self._runtime.dsn,
            "WENZHENG_TIMEZONE": settings.timezone,
            "OMP_NUM_THREADS": "1",
        }
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", "classifier", "train", "--child"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
        )
        if done.returncode != 0:
            words = done.stderr.decode(errors="replace").strip()
            logger.warning("training ended with %s: %s", done.returncode, words[-2000:])


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the tasks; `patient` is the context that lets a database that is away pass."""
    training, shadow = TrainingProcess(runtime), ShadowRun(runtime)

    @app.task(name=LEARN_NIGHTLY)
    def _learn() -> None:
        with patient():
            if is_worthwhile(runtime):
                training.start()

    @app.task(name=LEARN_REQUESTED)
    def _requested() -> None:
        with patient():
            with transaction(runtime.pool) as conn:
                wanted = training_repository.is_requested(conn)
            if wanted:
                training.start()
            if promise_keeping.is_due(runtime):
                promise_keeping.keep_promise_today(runtime, actor=ACTOR)

    @app.task(name=COMPARE_SHADOW)
    def _shadow() -> None:
        with patient():
            shadow.compare_waiting()

    @app.task(name=KEEP_PROMISE)
    def _promise() -> None:
        with patient():
            promise_keeping.keep_promise_today(runtime, actor=ACTOR)

    @app.task(name=LEARN_PLACES)
    def _places() -> None:
        with patient(), transaction(runtime.pool) as conn:
            place_learning.learn_places_now(conn, actor=place_learning.ACTOR, now=runtime.now())

    @app.task(name=WATCH_DRIFT)
    def _drift() -> None:
        with patient():
            watch_drift(runtime, actor=ACTOR)

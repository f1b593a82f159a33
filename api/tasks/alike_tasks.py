"""The Celery tasks of the two indexes: packing what was solved lately, filling in what older versions did not keep."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab

from api.runtime import Runtime
from models.database import transaction
from routing.alike.alike_backfill import fill_missing
from routing.alike.solved_case_packing import pack_solved

logger = logging.getLogger(__name__)

PACK_SOLVED = "alike.pack_solved"
FILL_MISSING = "alike.fill_missing"
ACTOR = "system:alike"
# A night's share: what is left comes the next night.
_AT_MOST = timedelta(hours=2)

SCHEDULE: dict[str, Any] = {
    "pack-solved": {"task": PACK_SOLVED, "schedule": 600.0, "options": {"expires": 600}},
    "fill-alike": {"task": FILL_MISSING, "schedule": crontab(hour="0", minute="30")},
}


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the tasks; `patient` is the context that lets a database that is away pass."""

    @app.task(name=PACK_SOLVED)
    def _pack() -> None:
        with patient():
            pack_solved(lambda: transaction(runtime.pool), actor=ACTOR)

    @app.task(name=FILL_MISSING)
    def _fill() -> None:
        with patient():
            done = fill_missing(
                lambda: transaction(runtime.pool),
                runtime.analyser,
                actor=ACTOR,
                now=runtime.now,
                zone=runtime.settings.zone,
                until=runtime.now() + _AT_MOST,
            )
            if done:
                logger.info("signatures and telling words of %s older letters were filled in", done)

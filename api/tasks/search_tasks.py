"""The Celery task of the search: cases that older versions opened get their words."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab

from api.runtime import Runtime
from models.database import transaction
from routing.search_index import fill_missing

logger = logging.getLogger(__name__)

FILL_MISSING = "search.fill_missing"
ACTOR = "system:search"
# What is left comes with the next start, or the next night.
_AT_MOST = timedelta(hours=2)

SCHEDULE: dict[str, Any] = {"fill-search": {"task": FILL_MISSING, "schedule": crontab(hour="2", minute="40")}}


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the task; `patient` is the context that lets a database that is away pass."""

    @app.task(name=FILL_MISSING)
    def _fill() -> None:
        end = runtime.now() + _AT_MOST
        with patient():
            done = fill_missing(lambda: transaction(runtime.pool), actor=ACTOR, until=lambda: runtime.now() >= end)
            if done:
                logger.info("the words of %s older cases were filled in", done)

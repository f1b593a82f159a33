"""The Celery tasks of the daily facts: current within seconds, counted again every night."""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from celery import Celery
from celery.schedules import crontab

from api.runtime import Runtime
from dashboards.daily_facts.fact_pack_repository import warm_columns
from dashboards.daily_facts.fact_rebuild import bring_up_to_date, recount_last_days
from models.database import transaction

logger = logging.getLogger(__name__)

RENEW = "facts.renew"
RECOUNT = "facts.recount"
ACTOR = "system:facts"
# A page is at most about so old, and the time that counting takes.
_SECONDS = 10
# Building the facts of a large city takes many minutes: other work is let in between.
_LONGEST = 30.0
_RECOUNTED_DAYS = 30

SCHEDULE: dict[str, Any] = {
    "renew-facts": {"task": RENEW, "schedule": float(_SECONDS), "options": {"expires": _SECONDS}},
    "recount-facts": {"task": RECOUNT, "schedule": crontab(hour="3", minute="5")},
}


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the tasks; `patient` is the context that lets a database that is away pass."""

    @cache
    def warm() -> None:
        with transaction(runtime.pool) as conn:
            warm_columns(conn)

    @app.task(name=RENEW)
    def _renew() -> None:
        with patient():
            warm()
            renew(runtime)

    @app.task(name=RECOUNT)
    def _recount() -> None:
        with patient():
            recount(runtime)


def renew(runtime: Runtime, *, longest: float = _LONGEST) -> bool:
    """Count what changed, one transaction a step, for at most about `longest` seconds. True: there is more to do."""
    until = time.monotonic() + longest
    more = True
    while more and time.monotonic() < until:
        with transaction(runtime.pool) as conn:
            more = bring_up_to_date(conn, actor=ACTOR, now=runtime.now(), zone=runtime.settings.zone)
    return more


def recount(runtime: Runtime, *, days: int = _RECOUNTED_DAYS) -> int:
    """The last days anew; how many rows were wrong."""
    with transaction(runtime.pool) as conn:
        wrong = recount_last_days(conn, days, actor=ACTOR, now=runtime.now(), zone=runtime.settings.zone)
    if wrong:
        logger.warning("daily facts: %d rows of the last %d days were not what the cases say; corrected", wrong, days)
    return wrong

"""The Celery tasks of reports: the daily at 7, the weekly on Mondays, the monthly on the 1st; and sending circulars."""

import logging
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.schedules import crontab

from api.leadership import circulars, reports
from api.leadership import report_repository as rows
from api.runtime import Runtime
from models.database import transaction
from models.errors import Conflict
from models.report import ReportKind

logger = logging.getLogger(__name__)

MAKE = "reports.make"
SEND = "reports.send_circulars"
# The unique index of the table counts by this name: the schedule makes one of each.
ACTOR = "system:reports"

SCHEDULE: dict[str, Any] = {
    "make-daily-report": {"task": MAKE, "schedule": crontab(hour="7", minute="0"), "args": ("daily",)},
    "make-weekly-report": {
        "task": MAKE,
        "schedule": crontab(hour="7", minute="5", day_of_week="mon"),
        "args": ("weekly",),
    },
    "make-monthly-report": {
        "task": MAKE,
        "schedule": crontab(hour="7", minute="10", day_of_month="1"),
        "args": ("monthly",),
    },
    "send-circulars": {"task": SEND, "schedule": 60.0, "options": {"expires": 60}},
}


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the tasks; `patient` is the context that lets a database that is away pass."""

    @app.task(name=MAKE)
    def _make(kind: str) -> None:
        with patient():
            make(runtime, ReportKind(kind))

    @app.task(name=SEND)
    def _send() -> None:
        with patient():
            circulars.send_due(runtime, actor=ACTOR)


def make(runtime: Runtime, kind: ReportKind) -> int | None:
    """The report of the last period that is over; None where the schedule made it already."""
    now = runtime.now()
    days = reports.find_days(kind, None, now=now, runtime=runtime)
    with transaction(runtime.pool) as conn:
        if rows.has_scheduled(conn, kind, days.first):
            return None
    try:
        return reports.make_report(runtime, kind, actor=ACTOR, now=now)
    except Conflict as error:
        # another worker was faster
        logger.info("report %s of %s: %s", kind.value, days.first, error)
        return None

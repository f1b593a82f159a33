"""The Celery tasks of trends and alerts: counting, looking for what calls for an alert, sending."""

from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.schedules import crontab

from api.messages.notifying import send_due
from api.runtime import Runtime
from models.database import transaction
from routing.alerts.bursts import BurstWatch
from routing.alerts.counting import bring_up_to_date, recount_last_days
from routing.alerts.noticing import (
    follow_bursts,
    load_watch,
    notice_bursts,
    notice_levels,
    notice_many_cases,
    notice_urgent,
)
from routing.issues import early_sign_repository

LOOK = "alerts.look"
LOOK_FOR_BURSTS = "alerts.look_for_bursts"
SEND = "alerts.send"
RECOUNT = "alerts.recount"
ACTOR = "system:alerts"
# Every night so many days are counted again, whether or not anything is known to have changed.
_RECOUNTED_DAYS = 14
# Issues whose signs are looked at in one transaction.
_TOGETHER = 200

SCHEDULE: dict[str, Any] = {
    "look-for-alerts": {"task": LOOK, "schedule": 60.0, "options": {"expires": 60}},
    "look-for-bursts": {"task": LOOK_FOR_BURSTS, "schedule": crontab(minute="2"), "options": {"expires": 3000}},
    "send-alerts": {"task": SEND, "schedule": 30.0, "options": {"expires": 30}},
    "recount": {"task": RECOUNT, "schedule": crontab(hour="2", minute="40")},
}


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the tasks; `patient` is the context that lets a database that is away pass."""
    watch = BurstWatch()

    @app.task(name=LOOK)
    def _look() -> None:
        with patient():
            look(runtime)
            app.send_task(SEND)

    @app.task(name=LOOK_FOR_BURSTS)
    def _look_for_bursts() -> None:
        with patient():
            look_for_bursts(runtime, watch)
            app.send_task(SEND)

    @app.task(name=SEND)
    def _send() -> None:
        with patient():
            send_due(runtime, actor=ACTOR)

    @app.task(name=RECOUNT)
    def _recount() -> None:
        with patient(), transaction(runtime.pool) as conn:
            zone = runtime.settings.zone
            recount_last_days(conn, _RECOUNTED_DAYS, actor=ACTOR, now=runtime.now(), zone=zone)


def look(runtime: Runtime) -> None:
    """Count what came, then tell of issues that rose, of 三天三单 and of what cannot wait."""
    zone = runtime.settings.zone
    with transaction(runtime.pool) as conn:
        changed = bring_up_to_date(conn, actor=ACTOR, zone=zone)
    # what cannot wait goes first
    _in_transaction(runtime, notice_urgent)
    _in_transaction(runtime, notice_many_cases)
    with transaction(runtime.pool) as conn:
        active = set(early_sign_repository.list_active_issues(conn, now=runtime.now()))
    _look_at_issues(runtime, [issue_id for issue_id in changed if issue_id in active])


def look_for_bursts(runtime: Runtime, watch: BurstWatch) -> None:
    """Bursts of the last hour in all series, and the early signs of every active issue: time alone lowers a level."""
    zone, now = runtime.settings.zone, runtime.now()
    with transaction(runtime.pool) as conn:
        bring_up_to_date(conn, actor=ACTOR, zone=zone)
    with transaction(runtime.pool) as conn:
        directory = runtime.directory(conn)
        given = load_watch(conn, directory, actor=ACTOR, now=now, zone=zone)
        found = watch.look(conn, directory.calendar, given.settings, actor=ACTOR, now=now, zone=zone)
        notice_bursts(conn, given, found)
        follow_bursts(conn, given)
    with transaction(runtime.pool) as conn:
        active = early_sign_repository.list_active_issues(conn, now=now)
    _look_at_issues(runtime, active)


def _look_at_issues(runtime: Runtime, issue_ids: list[int]) -> None:
    for start in range(0, len(issue_ids), _TOGETHER):
        _in_transaction(runtime, notice_levels, issue_ids[start : start + _TOGETHER])


def _in_transaction(runtime: Runtime, look_for: Callable[..., Any], *arguments: Any) -> None:
    with transaction(runtime.pool) as conn:
        watch = load_watch(conn, runtime.directory(conn), actor=ACTOR, now=runtime.now(), zone=runtime.settings.zone)
        look_for(conn, watch, *arguments)

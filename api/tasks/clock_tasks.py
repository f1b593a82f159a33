"""The Celery tasks of clocks: counting open ones anew after a change of the calendar, and escalation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import Celery

from api.runtime import Runtime
from models.database import transaction
from routing.clocks import calendar_repository, escalation, recalculating

RECALCULATE = "clocks.recalculate"
ESCALATE = "clocks.escalate"
ACTOR = "system:clocks"
# By then every transaction that began with the calendar before has come to its end.
SETTLED = timedelta(seconds=60)

SCHEDULE: dict[str, Any] = {
    "recalculate-clocks": {"task": RECALCULATE, "schedule": 60.0, "options": {"expires": 60}},
    "escalate": {"task": ESCALATE, "schedule": 600.0, "options": {"expires": 600}},
}


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the tasks; `patient` is the context that lets a database that is away pass."""

    @app.task(name=RECALCULATE)
    def _recalculate() -> None:
        with patient():
            recalculate(runtime)

    @app.task(name=ESCALATE)
    def _escalate() -> None:
        with patient():
            escalate(runtime)


def recalculate(runtime: Runtime) -> recalculating.Recalculated:
    """Count the open clocks anew where the calendar changed, one transaction a batch. What was cut off begins again:
    a clock that was moved already is found right and left alone."""
    zone, now = runtime.settings.zone, runtime.now()
    total = recalculating.Recalculated()
    with transaction(runtime.pool) as conn:
        calendar_repository.lock_calendar(conn)
        changes, before, after, reason = recalculating.calendars(conn, runtime.directory(conn))
    if not changes or now - changes[-1].changed_at < SETTLED:
        return total
    going: int | None = 0
    while going is not None:
        with transaction(runtime.pool) as conn:
            going, done = recalculating.recalculate_batch(
                conn, before, after, after_id=going, reason=reason, actor=ACTOR, now=now, zone=zone
            )
        total = recalculating.Recalculated(total.moved + done.moved, total.kept + done.kept)
    with transaction(runtime.pool) as conn:
        calendar_repository.finish_changes(
            conn, [change.id for change in changes], moved=total.moved, kept=total.kept, actor=ACTOR, now=now
        )
    return total


def escalate(runtime: Runtime) -> int:
    """Tell of what is due or overdue by the rules in force; the number of cases told of."""
    told = 0
    with transaction(runtime.pool) as conn:
        rules = [rule for rule in calendar_repository.list_escalation_rules(conn) if rule.active]
    for rule in rules:
        while True:
            with transaction(runtime.pool) as conn:
                cases = escalation.escalate(
                    conn, rule, runtime.directory(conn), actor=ACTOR, now=runtime.now(), zone=runtime.settings.zone
                )
            told += len(cases)
            if len(cases) < escalation.BATCH:
                break
    return told

"""The Celery tasks of messages about cases: telling what happened, sending what waits."""

from collections.abc import Callable
from typing import Any

from celery import Celery

from api.messages import outbox
from api.runtime import Runtime

TELL = "outbox.tell"
ACTOR = "system:outbox"

SCHEDULE: dict[str, Any] = {"tell": {"task": TELL, "schedule": 30.0, "options": {"expires": 30}}}


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the tasks; `patient` is the context that lets a database that is away pass."""

    @app.task(name=TELL)
    def _tell() -> None:
        with patient():
            outbox.prepare(runtime, actor=ACTOR)
            outbox.send_due(runtime, actor=ACTOR)

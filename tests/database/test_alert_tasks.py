"""The tasks as the worker runs them: from a letter to an alert, on an empty city and twice."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.tasks import alert_tasks
from models.alert import AlertCriteria, AlertKind
from models.database import connect, transaction
from models.settings import Settings
from routing.alerts import alert_repository
from routing.alerts.bursts import BurstWatch
from tests import factories
from tests.api.door import StoppedRuntime
from tests.database.alert_rows import write
from tests.factories import NOW, SECRET


@pytest.fixture
def runtime(dsn: str, tmp_path: Path) -> Iterator[StoppedRuntime]:
    with closing(connect(dsn)) as conn:
        factories.city(conn)
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET), pool_size=4)
    with closing(StoppedRuntime(settings, dsn)) as opened:
        yield opened


def kinds(runtime: StoppedRuntime) -> list[tuple[AlertKind, int]]:
    with transaction(runtime.pool) as conn:
        found = alert_repository.list_alerts(conn, AlertCriteria(), now=NOW)
    return sorted((alert.kind, alert.submissions) for alert in found)


def test_nothing_happens_in_an_empty_city(runtime: StoppedRuntime) -> None:
    alert_tasks.look(runtime)
    alert_tasks.look_for_bursts(runtime, BurstWatch())
    assert kinds(runtime) == []


def test_a_letter_that_cannot_wait_is_an_alert_within_one_look(runtime: StoppedRuntime) -> None:
    with transaction(runtime.pool) as conn:
        write(conn, runtime.directory(conn), urgent=0.99)
    alert_tasks.look(runtime)
    alert_tasks.look(runtime)
    alert_tasks.look_for_bursts(runtime, BurstWatch())
    assert kinds(runtime) == [(AlertKind.FAST_LANE, 1)]

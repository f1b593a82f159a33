"""Alerts over JSON: the same rows as the lists they open, the same refusals as the pages."""

from typing import Any

import pytest

from models.account import Role
from models.alert import AlertSettings
from models.database import transaction
from routing.alerts.alerts import raise_alert
from routing.alerts.counting import bring_up_to_date
from tests.api.door import Door, ok, problem
from tests.database.alert_rows import new_alert
from tests.factories import ZONE


@pytest.fixture
def alert(door: Door, request: pytest.FixtureRequest) -> dict[str, Any]:
    """An alert about two cases, one of them of the unit zjj."""
    counted = [door.case(lead=lead).submission_id for lead in ("zjj", "lyj")]
    with transaction(door.runtime.pool) as conn:
        new = new_alert(key=f"test:{request.node.name}", submission_ids=counted)
        found = raise_alert(conn, new, AlertSettings(), actor="test", now=door.runtime.clock, zone=ZONE)
    body: dict[str, Any] = ok(door.get(f"/alerts/{found.id}", Role.LEADER))
    return body


def test_the_number_is_that_of_the_lists(door: Door, alert: dict[str, Any]) -> None:
    door.case()
    listed = ok(door.get("/submissions", Role.LEADER, alert_id=alert["id"]))
    cases = ok(door.get("/cases", Role.LEADER, alert_id=alert["id"]))
    assert (alert["submissions"], alert["cases"]) == (listed["total"], cases["total"]) == (2, 2)
    own = ok(door.get(f"/alerts/{alert['id']}", Role.OFFICER))
    theirs = ok(door.get("/cases", Role.OFFICER, alert_id=alert["id"]))
    assert own["own_cases"] == theirs["total"] == 1


def test_a_unit_without_a_case_knows_nothing_of_it(door: Door, alert: dict[str, Any]) -> None:
    other = door.account(Role.OFFICER, department="rsj")
    problem(door.get(f"/alerts/{alert['id']}", other), 404)
    assert alert["id"] not in [row["id"] for row in ok(door.get("/alerts", other, limit=500))["rows"]]
    assert alert["id"] in [row["id"] for row in ok(door.get("/alerts", Role.OFFICER, limit=500))["rows"]]


def test_acknowledge_once(door: Door, alert: dict[str, Any]) -> None:
    path = f"/alerts/{alert['id']}/acknowledge"
    problem(door.post(path, Role.OFFICER, version=alert["version"]), 403)
    problem(door.post(path, Role.LEADER, version=alert["version"] + 1), 409)
    done = ok(door.post(path, Role.LEADER, version=alert["version"]))
    assert done["acknowledged_by"].endswith("测试领导")
    assert [line["action"] for line in done["history"]] == ["acknowledge", "raise"]
    problem(door.post(path, Role.SUPERVISOR, version=done["version"]), 409)
    woken = ok(door.post(f"/alerts/{alert['id']}/wake", Role.SUPERVISOR, version=done["version"]))
    assert woken["acknowledged_at"] is None


def test_snooze_needs_a_time_to_come(door: Door, alert: dict[str, Any]) -> None:
    path, version = f"/alerts/{alert['id']}/snooze", alert["version"]
    problem(door.post(path, Role.LEADER, version=version, until="2026-11-23T09:00:00"), 422)
    problem(door.post(path, Role.LEADER, version=version, until="2020-01-01T09:00:00+08:00"), 422)
    ok(door.post(path, Role.LEADER, version=version, until="2026-11-25T09:00:00+08:00"))
    assert alert["id"] not in [row["id"] for row in ok(door.get("/alerts", Role.LEADER, open=True, limit=500))["rows"]]
    assert alert["id"] in [row["id"] for row in ok(door.get("/alerts", Role.LEADER, open=False, limit=500))["rows"]]


def test_what_is_not_there(door: Door) -> None:
    problem(door.get("/alerts/999999", Role.LEADER), 404)
    problem(door.get("/alerts/0", Role.LEADER), 422)
    problem(door.get("/alerts"), 401)
    problem(door.get("/alerts", Role.LEADER, kind="nonsense"), 422)
    assert ok(door.get("/issues/999999/level", Role.LEADER)) is None
    problem(door.get("/issues/1/level", Role.OFFICER), 403)


def test_a_trend_tells_nothing_of_a_few(door: Door) -> None:
    before = ok(door.get("/trends/sentiment", Role.LEADER, unit="day", since="2026-11-23", until="2026-11-24"))
    assert [point["first_day"] for point in before] == ["2026-11-23", "2026-11-24"]
    for _ in range(12):
        door.case()
    with transaction(door.runtime.pool) as conn:
        bring_up_to_date(conn, actor="test", zone=ZONE)
    [point, later] = ok(door.get("/trends/sentiment", Role.LEADER, unit="day", since="2026-11-23", until="2026-11-24"))
    assert point["persons"] == 1, "one person's twelve letters"
    assert (point["share"], later["persons"]) == (None, 0)
    problem(door.get("/trends/sentiment", Role.OFFICER), 403)
    problem(door.get("/trends/sentiment", Role.LEADER, since="2026-11-24", until="2026-11-23"), 422)
    problem(door.get("/trends/sentiment", Role.LEADER, since="2020-01-01", until="2026-11-23"), 422)

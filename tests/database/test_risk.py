"""Risk of the open cases: learnt from closed ones in the database, said of open ones with reasons, kept."""

from datetime import timedelta

import numpy as np

from dashboards.forecasts.risk import make_risk_forecast, read_risk_forecast
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference

DAY = timedelta(days=1)


def closed(random: np.random.Generator, unit: str, share: float) -> CaseRowSpec:
    due = NOW - float(random.uniform(0.1, 230)) * DAY
    late = random.random() < share
    done = min(due + float(random.uniform(0.5, 5)) * DAY, NOW) if late else due - float(random.uniform(0, 3)) * DAY
    return CaseRowSpec(
        department=unit, submitted_at=due - 12 * DAY, due_at=due, completed_at=done, status="completed", topic="T0101"
    )


def test_a_unit_that_is_often_late_is_warned_of_first(conn: Connection) -> None:
    add_reference(conn)
    random = np.random.default_rng(1)
    past = [closed(random, unit, share) for unit, share in (("d1", 0.6), ("d2", 0.05)) for _ in range(900)]
    opened = [
        CaseRowSpec(department=unit, submitted_at=NOW - 9 * DAY, due_at=NOW + 3 * DAY, topic="T0101")
        for unit in ("d1", "d2")
    ]
    later = CaseRowSpec(department="d1", submitted_at=NOW - 9 * DAY, due_at=NOW + 20 * DAY)
    overdue = CaseRowSpec(department="d1", submitted_at=NOW - 20 * DAY, due_at=NOW - DAY)
    add_cases(conn, [*past, *opened, later, overdue])
    conn.execute("UPDATE cases SET due_date = (due_at AT TIME ZONE %s)::date", (ZONE.key,))
    made = make_risk_forecast(conn, now=NOW, zone=ZONE, actor="test")
    assert made.test is not None and made.useful
    assert made == read_risk_forecast(conn)
    assert made.open == 2 and len(made.cases) == 2
    first, second = made.cases
    assert first.chance > 2 * second.chance
    assert conn.execute("SELECT lead_department_id FROM cases WHERE id = %s", (first.case_id,)).fetchone() == ("d1",)
    assert any("主办单位超期率" in reason for reason in first.reasons) and len(first.reasons) <= 2
    assert set(made.by_unit) == {"d1", "d2"}
    assert abs(sum(expected for _, expected in made.by_unit.values()) - made.expected) < 0.2
    assert made.test.top_late / made.test.top > made.test.late / made.test.rows


def test_without_history_nothing_is_said(conn: Connection) -> None:
    add_reference(conn)
    add_cases(conn, [CaseRowSpec(due_at=NOW + DAY)])
    made = make_risk_forecast(conn, now=NOW, zone=ZONE, actor="test")
    assert made.test is None and made.cases == [] and not made.useful

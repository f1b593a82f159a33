"""Units over rows counted by hand: the pooled rate, the lists, and who has a place in the ranking."""

from datetime import timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from dashboards.analysis.department_comparison import RATES, compare_departments
from dashboards.lists.case_lists import list_cases
from models.criteria import CaseCriteria
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference

DUE = NOW - timedelta(days=2)
LATE = NOW - timedelta(days=1)
NAMES = {"d1": "市住建局", "d2": "市环保局", "d3": "市水务局", "d4": "无工单局"}


def unit(id_: str, cases: int, on_time: int) -> list[CaseRowSpec]:
    return [
        CaseRowSpec(department=id_, status="completed", due_at=DUE, completed_at=DUE if n < on_time else LATE)
        for n in range(cases)
    ]


def test_units_are_compared_by_their_cases(conn: Connection) -> None:
    add_reference(conn)
    conn.execute(
        "INSERT INTO departments (id, duty, name, short_name, kind) VALUES ('d3', 'd3', '市水务局', '水务局', 'gov')"
    )
    add_cases(conn, [*unit("d1", 60, 57), *unit("d2", 22, 22), *unit("d3", 60, 30)])
    found = compare_departments(conn, "on_time_completion_rate", CaseCriteria(), NAMES, now=NOW, zone=ZONE)
    assert found.overall == pytest.approx(109 / 142)
    assert [(u.id, u.cases, u.row.numerator) for u in found.units] == [("d1", 60, 57), ("d2", 22, 22), ("d3", 60, 30)]
    assert [u.standing for u in found.units] == ["far_above", "above", "far_below"]
    for one in found.units:
        low, high = proportion_confint(one.row.numerator, one.cases, method="wilson")
        assert one.interval == pytest.approx((low, high), abs=1e-6)
        assert list_cases(conn, one.row.criteria, now=NOW, zone=ZONE).total == one.row.numerator
        assert one.row.denominator_criteria
        assert list_cases(conn, one.row.denominator_criteria, now=NOW, zone=ZONE).total == one.cases
        assert one.estimate and abs(one.estimate.rate - 109 / 142) < abs(one.rate - 109 / 142)
    assert [u.id for u in found.ranked()] == ["d1", "d3", "d2"]
    assert "received" not in RATES
    nothing = compare_departments(conn, "on_time_completion_rate", CaseCriteria(topic="T02"), NAMES, now=NOW, zone=ZONE)
    assert nothing.overall is None and nothing.units == ()

"""What the overview asks the facts is asked at once, and what it then puts together is what the cases say."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dashboards.analysis.changes import read_changes
from dashboards.analysis.overview_ahead import read_overview_ahead
from dashboards.daily_facts import fact_ahead, fact_reading
from dashboards.metrics.metrics import choose_for_metrics, overview
from models.criteria import CaseCriteria
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference, add_submission
from tests.database.test_daily_facts import by_cases, count
from tests.database.test_packed_ahead import columns_cost_nothing

LAST = date(2026, 11, 22)
YEAR = CaseCriteria(submitted_from=LAST - timedelta(days=364), submitted_to=LAST)
PLACES = (("T0101", "910101", "d1"), ("T0201", "9102", "d2"), ("T0102", "9101", None), (None, None, "d1"))

AHEAD = ("fetch_together", "sum_together")


@pytest.fixture
def counted(conn: Connection) -> Connection:
    add_reference(conn)
    specs = [
        CaseRowSpec(
            submitted_at=NOW - timedelta(days=5 * n, hours=n % 24),
            topic=topic,
            region=region,
            department=department,
            status="dispatched" if department else "triage",
            due_at=NOW - timedelta(days=5 * n - 3),
            sentiment=("negative", "neutral", "positive")[n % 3],
        )
        for n in range(1, 160)
        for topic, region, department in [PLACES[n % len(PLACES)]]
    ]
    add_cases(conn, specs)
    add_submission(conn, channel="social", sentiment="negative", topic="T0101", region="910101")
    count(conn)
    return conn


ASKED = [
    CaseCriteria(),
    YEAR,
    *(replace(YEAR, topic=topic) for topic in ("T01", "T0101", "none")),
    *(replace(YEAR, region=region) for region in ("91", "9101", "910101", "9101!")),
    replace(YEAR, department="d1"),
    replace(YEAR, duty="d2"),
    replace(YEAR, channel="letter"),
    replace(YEAR, topic="T01", region="9101"),
    replace(YEAR, topic="T0101", sentiment="negative"),
    replace(YEAR, submitted_from=LAST - timedelta(days=40), region="9101"),
    replace(YEAR, submitted_from=None),
]


@pytest.mark.parametrize("costs", ["as guessed", "columns cost nothing"])
def test_the_overview_asks_everything_at_once_and_says_what_the_cases_say(
    counted: Connection, monkeypatch: pytest.MonkeyPatch, costs: str
) -> None:
    if costs != "as guessed":
        columns_cost_nothing(monkeypatch)
    more: dict[str, Any] = {"now": NOW, "zone": ZONE}

    def received(criteria: CaseCriteria) -> int:
        return by_cases(counted, criteria).metrics["received"].numerator

    for criteria in ASKED:
        chosen = choose_for_metrics(counted, criteria, **more)
        assert chosen[0] is not None
        read_overview_ahead(chosen, criteria, **more)
        with monkeypatch.context() as patch:
            for module, names in ((fact_reading, ("fetch_facts", "fetch_rows", "sum_packed")), (fact_ahead, AHEAD)):
                for name in names:
                    patch.setattr(module, name, lambda *_, **__: pytest.fail("asked later"))
            changes = read_changes(counted, criteria, chosen=chosen, **more)
            found = overview(counted, criteria, chosen=chosen, **more)
        assert found == by_cases(counted, criteria)
        if changes is not None:
            for compared in changes.compared:
                counts = (compared.received.now, compared.received.before)
                assert counts == (received(changes.criteria), received(compared.criteria))

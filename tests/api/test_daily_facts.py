"""The same figure from the cases and from the facts, by page, by API and in the file."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from api.dependencies import SESSION_COOKIE
from api.tasks.fact_tasks import renew
from dashboards.daily_facts.fact_repository import find_mark
from models.account import Role
from models.analysis import Aspect, AspectTone, Sentiment
from models.case import CaseAction
from models.database import transaction
from tests import factories
from tests.api.case_actions import act
from tests.api.door import Door, ok

FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"topic": "T04"},
    {"department": "zjj"},
    {"submitted_from": "2026-11-01", "submitted_to": "2026-12-31"},
    {"channel": "letter", "submitted_to": "2026-11-25"},
    {"sentiment": "negative"},
)


@pytest.fixture(scope="module", autouse=True)
def life(door: Door) -> None:
    """Cases through the real lifecycle, some after the facts were built, over thirty days."""
    door.triage_case()
    door.case(until=CaseAction.CLOSE)
    late = door.case(until=CaseAction.REPLY)
    renew(door.runtime)
    angry = AspectTone(Aspect.DEPARTMENT, Sentiment.NEGATIVE, -0.7)
    door.case(says=replace(factories.analysis(), aspects=(angry,)))
    returned = door.case(until=CaseAction.OPEN)
    ok(act(door, returned, CaseAction.REQUEST_RETURN, Role.OFFICER))
    door.pass_time(days=10)
    door.case(until=CaseAction.COMPLETE, lead="swj")
    renew(door.runtime)
    door.pass_time(days=20)
    ok(door.post(f"/cases/{late.case_number}/complete", Role.OFFICER, result="solved"))
    door.case(until=CaseAction.OPEN)


def measured(door: Door, **filters: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(door.get("/metrics", Role.LEADER, **filters))
    return found


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_facts_say_what_the_cases_say(door: Door, filters: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    while renew(door.runtime):
        pass
    by_facts = measured(door, **filters)
    assert {m["source"] for m in by_facts} == {""}
    with monkeypatch.context() as patch:
        patch.setattr("dashboards.metrics.metrics.choose_facts", lambda *_, **__: (None, "逐件"))
        by_cases = measured(door, **filters)
    assert {m["source"] for m in by_cases} == {"逐件"}
    for facts, cases in zip(by_facts, by_cases, strict=True):
        assert facts | {"source": ""} == cases | {"source": ""}
    assert any(m["numerator"] for m in by_facts)


def test_page_file_and_api_show_one_figure(door: Door) -> None:
    while renew(door.runtime):
        pass
    door.client.cookies.set(SESSION_COOKIE, door.tokens(door.account(Role.LEADER))[0])
    numbers = {m["label"]: m for m in measured(door)}
    sheet = load_workbook(io.BytesIO(door.client.get("/overview.xlsx").content))["概况"]
    in_file = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True) if row[0] in numbers}
    page = door.client.get("/overview").text
    door.client.cookies.clear()
    assert in_file.keys() == numbers.keys()
    for label, metric in numbers.items():
        assert (in_file[label][3], in_file[label][5]) == (metric["numerator"], metric["denominator"]), label
    received = numbers["收到工单"]["numerator"]
    assert re.search(rf">\s*{received}\s*(?:<|件)", page)
    assert "逐件统计" not in page


def test_a_page_says_as_of_when_it_is(door: Door) -> None:
    while renew(door.runtime):
        pass
    door.pass_time(minutes=2)
    with transaction(door.runtime.pool) as conn:
        mark = find_mark(conn)
    assert mark is not None
    assert measured(door)[0]["as_of"] == mark.as_of.isoformat().replace("+00:00", "Z")

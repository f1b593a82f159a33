"""The page of forecasts and its JSON twin: the same figures, who may see them, what there is before any was made."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.forecast_tasks import make_forecasts
from api.runtime import Runtime
from models.account import Account, Role
from models.case import CaseAction
from models.database import Connection
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW

SignIn = Callable[[Account], str]


@pytest.fixture(scope="module")
def made() -> list[int]:
    """Cases are made once a module."""
    return []


@pytest.fixture
def history(city_conn: Connection, directory: Directory, runtime: Runtime, made: list[int]) -> None:
    if not made:
        for n in range(70, 0, -4):
            factories.case(city_conn, directory, lead="zjj", until=CaseAction.OPEN, at=NOW - timedelta(days=n))
        assert make_forecasts(runtime)
        made.append(1)


def test_before_any_was_made_it_says_so(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.LEADER))
    assert "还没有预测" in client.get("/forecast").text
    assert client.get("/api/v1/forecast").status_code == 404


@pytest.mark.usefixtures("history")
def test_page_and_api_say_the_same(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.LEADER))
    found = client.get("/api/v1/forecast").json()
    [city] = [one for one in found["sums"] if not one["topic"] and not one["region"]]
    assert len(city["mean"]) == 14 and city["total_low"] <= city["total"] <= city["total_high"]
    page = Page(client.get("/forecast").text)
    words = page.words.replace(" ", "")
    assert f"未来14天预计{city['total']:.0f}件（{city['total_low']}至{city['total_high']}件）" in words
    assert "历史不足，规则未经回测，不列" in words
    topic = next(one for one in found["sums"] if one["topic"])
    narrowed = client.get("/forecast", params={"topic": topic["topic"]})
    assert f"预计{topic['total']:.0f}件（{topic['total_low']}至" in Page(narrowed.text).words.replace(" ", "")
    assert "没有预测" in client.get("/forecast", params={"topic": "T99"}).text


@pytest.mark.usefixtures("history")
def test_made_once_a_day(runtime: Runtime) -> None:
    assert not make_forecasts(runtime)


def test_a_unit_does_not_see_the_city(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.OFFICER, department="zjj"))
    assert client.get("/forecast").status_code == 403
    assert client.get("/api/v1/forecast").status_code == 403

"""The page of forecasts and its JSON twin: the same figures, who may see them, what there is before any was made."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.runtime import Runtime
from api.tasks.forecast_tasks import make_forecasts
from dashboards.forecasts.forecast_repository import save_forecast
from dashboards.forecasts.risk import KEPT
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
    assert "还没有预测" in (page := client.get("/forecast").text)
    assert "还没有工单" in page or "起每天自动推算一次" in page
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
    file = client.get("/forecast", params={"topic": topic["topic"], "data": "forecast.csv"}).content.decode("utf-8-sig")
    assert file.startswith("日期,收到,预计,80%区间") and "图表“" in file.splitlines()[-1]


@pytest.mark.usefixtures("history")
def test_made_once_a_day(runtime: Runtime) -> None:
    assert not make_forecasts(runtime)


def test_a_unit_does_not_see_the_city(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.OFFICER, department="zjj"))
    assert client.get("/forecast").status_code == 403
    assert client.get("/api/v1/forecast").status_code == 403


def keep_risk(conn: Connection, ids: list[int], *, brier: float = 0.08, due: int = 3) -> None:
    """As if made last night: the first two of `due` cases are risky."""
    test = {"rows": 400, "late": 40, "auc": 0.8, "brier": brier, "brier_plain": 0.09, "top": 40, "top_late": 20}
    cases = [
        {"case_id": id_, "chance": 0.61 - n / 10, "high": n < 2, "reasons": ["尚未签收"]} for n, id_ in enumerate(ids)
    ]
    content = {"test": test | {"bins": [[80, 0.1, 0.1]]}, "open": due, "expected": 1.5, "border": 0.4, "cases": cases}
    save_forecast(conn, "risk", NOW.date(), content | {"by_unit": {"zjj": [2, 1.5]}}, actor="test", now=NOW)
    conn.commit()


def test_what_may_be_late_is_listed_while_it_runs(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    running = [factories.case(city_conn, directory, lead="zjj", until=CaseAction.DISPATCH) for _ in range(3)]
    done = factories.case(city_conn, directory, lead="zjj", until=CaseAction.COMPLETE)
    keep_risk(city_conn, [done.id, *(case.id for case in running)])
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    numbers = [row["case_number"] for row in client.get("/api/v1/forecast/risk").json()["rows"]]
    assert numbers == [case.case_number for case in running]
    page = client.get("/forecast/risk").text
    assert all(f"/cases/{number}" in page for number in numbers) and "尚未签收" in page and "51.0%" in page
    words = Page(page).words.replace(" ", "")
    assert "其中超期10.0%，风险最高的一成里超期50.0%" in words and "只保留" not in words
    keep_risk(city_conn, [case.id for case in running], due=KEPT + 1)
    assert "只保留其中风险最高的1,000件" in Page(client.get("/forecast/risk").text).words.replace(" ", "")
    keep_risk(city_conn, [done.id, *(case.id for case in running)])
    high = client.get("/forecast/risk", params={"high": 1, "department": "zjj"}).text
    assert numbers[0] in high and numbers[1] not in high
    assert f"/cases/{numbers[0]}" in client.get("/overview").text
    factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE, at=NOW - timedelta(days=60))
    due_soon = client.get("/due-soon").text
    assert "超期风险高" in due_soon and "/forecast/risk?high=1&amp;department=zjj" in due_soon


def test_a_model_that_is_not_better_says_nothing(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.DISPATCH)
    keep_risk(city_conn, [case.id], brier=0.1)
    sign_in(factories.account(city_conn, Role.LEADER))
    assert "并不比平均数准" in client.get("/forecast/risk").text
    assert "可能超期" not in client.get("/overview").text
    assert client.get("/api/v1/forecast/risk").json()["rows"] == []

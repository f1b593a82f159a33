import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from api.pages.assets import PLOTLY_ADDRESS
from api.pages.leadership import leadership
from api.runtime import Runtime
from dashboards.metrics.metrics import Overview, overview
from models.account import Account, Role
from models.case import CaseAction
from models.database import Connection
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW, analysis, letter

SignIn = Callable[[Account], str]


@pytest.fixture
def leader(client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn) -> TestClient:
    """A leader who looks at one case of each kind."""
    for at, until, topic in (
        (NOW - timedelta(days=60), CaseAction.OPEN, "T0402"),
        (NOW - timedelta(days=60), CaseAction.CLOSE, "T1001"),
        (NOW - timedelta(days=3), CaseAction.COMPLETE, "T0402"),
        (NOW, CaseAction.REPLY, None),
        (NOW, CaseAction.OPEN, "T0402"),
    ):
        lead = "zjj" if topic is None else None
        factories.case(
            city_conn, directory, at=at, until=until, lead=lead, says=analysis(topic=topic), new=letter(submitted_at=at)
        )
    sign_in(factories.account(city_conn, Role.LEADER))
    return client


def _listed(client: TestClient, href: str) -> int:
    found = re.search(r"(?:工单|来件)\s*([\d,]+)件", Page(client.get(href).text).headings[0])
    assert found, href
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("query", ["", "?topic=T04", "?submitted_from=2026-11-01&submitted_to=2026-11-23"])
def test_every_number_opens_exactly_its_cases(leader: TestClient, query: str) -> None:
    text = leader.get(f"/overview{query}").text
    numbers = re.findall(r'<a href="(/(?:cases|submissions)[^"]*)">(?:[^\d<]*)([\d,]+)(?:件)?</a>', text)
    numbers = [(href.replace("&amp;", "&"), int(value.replace(",", ""))) for href, value in numbers]
    assert len(numbers) > 20
    for href, value in dict(numbers).items():
        assert _listed(leader, href) == value, href


def test_a_rate_opens_its_numerator_and_says_how_it_is_counted(leader: TestClient) -> None:
    text = leader.get("/overview").text
    card = text.split(">按时办结率</h3>")[1].split("</article>")[0]
    href, percent = re.findall(r'<a href="([^"]+)">([\d.]+)%</a>', card)[0]
    numerator, denominator = (int(n) for n in re.findall(r"(?:按时办结|应办结) ([\d,]+)件", card))
    assert _listed(leader, href) == numerator
    assert float(percent) == pytest.approx(100 * numerator / denominator, abs=0.05)
    assert "办理时限已到" in card and "95%置信区间" in card


def test_pictures_are_data_for_our_script_and_open_lists(leader: TestClient) -> None:
    text = leader.get("/overview").text
    figures = [json.loads(part.split("</script>")[0]) for part in re.split(r'data-figure="[^"]+">', text)[1:]]
    assert len(figures) == 8
    traces = [trace for figure in figures for trace in figure["data"]]
    queries = [query for trace in traces for query in trace.get("customdata") or [] if query]
    assert queries
    for query in set(queries[:10]):
        assert leader.get(f"/cases?{query}").status_code == 200
    script = leader.get(PLOTLY_ADDRESS)
    assert PLOTLY_ADDRESS in text
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert len(script.content) > 1_000_000


def test_periods_keep_the_other_filters(leader: TestClient) -> None:
    page = Page(leader.get("/overview?topic=T04").text)
    [week] = [link for link in page.links if link.startswith("/overview") and "submitted_from=2026-11-17" in link]
    assert "topic=T04" in week and "submitted_to=2026-11-23" in week
    assert '" aria-current="page">近7天' in leader.get(week).text


def test_a_filter_that_selects_nothing_is_an_honest_page(leader: TestClient) -> None:
    page = leader.get("/overview?submitted_from=2001-01-01&submitted_to=2001-01-02")
    assert page.status_code == 200 and "暂无应办结工单" in page.text


def test_the_workbook_holds_the_same_total(leader: TestClient) -> None:
    answer = leader.get("/overview.xlsx?topic=T04")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert cells["收到工单"] == _listed(leader, "/cases?topic=T04")


def test_all_numbers_are_of_one_moment_and_the_connection_goes_back_as_it_was(
    leader: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def spy(conn: Connection, *args: Any, **more: Any) -> Overview:
        seen.append(conn.execute("SHOW transaction_isolation").fetchone())
        return overview(conn, *args, **more)

    monkeypatch.setattr(leadership, "overview", spy)
    leader.get("/overview")
    with runtime.pool.connection() as conn:
        seen.append(conn.execute("SHOW transaction_isolation").fetchone())
    assert seen == [("repeatable read",), ("read committed",)]


def test_officers_do_not_see_the_city(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn))
    assert client.get("/overview").status_code == 403
    assert client.get("/overview.xlsx").status_code == 403

"""The statistical pages: every number opens its cases, ranking is off, files are marked."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from api.pages.leadership import analysis_words
from dashboards.analysis.word_contrasts import WordContrasts
from dashboards.statistics.log_odds import Contrast
from models.account import Account, Role
from models.case import CaseAction
from models.criteria import CaseCriteria
from models.database import Connection
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW, analysis, letter

SignIn = Callable[[Account], str]


@pytest.fixture
def leader(client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn) -> TestClient:
    for days, until, topic in (
        (70, CaseAction.CLOSE, "T0402"),
        (65, CaseAction.COMPLETE, "T0402"),
        (60, CaseAction.OPEN, "T0402"),
        (40, CaseAction.COMPLETE, "T1001"),
        (1, CaseAction.OPEN, "T1001"),
    ):
        at = NOW - timedelta(days=days)
        says = analysis(topic=topic)
        factories.case(city_conn, directory, at=at, until=until, says=says, new=letter(submitted_at=at))
    sign_in(factories.account(city_conn, Role.LEADER))
    return client


def listed(client: TestClient, href: str) -> int:
    found = re.search(r"工单\s*([\d,]+)件", Page(client.get(href).text).headings[0])
    assert found, href
    return int(found[1].replace(",", ""))


def check_numbers(client: TestClient, text: str) -> int:
    numbers = re.findall(r'<a href="(/cases[^"]*)">([\d,]+)</a>', text)
    for href, value in dict(numbers).items():
        assert listed(client, href.replace("&amp;", "&")) == int(value.replace(",", "")), href
    return len(numbers)


def test_units_open_their_cases_and_are_not_ranked(leader: TestClient) -> None:
    text = leader.get("/analysis/departments").text
    assert check_numbers(leader, text) >= 4
    page = Page(text)
    assert page.headings == ["单位比较"]
    assert "位次" not in page.words and "不排名" in page.words
    assert "位次" in Page(leader.get("/analysis/departments?rank=estimate").text).words


def test_what_was_left_out_stands_beside_the_rate_with_why_and_who(leader: TestClient, city_conn: Connection) -> None:
    paths = ("/analysis?metric=on_time_completion_rate", "/analysis/departments")
    assert not any("剔除1件后" in leader.get(path).text for path in paths)
    city_conn.execute(
        "INSERT INTO case_exclusions (case_id, metric, reason, state, requested_at, requested_by, decided_at,"
        " decided_by) SELECT id, 'on_time_completion_rate', '属于铁路部门', 'accepted', %(now)s, 'account:1:张承办',"
        " %(now)s, 'account:2:王督办' FROM cases WHERE due_at < %(now)s ORDER BY id LIMIT 1",
        {"now": NOW},
    )
    city_conn.commit()
    for path in paths:
        words = Page(leader.get(path).text).words
        assert re.search("剔除1件后 [1-9][0-9.]*%", words) and "属于铁路部门（王督办审批）1件" in words, path
    # the figure itself stays, and what is no rate has nothing left out of it
    assert "剔除" not in leader.get("/analysis?metric=received").text
    assert "剔除1件后" not in leader.get("/analysis?metric=completion_rate").text


@pytest.mark.parametrize("query", ["metric=happiness", "metric=received", "kind=castle", "rank=worst"])
def test_units_refuse_what_makes_no_sense(leader: TestClient, query: str) -> None:
    assert leader.get(f"/analysis/departments?{query}").status_code == 422


def test_units_as_a_file_are_marked(leader: TestClient) -> None:
    answer = leader.get("/analysis/departments.csv?metric=completion_rate")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("单位,收到工单,已办结,办结率")
    assert "导出编号" in lines[-1] and len(lines) >= 4


@pytest.mark.parametrize("by", ["", "appeal_type", "topic", "department"])
def test_times_open_their_cases(leader: TestClient, by: str) -> None:
    text = leader.get(f"/analysis/time?by={by}").text
    assert check_numbers(leader, text) >= 2
    assert "各时点仍在观察的工单" in Page(text).words
    assert leader.get("/analysis/time?by=weather").status_code == 422
    lines = leader.get(f"/analysis/time.csv?by={by}").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("分组,天数,仍在观察") and "导出编号" in lines[-1]


def test_words_of_two_periods(leader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis_words, "contrast_words", lambda _, criteria, earlier, **__: made(criteria, earlier))
    text = leader.get("/analysis/words?topic=T04").text
    [href] = re.findall(r'<th scope="row"><a href="([^"]+)">暖气</a>', text)
    query = dict(parse_qsl(urlsplit(href.replace("&amp;", "&")).query))
    assert (query["q"], query["topic"], query["submitted_to"]) == ('"暖气"', "T04", "2026-11-23")
    assert leader.get(href.replace("&amp;", "&")).status_code == 200
    lines = leader.get("/analysis/words.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("暖气,40,10,") and "导出编号" in lines[-1]


@pytest.mark.parametrize("query", ["against=never", "submitted_from=2024-01-01&against=year"])
def test_words_refuse_what_makes_no_sense(leader: TestClient, query: str) -> None:
    assert leader.get(f"/analysis/words?{query}").status_code == 422
    assert Page(leader.get("/analysis/words").text).headings == ["用词对比"]


def made(criteria: CaseCriteria, earlier: tuple[date, date]) -> WordContrasts:
    before = replace(criteria, submitted_from=earlier[0], submitted_to=earlier[1])
    more = (Contrast("暖气", 40, 10, 1.2, 4.2),)
    return WordContrasts(criteria=criteria, before=before, mentions_now=96, mentions_before=100, more=more, fewer=())


def test_the_overview_says_what_changed(leader: TestClient) -> None:
    words = Page(leader.get("/overview?submitted_from=2026-11-01&submitted_to=2026-11-23").text).words
    assert "变化在哪里" in words and "没有超出偶然的变化" in words
    assert "比上期" in words
    assert "近30天" in Page(leader.get("/overview").text).words


def test_programs_read_the_same_as_the_pages(leader: TestClient) -> None:
    found = leader.get("/api/v1/analysis/departments?metric=completion_rate").json()
    text = leader.get("/analysis/departments?metric=completion_rate&kind=gov").text
    assert found["units"] and found["metric"] == "completion_rate"
    for unit in found["units"]:
        row = text.split(f'<th scope="row" class="table__topic">{unit["name"]}</th>')[-1].split("</tr>")[0]
        assert f">{unit['numerator']:,}</a>" in row and f">{unit['denominator']:,}</a>" in row
        assert listed(leader, f"/cases?{urlencode(unit['cases'])}") == unit["numerator"]
    assert leader.get("/api/v1/analysis/departments?metric=received").status_code == 422
    [everything] = leader.get("/api/v1/analysis/time").json()
    assert everything["cases"] == listed(leader, "/cases")
    assert (everything["as_of"], everything["source"]) == (found["as_of"], found["source"])
    assert everything["completed"] == sum(step["completed"] for step in everything["steps"])


def test_only_who_sees_the_whole_city(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.OFFICER))
    for path in ("departments", "departments.csv", "time", "time.csv", "words", "words.csv"):
        assert client.get(f"/analysis/{path}").status_code == 403


@pytest.mark.parametrize("path", ["/overview", "/analysis/time", "/analysis/departments"])
def test_every_chart_has_words_a_table_and_its_data_as_a_file(leader: TestClient, path: str) -> None:
    text = leader.get(path, params={"topic": "T10"}).text
    charts = text.split("data-chart role=")[1:]
    assert charts
    for chart in charts:
        assert re.match(r'"img" aria-label="[^"]+：[^"]*数字见下面的表。"', chart)
        table = chart.split("<tbody>")[1].split("</tbody>")[0]
        files = [href.replace("&amp;", "&") for href in re.findall(r'href="([^"]*data=[^"]*)"', chart)]
        assert [href.rpartition(".")[2] for href in files] == ["csv", "xlsx"]
        assert all(href.startswith(f"{path}?topic=T10&") for href in files)
        answer = leader.get(files[0])
        assert answer.headers["content-type"].startswith("text/csv")
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        # a head, the rows of the table, who took it
        assert len(lines) == table.count("<tr>") + 2 and "仅供工作使用" in lines[-1][0]
    assert "topic=T10" in lines[-1][0]
    book = load_workbook(io.BytesIO(leader.get(files[1]).content))
    assert book.sheetnames == ["数据", "怎么算的"] and book["怎么算的"]["B4"].value
    assert leader.get(path, params={"data": "nothing.csv"}).headers["content-type"].startswith("text/html")

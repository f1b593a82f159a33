"""The statistical pages: every number opens its cases, ranking is off, files are marked."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

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


@pytest.mark.parametrize("query", ["metric=happiness", "metric=received", "kind=castle", "rank=worst"])
def test_units_refuse_what_makes_no_sense(leader: TestClient, query: str) -> None:
    assert leader.get(f"/analysis/departments?{query}").status_code == 422


def test_units_as_a_file_are_marked(leader: TestClient) -> None:
    answer = leader.get("/analysis/departments.csv?metric=completion_rate")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("单位,收到工单,已办结,办结率")
    assert "导出编号" in lines[-1] and len(lines) >= 4


def test_only_who_sees_the_whole_city(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.OFFICER))
    for path in ("/analysis/departments", "/analysis/departments.csv"):
        assert client.get(path).status_code == 403

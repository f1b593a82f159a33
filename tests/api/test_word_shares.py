"""逐词得分, on the page and over JSON: for who may see the case, with an honest word about which classifier it is."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from intake.registration import register
from models.account import Account, Role
from models.case import Case
from models.database import Connection, transaction
from routing import case_repository
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.api.door import Door, StoppedRuntime, ok, problem
from tests.api.html_page import Page
from tests.factories import KEYS, NOW, ZONE, analysis

SignIn = Callable[[Account], str]


def analysed(runtime: StoppedRuntime, conn: Connection, title: str = "小区路灯坏了") -> Case:
    """A case that the classifier of today spoke about."""
    [receipt] = register(conn, [factories.letter(title=title)], actor="test", now=NOW, keys=KEYS, zone=ZONE)
    conn.commit()
    with transaction(runtime.pool) as c:
        process_batch(c, runtime.analyser(c), runtime.directory(c), now=NOW, zone=ZONE, limit=10)
    case = case_repository.get_case(conn, receipt.receipt_number)
    conn.rollback()
    return case


def test_the_page_adds_up(client: TestClient, city_conn: Connection, runtime: StoppedRuntime, sign_in: SignIn) -> None:
    case = analysed(runtime, city_conn)
    sign_in(factories.account(city_conn, Role.LEADER))
    assert f"/cases/{case.case_number}/why" in Page(client.get(f"/cases/{case.case_number}").text).links
    text = client.get(f"/cases/{case.case_number}/why").text
    words = Page(text).words
    for word in ("路灯", "起点（未看文字时）", "合计", "与分析时相同"):
        assert word in words, word
    numbers = [
        [float(cell.split("<")[0]) for cell in row.replace("<strong>", "").split('<td class="number">')[1:]]
        for row in text.split("<tbody>")[1].split("</table>")[0].split("<tr>")[1:]
    ]
    *parts, total = [row[0] for row in numbers]
    assert abs(sum(parts) - total) < 0.005 * len(numbers), "as they are printed"


def test_of_another_classifier_it_says_so(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory)
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    assert "已经更新" in Page(client.get(f"/cases/{case.case_number}/why").text).words


def test_without_any_suggestion_there_is_nothing_to_add(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, says=analysis(topic=None))
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    answer = client.get(f"/cases/{case.case_number}/why")
    assert answer.status_code == 409 and "没有得分可以相加" in answer.text


def test_over_json_the_parts_are_the_total(door: Door) -> None:
    case = door.case()
    body = ok(door.get(f"/cases/{case.case_number}/why", Role.OFFICER))
    assert body["topic_codes"] == ["T0402"] and body["as_analysed"] is False
    assert sum(word["scores"][0] for word in body["words"]) + body["start"][0] == pytest.approx(body["total"][0])
    other = door.case(lead="swj")
    problem(door.get(f"/cases/{other.case_number}/why", Role.OFFICER), 404)
    problem(door.get(f"/cases/{case.case_number}/why"), 401)
    nothing = door.case(says=analysis(topic=None))
    problem(door.get(f"/cases/{nothing.case_number}/why", Role.OFFICER), 409)

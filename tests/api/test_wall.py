"""The wall screen: live, one reading for all screens, and nothing on it that says who wrote or what about whom."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.account_repository import set_active
from api.auth import open_session
from api.dependencies import LISTENING_WALL, SESSION_COOKIE, WALL_COOKIE
from api.leadership import wall
from api.pages.rendering import page_template
from dashboards.metrics.metrics import measure
from dashboards.wall import read_numbers
from models.account import Account, Role
from models.alert import RiskLevel
from models.analysis import AppealType
from models.case import CaseAction
from models.criteria import CaseCriteria
from models.database import Connection, transaction
from routing.directory import Directory
from tests import factories
from tests.api.door import StoppedRuntime
from tests.api.html_page import Page
from tests.api.test_alert_stream import Server, raise_
from tests.factories import NOW, ZONE, analysis, letter
from tests.issue_rows import issue, issue_of_cases

SignIn = Callable[[Account], str]
TITLE, NAME, PHONE = "邻居祝长庚半夜敲铁皮", "祝长庚", "19900007788"
NAMED, REPORTED = "桂香街道夜间噪声", "某所收费被举报"


@pytest.fixture
def planted(city_conn: Connection, directory: Directory) -> list[str]:
    """Words that no wall may show: a person, a telephone, a title, an issue with a report in it."""
    words = [TITLE, NAME, PHONE, REPORTED, "敲铁皮"]
    if city_conn.execute("SELECT FROM issues WHERE name = %s", (REPORTED,)).fetchone():
        return words  # an earlier test of the module planted them
    new = letter(title=TITLE, body=f"{NAME}天天敲，请打我电话{PHONE}。", name=NAME, contact=PHONE)
    said = [factories.case(city_conn, directory, new=replace(new, source_id=str(n)), lead="zjj") for n in range(2)]
    issue(city_conn, [case.submission_id for case in said], name=f"桂香街道：{TITLE}", named_by=None)
    by_hand, _ = issue_of_cases(city_conn, directory)
    city_conn.execute("UPDATE issues SET name = %s, named_by = 'test' WHERE id = %s", (NAMED, by_hand))
    says = analysis(appeal_type=AppealType.REPORT)
    reports = [factories.case(city_conn, directory, says=says, new=letter(title="举报")) for _ in range(2)]
    issue(city_conn, [case.submission_id for case in reports], name=REPORTED, named_by="test")
    raise_(city_conn, "wall:1", severity=RiskLevel.ORANGE, title=f"苗头：{TITLE}")
    return words


@pytest.fixture
def leader(client: TestClient, city_conn: Connection, sign_in: SignIn, planted: list[str]) -> TestClient:
    sign_in(factories.account(city_conn, Role.LEADER))
    return client


@pytest.fixture
def web(runtime: StoppedRuntime) -> Iterator[Server]:
    opened = Server(runtime)
    yield opened
    opened.stop()


def _boards(web: Server, account: Account, how_many: int) -> list[dict[str, str]]:
    with transaction(web.runtime.pool) as conn:
        token, _ = open_session(conn, account, web.runtime.settings, now=NOW)
    address = web.url.replace("/alerts/stream", LISTENING_WALL)
    with (
        httpx.Client(cookies={SESSION_COOKIE: token}, timeout=20, trust_env=False) as client,
        client.stream("GET", address) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        found = []
        for line in answer.iter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line[6:]))
            if len(found) == how_many:
                return found
    raise AssertionError("the stream ended")


def test_the_page_stands_alone_and_says_of_when_it_is(leader: TestClient) -> None:
    answer = leader.get("/wall")
    page = Page(answer.text)
    assert len(page.headings) == 1 and page.inline_scripts == 0 and page.handlers == []
    assert "退出" in page.words and 'class="nav"' not in answer.text
    assert f"截至 {NOW.astimezone(ZONE):%H:%M:%S}" in " ".join(page.words.split())
    assert '/wall"' in leader.get("/overview").text


def test_its_numbers_are_those_of_the_overview(leader: TestClient, city_conn: Connection) -> None:
    metrics = measure(city_conn, CaseCriteria(), now=NOW, zone=ZONE).metrics
    html = leader.get("/wall").text
    for label, metric in (("在办", "open"), ("超期未办结", "overdue")):
        shown = html.split(f"{label}</h2>")[1].split('wall__value">')[1].split("<")[0]
        assert int(shown.replace(",", "")) == metrics[metric].numerator
    assert "按时办结率" in html and "满意率" in html and "解决率" in html
    assert "<b>1</b><span>橙色</span>" in html


@pytest.mark.parametrize("first", [datetime(2026, 12, 1, 8, tzinfo=ZONE), datetime(2027, 1, 1, 0, 5, tzinfo=ZONE)])
def test_the_first_morning_of_a_month_does_not_look_broken(
    city_conn: Connection, directory: Directory, first: datetime
) -> None:
    """Nobody has written yet, and yet the rates and the map have numbers."""
    at = first - timedelta(days=20)
    factories.case(city_conn, directory, at=at, lead="zjj", until=CaseAction.COMPLETE)
    found = read_numbers(city_conn, [("990102", "桂香街道")], now=first, zone=ZONE)
    assert found.received_today == 0 and found.days[-1].day.day == 1
    assert found.rates[0].denominator
    assert found.squares[0].received > 0 and found.squares[0].shade
    shown = page_template("staff/wall_board.html").render(wall=wall.Wall(numbers=found, issues=[], alerts=[]))
    assert "近30天按时办结率" in shown and "近30天各地工单" in shown and "本月" not in shown


def test_nothing_personal_hangs_on_the_wall(
    leader: TestClient, web: Server, city_conn: Connection, directory: Directory, planted: list[str]
) -> None:
    [board] = _boards(web, factories.account(city_conn, Role.LEADER), 1)
    page = leader.get("/wall").text
    for shown in (page, board["html"]):
        assert NAMED in shown, "a name that a person gave"
        assert f"{directory.region_name('990102')} {directory.topics['T0402'].name}" in shown, "the others"
        assert [word for word in planted if word in shown] == []


def test_what_is_protected_is_left_out_and_the_rest_is_told(
    leader: TestClient, city_conn: Connection, directory: Directory
) -> None:
    """The numbers are those of the others; the name could be that of the report."""
    said = [
        factories.case(city_conn, directory, lead="zjj", new=letter(name=f"住户{n}", contact=f"1990000{n:04}"))
        for n in range(31, 34)
    ]
    says = analysis(topic="T0101", appeal_type=AppealType.REPORT)
    report = factories.case(city_conn, directory, says=says, new=letter(name="某人", contact="19900009999"))
    members = [case.submission_id for case in (*said, report)]
    pinned = {"pinned_by": "test", "pinned_at": NOW}
    issue(city_conn, members, name="举报某所", named_by="test", topic_code="T0101", **pinned)
    page = " ".join(Page(leader.get("/wall").text).words.split())
    assert "举报某所" not in page
    name = f"{directory.region_name('990102')} {directory.topics['T0101'].name}"
    assert page.split(name)[1].lstrip().startswith("3人 3件")


def test_an_open_screen_hears_of_the_next_reading(
    web: Server, city_conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall, "EVERY", 0.05)
    boards = _boards(web, factories.account(city_conn, Role.SUPERVISOR), 3)
    assert all(a.keys() == b.keys() == {"html", "asOf", "stale"} for a, b in pairwise(boards))


def test_many_screens_are_one_reading(leader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = []
    read = wall.read_wall

    def counted(*args: Any, **given: Any) -> object:
        readings.append(1)
        return read(*args, **given)

    monkeypatch.setattr(wall, "read_wall", counted)
    monkeypatch.setattr(wall, "EVERY", 3600.0)
    for _ in range(4):
        assert leader.get("/wall").status_code == 200
    assert len(readings) == 1


@pytest.mark.parametrize("address", ["/wall", LISTENING_WALL])
def test_officers_have_no_wall(client: TestClient, city_conn: Connection, sign_in: SignIn, address: str) -> None:
    sign_in(factories.account(city_conn, Role.OFFICER))
    assert client.get(address).status_code == 403


def test_a_screen_in_a_hall_stays_on_and_shows_nothing_else(
    client: TestClient, runtime: StoppedRuntime, city_conn: Connection, sign_in: SignIn, planted: list[str]
) -> None:
    account = factories.account(city_conn, Role.LEADER)
    csrf = sign_in(account)
    assert client.post("/wall/screens", data={"csrf": csrf, "name": " "}).status_code == 422
    kept = client.post("/wall/screens", data={"csrf": csrf, "name": "一楼大厅"}, follow_redirects=False)
    assert (kept.status_code, kept.headers["location"]) == (303, "/wall")
    assert f'{SESSION_COOKIE}=""' in kept.headers["set-cookie"]
    assert client.get("/overview", follow_redirects=False).status_code == 303, "who set it up is signed out"
    client.cookies.delete(SESSION_COOKIE)
    runtime.clock = NOW + timedelta(days=80)
    assert "退出大屏" not in client.get("/wall").text
    assert client.get("/overview", follow_redirects=False).status_code == 303, "the wall and nothing else"
    key = {"Authorization": f"Bearer {client.cookies[WALL_COOKIE]}"}
    assert client.get("/api/v1/metrics", headers=key).status_code == 401

    runtime.clock = NOW
    other = sign_in(factories.account(city_conn, Role.LEADER))
    listed = client.get("/wall/screens")
    assert "正在常开的" in listed.text and "一楼大厅</th>" not in listed.text
    number = city_conn.execute("SELECT number FROM sessions WHERE wall_name = '一楼大厅'").fetchone()
    city_conn.commit()
    assert number
    assert client.post(f"/wall/screens/{number[0]}/end", data={"csrf": other}).status_code == 404
    admin = sign_in(factories.account(city_conn, Role.ADMINISTRATOR))
    assert "一楼大厅</th>" in client.get("/wall/screens").text
    assert client.post(f"/wall/screens/{number[0]}/end", data={"csrf": admin}).status_code == 200
    client.cookies.delete(SESSION_COOKIE)
    assert client.get("/wall", follow_redirects=False).status_code == 303


def test_a_screen_goes_dark_with_its_time_and_its_account(
    client: TestClient, runtime: StoppedRuntime, city_conn: Connection, sign_in: SignIn
) -> None:
    account = factories.account(city_conn, Role.LEADER)
    client.post("/wall/screens", data={"csrf": sign_in(account), "name": "二楼"})
    assert client.get("/wall").status_code == 200
    runtime.clock = NOW + timedelta(days=91)
    assert client.get("/wall", follow_redirects=False).status_code == 303
    runtime.clock = NOW
    set_active(city_conn, account.username, False, actor="test", now=NOW)
    city_conn.commit()
    assert client.get("/wall", follow_redirects=False).status_code == 303


def test_a_screen_that_only_listens_keeps_no_sign_in_alive(web: Server, city_conn: Connection) -> None:
    account = factories.account(city_conn, Role.LEADER)
    web.runtime.clock = NOW + timedelta(minutes=5)
    _boards(web, account, 1)
    row = city_conn.execute("SELECT max(last_seen_at) FROM sessions WHERE account_id = %s", (account.id,)).fetchone()
    city_conn.commit()
    assert row == (NOW,)

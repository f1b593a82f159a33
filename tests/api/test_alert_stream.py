"""The stream of alerts: from a real server, as a browser reads it; it ends when the process ends."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn

from api.auth import open_session
from api.dependencies import SESSION_COOKIE
from api.messages import alert_stream
from models.account import Account, Role
from models.alert import AlertSettings, RiskLevel
from models.database import Connection, transaction
from routing.alerts import alert_repository, alerts
from tests import factories
from tests.api.door import StoppedRuntime, application
from tests.database.alert_rows import new_alert
from tests.factories import NOW, ZONE


class Server:
    """The application on a free port."""

    def __init__(self, runtime: StoppedRuntime) -> None:
        self.runtime = runtime
        self.app = application(runtime)
        config = uvicorn.Config(self.app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/alerts/stream"

    def stop(self) -> float:
        """Seconds until it had ended."""
        begun = time.monotonic()
        self.app.state.alert_hub.stop()
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()
        return time.monotonic() - begun


@pytest.fixture
def web(runtime: StoppedRuntime) -> Iterator[Server]:
    opened = Server(runtime)
    yield opened
    opened.stop()


@contextlib.contextmanager
def listening(
    web: Server, account: Account, last: int | None = None, *, seen: str = "", **headers: str
) -> Iterator[Iterator[str]]:
    with transaction(web.runtime.pool) as conn:
        token, _ = open_session(conn, account, web.runtime.settings, now=NOW)
    parameters = ({} if last is None else {"after": str(last)}) | ({"seen": seen} if seen else {})
    cookies = {SESSION_COOKIE: token}
    with (
        httpx.Client(cookies=cookies, timeout=20, trust_env=False) as client,
        client.stream("GET", web.url, params=parameters, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.iter_lines()


def next_alert(lines: Iterator[str]) -> tuple[int, dict[str, Any]]:
    number = 0
    for line in lines:
        if line.startswith("id: "):
            number = int(line[4:])
        if line.startswith("data: "):
            return number, json.loads(line[6:])
    raise AssertionError("the stream ended")


def raise_(conn: Connection, key: str, **given: Any) -> int:
    new = new_alert(key=key, **given)
    found = alerts.raise_alert(conn, new, AlertSettings(), actor="test", now=NOW, zone=ZONE)
    conn.commit()
    return found.id


def newest(conn: Connection) -> int:
    number = alert_repository.newest_event_id(conn)
    conn.commit()
    return number


def test_an_alert_arrives_while_the_page_is_open(web: Server, city_conn: Connection) -> None:
    leader = factories.account(city_conn, Role.LEADER)
    with listening(web, leader, newest(city_conn)) as lines:
        next(lines)  # the answer has begun
        begun = time.monotonic()
        alert_id = raise_(city_conn, "stream:1", severity=RiskLevel.ORANGE)
        _, told = next_alert(lines)
        assert time.monotonic() - begun < 5, "without waiting for the heartbeat"
    assert (told["alert"], told["severity"], told["label"], told["tell"]) == (alert_id, "orange", "橙色", True)
    assert told["open"] >= 1


def test_who_comes_back_gets_what_was_missed_once(web: Server, city_conn: Connection) -> None:
    leader = factories.account(city_conn, Role.LEADER)
    before = newest(city_conn)
    first, second = raise_(city_conn, "stream:2"), raise_(city_conn, "stream:3")
    with listening(web, leader, before) as lines:
        number, told = next_alert(lines)
        assert told["alert"] == first
    with listening(web, leader, before, **{"Last-Event-ID": str(number)}) as lines:
        assert next_alert(lines)[1]["alert"] == second, "the header counts, not the address"


def test_an_officer_hears_of_the_units_alerts_only(web: Server, city_conn: Connection) -> None:
    directory = web.runtime.directory(city_conn)
    officer = factories.account(city_conn, department="jtj")
    before = newest(city_conn)
    raise_(city_conn, "stream:4")
    case = factories.case(city_conn, directory, lead="jtj")
    own = raise_(city_conn, "stream:5", submission_ids=[case.submission_id])
    with listening(web, officer, before) as lines:
        assert next_alert(lines)[1]["alert"] == own


def test_in_quiet_hours_only_the_number_moves(web: Server, city_conn: Connection) -> None:
    leader = factories.account(city_conn, Role.LEADER)
    quiet = AlertSettings(quiet_from=NOW.astimezone(ZONE).time(), quiet_to=NOW.astimezone(ZONE).time().replace(hour=23))
    before = newest(city_conn)
    alerts.raise_alert(city_conn, new_alert(key="stream:6"), quiet, actor="test", now=NOW, zone=ZONE)
    city_conn.commit()
    with listening(web, leader, before) as lines:
        assert next_alert(lines)[1]["tell"] is False


def test_an_open_page_holds_up_nothing(runtime: StoppedRuntime, city_conn: Connection) -> None:
    web = Server(runtime)
    leader = factories.account(city_conn, Role.LEADER)
    with listening(web, leader) as lines:
        next(lines)
        assert web.stop() < 5


def test_an_open_page_is_no_click(web: Server, city_conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-in ends after so long without a click, also where a page listens."""
    monkeypatch.setattr(alert_stream, "LONGEST", 0.1)
    leader = factories.account(city_conn, Role.LEADER)
    web.runtime.clock = NOW + timedelta(minutes=5)
    with listening(web, leader) as lines:
        list(lines)
    row = city_conn.execute("SELECT last_seen_at FROM sessions WHERE account_id = %s", (leader.id,)).fetchone()
    assert row == (NOW,)


def test_nobody_listens_without_an_account(web: Server) -> None:
    answer = httpx.get(web.url, trust_env=False, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")

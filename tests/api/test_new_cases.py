"""How many cases came to a desk, on an open page: from a real server, over the one connection that listens."""

import time
from collections.abc import Iterator

import pytest

from api.messages import alert_stream
from api.staff.arrivals import Arrivals
from models.account import Role
from models.case import CaseAction
from models.database import Connection
from routing import lifecycle
from routing.casework.mention_repository import desk_marks
from routing.directory import Directory
from tests import factories
from tests.api.door import StoppedRuntime
from tests.api.test_alert_stream import Server, listening, newest
from tests.factories import NOW, ZONE, analysis


@pytest.fixture
def web(runtime: StoppedRuntime) -> Iterator[Server]:
    opened = Server(runtime)
    yield opened
    opened.stop()


def next_count(lines: Iterator[str]) -> int:
    for line in lines:
        if line == "event: new":
            return int(next(lines).removeprefix("data: "))
    raise AssertionError("the stream ended")


def page_made(conn: Connection) -> str:
    marks = desk_marks(conn, 0)
    conn.commit()
    return marks[0]


def test_new_cases_of_the_unit_arrive_while_its_page_is_open(
    web: Server, city_conn: Connection, directory: Directory
) -> None:
    officer = factories.account(city_conn, department="jtj")
    factories.case(city_conn, directory, lead="jtj")  # on the page already
    with listening(web, officer, newest(city_conn), seen=page_made(city_conn)) as lines:
        next(lines)
        begun = time.monotonic()
        factories.case(city_conn, directory, lead="swj")  # another unit's
        factories.case(city_conn, directory, lead="jtj")
        assert next_count(lines) == 1
        assert time.monotonic() - begun < 8, "without waiting for the heartbeat"
        case = factories.case(city_conn, directory, lead="swj")
        lifecycle.dispatch(city_conn, case, directory, lead="jtj", actor="test", now=NOW, zone=ZONE)
        city_conn.commit()
        assert next_count(lines) == 2, "given on by another unit"


def test_the_dispatcher_hears_of_triage_and_the_leader_of_nothing(
    web: Server, city_conn: Connection, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_stream, "HEARTBEAT", 2.0)
    dispatcher, leader = (factories.account(city_conn, role) for role in (Role.DISPATCHER, Role.LEADER))
    made = page_made(city_conn)
    factories.case(city_conn, directory, lead="jtj", until=CaseAction.ACKNOWLEDGE)
    factories.case(city_conn, directory, says=analysis(topic=None))
    with listening(web, dispatcher, newest(city_conn), seen=made) as lines:
        assert next_count(lines) == 1
    web.app.state.alert_hub.arrivals = Arrivals()
    with listening(web, leader, newest(city_conn), seen=made) as lines:
        next(lines)
        assert next(line for line in lines if line) == ": ", "nothing but the sign of life"


def test_many_pages_cost_no_reading_of_their_own(
    web: Server, city_conn: Connection, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = factories.account(city_conn, department="jtj")
    made, last = page_made(city_conn), newest(city_conn)
    reads: list[int] = []
    refresh = Arrivals.refresh

    def counted(board: Arrivals, conn: Connection) -> None:
        reads.append(1)
        refresh(board, conn)

    monkeypatch.setattr(Arrivals, "refresh", counted)
    with (
        listening(web, officer, last, seen=made) as first,
        listening(web, officer, last, seen=made) as second,
        listening(web, officer, last, seen=made) as third,
    ):
        for lines in (first, second, third):
            next(lines)
        time.sleep(1.5)
        before = len(reads)
        for _ in range(5):
            factories.case(city_conn, directory, lead="jtj")
        counts = [0, 0, 0]
        for place, lines in enumerate((first, second, third)):
            while counts[place] < 5:
                counts[place] = next_count(lines)
        assert counts == [5, 5, 5]
        assert len(reads) - before <= 5, "at most once a second, for all of them together"

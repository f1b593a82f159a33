"""What hangs on the wall, read once for all who look: numbers, the hottest issues, alerts by level. Nothing personal.

A screen in a hall is seen by visitors. Issues carry the title of a letter where nobody has named them: here they are
told by place and topic, and only a name that a person gave is shown. What is confidential or a report is left out: an
issue with something of the kind in it is told by place and topic too, with the numbers of the rest and without its
heat, by which what is left out could be told apart; where the rest is no issue, not at all.
"""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from fastapi.concurrency import run_in_threadpool

from api.messages.alert_stream import LONGEST, AlertHub
from api.pages.issues import issue_wording
from api.pages.rendering import page_template
from api.runtime import Runtime
from api.staff.issue_view import IssueRow, list_hot
from dashboards.wall import OpenPart, WallNumbers, list_open_parts, read_numbers
from models.account import Account
from models.alert import AlertCriteria, RiskLevel
from models.database import Connection, transaction
from models.issue import Issue, IssueCriteria
from routing.alerts import alert_repository
from routing.directory import Directory

# The database is asked at most so often (seconds), however many screens there are.
EVERY = 5.0
ISSUES_SHOWN = 5
# Of so many some are not told.
_ASKED = 40


@dataclass(frozen=True, slots=True)
class ToldIssue:
    """`heat` is None where something is left out of the numbers."""

    name: str
    row: IssueRow
    heat: float | None
    submissions: int
    persons: int
    negative_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    numbers: WallNumbers
    issues: list[ToldIssue]
    alerts: list[tuple[RiskLevel, int]]


@dataclass(frozen=True, slots=True)
class Board:
    """`html` is what lies in the page; `reading` counts the readings."""

    html: str
    as_of: str
    stale: bool
    reading: int

    @property
    def frame(self) -> bytes:
        data = json.dumps({"html": self.html, "asOf": self.as_of, "stale": self.stale}, ensure_ascii=False)
        return f"event: board\ndata: {data}\n\n".encode()


class WallBoard:
    """The newest board of the process: whoever asks first after `EVERY` seconds reads it, the others wait for that."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._board: Board | None = None
        self._read_at = 0.0

    def current(self, account: Account, conn: Connection | None = None) -> Board:
        """`conn`: whoever holds a connection reads with it: waiting for a second one could hold up all."""
        with self._lock:
            if self._board is None or time.monotonic() - self._read_at >= EVERY:
                self._board = self._read(account, conn, self._board.reading + 1 if self._board else 1)
                self._read_at = time.monotonic()
            return self._board

    def _read(self, account: Account, conn: Connection | None, reading: int) -> Board:
        runtime = self._runtime
        zone, now = runtime.settings.zone, runtime.now()
        with contextlib.nullcontext(conn) if conn else transaction(runtime.pool) as given:
            wall = read_wall(given, runtime, account, now=now)
        html = page_template("staff/wall_board.html").render(wall=wall, wording=issue_wording, now=now, zone=zone)
        return Board(html, f"{wall.numbers.as_of.astimezone(zone):%H:%M:%S}", wall.numbers.stale, reading)


def read_wall(conn: Connection, runtime: Runtime, account: Account, *, now: datetime) -> Wall:
    """The same for everybody who may see the whole city. Raises `Forbidden` for officers."""
    directory = runtime.directory(conn)
    city = directory.city.region_code
    regions = [(r.code, r.name) for r in directory.regions.values() if r.parent_code == city]
    hot = list_hot(conn, account, IssueCriteria(), now=now, limit=_ASKED).rows
    parts = list_open_parts(conn, [row.issue.id for row in hot])
    told = [tell_issue(row, parts.get(row.issue.id), directory) for row in hot]
    return Wall(
        numbers=read_numbers(conn, regions, now=now, zone=runtime.settings.zone),
        issues=[one for one in told if one is not None][:ISSUES_SHOWN],
        alerts=[
            (level, alert_repository.count_alerts(conn, AlertCriteria(open=True, severity=level), now=now))
            for level in reversed(RiskLevel)
        ],
    )


def tell_issue(row: IssueRow, open_part: OpenPart | None, directory: Directory) -> ToldIssue | None:
    """`open_part`: what may be said where something in it is protected. None where nothing may."""
    issue, name = row.issue, _name(row.issue, directory, by_place=open_part is not None)
    if open_part is None:
        share = row.voices.negative_share
        return ToldIssue(name, row, issue.heat.total, issue.submissions, issue.persons, share)
    if not open_part.told:
        return None
    return ToldIssue(name, row, None, open_part.submissions, open_part.persons, open_part.negative_share)


def _name(issue: Issue, directory: Directory, *, by_place: bool) -> str:
    """The name that a person gave; else region and topic: the name that the program finds is the title of a letter,
    and who named it may have had a protected one in mind."""
    if issue.named_by is not None and not by_place:
        return issue.name
    topic = directory.topics.get(issue.topic_code or "")
    return f"{directory.region_name(issue.region_code)} {topic.name if topic else '类别不明'}".strip()


async def stream_wall(hub: AlertHub, board: WallBoard, account: Account) -> AsyncIterator[bytes]:
    """Server-sent events: the board whenever it was read anew; ends like the stream of alerts, and the page asks anew
    and shows again who it is."""
    yield b"retry: 3000\n\n"
    ends, seen = time.monotonic() + LONGEST, 0
    with hub.bell() as bell:
        while not hub.stopping.is_set() and time.monotonic() < ends:
            bell.rung.clear()
            newest = await run_in_threadpool(board.current, account)
            if newest.reading != seen:
                seen = newest.reading
                yield newest.frame
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.rung.wait(), EVERY)

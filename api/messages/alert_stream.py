"""Alerts and new cases as they happen, to every open page: one listening connection a process, one stream a page."""

import asyncio
import contextlib
import json
import logging
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import psycopg
from fastapi.concurrency import run_in_threadpool

from api.runtime import Runtime
from api.staff.arrivals import Arrivals, Snapshot
from models.account import Account, Role
from models.alert import Alert, AlertAction, AlertCriteria, AlertEvent
from models.database import Connection, transaction
from models.errors import Unavailable
from routing.alerts import alert_repository
from routing.alerts.alert_repository import ALERT_CHANNEL
from routing.arrival_repository import ARRIVAL_CHANNEL

logger = logging.getLogger(__name__)

# Seconds: a sign of life where nothing happens; then the page asks anew and shows again who it is.
HEARTBEAT, LONGEST = 20.0, 300.0
MOST_STREAMS = 500
# New cases are counted at most so often, once for all open pages.
COUNT_EVERY = 1.0
# What is shown on top of the page; the rest only moves the number beside 预警.
_TOLD = frozenset({AlertAction.RAISE, AlertAction.ESCALATE, AlertAction.RECUR})


@dataclass(slots=True, eq=False)
class Bell:
    """Rung from the listener's thread, waited for in the loop of the stream. `alerts`: it rang for alerts too, which
    only the database can tell; new cases are counted in memory."""

    loop: asyncio.AbstractEventLoop
    rung: asyncio.Event
    alerts: bool = True

    def ring(self, *, alerts: bool = True) -> None:
        self.alerts = self.alerts or alerts
        # the loop of a page that has just gone may be closed
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.rung.set)


class AlertHub:
    """Listens while a page is open. `stop` ends all streams: an open page must not hold up the end of the process."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._lock = threading.Lock()
        self._bells: set[Bell] = set()
        self._thread: threading.Thread | None = None
        self.stopping = threading.Event()
        self.arrivals = Arrivals()

    @contextlib.contextmanager
    def bell(self) -> Iterator[Bell]:
        """Raises `Unavailable` where too many pages are open."""
        bell = Bell(asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if len(self._bells) >= MOST_STREAMS:
                raise Unavailable("打开的页面过多，请稍后再试。")
            self._bells.add(bell)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._listen, name="alerts", daemon=True)
                self._thread.start()
        try:
            yield bell
        finally:
            with self._lock:
                self._bells.discard(bell)

    def check_room(self) -> None:
        """Raises `Unavailable` before an answer has begun."""
        if len(self._bells) >= MOST_STREAMS:
            raise Unavailable("打开的页面过多，请稍后再试。")

    def ring_all(self, *, alerts: bool = True) -> None:
        with self._lock:
            bells = list(self._bells)
        for bell in bells:
            bell.ring(alerts=alerts)

    def stop(self) -> None:
        self.stopping.set()
        # without the lock: a signal may come while it is held
        for bell in list(self._bells):
            bell.ring()

    def _listen(self) -> None:
        """Reconnects for ever: without it pages only learn at the next heartbeat."""
        while not self.stopping.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True) as conn:
                    self._serve(conn)
            except (psycopg.Error, OSError) as error:
                logger.warning("alert listener lost its connection, reconnecting: %s", error)
                self.stopping.wait(2)

    def _serve(self, conn: Connection) -> None:
        """Until the end, or until the connection is lost."""
        heard = {ALERT_CHANNEL, ARRIVAL_CHANNEL}  # what came while nobody listened
        conn.execute(f"LISTEN {ALERT_CHANNEL}")
        conn.execute(f"LISTEN {ARRIVAL_CHANNEL}")
        counted = -COUNT_EVERY
        while not self.stopping.is_set():
            if ALERT_CHANNEL in heard:
                heard.discard(ALERT_CHANNEL)
                self.ring_all()
            if ARRIVAL_CHANNEL in heard and time.monotonic() - counted >= COUNT_EVERY:
                heard.discard(ARRIVAL_CHANNEL)
                counted = time.monotonic()
                self.arrivals.refresh(conn)
                self.ring_all(alerts=False)
            # also what came with the answer of a statement
            heard |= {notice.channel for notice in conn.notifies(timeout=COUNT_EVERY, stop_after=1)}


async def stream(
    runtime: Runtime, hub: AlertHub, account: Account, last_id: int | None, seen: Snapshot | None = None
) -> AsyncIterator[bytes]:
    """Server-sent events: every alert after `last_id` (None: from now on) that this person may see, and how many cases
    came to the person's desk since the page was made, when the database looked like `seen`."""
    yield b"retry: 5000\n\n"
    ends = time.monotonic() + LONGEST
    new = 0
    with hub.bell() as bell:
        if last_id is None:
            last_id = await run_in_threadpool(_newest, runtime)
        while not hub.stopping.is_set():
            bell.rung.clear()
            if bell.alerts:
                bell.alerts = False
                for frame, number in await run_in_threadpool(_read, runtime, account, last_id):
                    last_id = number
                    yield frame
            if seen is not None and (count := hub.arrivals.count(desk_of(account), seen)) != new:
                new = count
                yield f"event: new\ndata: {count}\n\n".encode()
            left = ends - time.monotonic()
            if left <= 0 or hub.stopping.is_set():
                return
            try:
                await asyncio.wait_for(bell.rung.wait(), min(HEARTBEAT, left))
            except TimeoutError:
                bell.alerts = True
                yield b": \n\n"


def unit_of(account: Account) -> str | None:
    """Whose alerts somebody sees: an officer those of the unit, all others all."""
    return account.department_id if account.role is Role.OFFICER else None


def desk_of(account: Account) -> str | None:
    """Whose new cases are counted for somebody: an officer's unit, triage (None) for a dispatcher, nobody's ("") for
    the others."""
    if account.role is Role.DISPATCHER:
        return None
    return account.department_id or "" if account.role is Role.OFFICER else ""


def _newest(runtime: Runtime) -> int:
    with transaction(runtime.pool) as conn:
        return alert_repository.newest_event_id(conn)


def _read(runtime: Runtime, account: Account, last_id: int) -> list[tuple[bytes, int]]:
    unit = unit_of(account)
    with transaction(runtime.pool) as conn:
        events = alert_repository.list_events_after(conn, last_id, unit=unit)
        if not events:
            return []
        criteria = AlertCriteria(open=True, unit=unit)
        open_alerts = alert_repository.count_alerts(conn, criteria, now=runtime.now())
        alerts = {event.alert_id: alert_repository.get_alert(conn, event.alert_id, unit=unit) for event in events}
    return [(_frame(event, alerts[event.alert_id], open_alerts), event.id) for event in events]


def _frame(event: AlertEvent, alert: Alert, open_alerts: int) -> bytes:
    data = {
        "alert": alert.id,
        "title": alert.title,
        "severity": event.severity.value,
        "label": event.severity.label,
        "action": event.action.value,
        "tell": event.action in _TOLD and not event.quiet,
        "open": open_alerts,
    }
    return f"id: {event.id}\nevent: alert\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()

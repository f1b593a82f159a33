"""How many cases came to a desk since a page was made: counted in memory for all open pages of a process.

A page carries the snapshot of the database that it was made from. New is exactly what that snapshot could not see, in
whatever order transactions ended, and whichever web process made the page.
"""

import re
from collections import defaultdict, deque
from dataclasses import dataclass

from models.database import Connection
from routing.arrival_repository import Arrival, get_snapshot, list_arrivals

# More than the page ever shows.
_MOST = 1000
_SNAPSHOT = re.compile(r"(\d{1,18}):(\d{1,18}):((?:\d{1,18},?)*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which transactions could be seen: all before `xmin`, none from `xmax` on, between them all but `running`."""

    xmin: int
    xmax: int
    running: frozenset[int]

    def saw(self, txid: int) -> bool:
        return txid < self.xmin or (txid < self.xmax and txid not in self.running)


def read_snapshot(text: str) -> Snapshot | None:
    """As PostgreSQL writes it; None for anything else."""
    found = _SNAPSHOT.fullmatch(text) if len(text) <= 4000 else None
    if found is None:
        return None
    running = frozenset(int(number) for number in found[3].split(",") if number)
    return Snapshot(int(found[1]), int(found[2]), running)


class Arrivals:
    """Refreshed by the one listener of the process, read by its streams."""

    def __init__(self) -> None:
        self._since = 0
        self._known: dict[int, int] = {}
        self._by_desk: dict[str | None, deque[Arrival]] = defaultdict(lambda: deque(maxlen=_MOST))

    def refresh(self, conn: Connection) -> None:
        """Read what can be seen by now and could not the last time."""
        snapshot = read_snapshot(get_snapshot(conn))
        if snapshot is None:
            return
        for arrival in list_arrivals(conn, but=list(self._known), since=self._since):
            self._known[arrival.id] = arrival.txid
            self._by_desk[arrival.department_id].append(arrival)
        # what began before could be seen already, and is not read again
        self._since = snapshot.xmin
        self._known = {id_: txid for id_, txid in self._known.items() if txid >= snapshot.xmin}

    def count(self, desk: str | None, seen: Snapshot) -> int:
        """The cases that came to a desk (None: triage) and that the snapshot could not see."""
        if desk not in self._by_desk:
            return 0
        return sum(arrival.cases for arrival in tuple(self._by_desk[desk]) if not seen.saw(arrival.txid))

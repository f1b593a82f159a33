"""Which months of the facts are to be kept as columns, and since when has too much changed in them?"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboards.daily_facts.fact_measures import SUBMISSION_MEASURES, Measure, place_of_received
from dashboards.daily_facts.fact_pack_repository import count_by_month, list_crowded, list_packs, pack_month
from dashboards.daily_facts.fact_projections import CASES, SUBMISSIONS, Kind, choose
from models.database import Connection

# A month that is not over is packed from so many rows on, and any month again after so many changes: that many rows are
# read in some hundredths of a second.
MANY = 20_000
# The same in the night, when nobody waits.
MANY_AT_NIGHT = 1_000


def pack_next(conn: Connection, measures: tuple[Measure, ...], *, actor: str, now: datetime, zone: ZoneInfo) -> bool:
    """Pack one month where one is to be packed; False: none is. Whoever calls it holds the lock of the facts, which are
    complete."""
    this_month = now.astimezone(zone).date().replace(day=1)
    for kind in (CASES, SUBMISSIONS):
        packs = list_packs(conn, kind)
        rows = _rows_by_month(conn, kind, measures)
        unpacked = [m for m, n in rows.items() if n and m not in packs and (m < this_month or n >= MANY)]
        if unpacked:
            _pack(conn, kind, min(unpacked), measures, actor=actor)
            return True
    return pack_again(conn, measures, MANY, at_most=1, actor=actor) > 0


def pack_again(conn: Connection, measures: tuple[Measure, ...], changes: int, *, at_most: int, actor: str) -> int:
    """Pack the months anew in which at least so many rows came or went; how many."""
    crowded = list_crowded(conn, changes)
    number = 0
    for kind in (CASES, SUBMISSIONS) if crowded else ():
        for month, pack in list_packs(conn, kind).items():
            if pack in crowded and number < at_most:
                _pack(conn, kind, month, measures, actor=actor)
                number += 1
    return number


def _pack(conn: Connection, kind: Kind, month: date, measures: tuple[Measure, ...], *, actor: str) -> None:
    width = len(measures if kind == CASES else SUBMISSION_MEASURES)
    # how long they took, and how they were given on, is asked of cases alone
    received = _place_of_received(kind, measures) if kind == CASES else None
    pack_month(conn, kind, month, width, received=received, actor=actor)


def _rows_by_month(conn: Connection, kind: Kind, measures: tuple[Measure, ...]) -> dict[date, int]:
    projection = choose(kind, "month", ())
    assert projection
    return count_by_month(conn, projection.id, _place_of_received(kind, measures))


def _place_of_received(kind: Kind, measures: tuple[Measure, ...]) -> int:
    """Where in `counts` it stands, from 1."""
    return place_of_received(measures) if kind == CASES else SUBMISSION_MEASURES.index("received") + 1

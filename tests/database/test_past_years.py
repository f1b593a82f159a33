"""Earlier years of the counts: their days are read, and what they brought is expected in the worker's look."""

from datetime import date, datetime, timedelta

import numpy as np

from models.alert import SeriesKey
from models.database import Connection
from nlp.trends.seasons import REACH, YEAR
from routing.alerts.bursts import HISTORY, BurstWatch, kind_of_day
from routing.alerts.counting import day_bounds
from routing.alerts.noticing import load_watch
from routing.alerts.past_years import read_earlier
from routing.directory import Directory
from routing.directory_repository import load_directory
from tests import factories
from tests.factories import NOW, ZONE

_DAY = timedelta(days=1)
_TODAY = NOW.astimezone(ZONE).date()
_START = _TODAY - HISTORY


def counted(owner: Connection, day: date, persons: int, *, topic: str = "T0402", hour: int = 9) -> None:
    begin, _ = day_bounds(day, ZONE)
    owner.execute(
        "INSERT INTO series_counts VALUES (%s, '', %s, %s, %s)",
        (topic, begin + timedelta(hours=hour), persons + 1, persons),
    )


def ready(conn: Connection) -> Directory:
    factories.city(conn)
    return load_directory(conn)


def test_the_days_of_earlier_years_are_read(conn: Connection, owner: Connection) -> None:
    town = ready(conn)
    last_year = _TODAY - timedelta(days=YEAR)
    first = last_year - timedelta(days=300)
    for day, persons in ((first, 1), (last_year, 7), (last_year + REACH * _DAY, 2), (last_year + 60 * _DAY, 9)):
        counted(owner, day, persons)
    counted(owner, last_year, 3, hour=11)
    owner.commit()
    keys = [SeriesKey(topic_code="T0402"), SeriesKey(topic_code="T0101"), SeriesKey(issue_id=4)]

    def read(began: date) -> tuple[dict[date, float], dict[date, float]] | None:
        found = read_earlier(
            conn, keys, lambda day: kind_of_day(day, town.calendar), first=datetime.combine(began, NOW.timetz()),
            start=_START, today=_TODAY, years=3, zone=ZONE,
        )  # fmt: skip
        if found is None:
            return None
        length = found.totals.shape[1]
        days = [_START - back * _DAY for back in range(length, 0, -1)]
        assert found.kinds.tolist() == [kind_of_day(day, town.calendar) for day in days]
        assert np.isnan(found.totals[2]).all(), "an issue has no season"
        one, other = ({day: float(v) for day, v in zip(days, row, strict=True)} for row in found.totals[:2])
        return one, other

    found = read(first)
    assert found is not None
    one, other = found
    assert one[last_year] == 7 + 3
    assert one[last_year + REACH * _DAY] == 2
    assert one[last_year - _DAY] == other[last_year] == 0
    assert np.isnan(one[last_year + 60 * _DAY]), "what no season is learnt from is not read"
    assert read(_TODAY - timedelta(days=YEAR - 1)) is None


def test_the_worker_expects_what_last_year_brought(conn: Connection, owner: Connection) -> None:
    town = ready(conn)
    for back in range(1, 40):
        counted(owner, _TODAY - back * _DAY, 4)
    owner.execute("INSERT INTO series_counts VALUES ('T0402', '', %s, 90, 90)", (NOW.replace(minute=0) - _DAY / 24,))
    owner.commit()
    given = load_watch(conn, town, actor="test", now=NOW, zone=ZONE)

    def expected() -> float:
        bursts = BurstWatch().look(conn, town.calendar, given.settings, actor="test", now=NOW, zone=ZONE)
        conn.rollback()
        [burst] = bursts
        return burst.expected

    without = expected()
    # a year ago it rose some days before today
    for back in range(-REACH, 160):
        counted(owner, _TODAY - timedelta(days=YEAR + back), 30 if back < 3 else 4)
    owner.commit()
    # not more: this year's own last days have not risen yet
    assert expected() > 1.15 * without

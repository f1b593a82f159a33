"""What did the same weeks of earlier years bring in each series? Daily totals for the season of bursts."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from models.alert import SeriesKey
from models.database import Connection
from nlp.trends.seasons import REACH, YEAR, EarlierDays
from routing.alerts import trend_repository
from routing.alerts.counting import day_bounds


def read_earlier(
    conn: Connection, keys: Sequence[SeriesKey], kind: Callable[[date], int], *,
    first: datetime, start: date, today: date, years: int, zone: ZoneInfo,
) -> EarlierDays | None:  # fmt: skip
    """Totals of the days before `start` that a season of `today`, and of the days since `start`, is learnt from; NaN on
    all other days and for issues, which have no season. `first` is when counting began. None where that is not a year
    ago."""
    began = first.astimezone(zone).date()
    oldest = max(began, start - timedelta(days=YEAR * years + REACH))
    length = (start - oldest).days
    if (today - began).days < YEAR:
        return None
    totals = np.full((len(keys), length), np.nan)
    places = {key: number for number, key in enumerate(keys)}
    for year in range(1, years + 1):
        back = timedelta(days=YEAR * year)
        since, until = max(start - back - timedelta(days=REACH), oldest), today - back + timedelta(days=REACH + 1)
        until = min(until, start)
        if since >= until:
            continue
        asked = slice((since - oldest).days, (until - oldest).days)
        # a day of which nothing is stored brought nothing
        totals[[number for number, key in enumerate(keys) if key.issue_id is None], asked] = 0.0
        begin, _ = day_bounds(since, zone)
        end, _ = day_bounds(until, zone)
        for row in trend_repository.list_daily_totals(conn, since=begin, until=end, zone=zone.key):
            number = places.get(SeriesKey(topic_code=row.topic_code, region_code=row.region_code))
            if number is not None:
                totals[number, [(day - oldest).days for day in row.days]] = row.persons
    kinds = np.array([kind(oldest + timedelta(days=day)) for day in range(length)], dtype=np.int64)
    return EarlierDays(totals, kinds)

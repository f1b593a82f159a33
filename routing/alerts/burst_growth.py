"""How large has a burst become since it was found? After an alarm a series is silent, but an outbreak goes on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.alert import SeriesKey, StoredBurst
from models.database import Connection
from routing.alerts import trend_repository
from routing.alerts.burst_repository import Voice
from routing.alerts.burst_wording import find_origins

# The same hours of so many days before are looked at.
_DAYS = 28
_DAY = timedelta(days=1)


def size_by_now(conn: Connection, burst: StoredBurst, voices: Sequence[Voice], *, now: datetime) -> float:
    """People more than expected, from the burst's beginning to `now`; `voices` are all of them.

    Since it was found as many are taken to be usual as came in the same hours of the busiest of the four weeks before:
    the size is rather told too small. Who copied a text is not counted.
    """
    people = len({voice.person for voice in voices})
    people = min(people, find_origins(voices, []).independent)
    return people - burst.expected - _usual_most(conn, burst, now)


def _usual_most(conn: Connection, burst: StoredBurst, now: datetime) -> int:
    counts = _persons(conn, burst.series, burst.since - (_DAYS + 1) * _DAY, burst.since)
    most = 0
    for back in range(1, _DAYS + 1):
        begin, end = burst.found - back * _DAY, min(now - back * _DAY, burst.since)
        most = max(most, sum(persons for hour, persons in counts if begin <= hour < end))
    return most


def _persons(conn: Connection, key: SeriesKey, since: datetime, until: datetime) -> list[tuple[datetime, int]]:
    if key.issue_id is not None:
        issue = trend_repository.list_issue_counts(conn, key.issue_id, since=since, until=until)
        return [(row.hour, row.persons) for row in issue]
    series = trend_repository.list_series_counts(conn, key, since=since, until=until)
    return [(row.hour, row.persons) for row in series]

"""In which series is suddenly more said, or less? The counts of the database as a table, and what is found in it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from models.alert import AlertSettings, BurstDirection, SeriesKey, StoredBurst
from models.database import Connection
from nlp.trends.bursts import Burst, BurstSettings, CountTable, Prepared, detect_now, prepare
from routing.alerts import burst_repository, trend_repository
from routing.alerts.burst_wording import find_origins, say_change
from routing.alerts.counting import day_bounds
from routing.alerts.past_years import read_earlier
from routing.alerts.trend_repository import SeriesCount
from routing.clocks.calendar import DayKind, WorkingCalendar

# What the baseline looks back on, and four weeks more in which usual days are learnt. Of earlier years days are read
# (routing/alerts/past_years.py).
HISTORY = timedelta(days=84 + 28 + 2)
# What a burst is compared with, to say what changed.
_BEFORE = timedelta(days=28)
# In the week's shape: a holiday has its own, a Saturday or Sunday that is worked is like a Wednesday.
_HOLIDAY, _WORKED = 7, 2
# A series that no alarm can come from is not tested: the others are judged less strictly for it.
_LEAST = 4


class BurstWatch:
    """Keeps what was learnt of past days until the day ends: learning takes seconds, an hour's look does not."""

    def __init__(self) -> None:
        self._prepared: tuple[tuple[str, ...], Prepared] | None = None

    def look(
        self, conn: Connection, calendar: WorkingCalendar, settings: AlertSettings, *, actor: str, now: datetime,
        zone: ZoneInfo,
    ) -> list[StoredBurst]:  # fmt: skip
        """The bursts of the last whole hour, stored. Looking twice in an hour finds none twice."""
        until = now.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        first = trend_repository.find_first_hour(conn)
        if first is None:
            return []
        since, _ = day_bounds(max(first, until - HISTORY).astimezone(zone).date(), zone)
        keys, table = build_table(
            trend_repository.list_all_series(conn, since=since, until=until),
            calendar, since=since, until=until, zone=zone,
        )  # fmt: skip
        wanted = BurstSettings(
            false_alarms=settings.false_alarms,
            least_persons=settings.least_persons,
            refractory_hours=settings.refractory_hours,
        )
        if not keys or table.counts.shape[1] <= wanted.first_day * 24:
            return []
        learnt = self._learnt(conn, calendar, keys, table, wanted, first=first, zone=zone)
        # what another worker found meanwhile is known from here on
        trend_repository.lock_counts(conn)
        silent = burst_repository.list_last_alarms(conn, since=until - timedelta(hours=settings.refractory_hours))
        alarmed = {series_name(key): found for key, found in silent.items()}
        found = detect_now(table, wanted, prepared=learnt, alarmed=alarmed)
        by_name = {series_name(key): key for key in keys}
        # that an issue is talked about less needs nobody's attention
        told = [b for b in found if b.direction == "up" or by_name[b.series].issue_id is None]
        stored = [_describe(conn, by_name[burst.series], burst) for burst in told]
        return [replace(burst, id=burst_repository.add_burst(conn, burst, actor=actor)) for burst in stored]

    def _learnt(
        self, conn: Connection, calendar: WorkingCalendar, keys: Sequence[SeriesKey], table: CountTable,
        settings: BurstSettings, *, first: datetime, zone: ZoneInfo,
    ) -> Prepared:  # fmt: skip
        names = tuple(table.names)
        today = table.start + timedelta(days=(table.counts.shape[1] - 1) // table.steps)
        if self._prepared is None or self._prepared[1].day != today or self._prepared[0] != names:
            earlier = read_earlier(
                conn, keys, lambda day: kind_of_day(day, calendar), first=first,
                start=table.start.astimezone(zone).date(), today=today.astimezone(zone).date(),
                years=settings.baseline.years, zone=zone,
            )  # fmt: skip
            self._prepared = names, prepare(replace(table, earlier=earlier), settings)
        return self._prepared[1]


def build_table(
    rows: Sequence[SeriesCount], calendar: WorkingCalendar, *, since: datetime, until: datetime, zone: ZoneInfo
) -> tuple[list[SeriesKey], CountTable]:
    """Hours from `since` (a local midnight) to `until` without gaps, and whose rows they are."""
    length = max(int((until - since) / timedelta(hours=1)), 0)
    totals: dict[SeriesKey, int] = {}
    for row in rows:
        totals[row.key] = totals.get(row.key, 0) + row.submissions
    keys = [key for key, total in totals.items() if total >= _LEAST]
    places = {key: number for number, key in enumerate(keys)}
    counts, persons = np.zeros((len(keys), length)), np.zeros((len(keys), length))
    started = np.full(len(keys), length, dtype=np.int64)
    for row in rows:
        place = places.get(row.key)
        hour = int((row.hour - since) / timedelta(hours=1))
        if place is not None and 0 <= hour < length:
            counts[place, hour], persons[place, hour] = row.submissions, row.persons
            started[place] = min(started[place], hour)
    first = since.astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range(-(-length // 24))]
    # a topic or a county is there from the beginning; an issue begins with its first submission
    started = np.where([key.issue_id is None for key in keys], 0, started).astype(np.int64)
    table = CountTable(
        names=[series_name(key) for key in keys],
        start=since,
        hourly=True,
        counts=counts,
        persons=persons,
        started=started,
        kinds=np.array([kind_of_day(day, calendar) for day in days], dtype=np.int64),
    )
    return keys, table


def series_name(key: SeriesKey) -> str:
    """What tells series apart in a table, and alerts of them."""
    return f"issue:{key.issue_id}" if key.issue_id is not None else f"series:{key.topic_code}:{key.region_code}"


def _describe(conn: Connection, key: SeriesKey, burst: Burst) -> StoredBurst:
    voices = burst_repository.list_voices(conn, key, since=burst.since, until=burst.found)
    before = burst_repository.list_voices(conn, key, since=burst.since - _BEFORE, until=burst.since)
    origins = find_origins(voices, before)
    return StoredBurst(
        id=0,
        topic_code=key.topic_code,
        region_code=key.region_code,
        issue_id=key.issue_id,
        direction=BurstDirection(burst.direction),
        count=burst.count,
        expected=burst.expected,
        low=burst.low,
        high=burst.high,
        p=burst.p,
        a_month=burst.a_month,
        since=burst.since,
        found=burst.found,
        submissions=len(voices),
        copies=origins.copies,
        most_by_one=origins.most_by_one,
        changed=say_change(voices, before) if burst.direction == "up" else "",
        independent=origins.independent,
        coordinated=origins.sentence,
    )


def kind_of_day(day: date, calendar: WorkingCalendar) -> int:
    """As in nlp.trends.baseline: 0 for Monday to 6 for Sunday, a holiday, a make-up day like a Monday."""
    special = calendar.special(day)
    if special is None:
        return day.weekday()
    return _WORKED if special.kind is DayKind.WORKDAY else _HOLIDAY

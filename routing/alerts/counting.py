"""Are the counts over time current? Counts whole local days anew, so that counting twice changes nothing."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.database import Connection
from routing.alerts import trend_repository


def bring_up_to_date(conn: Connection, *, actor: str, zone: ZoneInfo) -> list[int]:
    """Count what changed since the last call, in one transaction with the note that it changed; issues that changed."""
    trend_repository.lock_counts(conn)
    stale = trend_repository.claim_stale_hours(conn, actor=actor)
    days = {hour.astimezone(zone).date() for hour in stale}
    # half-hour zones: the noted hour begins on one day and ends on the next
    days |= {(hour + timedelta(minutes=59)).astimezone(zone).date() for hour in stale}
    # who writes today is not new tomorrow
    days |= {day + timedelta(days=1) for day in days}
    count_days(conn, days, actor=actor, zone=zone)
    return trend_repository.refresh_issues(conn, zone=zone.key, actor=actor)


def recount_last_days(conn: Connection, number: int, *, actor: str, now: datetime, zone: ZoneInfo) -> None:
    """Today and the days before it, `number` in all, whether or not anything is known to have changed."""
    trend_repository.lock_counts(conn)
    today = now.astimezone(zone).date()
    count_days(conn, (today - timedelta(days=back) for back in range(number)), actor=actor, zone=zone)


def count_days(conn: Connection, days: Iterable[date], *, actor: str, zone: ZoneInfo) -> None:
    for day in sorted(set(days)):
        since, until = day_bounds(day, zone)
        trend_repository.replace_day(conn, since, until, zone=zone.key, actor=actor)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The local day's first instant, and the next day's."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)

"""What the schedule does with cases by itself: completed ones are archived, suspensions end on their day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.database import Connection
from models.errors import Conflict
from routing import case_repository, lifecycle
from routing.casework import callback_repository
from routing.casework.callback_drawing import rule_in_force
from routing.clocks import suspension_repository, suspensions
from routing.clocks.calendar import WorkingCalendar
from routing.directory import Directory

BATCH = 200


def archive_completed(conn: Connection, directory: Directory, *, actor: str, now: datetime, zone: ZoneInfo) -> int:
    """归档 of at most `BATCH` cases: completed so many working days ago as the rule in force says, the submitter has
    answered or can no longer, and no displeasure waits for a decision. A callback that nobody made goes on waiting.
    The number archived."""
    rule = rule_in_force(conn, actor=actor, now=now)
    ids = callback_repository.list_closable(
        conn,
        completed_before=days_ago(rule.archive_days, directory.calendar, now, zone),
        answers_until=days_ago(rule.window_days, directory.calendar, now, zone),
        limit=BATCH,
    )
    archived = 0
    for case_id in ids:
        try:
            with conn.transaction():
                lifecycle.close(conn, case_repository.get_case_by_id(conn, case_id), actor=actor, now=now)
                archived += 1
        except Conflict:
            continue  # somebody works on it: the next round
    return archived


def end_suspensions(conn: Connection, directory: Directory, *, actor: str, now: datetime, zone: ZoneInfo) -> int:
    """恢复办理 of at most `BATCH` cases whose suspension was to end. The number resumed."""
    resumed = 0
    for row in suspension_repository.list_over(conn, today=now.astimezone(zone).date(), limit=BATCH):
        try:
            with conn.transaction():
                case = case_repository.get_case_by_id(conn, row.case_id)
                suspensions.resume(conn, case, directory, actor=actor, now=now, zone=zone)
                resumed += 1
        except Conflict:
            continue  # resumed by hand just now
    return resumed


def days_ago(days: int, calendar: WorkingCalendar, now: datetime, zone: ZoneInfo) -> datetime:
    """What was completed before this instant was so at least `days` whole working days ago."""
    day = _last_over(now.astimezone(zone).date(), days, calendar)
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone)


def _last_over(today: date, days: int, calendar: WorkingCalendar) -> date:
    """The latest day whose limit of `days` working days has ended by the beginning of `today`."""
    day = today - timedelta(days=1)
    while calendar.working_days_between(day, today - timedelta(days=1)) < days:
        day -= timedelta(days=1)
    return day

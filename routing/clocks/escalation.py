"""Escalation 升级提醒: who is told, and when, about a case that nobody finishes; once for each due time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.account import Role
from models.calendar_change import EscalationRule
from models.case import Case, CaseAction
from models.database import Connection
from models.errors import Invalid, NotFound
from routing import lifecycle
from routing.clocks import calendar_repository as rows
from routing.clocks.calendar import WorkingCalendar
from routing.directory import Directory

BATCH = 200
# What lay about for longer when the rule was made is known by now.
_LONGEST = timedelta(days=366)
_ROLES = (Role.OFFICER, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER)


def due_span(days: int, calendar: WorkingCalendar, *, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Cases due after the first instant and up to the second are those that a rule of so many working days tells of.

    -1 on Thursday: everything due by the end of Friday; 0: what is due by now; 5: what was due by the end of the day
    after which five working days have begun."""
    today = now.astimezone(zone).date()
    if days < 0:
        return now, _end(calendar.add_working_days(today, -days), zone)
    if days == 0:
        return now - _LONGEST, now
    return now - _LONGEST, _end(_working_days_ago(today, days, calendar), zone)


def escalate(
    conn: Connection,
    rule: EscalationRule,
    directory: Directory,
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> list[Case]:
    """Tell of up to `BATCH` cases by this rule, in the caller's transaction: a line in the history of each and a row
    for whoever is told."""
    after, until = due_span(rule.days, directory.calendar, now=now, zone=zone)
    after = max(after, rule.created_at)
    cases = rows.lock_cases_to_escalate(conn, rule.id, due_after=after, due_until=until, limit=BATCH)
    told = []
    for case in cases:
        assert case.due_at is not None
        payload = {"rule": rule.name, "role": rule.role.value, "due_at": case.due_at.isoformat()}
        told.append(lifecycle.act_beside(conn, case, CaseAction.ESCALATE, payload, actor=actor, now=now))
        rows.add_escalation(conn, case.id, rule, due_at=case.due_at, actor=actor, now=now)
    return told


def add_rule(conn: Connection, *, name: str, days: int | None, role: Role | None, actor: str, now: datetime) -> None:
    """Raises `Invalid` naming what is wrong."""
    name = name.strip()
    fields = {}
    if not 1 <= len(name) <= 40:
        fields["name"] = "请填写1至40字"
    if days is None or not -30 <= days <= 180:
        fields["days"] = "请填写-30至180的整数"
    if role not in _ROLES:
        fields["role"] = "请选择提醒谁"
    if days is None or role is None or fields:
        raise Invalid("有几处需要修改。", fields)
    rows.add_escalation_rule(conn, name=name, days=days, role=role, actor=actor, now=now)


def switch_rule(conn: Connection, rule_id: int, active: bool, *, actor: str) -> None:
    """Raises `NotFound`."""
    if not rows.set_escalation_rule_active(conn, rule_id, active, actor=actor):
        raise NotFound("没有这条提醒规则。")


def _working_days_ago(today: date, days: int, calendar: WorkingCalendar) -> date:
    """The last day after which, up to and including today, there are so many working days."""
    day = today
    while days > 0:
        days -= calendar.is_working_day(day)
        day -= timedelta(days=1)
    return day


def _end(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone)

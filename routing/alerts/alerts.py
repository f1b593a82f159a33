"""The life of an alert: raised once, noticed again, known, put off. The only writer of its state."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.account import Account, Role
from models.alert import Alert, AlertAction, AlertKind, AlertSettings, NewAlert, RiskLevel
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid
from routing.alerts import alert_repository as repository
from routing.alerts.delivery_repository import add_deliveries

# Who says that an alert is known, or puts it off.
ACTS = (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER)
LONGEST_SNOOZE = timedelta(days=30)


def raise_alert(
    conn: Connection, new: NewAlert, settings: AlertSettings, *, actor: str, now: datetime, zone: ZoneInfo
) -> Alert:
    """The alert of this key: a new one, or the one that was raised for the same within the refractory time.

    That one counts what is new. Where it became graver, or a submission that cannot wait has joined, whoever knew of it
    has to look again, and it is sent again. Where nothing is new nothing happens.
    """
    repository.lock_alerts(conn)
    since = now - timedelta(hours=settings.refractory_hours)
    known = repository.find_recent(conn, new.key, since=since)
    if known is None:
        alert_id = repository.add_alert(conn, new, actor=actor, now=now)
        repository.add_submissions(conn, alert_id, new.submission_ids, actor=actor)
        _tell(conn, alert_id, AlertAction.RAISE, new.severity, settings, actor=actor, now=now, zone=zone)
        return repository.get_alert(conn, alert_id)
    joined = repository.add_submissions(conn, known.id, new.submission_ids, actor=actor)
    severity = max(known.severity, new.severity, key=lambda level: level.rank)
    graver = severity is not known.severity
    if joined or graver:
        again = graver or new.kind is AlertKind.FAST_LANE
        repository.note_again(conn, known.id, new, severity, reopen=again, actor=actor, now=now)
        if again:
            action = AlertAction.ESCALATE if graver else AlertAction.RECUR
            _tell(conn, known.id, action, severity, settings, joined=joined, actor=actor, now=now, zone=zone)
        else:
            payload = {"joined": joined}
            repository.add_event(
                conn, known.id, AlertAction.RECUR, severity, quiet=True, payload=payload, actor=actor, now=now
            )
    return repository.get_alert(conn, known.id)


def acknowledge(conn: Connection, alert: Alert, account: Account, *, now: datetime) -> None:
    """Raises `Forbidden`; `Conflict` where it is known already or was changed meanwhile."""
    check_can_act(account)
    repository.lock_alerts(conn)
    if alert.acknowledged_at is not None:
        raise Conflict("这条预警已经有人知悉。")
    repository.set_acknowledged(conn, alert, actor=account.actor, now=now)
    _note(conn, alert, AlertAction.ACKNOWLEDGE, account, now=now)


def snooze(conn: Connection, alert: Alert, until: datetime, account: Account, *, now: datetime) -> None:
    """Raises `Forbidden`; `Invalid` for a time that is past or far off; `Conflict`."""
    check_can_act(account)
    if not now < until <= now + LONGEST_SNOOZE:
        raise Invalid("暂缓提醒最长30天。")
    repository.lock_alerts(conn)
    repository.set_snoozed(conn, alert, until, actor=account.actor)
    _note(conn, alert, AlertAction.SNOOZE, account, now=now, until=until.isoformat())


def wake(conn: Connection, alert: Alert, account: Account, *, now: datetime) -> None:
    """Open again, whether it was known or put off. Raises `Forbidden`, `Conflict`."""
    check_can_act(account)
    if alert.is_open(now):
        raise Conflict("这条预警没有被处理过。")
    repository.lock_alerts(conn)
    repository.set_snoozed(conn, alert, None, actor=account.actor)
    _note(conn, alert, AlertAction.WAKE, account, now=now)


def check_can_act(account: Account) -> None:
    if account.role not in ACTS:
        raise Forbidden(f"{account.role.label}只能查看预警。")


def can_act(account: Account) -> bool:
    return account.role in ACTS


def quiet_until(settings: AlertSettings, severity: RiskLevel, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end in which `now` lies; None outside them, and for what is red."""
    if severity is RiskLevel.RED or settings.quiet_from == settings.quiet_to:
        return None
    local = now.astimezone(zone)
    clock = local.time()
    begins, ends = settings.quiet_from, settings.quiet_to
    overnight = begins > ends
    inside = (clock >= begins or clock < ends) if overnight else begins <= clock < ends
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if overnight and clock >= begins else 0)
    return datetime.combine(day, ends, tzinfo=zone)


def _tell(
    conn: Connection,
    alert_id: int,
    action: AlertAction,
    severity: RiskLevel,
    settings: AlertSettings,
    *,
    joined: int = 0,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """A line of history that people are shown and sent, at once or when the quiet hours end."""
    until = quiet_until(settings, severity, now=now, zone=zone)
    payload = {"joined": joined} if joined else {}
    event_id = repository.add_event(
        conn, alert_id, action, severity, quiet=until is not None, payload=payload, actor=actor, now=now
    )
    add_deliveries(conn, event_id, alert_id, severity, not_before=until or now, actor=actor)


def _note(
    conn: Connection, alert: Alert, action: AlertAction, account: Account, *, now: datetime, **payload: object
) -> None:
    repository.add_event(
        conn, alert.id, action, alert.severity, quiet=True, payload=payload, actor=account.actor, now=now
    )


def end_of_snooze(choice: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Until tomorrow morning, or for so many hours. Raises `Invalid`."""
    if choice == "tomorrow":
        return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(8), tzinfo=zone)
    if choice.isdecimal() and len(choice) < 4:
        return now + timedelta(hours=int(choice))
    raise Invalid("请选择暂缓到什么时候。")

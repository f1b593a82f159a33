"""Rows of where alerts are sent, and of what still has to be sent there."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from psycopg.rows import class_row

from models.alert import AlertChannel, Delivery, DeliveryKind, DeliveryState, RiskLevel, WebhookFormat
from models.database import Connection
from models.errors import NotFound

_CHANNEL = ", ".join(f"c.{field.name}" for field in fields(AlertChannel))
_DELIVERY = ", ".join(f"d.{field.name}" for field in fields(Delivery))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """As an administrator reads it."""

    id: int
    channel_name: str
    alert_id: int
    title: str
    state: DeliveryState
    attempts: int
    next_at: datetime
    sent_at: datetime | None
    problem: str


def list_channels(conn: Connection) -> list[AlertChannel]:
    with conn.cursor(row_factory=class_row(AlertChannel)) as cursor:
        return cursor.execute(f"SELECT {_CHANNEL} FROM alert_channels c ORDER BY c.id").fetchall()


def get_channel(conn: Connection, channel_id: int) -> AlertChannel:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(AlertChannel)) as cursor:
        row = cursor.execute(f"SELECT {_CHANNEL} FROM alert_channels c WHERE c.id = %s", (channel_id,)).fetchone()
    if row is None:
        raise NotFound("没有这个推送地址。")
    return row


def add_channel(
    conn: Connection,
    *,
    kind: DeliveryKind,
    name: str,
    shape: WebhookFormat | None,
    shown: str,
    sealed: bytes,
    least_severity: RiskLevel,
    department_id: str | None,
    allow_private: bool,
    case_notices: bool = False,
    actor: str,
) -> int:
    row = conn.execute(
        "INSERT INTO alert_channels (kind, name, format, shown, sealed, least_severity, department_id, allow_private,"
        " case_notices) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (kind, name, shape, shown, sealed, least_severity, department_id, allow_private, case_notices),
    ).fetchone()
    assert row is not None
    return int(row[0])


def set_channel_active(conn: Connection, channel_id: int, active: bool, *, actor: str) -> None:
    """Raises `NotFound`. What waits for a channel that is switched off is not sent."""
    changed = conn.execute("UPDATE alert_channels SET active = %s WHERE id = %s", (active, channel_id))
    if changed.rowcount == 0:
        raise NotFound("没有这个推送地址。")
    if not active:
        conn.execute(
            "UPDATE alert_deliveries SET state = 'failed', problem = '推送地址已停用。'"
            " WHERE channel_id = %s AND state = 'waiting'",
            (channel_id,),
        )


def add_deliveries(
    conn: Connection, event_id: int, alert_id: int, severity: RiskLevel, *, not_before: datetime, actor: str
) -> int:
    """One to each active channel that asked for such a grave alert, or for one of its unit; how many."""
    return conn.execute(
        """
        INSERT INTO alert_deliveries (event_id, channel_id, next_at)
        SELECT %(event)s, c.id, %(next)s FROM alert_channels c
        WHERE c.active AND c.least_severity <= %(severity)s::risk_level
          AND (c.department_id IS NULL OR EXISTS (
              SELECT FROM alert_submissions l JOIN cases k ON k.submission_id = l.submission_id
              JOIN assignments s ON s.case_id = k.id AND s.ended_at IS NULL AND s.department_id = c.department_id
              WHERE l.alert_id = %(alert)s))
        ON CONFLICT DO NOTHING
        """,
        {"event": event_id, "next": not_before, "severity": severity, "alert": alert_id},
    ).rowcount


def claim_deliveries(
    conn: Connection, kinds: Sequence[DeliveryKind], *, lease: timedelta, limit: int, actor: str, now: datetime
) -> list[Delivery]:
    """What is due now; nobody else takes it until the lease ends. Whoever dies while sending has begun an attempt."""
    with conn.cursor(row_factory=class_row(Delivery)) as cursor:
        return cursor.execute(
            f"""
            UPDATE alert_deliveries d SET attempts = d.attempts + 1, next_at = %(until)s
            WHERE d.id IN (
                SELECT w.id FROM alert_deliveries w JOIN alert_channels c ON c.id = w.channel_id
                WHERE w.state = 'waiting' AND w.next_at <= %(now)s AND c.kind = ANY(%(kinds)s)
                ORDER BY w.id LIMIT %(limit)s FOR UPDATE OF w SKIP LOCKED)
            RETURNING {_DELIVERY}
            """,
            {"until": now + lease, "now": now, "kinds": list(kinds), "limit": limit},
        ).fetchall()


def set_delivered(conn: Connection, delivery_id: int, *, actor: str, now: datetime) -> None:
    conn.execute(
        "UPDATE alert_deliveries SET state = 'sent', sent_at = %s, problem = '' WHERE id = %s", (now, delivery_id)
    )


def set_problem(conn: Connection, delivery_id: int, problem: str, again_at: datetime | None, *, actor: str) -> None:
    """It did not arrive; tried again then, or never (None)."""
    state = DeliveryState.WAITING if again_at else DeliveryState.FAILED
    conn.execute(
        "UPDATE alert_deliveries SET state = %s, problem = %s, next_at = coalesce(%s, next_at) WHERE id = %s",
        (state, problem, again_at, delivery_id),
    )


def list_deliveries(conn: Connection, *, alert_id: int | None = None, limit: int = 50) -> list[DeliveryLine]:
    """The latest first, of one alert or of all."""
    with conn.cursor(row_factory=class_row(DeliveryLine)) as cursor:
        return cursor.execute(
            "SELECT d.id, c.name AS channel_name, e.alert_id, a.title, d.state, d.attempts, d.next_at, d.sent_at,"
            " d.problem FROM alert_deliveries d JOIN alert_channels c ON c.id = d.channel_id"
            " JOIN alert_events e ON e.id = d.event_id JOIN alerts a ON a.id = e.alert_id"
            " WHERE (%(alert)s::bigint IS NULL OR a.id = %(alert)s) ORDER BY d.id DESC LIMIT %(limit)s",
            {"alert": alert_id, "limit": limit},
        ).fetchall()

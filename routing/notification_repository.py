"""Rows of messages about cases: what waits to be told, what waits to be sent, the words."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from psycopg.rows import class_row

from models.alert import AlertChannel
from models.case import CaseEvent
from models.database import Connection
from models.notification import (
    Notification,
    NotificationKind,
    NotificationMedium,
    NotificationSettings,
    NotificationState,
    NotificationTemplate,
)

_COLUMNS = ", ".join(field.name for field in fields(Notification))
_CHANNEL = ", ".join(field.name for field in fields(AlertChannel))
_EVENT = ", ".join(f"e.{field.name}" for field in fields(CaseEvent))


def claim_events(conn: Connection, *, before: datetime, limit: int) -> list[CaseEvent]:
    """Events that were not told yet, the oldest first, held until the end of the transaction; a reply not before it is
    older than `before`: it may be completed in a moment."""
    with conn.cursor(row_factory=class_row(CaseEvent)) as cur:
        return cur.execute(
            f"SELECT {_EVENT} FROM notification_queue q JOIN case_events e ON e.id = q.event_id"
            " WHERE e.action <> 'reply' OR e.at <= %s ORDER BY q.event_id LIMIT %s FOR UPDATE OF q SKIP LOCKED",
            (before, limit),
        ).fetchall()


def delete_events(conn: Connection, event_ids: Sequence[int], *, actor: str) -> None:
    """They are told, or there is nobody to tell."""
    conn.execute("DELETE FROM notification_queue WHERE event_id = ANY(%s)", (list(event_ids),))


def add_notification(
    conn: Connection,
    *,
    event: CaseEvent,
    kind: NotificationKind,
    medium: NotificationMedium,
    channel_id: int | None,
    shown: str,
    subject: str,
    body: str,
    dropped: str = "",
    next_at: datetime,
    actor: str,
    now: datetime,
) -> bool:
    """Whether it is new; `dropped` says why it is not sent at all."""
    state = NotificationState.DROPPED if dropped else NotificationState.WAITING
    return (
        conn.execute(
            "INSERT INTO notifications (event_id, case_id, kind, medium, channel_id, shown, subject, body, state,"
            " problem, created_at, next_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (
                event.id, event.case_id, kind, medium, channel_id, shown, subject, body, state, dropped, now, next_at,
            ),
        ).rowcount
        == 1
    )  # fmt: skip


def count_recent(conn: Connection, submission_id: int, *, since: datetime) -> int:
    """Messages since then that were sent or will be to whoever wrote this letter: about all of its parts, and about
    their other letters."""
    row = conn.execute(
        "SELECT count(*) FROM notifications n JOIN cases c ON c.id = n.case_id"
        " WHERE n.created_at > %(since)s AND n.channel_id IS NULL AND n.state NOT IN ('dropped', 'failed')"
        # an array first: their few letters by the index of the key, then the messages about them
        " AND c.submission_id = ANY (ARRAY(SELECT %(letter)s::bigint UNION SELECT o.id FROM submissions s"
        "  JOIN submissions o ON o.submitter_key = s.submitter_key WHERE s.id = %(letter)s))",
        {"since": since, "letter": submission_id},
    ).fetchone()
    return int(row[0]) if row else 0


def take_notification(
    conn: Connection, media: Sequence[NotificationMedium], *, lease: timedelta, actor: str, now: datetime
) -> Notification | None:
    """The next message that is due, marked as being sent: whoever dies now leaves it in that state."""
    with conn.cursor(row_factory=class_row(Notification)) as cur:
        return cur.execute(
            f"UPDATE notifications SET state = 'sending', attempts = attempts + 1, next_at = %(until)s WHERE id = ("
            " SELECT id FROM notifications WHERE state = 'waiting' AND next_at <= %(now)s AND medium = ANY(%(media)s)"
            f" ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING {_COLUMNS}",
            {"until": now + lease, "now": now, "media": list(media)},
        ).fetchone()


def give_up_lost(conn: Connection, *, actor: str, now: datetime) -> int:
    """What was being sent when its sender died may have arrived: nobody sends it again by itself."""
    return conn.execute(
        "UPDATE notifications SET state = 'unclear', problem = '发送时中断，可能已经送达。'"
        " WHERE state = 'sending' AND next_at <= %s",
        (now,),
    ).rowcount


def finish_notification(
    conn: Connection,
    notification_id: int,
    state: NotificationState,
    *,
    problem: str = "",
    again_at: datetime | None = None,
    actor: str,
    now: datetime,
) -> None:
    """What became of an attempt."""
    conn.execute(
        "UPDATE notifications SET state = %s, problem = %s, next_at = coalesce(%s, next_at),"
        " sent_at = CASE WHEN %s THEN %s ELSE sent_at END WHERE id = %s AND state = 'sending'",
        (state, problem, again_at, state is NotificationState.SENT, now, notification_id),
    )


def send_again(conn: Connection, case_id: int, notification_id: int, *, actor: str, now: datetime) -> bool:
    """A person says that it is to be sent once more; whether there was such a message that did not arrive."""
    return (
        conn.execute(
            "UPDATE notifications SET state = 'waiting', attempts = 0, next_at = %s, problem = '' WHERE id = %s"
            " AND case_id = %s AND state IN ('failed', 'unclear')",
            (now, notification_id, case_id),
        ).rowcount
        == 1
    )


def list_of_case(conn: Connection, case_id: int) -> list[Notification]:
    with conn.cursor(row_factory=class_row(Notification)) as cur:
        return cur.execute(
            f"SELECT {_COLUMNS} FROM notifications WHERE case_id = %s ORDER BY id DESC LIMIT 100", (case_id,)
        ).fetchall()


def list_latest(conn: Connection, *, limit: int = 50) -> list[Notification]:
    """Of all cases; what did not arrive first."""
    with conn.cursor(row_factory=class_row(Notification)) as cur:
        return cur.execute(
            f"(SELECT {_COLUMNS} FROM notifications WHERE state IN ('failed', 'unclear') ORDER BY id DESC LIMIT %(n)s)"
            f" UNION ALL (SELECT {_COLUMNS} FROM notifications WHERE state NOT IN ('failed', 'unclear')"
            " ORDER BY id DESC LIMIT %(n)s) LIMIT %(n)s",
            {"n": limit},
        ).fetchall()


def list_case_channels(conn: Connection, department_id: str | None) -> list[AlertChannel]:
    """The active channels that take what happens to cases: of this unit, or (None) of the city."""
    with conn.cursor(row_factory=class_row(AlertChannel)) as cur:
        return cur.execute(
            f"SELECT {_CHANNEL} FROM alert_channels WHERE active AND case_notices"
            " AND department_id IS NOT DISTINCT FROM %s ORDER BY id",
            (department_id,),
        ).fetchall()


def list_templates(conn: Connection) -> dict[NotificationKind, NotificationTemplate]:
    """Those that somebody changed."""
    rows = conn.execute("SELECT kind, subject, body, active FROM notification_templates").fetchall()
    return {
        kind: NotificationTemplate(kind=kind, subject=subject, body=body, active=active)
        for kind, subject, body, active in rows
    }


def set_template(conn: Connection, template: NotificationTemplate, *, actor: str, now: datetime) -> None:
    conn.execute(
        "INSERT INTO notification_templates (kind, subject, body, active, changed_at, changed_by)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (kind) DO UPDATE SET subject = excluded.subject,"
        " body = excluded.body, active = excluded.active, changed_at = excluded.changed_at,"
        " changed_by = excluded.changed_by",
        (template.kind, template.subject, template.body, template.active, now, actor),
    )


def delete_template(conn: Connection, kind: NotificationKind, *, actor: str) -> None:
    """Back to the program's own words."""
    conn.execute("DELETE FROM notification_templates WHERE kind = %s", (kind,))


def get_settings(conn: Connection) -> NotificationSettings:
    with conn.cursor(row_factory=class_row(NotificationSettings)) as cur:
        found = cur.execute("SELECT quiet_from, quiet_to, most_a_day FROM notification_settings").fetchone()
    assert found is not None, "the migration writes it"
    return found


def set_settings(conn: Connection, settings: NotificationSettings, *, actor: str) -> None:
    conn.execute(
        "UPDATE notification_settings SET quiet_from = %s, quiet_to = %s, most_a_day = %s",
        (settings.quiet_from, settings.quiet_to, settings.most_a_day),
    )

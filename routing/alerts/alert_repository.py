"""Rows of alerts: what was counted, who knows of it, what happened when."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from models.alert import Alert, AlertAction, AlertCriteria, AlertEvent, AlertSettings, NewAlert, RiskLevel
from models.database import Connection
from models.errors import Conflict, NotFound

# Whoever listens is told the number of the newest event.
ALERT_CHANNEL = "wenzheng_alerts"
# Events are numbered in the order of their commits, and nobody raises one twice; any constant will do.
_LOCK = 0x41_4C_52

_COUNTED = ("submissions", "persons", "cases", "own_cases")
_COLUMNS = f"{', '.join(f'a.{f.name}' for f in fields(Alert) if f.name not in _COUNTED)}, {', '.join(_COUNTED)}"
# What an alert counted is counted for those alone that are shown.
_COUNTS = """
    CROSS JOIN LATERAL (
        SELECT count(*) AS submissions, count(DISTINCT v.person) AS persons, count(v.case_id) AS cases,
               count(*) FILTER (WHERE EXISTS (
                   SELECT FROM assignments s WHERE s.case_id = v.case_id AND s.ended_at IS NULL
                     AND s.department_id = %(unit)s::text)) AS own_cases
        FROM alert_submissions l JOIN voices v ON v.submission_id = l.submission_id
        WHERE l.alert_id = a.id) counted"""
_SELECT = f"SELECT {_COLUMNS} FROM alerts a {_COUNTS}"
_ORDER = """ORDER BY
    (a.acknowledged_at IS NULL AND (a.snoozed_until IS NULL OR a.snoozed_until <= %(now)s)) DESC,
    CASE WHEN a.acknowledged_at IS NULL THEN a.severity END DESC NULLS LAST, a.last_at DESC, a.id DESC"""
_MATCHING = """
    (%(open)s::boolean IS NULL OR %(open)s::boolean = (
        a.acknowledged_at IS NULL AND (a.snoozed_until IS NULL OR a.snoozed_until <= %(now)s)))
    AND (%(kind)s::alert_kind IS NULL OR a.kind = %(kind)s::alert_kind)
    AND (%(severity)s::risk_level IS NULL OR a.severity = %(severity)s::risk_level)
    AND (%(issue_id)s::bigint IS NULL OR a.issue_id IN (
        WITH RECURSIVE merged AS (
            SELECT %(issue_id)s::bigint AS id
            UNION
            SELECT i.id FROM issues i JOIN merged m ON i.merged_into = m.id)
        SELECT merged.id FROM merged))
    AND (%(unit)s::text IS NULL OR EXISTS (
        SELECT FROM alert_submissions l JOIN cases c ON c.submission_id = l.submission_id
        JOIN assignments s ON s.case_id = c.id AND s.ended_at IS NULL AND s.department_id = %(unit)s::text
        WHERE l.alert_id = a.id))"""
_EVENT = ", ".join(f"e.{field.name}" for field in fields(AlertEvent))


def lock_alerts(conn: Connection) -> None:
    """Until the end of the transaction nobody else writes an event."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def list_alerts(
    conn: Connection, criteria: AlertCriteria, *, now: datetime, limit: int = 50, offset: int = 0
) -> list[Alert]:
    """Open ones first, of these the gravest, then the latest."""
    with conn.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(
            f"SELECT {_COLUMNS} FROM (SELECT * FROM alerts a WHERE {_MATCHING} {_ORDER}"
            f" LIMIT %(limit)s OFFSET %(offset)s) a {_COUNTS} {_ORDER}",
            _parameters(criteria, now) | {"limit": limit, "offset": offset},
        ).fetchall()


def count_alerts(conn: Connection, criteria: AlertCriteria, *, now: datetime) -> int:
    row = conn.execute(f"SELECT count(*) FROM alerts a WHERE {_MATCHING}", _parameters(criteria, now)).fetchone()
    return int(row[0]) if row else 0


def get_alert(conn: Connection, alert_id: int, *, unit: str | None = None) -> Alert:
    """Raises `NotFound`; also for a unit that works on none of its cases."""
    with conn.cursor(row_factory=class_row(Alert)) as cursor:
        row = cursor.execute(f"{_SELECT} WHERE a.id = %(id)s", {"id": alert_id, "unit": unit}).fetchone()
    if row is None or (unit is not None and row.own_cases == 0):
        raise NotFound("没有找到这条预警，或您无权查看。")
    return row


def find_recent(conn: Connection, key: str, *, since: datetime) -> Alert | None:
    """The latest of this key, if it was last noticed after `since`."""
    with conn.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(
            f"{_SELECT} WHERE a.key = %(key)s AND a.last_at >= %(since)s ORDER BY a.id DESC LIMIT 1",
            {"key": key, "since": since, "unit": None},
        ).fetchone()


def find_overlapping(conn: Connection, new: NewAlert, least: int, *, since: datetime) -> Alert | None:
    """One of the same kind, noticed after `since`, that counted `least` of the same submissions already or more."""
    with conn.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(
            f"{_SELECT} WHERE a.kind = %(kind)s AND a.last_at >= %(since)s AND"
            " (SELECT count(*) FROM alert_submissions l WHERE l.alert_id = a.id"
            "  AND l.submission_id = ANY(%(ids)s)) >= %(least)s ORDER BY a.id DESC LIMIT 1",
            {
                "kind": new.kind,
                "since": since,
                "ids": list(new.submission_ids),
                "least": max(least, 1),
                "unit": None,
            },
        ).fetchone()


def add_alert(conn: Connection, new: NewAlert, *, actor: str, now: datetime) -> int:
    row = conn.execute(
        "INSERT INTO alerts (kind, key, severity, title, sentence, topic_code, region_code, issue_id, burst_id,"
        " raised_at, last_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (
            *(new.kind, new.key, new.severity, new.title, new.sentence, new.topic_code, new.region_code),
            *(new.issue_id, new.burst_id, now, now),
        ),
    ).fetchone()
    assert row is not None
    return int(row[0])


def add_submissions(conn: Connection, alert_id: int, submission_ids: Sequence[int], *, actor: str) -> int:
    """What the alert counts from now on too; how many of them are new."""
    return conn.execute(
        "INSERT INTO alert_submissions (alert_id, submission_id) SELECT %s, unnest(%s::bigint[])"
        " ON CONFLICT DO NOTHING",
        (alert_id, list(submission_ids)),
    ).rowcount


def note_again(
    conn: Connection, alert_id: int, new: NewAlert, severity: RiskLevel, *, reopen: bool, actor: str, now: datetime
) -> None:
    """It was noticed again. `reopen`: whoever knew of it has to look again."""
    conn.execute(
        "UPDATE alerts SET severity = %(severity)s, title = %(title)s, sentence = %(sentence)s, last_at = %(now)s,"
        " occurrences = occurrences + 1, burst_id = coalesce(%(burst)s, burst_id),"
        " issue_id = coalesce(issue_id, %(issue)s) WHERE id = %(id)s",
        {
            "severity": severity,
            "title": new.title,
            "sentence": new.sentence,
            "now": now,
            "burst": new.burst_id,
            "issue": new.issue_id,
            "id": alert_id,
        },
    )
    if reopen:
        conn.execute(
            "UPDATE alerts SET acknowledged_by = NULL, acknowledged_at = NULL, snoozed_by = NULL, snoozed_until = NULL,"
            " version = version + 1 WHERE id = %s",
            (alert_id,),
        )


def set_acknowledged(conn: Connection, alert: Alert, *, actor: str, now: datetime) -> None:
    """Raises `Conflict` where somebody was quicker."""
    change = "acknowledged_by = %(by)s, acknowledged_at = %(at)s"
    _change(conn, alert, change, {"by": actor, "at": now}, actor=actor)


def set_snoozed(conn: Connection, alert: Alert, until: datetime | None, *, actor: str) -> None:
    """`None`: it is open again, also where somebody knew of it. Raises `Conflict` where somebody was quicker."""
    change = "snoozed_by = %(by)s, snoozed_until = %(until)s"
    if until is None:
        change += ", acknowledged_by = NULL, acknowledged_at = NULL"
    _change(conn, alert, change, {"by": actor if until else None, "until": until}, actor=actor)


def add_event(
    conn: Connection,
    alert_id: int,
    action: AlertAction,
    severity: RiskLevel,
    *,
    quiet: bool = False,
    payload: Mapping[str, object] | None = None,
    actor: str,
    now: datetime,
) -> int:
    """A line of history, told to whoever listens at the commit. `lock_alerts` first."""
    row = conn.execute(
        "INSERT INTO alert_events (alert_id, at, actor, action, severity, quiet, payload)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (alert_id, now, actor, action, severity, quiet, Jsonb(dict(payload or {}))),
    ).fetchone()
    assert row is not None
    conn.execute("SELECT pg_notify(%s, %s)", (ALERT_CHANNEL, str(row[0])))
    return int(row[0])


def list_events(conn: Connection, alert_id: int) -> list[AlertEvent]:
    """The latest first."""
    with conn.cursor(row_factory=class_row(AlertEvent)) as cursor:
        return cursor.execute(
            f"SELECT {_EVENT} FROM alert_events e WHERE e.alert_id = %s ORDER BY e.id DESC", (alert_id,)
        ).fetchall()


def get_event(conn: Connection, event_id: int) -> AlertEvent:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(AlertEvent)) as cursor:
        row = cursor.execute(f"SELECT {_EVENT} FROM alert_events e WHERE e.id = %s", (event_id,)).fetchone()
    if row is None:
        raise NotFound("没有找到这条记录。")
    return row


def list_events_after(conn: Connection, last_id: int, *, unit: str | None, limit: int = 100) -> list[AlertEvent]:
    """What happened since, of all alerts or of those with cases of a unit; the earliest first."""
    with conn.cursor(row_factory=class_row(AlertEvent)) as cursor:
        return cursor.execute(
            f"SELECT {_EVENT} FROM alert_events e JOIN alerts a ON a.id = e.alert_id"
            f" WHERE e.id > %(last)s AND {_MATCHING} ORDER BY e.id LIMIT %(limit)s",
            _parameters(AlertCriteria(unit=unit), None) | {"last": last_id, "limit": limit},
        ).fetchall()


def count_bell(conn: Connection, *, unit: str | None, now: datetime) -> tuple[int, int]:
    """How many are open for a unit (None: for all), and the number of the newest event."""
    return count_alerts(conn, AlertCriteria(open=True, unit=unit), now=now), newest_event_id(conn)


def newest_event_id(conn: Connection) -> int:
    row = conn.execute("SELECT coalesce(max(id), 0) FROM alert_events").fetchone()
    return int(row[0]) if row else 0


def get_alert_settings(conn: Connection) -> AlertSettings:
    """The newest line. Raises `NotFound`."""
    columns = ", ".join(field.name for field in fields(AlertSettings))
    with conn.cursor(row_factory=class_row(AlertSettings)) as cursor:
        row = cursor.execute(f"SELECT {columns} FROM alert_settings ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        raise NotFound("没有预警的设置。")
    return row


def add_alert_settings(conn: Connection, settings: AlertSettings, *, actor: str, now: datetime) -> None:
    names = [field.name for field in fields(AlertSettings)]
    conn.execute(
        f"INSERT INTO alert_settings (at, actor, {', '.join(names)})"
        f" VALUES (%(at)s, %(actor)s, {', '.join(f'%({name})s' for name in names)})",
        {name: getattr(settings, name) for name in names} | {"at": now, "actor": actor},
    )


def _change(conn: Connection, alert: Alert, change: str, values: Mapping[str, object], *, actor: str) -> None:
    """Only from the version that the person read."""
    changed = conn.execute(
        f"UPDATE alerts SET {change}, version = version + 1 WHERE id = %(id)s AND version = %(version)s",
        {**values, "id": alert.id, "version": alert.version},
    )
    if changed.rowcount == 0:
        raise Conflict("这条预警刚刚被他人处理，请刷新后再看。")


def _parameters(criteria: AlertCriteria, now: datetime | None) -> dict[str, Any]:
    return {field.name: getattr(criteria, field.name) for field in fields(AlertCriteria)} | {"now": now}

"""Rows about drift: what a classifier said week by week, summed up in the database, and the reports on it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.database import Connection
from nlp.oversight.drift import Week
from routing.learning.report_json import as_json


def list_weeks(conn: Connection, version: str, *, before: date, zone: ZoneInfo) -> list[tuple[date, Week]]:
    """The weeks (by their Mondays) of submission in which this version read letters and calls, the oldest first, up to
    the week of `before`, which is left out: it is not over. What the city's directory adds to its name does not
    matter."""
    rows = conn.execute(
        "SELECT week, sum(letters)::bigint, sum(confidence) / sum(letters), sum(sure) / sum(letters),"
        "  coalesce(sum(letters) FILTER (WHERE topic_code IS NULL), 0) / sum(letters),"
        "  coalesce(jsonb_object_agg(topic_code, letters) FILTER (WHERE topic_code IS NOT NULL), '{}')"
        " FROM (SELECT date_trunc('week', s.submitted_at AT TIME ZONE %(zone)s)::date AS week, a.topic_code,"
        "   count(*) AS letters, sum(a.topic_confidence) AS confidence,"
        "   count(*) FILTER (WHERE a.topic_confidence >= 0.9) AS sure"
        "  FROM analyses a JOIN submissions s ON s.id = a.submission_id"
        "  WHERE (a.topic_version = %(version)s OR starts_with(a.topic_version, %(version)s || '+'))"
        "   AND s.channel IN ('letter', 'hotline')"
        "  GROUP BY 1, 2) counted"
        " WHERE week < date_trunc('week', %(before)s::date)::date GROUP BY week ORDER BY week",
        {"version": version, "before": before, "zone": zone.key},
    ).fetchall()
    return [
        (week, Week(int(letters), float(mean), float(sure), float(unknown), topics))
        for week, letters, mean, sure, unknown, topics in rows
    ]


def find_speaking_version(conn: Connection) -> str | None:
    """The topic classifier of the newest analysis; None before there is one."""
    row = conn.execute("SELECT topic_version FROM analyses ORDER BY submission_id DESC LIMIT 1").fetchone()
    return row[0] if row else None


def add_report(conn: Connection, report: Mapping[str, Any], *, alarm: bool, actor: str, now: datetime) -> None:
    conn.execute(
        "INSERT INTO drift_reports (at, alarm, report) VALUES (%s, %s, %s)",
        (now, alarm, as_json({**report, "actor": actor})),
    )


def find_report(conn: Connection) -> tuple[datetime, bool, dict[str, Any]] | None:
    """The newest: when, whether it is an alarm, and what it says."""
    return conn.execute("SELECT at, alarm, report FROM drift_reports ORDER BY id DESC LIMIT 1").fetchone()

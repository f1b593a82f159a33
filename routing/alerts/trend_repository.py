"""Rows of counts over time: what has to be counted again, counting it, and reading the counts back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg.rows import class_row

from models.alert import SeriesKey
from models.database import Connection

# Two workers must not count one day at once; any constant will do.
_LOCK = 0x43_4E_54


@dataclass(frozen=True, slots=True)
class SeriesCount:
    """`persons`: those who had not written on the series in the 24 hours before; nobody is twice in a burst."""

    topic_code: str
    region_code: str
    issue_id: int | None
    hour: datetime
    submissions: int
    persons: int

    @property
    def key(self) -> SeriesKey:
        return SeriesKey(topic_code=self.topic_code, region_code=self.region_code, issue_id=self.issue_id)


@dataclass(frozen=True, slots=True)
class IssueCount:
    hour: datetime
    submissions: int
    persons: int
    negative: int


@dataclass(frozen=True, slots=True)
class DailyTotals:
    """Of one series the local days that have any, and the persons of each (`persons` of SeriesCount, added up)."""

    topic_code: str
    region_code: str
    days: Sequence[date]
    persons: Sequence[int]


def lock_counts(conn: Connection) -> None:
    """Until the end of the transaction nobody else counts."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def claim_stale_hours(conn: Connection, *, actor: str) -> list[datetime]:
    """Whose hours changed since the last call, each once; whoever claims them counts them in the same transaction."""
    rows = conn.execute(
        "WITH gone AS (DELETE FROM stale_hours RETURNING hour) SELECT DISTINCT hour FROM gone ORDER BY hour"
    ).fetchall()
    return [row[0] for row in rows]


def replace_day(conn: Connection, since: datetime, until: datetime, *, zone: str, actor: str) -> None:
    """Count the local day from `since` to `until` anew, in all tables but those of issues."""
    given = {"since": since, "until": until, "zone": zone}
    conn.execute("DELETE FROM hourly_counts WHERE hour >= %(since)s AND hour < %(until)s", given)
    conn.execute("DELETE FROM series_counts WHERE hour >= %(since)s AND hour < %(until)s", given)
    conn.execute(
        """
        WITH near AS MATERIALIZED (
            SELECT v.submission_id, v.submitted_at, v.topic_code, v.region_code, v.channel, v.sentiment,
                   v.displeased, v.person,
                   date_trunc('hour', v.submitted_at AT TIME ZONE %(zone)s) AT TIME ZONE %(zone)s AS hour,
                   coalesce(t.parent_code, v.topic_code) AS first_level
            FROM voices v LEFT JOIN topics t ON t.code = v.topic_code
            WHERE v.submitted_at >= %(since)s - interval '24 hours' AND v.submitted_at < %(until)s),
        counties AS MATERIALIZED (
            SELECT n.region_code, county_of(n.region_code) AS county FROM (SELECT DISTINCT region_code FROM near) n),
        cells AS (
            INSERT INTO hourly_counts (hour, topic_code, region_code, channel, sentiment, displeased, submissions,
                persons)
            SELECT c.hour, c.topic_code, c.region_code, c.channel, c.sentiment, c.displeased, count(*),
                   count(*) FILTER (WHERE c.is_first)
            FROM (SELECT n.*, row_number() OVER (PARTITION BY n.topic_code, n.region_code, n.channel, n.sentiment,
                      n.displeased, n.person ORDER BY n.submitted_at, n.submission_id) = 1 AS is_first
                  FROM near n WHERE n.submitted_at >= %(since)s) c
            GROUP BY 1, 2, 3, 4, 5, 6)
        INSERT INTO series_counts (topic_code, region_code, hour, submissions, persons)
        SELECT s.topic, s.region, s.hour, count(*),
               count(*) FILTER (WHERE s.before IS NULL OR s.submitted_at - s.before > interval '24 hours')
        FROM (SELECT k.topic, k.region, n.hour, n.submitted_at, lag(n.submitted_at) OVER (
                  PARTITION BY k.topic, k.region, n.person ORDER BY n.submitted_at, n.submission_id) AS before
              FROM near n
              JOIN counties c USING (region_code)
              CROSS JOIN LATERAL (SELECT DISTINCT * FROM (VALUES
                  (n.topic_code, ''), (n.first_level, ''), (n.first_level, c.county), ('', c.county), ('', '')
                  ) AS series (topic, region)) k) s
        WHERE s.submitted_at >= %(since)s
        GROUP BY 1, 2, 3
        """,
        given,
    )


def refresh_issues(conn: Connection, *, zone: str, actor: str) -> list[int]:
    """Count the issues anew whose members changed since the last call; which they were."""
    mark = conn.execute("SELECT step FROM issue_counts_mark FOR UPDATE").fetchone()
    newest = conn.execute("SELECT coalesce(max(step), -1) FROM issue_steps").fetchone()
    if mark is None or newest is None or newest[0] <= mark[0]:
        return []
    rows = conn.execute("SELECT id FROM issues WHERE step > %s ORDER BY id", (mark[0],)).fetchall()
    changed = [row[0] for row in rows]
    replace_issues(conn, changed, zone=zone, actor=actor)
    conn.execute("UPDATE issue_counts_mark SET step = %s", (newest[0],))
    return changed


def replace_issues(conn: Connection, issue_ids: Sequence[int], *, zone: str, actor: str) -> None:
    given = {"ids": list(issue_ids), "zone": zone}
    conn.execute("DELETE FROM issue_counts WHERE issue_id = ANY(%(ids)s)", given)
    conn.execute(
        """
        INSERT INTO issue_counts (issue_id, hour, submissions, persons, negative)
        SELECT v.issue_id, v.hour, count(*),
               count(*) FILTER (WHERE v.before IS NULL OR v.submitted_at - v.before > interval '24 hours'),
               count(*) FILTER (WHERE v.sentiment = 'negative')
        FROM (SELECT m.issue_id, w.sentiment, w.submitted_at,
                     date_trunc('hour', w.submitted_at AT TIME ZONE %(zone)s) AT TIME ZONE %(zone)s AS hour,
                     lag(w.submitted_at) OVER (PARTITION BY m.issue_id, w.person
                         ORDER BY w.submitted_at, w.submission_id) AS before
              FROM issue_members m JOIN voices w ON w.submission_id = m.submission_id
              WHERE m.issue_id = ANY(%(ids)s)) v
        GROUP BY 1, 2
        """,
        given,
    )


def list_all_series(conn: Connection, *, since: datetime, until: datetime) -> list[SeriesCount]:
    """Every series and every living issue, hour by hour; in a stable order."""
    with conn.cursor(row_factory=class_row(SeriesCount)) as cursor:
        return cursor.execute(
            """
            SELECT topic_code, region_code, NULL::bigint AS issue_id, hour, submissions, persons FROM series_counts
            WHERE hour >= %(since)s AND hour < %(until)s
            UNION ALL
            SELECT '', '', c.issue_id, c.hour, c.submissions, c.persons
            FROM issue_counts c JOIN issues i ON i.id = c.issue_id
            WHERE c.hour >= %(since)s AND c.hour < %(until)s AND i.merged_into IS NULL AND i.retired_at IS NULL
              AND (i.muted_by IS NULL OR i.muted_until < %(until)s)
            ORDER BY issue_id NULLS FIRST, topic_code, region_code, hour
            """,
            {"since": since, "until": until},
        ).fetchall()


def list_daily_totals(conn: Connection, *, since: datetime, until: datetime, zone: str) -> list[DailyTotals]:
    """Every series that is none of an issue, by local day; added up here, as years of hours are many rows."""
    with conn.cursor(row_factory=class_row(DailyTotals)) as cursor:
        return cursor.execute(
            """
            SELECT d.topic_code, d.region_code, array_agg(d.day) AS days, array_agg(d.persons) AS persons
            FROM (SELECT topic_code, region_code, (hour AT TIME ZONE %(zone)s)::date AS day,
                         sum(persons)::integer AS persons
                  FROM series_counts WHERE hour >= %(since)s AND hour < %(until)s GROUP BY 1, 2, 3) d
            GROUP BY 1, 2
            """,
            {"since": since, "until": until, "zone": zone},
        ).fetchall()


def list_series_counts(conn: Connection, key: SeriesKey, *, since: datetime, until: datetime) -> list[SeriesCount]:
    """The hours of one series that have any; of an issue by `list_issue_counts`."""
    with conn.cursor(row_factory=class_row(SeriesCount)) as cursor:
        return cursor.execute(
            "SELECT topic_code, region_code, NULL::bigint AS issue_id, hour, submissions, persons FROM series_counts"
            " WHERE topic_code = %s AND region_code = %s AND hour >= %s AND hour < %s ORDER BY hour",
            (key.topic_code, key.region_code, since, until),
        ).fetchall()


def list_issue_counts(conn: Connection, issue_id: int, *, since: datetime, until: datetime) -> list[IssueCount]:
    """The hours of one issue that have any."""
    with conn.cursor(row_factory=class_row(IssueCount)) as cursor:
        return cursor.execute(
            "SELECT hour, submissions, persons, negative FROM issue_counts"
            " WHERE issue_id = %s AND hour >= %s AND hour < %s ORDER BY hour",
            (issue_id, since, until),
        ).fetchall()


def find_first_hour(conn: Connection) -> datetime | None:
    """The first hour that anything is counted in."""
    row = conn.execute("SELECT min(hour) FROM series_counts").fetchone()
    return row[0] if row else None

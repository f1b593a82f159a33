"""Rows that call for an alert by themselves: 三天三单, and what cannot wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from models.analysis import DetectorHit
from models.database import Connection


@dataclass(frozen=True, slots=True)
class ManyCases:
    """Cases of different people on one issue within a few days."""

    issue_id: int
    name: str
    topic_code: str | None
    region_code: str | None
    submission_ids: Sequence[int]
    persons: int


@dataclass(frozen=True, slots=True)
class CannotWait:
    """A critical submission that no alert has counted yet; `hits` are what the detectors found."""

    submission_id: int
    topic_code: str | None
    region_code: str | None
    county: str
    confidence: float
    hits: Sequence[DetectorHit]


def list_many_cases(conn: Connection, cases: int, *, since: datetime, until: datetime) -> list[ManyCases]:
    """Issues with so many cases of as many different people; muted ones are left out."""
    with conn.cursor(row_factory=class_row(ManyCases)) as cursor:
        return cursor.execute(
            """
            SELECT i.id AS issue_id, i.name, i.topic_code, i.region_code,
                   array_agg(v.submission_id ORDER BY v.submission_id) AS submission_ids,
                   count(DISTINCT v.person) AS persons
            FROM voices v
            JOIN issue_members m ON m.submission_id = v.submission_id
            JOIN issues i ON i.id = m.issue_id
            WHERE v.submitted_at > %(since)s AND v.submitted_at <= %(until)s AND v.case_id IS NOT NULL
              AND i.merged_into IS NULL AND (i.muted_by IS NULL OR i.muted_until < %(until)s)
            GROUP BY i.id HAVING count(DISTINCT v.person) >= %(cases)s
            ORDER BY i.id
            """,
            {"since": since, "until": until, "cases": cases},
        ).fetchall()


def list_urgent(conn: Connection, *, since: datetime, until: datetime) -> list[CannotWait]:
    """What is critical, was submitted then and is in no alert of its kind; the earliest first."""
    rows = conn.execute(
        """
        SELECT v.submission_id, nullif(v.topic_code, ''), nullif(v.region_code, ''), county_of(v.region_code),
               v.urgency_confidence, v.detector_hits
        FROM voices v
        WHERE v.urgency = 'critical' AND v.submitted_at > %(since)s AND v.submitted_at <= %(until)s
          AND NOT EXISTS (SELECT FROM alert_submissions l JOIN alerts a ON a.id = l.alert_id
                          WHERE l.submission_id = v.submission_id AND a.kind = 'fast_lane')
        ORDER BY v.submitted_at, v.submission_id
        """,
        {"since": since, "until": until},
    ).fetchall()
    return [
        CannotWait(submission, topic, region, county, confidence, [DetectorHit(**hit) for hit in hits])
        for submission, topic, region, county, confidence, hits in rows
    ]


def list_members(conn: Connection, issue_id: int, *, since: datetime, until: datetime) -> list[int]:
    """The submissions of an issue that its early signs counted."""
    rows = conn.execute(
        "SELECT v.submission_id FROM issue_members m JOIN voices v ON v.submission_id = m.submission_id"
        " WHERE m.issue_id = %s AND v.submitted_at >= %s AND v.submitted_at <= %s ORDER BY 1",
        (issue_id, since, until),
    ).fetchall()
    return [row[0] for row in rows]

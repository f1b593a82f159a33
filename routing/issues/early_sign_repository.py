"""Rows of early signs: the city's thresholds, the numbers of an issue held against them, levels and their changes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from models.alert import EarlySign, IssueLevel, RiskLevel, SignReading, Threshold
from models.analysis import Urgency
from models.database import Connection
from models.submission import Channel
from nlp.urgency import SUSPECTED_BELOW
from nlp.urgency.lanes import lane
from routing.issues.early_signs import BEFORE_DAYS, RECENT_DAYS, IssueFacts

# An issue about which nothing came for so long has no new signs.
ACTIVE = timedelta(days=14)


def list_thresholds(conn: Connection) -> list[Threshold]:
    with conn.cursor(row_factory=class_row(Threshold)) as cursor:
        return cursor.execute("SELECT sign, level, at_least FROM early_sign_thresholds ORDER BY sign, level").fetchall()


def replace_thresholds(conn: Connection, thresholds: Sequence[Threshold], *, actor: str) -> None:
    """All of them at once; what is left out never reaches a level."""
    conn.execute("DELETE FROM early_sign_thresholds")
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO early_sign_thresholds (sign, level, at_least) VALUES (%s, %s, %s)",
            [(row.sign, row.level, row.at_least) for row in thresholds],
        )


def list_active_issues(conn: Connection, *, now: datetime) -> list[int]:
    """What the early signs are looked for in: living, not muted, with something new lately, of two people or more;
    and what has a level that may have to fall."""
    rows = conn.execute(
        """
        SELECT i.id FROM issues i LEFT JOIN issue_levels l ON l.issue_id = i.id
        WHERE i.merged_into IS NULL AND (i.muted_by IS NULL OR i.muted_until < %(now)s) AND i.persons >= 2
          AND (i.last_at >= %(since)s OR l.level IS NOT NULL)
        ORDER BY i.id
        """,
        {"now": now, "since": now - ACTIVE},
    ).fetchall()
    return [row[0] for row in rows]


def list_issue_facts(conn: Connection, issue_ids: Sequence[int], *, now: datetime) -> list[IssueFacts]:
    """The numbers of these issues as of `now`."""
    given = {
        "ids": list(issue_ids),
        "now": now,
        "recent": now - timedelta(days=RECENT_DAYS),
        "since": now - timedelta(days=RECENT_DAYS + BEFORE_DAYS),
    }
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            WITH members AS MATERIALIZED (
                SELECT m.issue_id, v.*, v.urgency = 'critical' AND v.urgency_confidence >= %(sure)s AS in_lane
                FROM issue_members m JOIN voices v ON v.submission_id = m.submission_id
                WHERE m.issue_id = ANY(%(ids)s) AND v.submitted_at >= %(since)s AND v.submitted_at <= %(now)s),
            settled AS (
                SELECT m.issue_id, min(c.completed_at) AS at FROM issue_members m
                JOIN cases c ON c.submission_id = m.submission_id AND c.parent_id IS NULL
                WHERE m.issue_id = ANY(%(ids)s) AND c.completed_at IS NOT NULL GROUP BY 1),
            reopened AS (
                SELECT m.issue_id, count(DISTINCT e.case_id) AS cases FROM issue_members m
                JOIN cases c ON c.submission_id = m.submission_id AND c.parent_id IS NULL
                JOIN case_events e ON e.case_id = c.id AND e.action = 'reopen' AND e.at >= %(since)s AND e.at <= %(now)s
                WHERE m.issue_id = ANY(%(ids)s) GROUP BY 1),
            places AS (
                SELECT DISTINCT ON (issue_id) issue_id, place_text, count(DISTINCT person) AS persons FROM members
                WHERE place_text <> '' GROUP BY 1, 2 ORDER BY issue_id, 3 DESC, place_text)
            SELECT i.id AS issue_id,
                   count(DISTINCT m.person) FILTER (WHERE m.submitted_at > %(recent)s) AS recent,
                   count(DISTINCT m.person) FILTER (WHERE m.submitted_at <= %(recent)s) AS before,
                   least(%(before_days)s, extract(epoch FROM %(recent)s - i.first_at) / 86400)::float8 AS days_before,
                   count(DISTINCT m.person) AS persons,
                   count(DISTINCT m.person) FILTER (WHERE m.sentiment = 'negative') AS negative,
                   coalesce(array_agg(DISTINCT m.channel) FILTER (WHERE m.channel IS NOT NULL), '{}') AS channels,
                   count(DISTINCT m.person) FILTER (WHERE m.submitted_at > s.at) AS repeated,
                   coalesce(max(r.cases), 0) AS reopened,
                   coalesce(max(p.place_text), '') AS place,
                   coalesce(max(p.persons), 0) AS at_place,
                   count(DISTINCT m.person) FILTER (WHERE m.in_lane) AS in_lane,
                   coalesce(jsonb_agg(DISTINCT m.detector_hits) FILTER (WHERE m.in_lane), '[]') AS hits,
                   count(DISTINCT m.person) FILTER (WHERE m.displeased) AS displeased
            FROM issues i
            LEFT JOIN members m ON m.issue_id = i.id
            LEFT JOIN settled s ON s.issue_id = i.id
            LEFT JOIN reopened r ON r.issue_id = i.id
            LEFT JOIN places p ON p.issue_id = i.id
            WHERE i.id = ANY(%(ids)s)
            GROUP BY i.id ORDER BY i.id
            """,
            given | {"before_days": BEFORE_DAYS, "sure": SUSPECTED_BELOW},
        ).fetchall()
    return [_facts(row) for row in rows]


def find_level(conn: Connection, issue_id: int) -> IssueLevel | None:
    """None where it was never looked at."""
    return list_levels(conn, [issue_id]).get(issue_id)


def list_levels(conn: Connection, issue_ids: Sequence[int]) -> dict[int, IssueLevel]:
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT issue_id, level, since, computed_at, sentence, signs FROM issue_levels WHERE issue_id = ANY(%s)",
            (list(issue_ids),),
        ).fetchall()
    return {row["issue_id"]: IssueLevel(**row | {"signs": [_reading(sign) for sign in row["signs"]]}) for row in rows}


def set_level(conn: Connection, level: IssueLevel, before: RiskLevel | None, *, actor: str) -> None:
    """The level as of now; where it changed, a line of history."""
    signs = Jsonb([asdict(sign) for sign in level.signs])
    conn.execute(
        "INSERT INTO issue_levels (issue_id, level, since, computed_at, sentence, signs)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (issue_id) DO UPDATE SET level = EXCLUDED.level,"
        " since = EXCLUDED.since, computed_at = EXCLUDED.computed_at, sentence = EXCLUDED.sentence,"
        " signs = EXCLUDED.signs",
        (level.issue_id, level.level, level.since, level.computed_at, level.sentence, signs),
    )
    if before is not level.level:
        conn.execute(
            "INSERT INTO issue_level_changes (issue_id, at, actor, from_level, to_level, sentence)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (level.issue_id, level.computed_at, actor, before, level.level, level.sentence),
        )


def _facts(row: dict[str, Any]) -> IssueFacts:
    detectors = {hit["detector"] for hits in row.pop("hits") for hit in hits}
    # of those that fired only the gravest are critical
    names = [known.name for known in map(lane, sorted(detectors)) if known and known.urgency is Urgency.CRITICAL]
    used = row.pop("channels")
    channels = [channel.label for channel in Channel if channel in used]
    return IssueFacts(channels=channels, lanes=names or ["紧急情形"], **row)


def _reading(sign: dict[str, Any]) -> SignReading:
    level = RiskLevel(sign["level"]) if sign["level"] else None
    return SignReading(sign=EarlySign(sign["sign"]), value=sign["value"], level=level, sentence=sign["sentence"])

"""Rows of the shadow run: which letters wait for the shadow's opinion, and where it differs from the live one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from models.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One letter on which both disagree about the topic. `case_number` is None where it became no case."""

    submission_id: int
    case_number: str | None
    title: str
    live_code: str | None
    live_confidence: float
    shadow_code: str | None
    shadow_confidence: float
    at: datetime


def add_to_queue(conn: Connection, submission_ids: Sequence[int], *, actor: str) -> None:
    """Analysed by the live classifier; if there is a shadow, it shall be asked too."""
    conn.execute(
        "INSERT INTO shadow_queue (submission_id) SELECT unnest(%s::bigint[])"
        " WHERE EXISTS (SELECT FROM classifier_versions WHERE state = 'shadow') ON CONFLICT DO NOTHING",
        (list(submission_ids),),
    )


def claim_queue(conn: Connection, *, classifier_id: int, limit: int, actor: str) -> list[int]:
    """Take out up to `limit` letters and count them: what breaks the shadow is not asked for again."""
    rows = conn.execute(
        "DELETE FROM shadow_queue WHERE submission_id IN"
        " (SELECT submission_id FROM shadow_queue ORDER BY submission_id LIMIT %s FOR UPDATE SKIP LOCKED)"
        " RETURNING submission_id",
        (limit,),
    ).fetchall()
    if rows:
        conn.execute(
            "UPDATE classifier_versions SET shadow_claimed = shadow_claimed + %s WHERE id = %s",
            (len(rows), classifier_id),
        )
    return sorted(row[0] for row in rows)


def clear_queue(conn: Connection, *, actor: str) -> None:
    """There is no shadow any more."""
    conn.execute("DELETE FROM shadow_queue")


def add_comparison(
    conn: Connection, *, classifier_id: int, compared: int, differences: Sequence[Difference], live: str, actor: str
) -> None:
    """The outcome of one batch: how many were compared, and where they differ. `live` is the version compared with."""
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO shadow_differences (classifier_id, submission_id, live_code, live_confidence, live_version,"
            " shadow_code, shadow_confidence, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                (
                    classifier_id,
                    d.submission_id,
                    d.live_code,
                    d.live_confidence,
                    live,
                    d.shadow_code,
                    d.shadow_confidence,
                    d.at,
                )
                for d in differences
            ],
        )
    conn.execute(
        "UPDATE classifier_versions SET shadow_compared = shadow_compared + %s WHERE id = %s", (compared, classifier_id)
    )


def list_differences(
    conn: Connection, classifier_id: int, *, topic: str | None = None, limit: int = 50, offset: int = 0
) -> list[Difference]:
    """The newest first; `topic`: one side said this topic, or one below it."""
    with conn.cursor(row_factory=class_row(Difference)) as cur:
        return cur.execute(
            "SELECT d.submission_id, c.case_number, s.title, d.live_code, d.live_confidence, d.shadow_code,"
            " d.shadow_confidence, d.at FROM shadow_differences d JOIN submissions s ON s.id = d.submission_id"
            " LEFT JOIN cases c ON c.submission_id = d.submission_id AND c.parent_id IS NULL"
            " WHERE d.classifier_id = %(id)s"
            " AND (%(topic)s::text IS NULL OR starts_with(d.live_code, %(topic)s)"
            "      OR starts_with(d.shadow_code, %(topic)s))"
            " ORDER BY d.submission_id DESC LIMIT %(limit)s OFFSET %(offset)s",
            {"id": classifier_id, "topic": topic, "limit": limit, "offset": offset},
        ).fetchall()


def count_differences(conn: Connection, classifier_id: int, *, topic: str | None = None) -> int:
    row = conn.execute(
        "SELECT count(*) FROM shadow_differences WHERE classifier_id = %(id)s AND (%(topic)s::text IS NULL"
        " OR starts_with(live_code, %(topic)s) OR starts_with(shadow_code, %(topic)s))",
        {"id": classifier_id, "topic": topic},
    ).fetchone()
    return int(row[0]) if row else 0

"""Rows of analyses: what the pipeline said about each submission."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from models.analysis import Analysis, DetectorHit, Keyword, Neighbour, TopicSuggestion
from models.database import Connection

_COLUMNS = (
    "submission_id, topic_code, topic_confidence, suggestions, scope, appeal_type, appeal_confidence, sentiment,"
    " sentiment_confidence, urgency, urgency_confidence, detector_hits, region_code, region_confidence,"
    " place_text, keywords, organisations, neighbours, versions"
)


def add_analyses(conn: Connection, rows: Sequence[tuple[int, Analysis]], *, actor: str, now: datetime) -> None:
    """Rows of (submission id, analysis), in one COPY."""
    with conn.cursor() as cur, cur.copy(f"COPY analyses ({_COLUMNS}, analysed_at) FROM STDIN") as copy:
        for submission_id, a in rows:
            copy.write_row(
                (
                    submission_id,
                    a.topic_code,
                    a.topic_confidence,
                    Jsonb([asdict(s) for s in a.suggestions]),
                    a.scope,
                    a.appeal_type,
                    a.appeal_confidence,
                    a.sentiment,
                    a.sentiment_confidence,
                    a.urgency,
                    a.urgency_confidence,
                    Jsonb([asdict(h) for h in a.detector_hits]),
                    a.region_code,
                    a.region_confidence,
                    a.place_text,
                    Jsonb([asdict(k) for k in a.keywords]),
                    list(a.organisations),
                    Jsonb([asdict(n) for n in a.neighbours]),
                    Jsonb(dict(a.versions)),
                    now,
                )
            )


def list_analyses(conn: Connection, submission_ids: Sequence[int]) -> dict[int, Analysis]:
    """The stored analyses of these submissions, by submission id."""
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(
            f"SELECT {_COLUMNS} FROM analyses WHERE submission_id = ANY(%s)", (list(submission_ids),)
        ).fetchall()
    return {row.pop("submission_id"): _analysis(row) for row in rows}


def list_analysis_times(conn: Connection, submission_ids: Sequence[int]) -> dict[int, datetime]:
    """When the stored analyses of these submissions were made, by submission id."""
    rows = conn.execute(
        "SELECT submission_id, analysed_at FROM analyses WHERE submission_id = ANY(%s)", (list(submission_ids),)
    ).fetchall()
    return {submission_id: at for submission_id, at in rows}


def _analysis(row: dict[str, Any]) -> Analysis:
    row["suggestions"] = tuple(
        TopicSuggestion(s["topic_code"], s["confidence"], tuple(s["cues"])) for s in row["suggestions"]
    )
    row["detector_hits"] = tuple(DetectorHit(**hit) for hit in row["detector_hits"])
    row["keywords"] = tuple(Keyword(k["word"], k["weight"]) for k in row["keywords"])
    row["organisations"] = tuple(row["organisations"])
    row["neighbours"] = tuple(Neighbour(**neighbour) for neighbour in row["neighbours"])
    return Analysis(**row)

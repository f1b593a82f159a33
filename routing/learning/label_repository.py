"""Rows of labels: what people said about the topic of submissions, and which letters they should look at again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from models.analysis import AppealType
from models.classifier import LabelledSubmission, TopicLabel
from models.database import Connection

_LABEL = (
    "submission_id, topic_code, source, actor, at, predicted_code, predicted_confidence, classifier_version,"
    " probability"
)

# A person has said whether the topic is right. Who filled in a sub-topic that was left open has not.
_LOOKED_AT = "SELECT FROM topic_labels l WHERE l.submission_id = a.submission_id AND l.source <> 'name_topic'"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCounts:
    """`submissions` have a label, `drawn` of them came before a person by chance alone (they tell error rates)."""

    submissions: int
    drawn: int
    newest_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlabelledCase:
    """A case that nobody has looked at: `audit` is the chance with which it was drawn, None where it was not."""

    submission_id: int
    case_number: str
    audit: float | None


def add_label(conn: Connection, label: TopicLabel, *, appeal_type: AppealType | None, actor: str) -> None:
    """`actor` is in the label."""
    conn.execute(
        f"INSERT INTO topic_labels ({_LABEL}, appeal_type) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            label.submission_id,
            label.topic_code,
            label.source,
            label.actor,
            label.at,
            label.predicted_code,
            label.predicted_confidence,
            label.classifier_version,
            label.probability,
            appeal_type,
        ),
    )


def find_label(conn: Connection, submission_id: int, *, filled_in: bool = True) -> TopicLabel | None:
    """The newest one: it counts. Without those `filled_in` the newest by which a person said whether the topic is
    right."""
    with conn.cursor(row_factory=class_row(TopicLabel)) as cur:
        return cur.execute(
            f"SELECT {_LABEL} FROM topic_labels WHERE submission_id = %s AND (%s OR source <> 'name_topic')"
            " ORDER BY id DESC LIMIT 1",
            (submission_id, filled_in),
        ).fetchone()


def list_labelled(conn: Connection, *, until: int) -> Iterator[LabelledSubmission]:
    """Every submission with a label numbered `until` or below, oldest submission first, streamed in the caller's
    transaction; the newest such label counts."""
    with conn.cursor(name="labelled", row_factory=class_row(LabelledSubmission)) as cur:
        cur.itersize = 1000
        cur.execute(
            "SELECT l.submission_id, l.id AS label_id, s.channel::text AS channel, s.title, s.body, s.place,"
            " l.topic_code, f.first_at, l.at, f.probability, a.submission_id IS NOT NULL AS audited,"
            " s.confidential OR coalesce(c.confidential, false) AS confidential"
            " FROM (SELECT max(id) AS id, min(at) AS first_at, max(probability) AS probability FROM topic_labels"
            "  WHERE id <= %s GROUP BY submission_id) f"
            " JOIN topic_labels l ON l.id = f.id JOIN submissions s ON s.id = l.submission_id"
            " LEFT JOIN audit_samples a ON a.submission_id = l.submission_id"
            " LEFT JOIN cases c ON c.submission_id = l.submission_id AND c.parent_id IS NULL ORDER BY l.submission_id",
            (until,),
        )
        yield from cur


def count_labels(conn: Connection) -> LabelCounts:
    row = conn.execute(
        "SELECT count(DISTINCT submission_id), count(DISTINCT submission_id) FILTER (WHERE probability IS NOT NULL),"
        " coalesce(max(id), 0) FROM topic_labels"
    ).fetchone()
    assert row is not None
    return LabelCounts(submissions=row[0], drawn=row[1], newest_id=row[2])


def count_labels_after(conn: Connection, label_id: int) -> int:
    row = conn.execute("SELECT count(*) FROM topic_labels WHERE id > %s", (label_id,)).fetchone()
    return int(row[0]) if row else 0


def add_audit_samples(
    conn: Connection, submission_ids: Sequence[int], *, probability: float, actor: str, now: datetime
) -> None:
    """Of these, those whose case was dispatched shall be looked at again."""
    conn.execute(
        "INSERT INTO audit_samples (submission_id, probability, drawn_at)"
        " SELECT submission_id, %s, %s FROM cases WHERE submission_id = ANY(%s) AND status <> 'triage'"
        " AND parent_id IS NULL"
        " ON CONFLICT DO NOTHING",
        (probability, now, list(submission_ids)),
    )


def find_audit_probability(conn: Connection, submission_id: int) -> float | None:
    row = conn.execute("SELECT probability FROM audit_samples WHERE submission_id = %s", (submission_id,)).fetchone()
    return row[0] if row else None


def list_audit(conn: Connection, *, since: datetime, limit: int) -> list[UnlabelledCase]:
    """What was drawn since then and waits, the longest waiting first."""
    with conn.cursor(row_factory=class_row(UnlabelledCase)) as cur:
        return cur.execute(
            "SELECT a.submission_id, c.case_number, a.probability AS audit FROM audit_samples a"
            " JOIN cases c USING (submission_id) WHERE a.drawn_at >= %s AND c.parent_id IS NULL"
            f" AND NOT EXISTS ({_LOOKED_AT}) ORDER BY a.drawn_at, a.submission_id LIMIT %s",
            (since, limit),
        ).fetchall()


def count_audit(conn: Connection, *, since: datetime) -> tuple[int, int]:
    """How many were drawn since then, and how many of them still wait."""
    row = conn.execute(
        f"SELECT count(*), count(*) FILTER (WHERE NOT EXISTS ({_LOOKED_AT})) FROM audit_samples a WHERE drawn_at >= %s",
        (since,),
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def list_unlabelled(conn: Connection, *, since: datetime, limit: int) -> list[UnlabelledCase]:
    """Cases dispatched automatically since then that nobody has looked at and chance has not drawn, newest first."""
    with conn.cursor(row_factory=class_row(UnlabelledCase)) as cur:
        return cur.execute(
            "SELECT c.submission_id, c.case_number, NULL::double precision AS audit FROM cases c"
            " WHERE c.opened_at >= %s AND c.status <> 'triage' AND c.parent_id IS NULL"
            " AND NOT EXISTS (SELECT FROM topic_labels l WHERE l.submission_id = c.submission_id)"
            " AND NOT EXISTS (SELECT FROM audit_samples a WHERE a.submission_id = c.submission_id)"
            " ORDER BY c.submission_id DESC LIMIT %s",
            (since, limit),
        ).fetchall()

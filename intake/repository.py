"""The rows of submissions and their originals."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from psycopg.rows import class_row, kwargs_row

from intake.encryption import Keys, open_original
from models.analysis import Emotion, Sentiment, TextSpan
from models.criteria import Displeasure
from models.database import Connection
from models.errors import NotFound
from models.submission import Channel, OriginalContent, Submission, SubmissionState

# Any constant will do; it only has to be ours.
_BATCH_LOCK = 0x52_45_47

_SUBMISSION = "s." + ", s.".join(f.name for f in fields(Submission))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row about to be stored; the field names are the columns."""

    receipt_number: str
    channel: str
    source: str
    source_id: str | None
    identity: bytes
    content_hash: bytes
    title: str
    body: str
    submitted_at: datetime
    received_at: datetime
    submitter_key: bytes | None
    submitter_name: str
    place: str
    declared_appeal_type: str | None
    confidential: bool
    likes: int
    comments: int
    reposts: int
    details: str
    import_id: int | None
    query_code_hash: bytes | None
    publish_consent: bool


@dataclass(frozen=True, slots=True)
class KnownRecord:
    id: int
    receipt_number: str
    identity: bytes
    content_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionCriteria:
    """None = not filtered. `topic` and `region` include everything below; "none" = not known. `submitted_from` and
    before `submitted_before`: moments. `has_case`: whether it has a case."""

    channel: Channel | None = None
    topic: str | None = None
    region: str | None = None
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    sentiment: Sentiment | None = None
    emotion: Emotion | None = None
    displeased_with: Displeasure | None = None
    has_case: bool | None = None
    import_id: int | None = None
    issue_id: int | None = None
    alert_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionSummary:
    """One line of a list of submissions; the analysis is None while the row is pending."""

    id: int
    receipt_number: str
    channel: Channel
    title: str
    body: str
    submitted_at: datetime
    likes: int
    comments: int
    reposts: int
    state: SubmissionState
    topic_code: str | None
    sentiment: Sentiment | None
    emotion: Emotion | None
    negative_aspects: list[str] | None
    summary: list[TextSpan] | None
    case_number: str | None


def lock_batches(conn: Connection) -> None:
    """One batch at a time until the end of the transaction: two batches with common rows in another order would
    wait for each other. A single record takes no lock and waits at most for one batch."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_BATCH_LOCK,))


def list_known(conn: Connection, identities: Sequence[bytes]) -> list[KnownRecord]:
    with conn.cursor(row_factory=class_row(KnownRecord)) as cursor:
        return cursor.execute(
            "SELECT id, receipt_number, identity, content_hash FROM submissions WHERE identity = ANY(%s)",
            (list(identities),),
        ).fetchall()


def allocate_serials(conn: Connection, count: int) -> list[int]:
    """The next serial numbers of receipts; unique across transactions, with gaps where one was rolled back."""
    rows = conn.execute("SELECT nextval('receipt_number_seq') FROM generate_series(1, %s)", (count,)).fetchall()
    return [row[0] for row in rows]


def add_submissions(conn: Connection, rows: Sequence[NewRow], *, actor: str) -> dict[bytes, int]:
    """Store the rows that are not here yet in one statement; identity → id of those that were new."""
    if not rows:
        return {}
    columns = {f.name: [getattr(row, f.name) for row in rows] for f in fields(NewRow)}
    stored = conn.execute(
        """
        INSERT INTO submissions (receipt_number, channel, source, source_id, identity, content_hash, title, body,
            submitted_at, received_at, submitter_key, submitter_name, place, declared_appeal_type, confidential,
            likes, comments, reposts, details, import_id, query_code_hash, publish_consent)
        SELECT receipt_number, channel::channel, source, source_id, identity, content_hash, title, body,
            submitted_at, received_at, submitter_key, submitter_name, place, declared_appeal_type::appeal_type,
            confidential, likes, comments, reposts, details::jsonb, import_id, query_code_hash, publish_consent
        FROM unnest(%(receipt_number)s::text[], %(channel)s::text[], %(source)s::text[], %(source_id)s::text[],
            %(identity)s::bytea[], %(content_hash)s::bytea[], %(title)s::text[], %(body)s::text[],
            %(submitted_at)s::timestamptz[], %(received_at)s::timestamptz[], %(submitter_key)s::bytea[],
            %(submitter_name)s::text[], %(place)s::text[], %(declared_appeal_type)s::text[],
            %(confidential)s::boolean[], %(likes)s::integer[], %(comments)s::integer[], %(reposts)s::integer[],
            %(details)s::text[], %(import_id)s::bigint[], %(query_code_hash)s::bytea[],
            %(publish_consent)s::boolean[])
          AS n (receipt_number, channel, source, source_id, identity, content_hash, title, body,
            submitted_at, received_at, submitter_key, submitter_name, place, declared_appeal_type, confidential,
            likes, comments, reposts, details, import_id, query_code_hash, publish_consent)
        ON CONFLICT (identity) DO NOTHING
        RETURNING identity, id
        """,
        columns,
    ).fetchall()
    return {bytes(identity): submission_id for identity, submission_id in stored}


def add_originals(conn: Connection, sealed: dict[int, bytes], *, actor: str) -> None:
    """Store the sealed originals of new submissions, by submission id."""
    conn.execute(
        "INSERT INTO originals (submission_id, ciphertext) SELECT * FROM unnest(%s::bigint[], %s::bytea[])",
        (list(sealed), list(sealed.values())),
    )


def nudge(conn: Connection, channel: str) -> None:
    """Tell whoever listens, at commit, that there is work. Nobody listening is fine: the row is the job."""
    conn.execute("SELECT pg_notify(%s, '')", (channel,))


def get_submission(conn: Connection, submission_id: int) -> Submission:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(Submission)) as cursor:
        found = cursor.execute(f"SELECT {_SUBMISSION} FROM submissions s WHERE s.id = %s", (submission_id,)).fetchone()
    if found is None:
        raise NotFound("没有找到这条来件。")
    return found


def get_submissions(conn: Connection, submission_ids: Sequence[int]) -> dict[int, Submission]:
    """By id; unknown ids are absent."""
    with conn.cursor(row_factory=class_row(Submission)) as cursor:
        rows = cursor.execute(
            f"SELECT {_SUBMISSION} FROM submissions s WHERE s.id = ANY(%s)", (list(submission_ids),)
        ).fetchall()
    return {row.id: row for row in rows}


def find_submission_by_query_code(conn: Connection, receipt_number: str, code_hash: bytes) -> Submission | None:
    """The letter that a citizen asks for with its number and the code given when it was sent."""
    with conn.cursor(row_factory=class_row(Submission)) as cursor:
        return cursor.execute(
            f"SELECT {_SUBMISSION} FROM submissions s WHERE s.receipt_number = %s AND s.query_code_hash = %s",
            (receipt_number, code_hash),
        ).fetchone()


def get_original(conn: Connection, submission_id: int, keys: Keys) -> OriginalContent:
    """The record as it came, in the clear: for the handling officer only. Raises `NotFound`, `Unavailable`."""
    row = conn.execute(
        "SELECT o.ciphertext, s.receipt_number FROM originals o JOIN submissions s ON s.id = o.submission_id"
        " WHERE o.submission_id = %s",
        (submission_id,),
    ).fetchone()
    if row is None:
        raise NotFound("没有找到这条来件的原件。")
    return open_original(bytes(row[0]), keys, receipt_number=row[1])


_LISTED = """
    FROM submissions s
    LEFT JOIN analyses a ON a.submission_id = s.id
"""
# Without the case, which only a line of the list shows: to count, 10,000 would be looked up for nothing.
_MATCHING = """
    WHERE (%(channel)s::channel IS NULL OR s.channel = %(channel)s::channel)
      AND (%(topic)s::text IS NULL
           OR CASE WHEN %(topic)s::text = 'none' THEN a.submission_id IS NOT NULL AND a.topic_code IS NULL
                   ELSE starts_with(a.topic_code, %(topic)s::text) END)
      AND (%(region)s::text IS NULL
           OR CASE WHEN %(region)s::text = 'none' THEN a.submission_id IS NOT NULL AND a.region_code IS NULL
                   ELSE a.region_code IN (SELECT b.code FROM region_subtree(%(region)s::text) b(code)) END)
      AND (%(submitted_from)s::timestamptz IS NULL OR s.submitted_at >= %(submitted_from)s::timestamptz)
      AND (%(submitted_before)s::timestamptz IS NULL OR s.submitted_at < %(submitted_before)s::timestamptz)
      AND (%(sentiment)s::sentiment IS NULL OR a.sentiment = %(sentiment)s::sentiment)
      AND (%(emotion)s::emotion IS NULL OR a.emotion = %(emotion)s::emotion)
      AND (%(displeased_with)s::text IS NULL OR displeased_with(a.negative_aspects, %(displeased_with)s::text))
      AND (%(import_id)s::bigint IS NULL OR s.import_id = %(import_id)s::bigint)
      AND (%(issue_id)s::bigint IS NULL OR EXISTS (
           SELECT FROM issue_members m WHERE m.submission_id = s.id AND m.issue_id = %(issue_id)s::bigint))
      AND (%(alert_id)s::bigint IS NULL OR EXISTS (
           SELECT FROM alert_submissions l WHERE l.submission_id = s.id AND l.alert_id = %(alert_id)s::bigint))
"""
# By itself, beside no OR: so the planner can walk the newest and look for the case of each.
_WITH_CASE = "AND EXISTS (SELECT FROM cases k WHERE k.submission_id = s.id AND k.parent_id IS NULL)"
_BY_CASE = {None: "", True: _WITH_CASE, False: _WITH_CASE.replace("AND", "AND NOT", 1)}


def list_submissions(
    conn: Connection, criteria: SubmissionCriteria, *, limit: int = 50, offset: int = 0
) -> list[SubmissionSummary]:
    """The newest first, a page at a time."""
    with conn.cursor(row_factory=kwargs_row(_summary)) as cursor:
        return cursor.execute(
            "SELECT s.id, s.receipt_number, s.channel, s.title, s.body, s.submitted_at, s.likes, s.comments,"
            " s.reposts, s.state, a.topic_code, a.sentiment, a.emotion, a.negative_aspects, a.summary,"
            f" c.case_number {_LISTED} LEFT JOIN cases c ON c.submission_id = s.id AND c.parent_id IS NULL"
            f" {_MATCHING} {_BY_CASE[criteria.has_case]}"
            " ORDER BY s.submitted_at DESC, s.id DESC LIMIT %(limit)s OFFSET %(offset)s",
            _criteria_values(criteria) | {"limit": limit, "offset": offset},
            prepare=False,
        ).fetchall()


def _summary(summary: list[dict[str, int]] | None, **rest: Any) -> SubmissionSummary:
    spans = None if summary is None else [TextSpan(**span) for span in summary]
    return SubmissionSummary(summary=spans, **rest)


def count_submissions(conn: Connection, criteria: SubmissionCriteria, *, most: int | None = None) -> int:
    """How many `list_submissions` would list without a page; `most` where there are that many or more: to count a
    million takes long, and nobody reads the number."""
    row = conn.execute(
        f"SELECT count(*) FROM (SELECT {_LISTED} {_MATCHING} {_BY_CASE[criteria.has_case]} LIMIT %(most)s) AS found",
        _criteria_values(criteria) | {"most": most},
        prepare=False,  # a plan for any criteria is none for these
    ).fetchone()
    return int(row[0]) if row else 0


def _criteria_values(criteria: SubmissionCriteria) -> dict[str, object]:
    return {f.name: getattr(criteria, f.name) for f in fields(SubmissionCriteria)}


def claim_pending(conn: Connection, limit: int) -> list[Submission]:
    """The oldest pending submissions that nobody else works on, locked until the end of the transaction."""
    with conn.cursor(row_factory=class_row(Submission)) as cursor:
        return cursor.execute(
            f"SELECT {_SUBMISSION} FROM submissions s WHERE s.state = 'pending'"
            " ORDER BY s.id LIMIT %s FOR UPDATE SKIP LOCKED",
            (limit,),
        ).fetchall()


def mark_processed(conn: Connection, submission_ids: Sequence[int], *, actor: str) -> None:
    """The analysis of these is stored (in the same transaction)."""
    conn.execute("UPDATE submissions SET state = 'processed' WHERE id = ANY(%s)", (list(submission_ids),))


def measure_pending(conn: Connection) -> tuple[int, int]:
    """How many wait, and how many characters they have together."""
    row = conn.execute(
        "SELECT count(*), coalesce(sum(length(title) + length(body)), 0) FROM submissions WHERE state = 'pending'"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def find_oldest_pending(conn: Connection) -> datetime | None:
    """When the submission that waits longest was received; None when nothing waits."""
    row = conn.execute("SELECT min(received_at) FROM submissions WHERE state = 'pending'").fetchone()
    return row[0] if row else None


def count_pending(conn: Connection) -> int:
    row = conn.execute("SELECT count(*) FROM submissions WHERE state = 'pending'").fetchone()
    return int(row[0]) if row else 0

"""Rows of attachments: appended, read, never changed. Contents are read one at a time."""

from datetime import datetime

from psycopg.rows import class_row

from intake.attachments import CheckedFile
from models.attachment import Attachment
from models.case import Case
from models.database import Connection
from models.errors import NotFound

ATTACHMENT = (
    "a.id, a.submission_id, a.case_id, a.department_id, a.name, a.kind, a.size, a.width, a.height, a.received_sha256,"
    " a.sha256, a.for_submitter, a.at, a.actor, r.at AS removed_at, r.actor AS removed_by,"
    " coalesce(r.reason, '') AS removal_reason"
)
FROM_ATTACHMENTS = " FROM attachments a LEFT JOIN attachment_removals r ON r.attachment_id = a.id"


def list_of_case(conn: Connection, case: Case) -> list[Attachment]:
    """Those of its letter, its own, and those of the letters that are merged into it; the removed too, the oldest
    first."""
    with conn.cursor(row_factory=class_row(Attachment)) as cursor:
        return cursor.execute(
            # an array first, so that the indexes answer both halves
            f"SELECT {ATTACHMENT} {FROM_ATTACHMENTS} WHERE a.case_id = %(case)s OR (a.case_id IS NULL"
            " AND a.submission_id = ANY (ARRAY(SELECT m.submission_id FROM cases m"
            "  WHERE m.id = %(case)s OR m.merged_into = %(case)s)))"
            " ORDER BY a.id",
            {"case": case.id},
        ).fetchall()


def list_for_submitter(conn: Connection, submission_id: int) -> list[Attachment]:
    """What the submitter sees: what they sent, and what came with a reply to them that stands, under the name that it
    was given for them."""
    columns = ATTACHMENT.replace("a.name", "coalesce(g.name, a.name) AS name")
    with conn.cursor(row_factory=class_row(Attachment)) as cursor:
        return cursor.execute(
            "WITH given AS MATERIALIZED (SELECT DISTINCT ON (f.attachment_id) f.attachment_id, f.name FROM cases c"
            "  JOIN replies p ON p.case_id = c.id JOIN reply_files f ON f.reply_id = p.id"
            "  WHERE c.submission_id = %(letter)s AND NOT EXISTS ("
            "   SELECT FROM reply_withdrawals w WHERE w.reply_id = p.id) ORDER BY f.attachment_id, f.reply_id)"
            f" SELECT {columns} {FROM_ATTACHMENTS} LEFT JOIN given g ON g.attachment_id = a.id"
            " WHERE r.attachment_id IS NULL AND (a.submission_id = %(letter)s AND a.case_id IS NULL"
            "  OR a.id = ANY (ARRAY(SELECT attachment_id FROM given))) ORDER BY a.id",
            {"letter": submission_id},
        ).fetchall()


def list_sent(conn: Connection, submission_id: int) -> list[Attachment]:
    """What the submitter sent, the removed too."""
    with conn.cursor(row_factory=class_row(Attachment)) as cursor:
        return cursor.execute(
            f"SELECT {ATTACHMENT} {FROM_ATTACHMENTS} WHERE a.submission_id = %s AND a.case_id IS NULL ORDER BY a.id",
            (submission_id,),
        ).fetchall()


def list_sent_hashes(conn: Connection, submission_ids: list[int]) -> dict[int, list[str]]:
    """SHA-256 of what came with these letters, for the first event of their cases; letters without are absent."""
    rows = conn.execute(
        "SELECT submission_id, array_agg(encode(sha256, 'hex') ORDER BY id) FROM attachments"
        " WHERE submission_id = ANY(%s) AND case_id IS NULL GROUP BY submission_id",
        (submission_ids,),
    ).fetchall()
    return {id_: list(hashes) for id_, hashes in rows}


def add_attachment(
    conn: Connection,
    submission_id: int,
    case_id: int | None,
    file: CheckedFile,
    *,
    sealed: bytes,
    sealed_thumbnail: bytes | None,
    department_id: str | None,
    for_submitter: bool,
    actor: str,
    now: datetime,
) -> int:
    """Its number."""
    row = conn.execute(
        "INSERT INTO attachments (submission_id, case_id, department_id, name, kind, size, width, height,"
        " received_sha256, sha256, for_submitter, at, actor)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (
            submission_id,
            case_id,
            department_id,
            file.name,
            file.kind,
            len(file.content),
            file.width,
            file.height,
            file.received_sha256,
            file.sha256,
            for_submitter,
            now,
            actor,
        ),
    ).fetchone()
    assert row is not None
    conn.execute(
        "INSERT INTO attachment_contents (attachment_id, content, thumbnail) VALUES (%s, %s, %s)",
        (row[0], sealed, sealed_thumbnail),
    )
    return int(row[0])


def add_removal(conn: Connection, attachment_id: int, *, reason: str, actor: str, now: datetime) -> None:
    conn.execute(
        "INSERT INTO attachment_removals (attachment_id, reason, at, actor) VALUES (%s, %s, %s, %s)",
        (attachment_id, reason, now, actor),
    )


def get_content(conn: Connection, attachment_id: int, *, thumbnail: bool) -> bytes:
    """As sealed. Raises `NotFound` where there is none."""
    column = "thumbnail" if thumbnail else "content"
    row = conn.execute(
        f"SELECT {column} FROM attachment_contents WHERE attachment_id = %s", (attachment_id,)
    ).fetchone()
    if row is None or row[0] is None:
        raise NotFound("没有找到这个附件。")
    return bytes(row[0])

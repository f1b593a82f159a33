"""Rows of what went with a reply: appended, read, never changed."""

from collections.abc import Iterable
from datetime import datetime

from psycopg.rows import class_row

from models.attachment import FileAudience, ReplyFile
from models.database import Connection


def add_files(conn: Connection, reply_id: int, files: Iterable[tuple[int, FileAudience, str]], *, actor: str) -> None:
    """Rows of (attachment, whom it goes to, the name it has for them)."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO reply_files (reply_id, attachment_id, audience, name) VALUES (%s, %s, %s, %s)",
            [(reply_id, *file) for file in files],
        )


def list_files(conn: Connection, reply_ids: list[int]) -> list[ReplyFile]:
    """Of these replies, without what was taken off since; in the order of the attachments."""
    with conn.cursor(row_factory=class_row(ReplyFile)) as cursor:
        return cursor.execute(
            "SELECT f.reply_id, f.attachment_id, f.audience, f.name, a.sha256 FROM reply_files f"
            " JOIN attachments a ON a.id = f.attachment_id WHERE f.reply_id = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM attachment_removals r WHERE r.attachment_id = f.attachment_id)"
            " ORDER BY f.attachment_id, f.reply_id",
            (reply_ids,),
        ).fetchall()


def list_sent_at(conn: Connection, case_id: int) -> dict[int, datetime]:
    """When each attachment last went with a reply of this case that stands, by its number."""
    return dict(
        conn.execute(
            "SELECT f.attachment_id, max(p.created_at) FROM replies p JOIN reply_files f ON f.reply_id = p.id"
            " WHERE p.case_id = %s AND NOT EXISTS (SELECT FROM reply_withdrawals w WHERE w.reply_id = p.id)"
            " GROUP BY f.attachment_id",
            (case_id,),
        ).fetchall()
    )

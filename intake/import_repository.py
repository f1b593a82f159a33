"""The rows of imports: one run over one file."""

from dataclasses import fields
from datetime import datetime

from psycopg.rows import class_row

from models.database import Connection
from models.errors import NotFound
from models.import_run import ImportRun
from models.submission import Channel

_IMPORT = ", ".join(f.name for f in fields(ImportRun))


def add_import(conn: Connection, *, channel: Channel, file_name: str, preset: str, actor: str, now: datetime) -> int:
    """Open the record of one run over one file; its id."""
    row = conn.execute(
        "INSERT INTO imports (channel, file_name, preset, actor, started_at) VALUES (%s, %s, %s, %s, %s) RETURNING id",
        (channel, file_name, preset, actor, now),
    ).fetchone()
    assert row is not None
    return int(row[0])


def update_import(
    conn: Connection, import_id: int, *, read: int, new: int, already_here: int, rejected: int, actor: str
) -> None:
    """The counts so far, in the same transaction as the rows they count."""
    conn.execute(
        "UPDATE imports SET rows_read = %s, rows_new = %s, rows_already_here = %s, rows_rejected = %s WHERE id = %s",
        (read, new, already_here, rejected, import_id),
    )


def finish_import(conn: Connection, import_id: int, *, now: datetime, actor: str) -> None:
    conn.execute("UPDATE imports SET finished_at = %s WHERE id = %s", (now, import_id))


def get_import(conn: Connection, import_id: int) -> ImportRun:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(ImportRun)) as cursor:
        found = cursor.execute(f"SELECT {_IMPORT} FROM imports WHERE id = %s", (import_id,)).fetchone()
    if found is None:
        raise NotFound("没有找到这次导入。")
    return found


def list_imports(conn: Connection, *, limit: int = 50) -> list[ImportRun]:
    """The newest first."""
    with conn.cursor(row_factory=class_row(ImportRun)) as cursor:
        return cursor.execute(f"SELECT {_IMPORT} FROM imports ORDER BY id DESC LIMIT %s", (limit,)).fetchall()

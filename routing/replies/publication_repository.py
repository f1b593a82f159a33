"""Rows of published answers and of consents, as staff and who wrote see them.

What all read is in `published_repository`."""

from datetime import datetime

from psycopg.rows import class_row

from models.case import Case
from models.database import Connection
from models.publication import PublicText, Published

_PUBLISHED = """
    SELECT p.id AS number, p.reply_id, p.published_at, p.published_by, p.letter <> '' AS with_letter,
           EXISTS (SELECT FROM shown_answers a WHERE a.number = p.id) AS shown,
           p.withdrawn_at, p.withdrawn_by, p.withdrawn_unit, p.withdrawal_reason
    FROM published_answers p
"""


def has_consent(conn: Connection, submission_id: int) -> bool:
    """Whether who wrote agrees, now."""
    row = conn.execute("SELECT has_consent(%s)", (submission_id,)).fetchone()
    return row == (True,)


def was_withdrawn(conn: Connection, submission_id: int) -> bool:
    """Whether who wrote took the consent back."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM consent_withdrawals WHERE submission_id = %s)", (submission_id,)
    ).fetchone()
    return row == (True,)


def add_consent_withdrawal(conn: Connection, submission_id: int, *, actor: str, now: datetime) -> None:
    conn.execute(
        "INSERT INTO consent_withdrawals (submission_id, at, actor) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (submission_id, now, actor),
    )


def find_published(conn: Connection, case_id: int) -> Published | None:
    with conn.cursor(row_factory=class_row(Published)) as cursor:
        return cursor.execute(f"{_PUBLISHED} WHERE p.case_id = %s", (case_id,)).fetchone()


def find_published_since(conn: Connection, case: Case) -> datetime | None:
    """Since when the answer of this completion is published, also where it was taken down meanwhile."""
    row = conn.execute(
        "SELECT published_at FROM published_answers WHERE case_id = %s AND completed_at = %s",
        (case.id, case.completed_at),
    ).fetchone()
    return row[0] if row else None


def find_places(conn: Connection, case: Case) -> tuple[str | None, str | None]:
    """The first-level topic and the county of a case."""
    row = conn.execute(
        "SELECT (SELECT coalesce(parent_code, code) FROM topics WHERE code = %s), nullif(county_of(%s), '')",
        (case.topic_code, case.region_code),
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


def save_published(
    conn: Connection,
    case: Case,
    reply_id: int,
    text: PublicText,
    *,
    department_id: str | None,
    places: tuple[str | None, str | None],
    words: str,
    actor: str,
    now: datetime,
) -> int:
    """Its number, the same one for each answer of a case. What was taken down stays so: `restore` is another act."""
    row = conn.execute(
        "INSERT INTO published_answers (case_id, reply_id, completed_at, published_at, published_by, department_id,"
        " topic_code, region_code, title, letter, reply, words)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::tsvector)"
        " ON CONFLICT (case_id) DO UPDATE SET reply_id = excluded.reply_id, completed_at = excluded.completed_at,"
        " published_at = excluded.published_at, published_by = excluded.published_by,"
        " department_id = excluded.department_id, topic_code = excluded.topic_code,"
        " region_code = excluded.region_code, title = excluded.title, letter = excluded.letter,"
        " reply = excluded.reply, words = excluded.words RETURNING id",
        (
            case.id,
            reply_id,
            case.completed_at,
            now,
            actor,
            department_id,
            *places,
            text.title,
            text.letter,
            text.reply,
            words,
        ),
    ).fetchone()
    assert row is not None
    return int(row[0])


def take_down(
    conn: Connection, case_id: int, *, reason: str, department_id: str | None, actor: str, now: datetime
) -> bool:
    """False where it was down already."""
    changed = conn.execute(
        "UPDATE published_answers SET withdrawn_at = %s, withdrawn_by = %s, withdrawn_unit = %s,"
        " withdrawal_reason = %s WHERE case_id = %s AND withdrawn_at IS NULL",
        (now, actor, department_id, reason, case_id),
    ).rowcount
    return changed > 0


def restore(conn: Connection, case_id: int, *, actor: str) -> None:
    conn.execute(
        "UPDATE published_answers SET withdrawn_at = NULL, withdrawn_by = NULL, withdrawn_unit = NULL,"
        " withdrawal_reason = '' WHERE case_id = %s",
        (case_id,),
    )


def lock_with_letter(
    conn: Connection, submission_id: int
) -> list[tuple[int, str, datetime, str | None, str | None, str | None]]:
    """Of a letter and its parts what is published with words of it: number, reply, when, unit, topic, county."""
    return conn.execute(
        "SELECT p.id, p.reply, p.published_at, p.department_id, p.topic_code, p.region_code FROM published_answers p"
        " JOIN cases c ON c.id = p.case_id WHERE c.submission_id = %s AND p.letter <> '' FOR UPDATE OF p",
        (submission_id,),
    ).fetchall()


def forget_letter(conn: Connection, number: int, *, words: str, actor: str) -> None:
    """Only the reply is left, and `words` are of it alone."""
    conn.execute(
        "UPDATE published_answers SET title = '', letter = '', words = %s::tsvector WHERE id = %s", (words, number)
    )


def find_disclosure(conn: Connection, case_id: int, reply_at: datetime) -> str | None:
    """For which reason the reply of then was sent with personal data in it."""
    row = conn.execute(
        "SELECT payload->>'disclosure' FROM case_events WHERE case_id = %s AND action = 'reply' AND at = %s"
        " AND payload ? 'disclosure' ORDER BY seq DESC LIMIT 1",
        (case_id, reply_at),
    ).fetchone()
    return str(row[0]) if row else None

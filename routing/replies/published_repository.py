"""What anybody reads of published answers: lists, one of them, its files.

Only through `shown_answers`, which says at each reading what may still be shown."""

from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from models.attachment import Attachment
from models.database import Connection
from models.publication import AnswerCriteria, PublicAnswer
from routing.casework.attachment_repository import ATTACHMENT, FROM_ATTACHMENTS

_ANSWER = (
    "a.number, a.reply_id, a.title, a.letter, a.reply, a.department_id, a.topic_code, a.region_code, a.submitted_at,"
    " a.replied_at, a.published_at, a.result, a.satisfaction"
)
_FILTERS = {"unit": "p.department_id", "topic": "p.topic_code", "region": "p.region_code"}
_BEHIND = "(p.published_at, p.id) < (SELECT b.published_at, b.id FROM published_answers b WHERE b.id = %(before)s)"
_ORDER = "ORDER BY p.published_at DESC, p.id DESC"
# One after the other, in the order of the list: the planner takes what is to be shown for a few of a million and would
# look for those first.
_IF_SHOWN = "CROSS JOIN LATERAL (SELECT * FROM shown_answers s WHERE s.number = p.id OFFSET 0) a"


def list_answers(conn: Connection, criteria: AnswerCriteria, *, before: int | None, limit: int) -> list[PublicAnswer]:
    """The newest first, behind the one with the number `before`."""
    wanted = {name: value for name in _FILTERS if (value := getattr(criteria, name)) is not None}
    conditions = ["p.withdrawn_at IS NULL", *(f"{_FILTERS[name]} = %({name})s" for name in wanted)]
    if before is not None:
        conditions.append(_BEHIND)
    query = (
        f"SELECT {_ANSWER} FROM published_answers p {_IF_SHOWN}"
        f" WHERE {' AND '.join(conditions)} {_ORDER} LIMIT %(limit)s"
    )
    with conn.cursor(row_factory=class_row(PublicAnswer)) as cursor:
        return cursor.execute(query.encode(), {**wanted, "before": before, "limit": limit}).fetchall()


def search_answers(
    conn: Connection, words: str, *, until: datetime | None, before: int | None, limit: int
) -> list[PublicAnswer]:
    """The same of what has all the `words` (a tsquery), published before `until`. What is shown is asked only of as
    many as are read: first by time, then one after the other."""
    conditions = ["p.words @@ %(words)s::tsquery", *(["p.published_at < %(until)s"] if until else [])]
    return _read_found(conn, conditions, {"words": words, "until": until, "before": before, "limit": limit})


def find_few(conn: Connection, words: str, *, most: int) -> list[int] | None:
    """The numbers of all that have all the `words`, in no order; None where there are more than `most`: what has many
    is not counted to its end."""
    found = conn.execute(
        # planned as if all were read: else the planner, who takes words for independent, reads the table from its
        # beginning where it expects that many
        "WITH found AS MATERIALIZED ("
        " SELECT p.id FROM published_answers p WHERE p.withdrawn_at IS NULL AND p.words @@ %s::tsquery)"
        " SELECT id FROM found LIMIT %s",
        (words, most + 1),
        prepare=False,
    ).fetchall()
    return None if len(found) > most else [row[0] for row in found]


def list_few(conn: Connection, numbers: list[int], *, before: int | None, limit: int) -> list[PublicAnswer]:
    """As `search_answers`, of what `find_few` found."""
    return _read_found(conn, ["p.id = ANY(%(numbers)s)"], {"numbers": numbers, "before": before, "limit": limit})


def _read_found(conn: Connection, conditions: list[str], given: dict[str, Any]) -> list[PublicAnswer]:
    conditions = ["p.withdrawn_at IS NULL", *conditions, *([_BEHIND] if given["before"] is not None else [])]
    query = (
        f"SELECT {_ANSWER} FROM (SELECT p.id, p.published_at FROM published_answers p"
        f" WHERE {' AND '.join(conditions)} {_ORDER} OFFSET 0) p"
        f" {_IF_SHOWN} WHERE a.by_letter {_ORDER} LIMIT %(limit)s"
    )
    with conn.cursor(row_factory=class_row(PublicAnswer)) as cursor:
        return cursor.execute(query.encode(), given, prepare=False).fetchall()


def find_answer(conn: Connection, number: int) -> PublicAnswer | None:
    with conn.cursor(row_factory=class_row(PublicAnswer)) as cursor:
        return cursor.execute(f"SELECT {_ANSWER} FROM shown_answers a WHERE a.number = %s", (number,)).fetchone()


def find_published_at(conn: Connection, before: int | None) -> datetime | None:
    """When the answer with this number was published, or the newest one."""
    row = conn.execute(
        "SELECT published_at FROM published_answers WHERE id = %s"
        if before is not None
        else "SELECT published_at FROM published_answers WHERE withdrawn_at IS NULL"
        " ORDER BY published_at DESC, id DESC LIMIT 1",
        (before,) if before is not None else (),
    ).fetchone()
    return row[0] if row else None


def list_files(conn: Connection, reply_id: int) -> list[Attachment]:
    """What went out with the reply for everybody, under the name that it was given."""
    columns = ATTACHMENT.replace("a.name", "f.name")
    with conn.cursor(row_factory=class_row(Attachment)) as cursor:
        return cursor.execute(
            f"SELECT {columns} {FROM_ATTACHMENTS} JOIN reply_files f ON f.attachment_id = a.id"
            " WHERE f.reply_id = %s AND f.audience = 'public' AND r.attachment_id IS NULL ORDER BY a.id",
            (reply_id,),
        ).fetchall()


def list_of_letter(conn: Connection, submission_id: int) -> list[tuple[int, bool]]:
    """The numbers under which all read what was answered to a letter or its parts, and whether with words of it."""
    return conn.execute(
        "SELECT a.number, a.letter <> '' FROM cases c JOIN published_answers p ON p.case_id = c.id"
        f" {_IF_SHOWN} WHERE c.submission_id = %s ORDER BY a.number",
        (submission_id,),
    ).fetchall()

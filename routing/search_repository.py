"""Rows of the words and texts by which cases are found, and of who looked for whose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from models.database import Connection

# Any constant will do; it only has to be ours.
_FILLING_LOCK = 0x5345_4152


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseText:
    """`letter` is the masked title and text of the letter; of them a part of a divided letter has `sentences` alone.
    `written`: what staff wrote since, replies as they are."""

    id: int
    title: str
    letter: str
    sentences: list[list[int]] | None
    written: list[str]


def add_texts(conn: Connection, rows: Sequence[tuple[int, str, str]], *, actor: str) -> None:
    """Rows of (case id, tsvector as text, text) of cases that have none yet."""
    with conn.cursor() as cur, cur.copy("COPY case_search (case_id, words, text) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def append_text(conn: Connection, case_id: int, words: str, text: str, *, actor: str) -> None:
    """What was said later is found too. A case without a row gets it whole when the worker fills in what is missing."""
    conn.execute(
        "UPDATE case_search SET words = words || %s::tsvector, text = text || E'\\n' || %s WHERE case_id = %s",
        (words, text, case_id),
    )


def lock_filling(conn: Connection) -> bool:
    """Whether this transaction is the one that fills in what older versions did not keep."""
    return conn.execute("SELECT pg_try_advisory_xact_lock(%s)", (_FILLING_LOCK,)).fetchone() == (True,)


def list_missing(conn: Connection, *, after: int, limit: int) -> list[int]:
    """Cases without a row, by id, from the first one after `after`."""
    rows = conn.execute(
        "SELECT c.id FROM cases c WHERE c.id > %s AND NOT EXISTS (SELECT FROM case_search x WHERE x.case_id = c.id)"
        " ORDER BY c.id LIMIT %s",
        (after, limit),
    ).fetchall()
    return [row[0] for row in rows]


def list_texts(conn: Connection, case_ids: Sequence[int]) -> list[CaseText]:
    """What these cases say, by id."""
    with conn.cursor(row_factory=class_row(CaseText)) as cur:
        return cur.execute(
            "SELECT c.id, c.title, s.title || E'\\n' || s.body AS letter, p.sentences,"
            " ARRAY(SELECT r.body FROM replies r WHERE r.case_id = c.id ORDER BY r.id)"
            " || ARRAY(SELECT e.payload->>'text' FROM case_events e WHERE e.case_id = c.id AND e.action = 'note'"
            "          ORDER BY e.seq) AS written"
            " FROM cases c JOIN submissions s ON s.id = c.submission_id LEFT JOIN case_parts p ON p.case_id = c.id"
            " WHERE c.id = ANY(%s) ORDER BY c.id",
            (list(case_ids),),
        ).fetchall()


def add_person_search(
    conn: Connection, submitter_key: bytes, *, account_id: int, department_id: str | None, actor: str, now: datetime
) -> int:
    """The number under which the account may read the cases of this person."""
    row = conn.execute(
        "INSERT INTO person_searches (at, actor, account_id, department_id, submitter_key) VALUES (%s, %s, %s, %s, %s)"
        " RETURNING id",
        (now, actor, account_id, department_id, submitter_key),
    ).fetchone()
    assert row is not None
    return int(row[0])


def is_person_search_of(
    conn: Connection, search_id: int, *, account_id: int, department_id: str | None, since: datetime
) -> bool:
    """Whether this person made this search lately, for the unit that the person still works for."""
    row = conn.execute(
        "SELECT FROM person_searches WHERE id = %s AND account_id = %s AND department_id IS NOT DISTINCT FROM %s"
        " AND at >= %s",
        (search_id, account_id, department_id, since),
    ).fetchone()
    return row is not None


def note_stale(conn: Connection, case_ids: Sequence[int], *, actor: str) -> None:
    """The facts count these cases anew."""
    conn.execute("INSERT INTO stale_facts SELECT 'c', unnest(%s::bigint[])", ([*case_ids],))

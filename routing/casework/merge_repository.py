"""Rows of merges and of the parts of letters, the cases tied to a case, and which may be about the same thing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from models.analysis import TextSpan
from models.case import Case, Reply
from models.database import Connection
from models.errors import Conflict
from models.merge import CaseMerge, MergeCandidate, MergeEvidence
from routing import case_repository

_MERGE = "id, head_id, member_id, reason, merged_at, merged_by, undone_at, undone_by, note"
# What one person wrote within so many days may be one matter.
_SAME_PERSON_WITHIN = timedelta(days=90)
# So many of each kind are looked at: an issue can have thousands.
_LOOKED_AT = 200


def lock_cases(conn: Connection, case_ids: Sequence[int]) -> dict[int, Case]:
    """As they are now, by id; until the end of the transaction nobody else changes them. Always in the order of the
    ids, so that two who want the same ones do not wait for each other."""
    conn.execute("SELECT FROM cases WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (list(case_ids),))
    return {case.id: case for case in case_repository.list_cases_by_id(conn, case_ids)}


def list_member_ids(conn: Connection, head_id: int) -> list[int]:
    """Of the cases that are merged into this one now, by id; its own parts of a split that was undone among them."""
    rows = conn.execute("SELECT id FROM cases WHERE merged_into = %s ORDER BY id", (head_id,)).fetchall()
    return [row[0] for row in rows]


def list_part_ids(conn: Connection, parent_id: int) -> list[int]:
    """Of the parts that are worked on, by id."""
    rows = conn.execute(
        "SELECT id FROM cases WHERE parent_id = %s AND merged_into IS NULL ORDER BY id", (parent_id,)
    ).fetchall()
    return [row[0] for row in rows]


def count_parts_ever(conn: Connection, parent_id: int) -> int:
    """With those of splits that were undone: a number is not given twice."""
    row = conn.execute("SELECT count(*) FROM cases WHERE parent_id = %s", (parent_id,)).fetchone()
    return int(row[0]) if row else 0


def list_persons(conn: Connection, case_ids: Sequence[int]) -> dict[int, bytes]:
    """Who wrote the letter of each case, by case id; who is not known is one of their own."""
    rows = conn.execute(
        "SELECT c.id, coalesce(s.submitter_key, int8send(s.id)) FROM cases c"
        " JOIN submissions s ON s.id = c.submission_id WHERE c.id = ANY(%s)",
        (list(case_ids),),
    ).fetchall()
    return {case_id: bytes(person) for case_id, person in rows}


def has_members(conn: Connection, case_id: int) -> bool:
    """Whether other letters are merged into this case."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM cases WHERE merged_into = %(id)s AND parent_id IS DISTINCT FROM %(id)s)",
        {"id": case_id},
    ).fetchone()
    return row == (True,)


def add_merge(conn: Connection, head_id: int, member_id: int, *, reason: str, actor: str, now: datetime) -> None:
    """Raises a `Conflict` (merged_once) where it is merged already."""
    conn.execute(
        "INSERT INTO case_merges (head_id, member_id, reason, merged_at, merged_by) VALUES (%s, %s, %s, %s, %s)",
        (head_id, member_id, reason, now, actor),
    )


def undo_merge(conn: Connection, member_id: int, *, note: str, actor: str, now: datetime) -> CaseMerge:
    """Raises `Conflict` where somebody was quicker."""
    with conn.cursor(row_factory=class_row(CaseMerge)) as cursor:
        merge = cursor.execute(
            "UPDATE case_merges SET undone_at = %s, undone_by = %s, note = %s"
            f" WHERE member_id = %s AND undone_at IS NULL RETURNING {_MERGE}",
            (now, actor, note, member_id),
        ).fetchone()
    if merge is None:
        raise Conflict("这次并单刚刚已经撤销。")
    return merge


def list_merges(conn: Connection, case_id: int) -> list[CaseMerge]:
    """All that this case had a part in, undone ones too, oldest first."""
    with conn.cursor(row_factory=class_row(CaseMerge)) as cursor:
        return cursor.execute(
            f"SELECT {_MERGE} FROM case_merges WHERE head_id = %(id)s OR member_id = %(id)s ORDER BY id",
            {"id": case_id},
        ).fetchall()


def restart_clocks(conn: Connection, case_id: int, *, ended_at: datetime, actor: str) -> None:
    """Those that ended then run again, from their own beginning: what is late by now is late. Not those of a unit that
    has it no more, since another one answered it."""
    conn.execute(
        "UPDATE unit_clocks SET ended_at = NULL WHERE met_at IS NULL AND ended_at = %(ended)s"
        # the latest of each kind: others ended when the case was given on
        " AND id IN (SELECT max(id) FROM unit_clocks WHERE case_id = %(id)s GROUP BY kind)"
        " AND department_id IN (SELECT department_id FROM assignments WHERE case_id = %(id)s AND ended_at IS NULL)",
        {"id": case_id, "ended": ended_at},
    )


def list_current_replies(conn: Connection, case_id: int) -> list[Reply]:
    """What the submitter was told since the case was opened, or last worked on again; not what was taken back."""
    with conn.cursor(row_factory=class_row(Reply)) as cursor:
        return cursor.execute(
            "SELECT r.id, r.case_id, r.department_id, r.author, r.body, r.public, r.created_at FROM replies r"
            " WHERE r.case_id = %(id)s AND NOT EXISTS (SELECT FROM reply_withdrawals w WHERE w.reply_id = r.id)"
            " AND r.created_at > coalesce((SELECT max(e.at) FROM case_events e WHERE e.case_id = %(id)s"
            "  AND e.action::text IN ('reopen', 'rework')), '-infinity') ORDER BY r.id",
            {"id": case_id},
        ).fetchall()


def add_part(conn: Connection, case_id: int, sentences: Sequence[TextSpan], *, actor: str) -> None:
    conn.execute(
        "INSERT INTO case_parts (case_id, sentences) VALUES (%s, %s)",
        (case_id, Jsonb([[span.start, span.end] for span in sentences])),
    )


def list_sentences(conn: Connection, case_ids: Sequence[int]) -> dict[int, tuple[TextSpan, ...]]:
    """Of parts, by case id; others are absent."""
    rows = conn.execute(
        "SELECT case_id, sentences FROM case_parts WHERE case_id = ANY(%s)", (list(case_ids),)
    ).fetchall()
    return {case_id: tuple(TextSpan(*span) for span in spans) for case_id, spans in rows}


def list_candidates(conn: Connection, case: Case, *, limit: int = 20) -> list[MergeCandidate]:
    """Open cases that may be about the same thing, with what speaks for it, the most alike first. A confidential case
    has confidential ones alone, others only others; what is merged or split already is none."""
    rows = conn.execute(
        """
        WITH me AS (SELECT submitter_key, submitted_at FROM submissions WHERE id = %(submission)s),
        found AS (
            SELECT l.earlier_id AS submission_id, l.kind::text AS why, l.score FROM submission_links l
            WHERE l.submission_id = %(submission)s
            UNION ALL
            (SELECT l.submission_id, l.kind::text, l.score FROM submission_links l
             WHERE l.earlier_id = %(submission)s ORDER BY l.submission_id DESC LIMIT %(most)s)
            UNION ALL
            (SELECT o.submission_id, 'same_issue', NULL FROM issue_members m
             JOIN issue_members o ON o.issue_id = m.issue_id AND o.submission_id <> m.submission_id
             WHERE m.submission_id = %(submission)s ORDER BY o.submission_id DESC LIMIT %(most)s)
            UNION ALL
            (SELECT s.id, 'person_and_topic', NULL FROM me
             JOIN submissions s ON s.submitter_key = me.submitter_key AND s.id <> %(submission)s
              AND s.submitted_at BETWEEN me.submitted_at - %(within)s AND me.submitted_at + %(within)s
             JOIN cases c ON c.submission_id = s.id AND c.parent_id IS NULL AND c.topic_code = %(topic)s::text
             ORDER BY s.submitted_at DESC LIMIT %(most)s))
        SELECT c.id, array_agg(DISTINCT f.why), max(f.score) FROM found f
        JOIN cases c ON c.submission_id = f.submission_id AND c.parent_id IS NULL
        WHERE c.status IN ('triage', 'dispatched', 'in_progress') AND c.merged_into IS NULL AND c.parts = 0
          AND c.confidential = %(confidential)s AND c.id <> %(id)s
        GROUP BY c.id, c.submitted_at ORDER BY max(f.score) DESC NULLS LAST, count(*) DESC, c.submitted_at DESC, c.id
        LIMIT %(limit)s
        """,
        {
            "id": case.id,
            "submission": case.submission_id,
            "topic": case.topic_code,
            "confidential": case.confidential,
            "within": _SAME_PERSON_WITHIN,
            "most": _LOOKED_AT,
            "limit": limit,
        },
    ).fetchall()
    cases = {found.id: found for found in case_repository.list_cases_by_id(conn, [row[0] for row in rows])}
    return [
        MergeCandidate(case=cases[id_], evidence=tuple(e for e in MergeEvidence if e.value in why), score=score)
        for id_, why, score in rows
    ]

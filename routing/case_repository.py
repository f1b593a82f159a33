"""Rows of cases, assignments and replies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from models.analysis import Analysis, Sentiment
from models.case import Assignment, AssignmentRole, Case, CaseStatus, Reply
from models.database import Connection
from models.errors import Conflict, NotFound

_CASE_COLUMNS = (
    "id, case_number, submission_id, channel, title, status, appeal_type, topic_code, region_code, sentiment, urgency,"
    " confidential, lead_department_id, triage_reason, submitted_at, received_at, opened_at, dispatched_at,"
    " acknowledged_at, completed_at, completion_result, closed_at, due_date, due_at, due_basis, version,"
    " merged_into, parent_id, parts"
)


def next_case_ids(conn: Connection, n: int) -> list[int]:
    """Ids for `n` new cases, so that a batch of cases, assignments and events can be copied in without waiting."""
    rows = conn.execute(
        "SELECT nextval(pg_get_serial_sequence('cases', 'id')) FROM generate_series(1, %s)", (n,)
    ).fetchall()
    return [row[0] for row in rows]


def add_cases(conn: Connection, cases: Sequence[Case], analyses: Sequence[Analysis], *, actor: str) -> None:
    """What each analysis says of the tone is kept beside its case: for lists and numbers, never edited."""
    with conn.cursor() as cur, cur.copy(f"COPY cases ({_CASE_COLUMNS}, emotion, negative_aspects) FROM STDIN") as copy:
        for c, analysis in zip(cases, analyses, strict=True):
            copy.write_row(
                (
                    c.id,
                    c.case_number,
                    c.submission_id,
                    c.channel,
                    c.title,
                    c.status,
                    c.appeal_type,
                    c.topic_code,
                    c.region_code,
                    c.sentiment,
                    c.urgency,
                    c.confidential,
                    c.lead_department_id,
                    c.triage_reason,
                    c.submitted_at,
                    c.received_at,
                    c.opened_at,
                    c.dispatched_at,
                    c.acknowledged_at,
                    c.completed_at,
                    c.completion_result,
                    c.closed_at,
                    c.due_date,
                    c.due_at,
                    c.due_basis,
                    c.version,
                    c.merged_into,
                    c.parent_id,
                    c.parts,
                    analysis.emotion,
                    Jsonb([a.aspect.value for a in analysis.aspects if a.sentiment is Sentiment.NEGATIVE]),
                )
            )


def add_assignments(conn: Connection, rows: Sequence[tuple[int, str, AssignmentRole, datetime]], *, actor: str) -> None:
    """Rows of (case id, department id, role, since)."""
    with (
        conn.cursor() as cur,
        cur.copy("COPY assignments (case_id, department_id, role, assigned_at) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def designate_lead(conn: Connection, case_id: int, *, actor: str) -> None:
    """The current lead may not return the case any more."""
    conn.execute(
        "UPDATE assignments SET designated = true WHERE case_id = %s AND ended_at IS NULL AND role = 'lead'", (case_id,)
    )


def end_assignments(conn: Connection, case_id: int, *, actor: str, now: datetime) -> None:
    conn.execute("UPDATE assignments SET ended_at = %s WHERE case_id = %s AND ended_at IS NULL", (now, case_id))


def get_case(conn: Connection, case_number: str) -> Case:
    with conn.cursor(row_factory=class_row(Case)) as cur:
        case = cur.execute(f"SELECT {_CASE_COLUMNS} FROM cases WHERE case_number = %s", (case_number,)).fetchone()
    if case is None:
        raise NotFound("没有找到该工单，或您无权查看。")
    return case


def get_case_by_id(conn: Connection, case_id: int) -> Case:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(Case)) as cur:
        case = cur.execute(f"SELECT {_CASE_COLUMNS} FROM cases WHERE id = %s", (case_id,)).fetchone()
    if case is None:
        raise NotFound("没有找到该工单，或您无权查看。")
    return case


def list_cases_by_id(conn: Connection, case_ids: Sequence[int]) -> list[Case]:
    with conn.cursor(row_factory=class_row(Case)) as cur:
        return cur.execute(f"SELECT {_CASE_COLUMNS} FROM cases WHERE id = ANY(%s)", (list(case_ids),)).fetchall()


def lock_submission(conn: Connection, submission_id: int) -> None:
    """Until the end of the transaction nobody else opens a case from it."""
    conn.execute("SELECT FROM submissions WHERE id = %s FOR UPDATE", (submission_id,))


def find_case_of_submission(conn: Connection, submission_id: int) -> Case | None:
    """That of the whole letter."""
    with conn.cursor(row_factory=class_row(Case)) as cur:
        return cur.execute(
            f"SELECT {_CASE_COLUMNS} FROM cases WHERE submission_id = %s AND parent_id IS NULL", (submission_id,)
        ).fetchone()


def list_cases_of_submissions(conn: Connection, submission_ids: Sequence[int]) -> dict[int, Case]:
    """By submission id, those of whole letters; submissions without a case are absent."""
    with conn.cursor(row_factory=class_row(Case)) as cur:
        cases = cur.execute(
            f"SELECT {_CASE_COLUMNS} FROM cases WHERE submission_id = ANY(%s) AND parent_id IS NULL",
            (list(submission_ids),),
        ).fetchall()
    return {case.submission_id: case for case in cases}


def move_case(conn: Connection, case: Case, to_status: CaseStatus, changes: Mapping[str, Any], *, actor: str) -> Case:
    """The one statement that changes a status, guarded by what the caller saw: status and version.

    Raises `Conflict` when somebody else was quicker. `changes` are further columns of the row.
    """
    assignments = [sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in changes]
    statement = sql.SQL(
        "UPDATE cases SET {} WHERE id = %(_id)s AND status = %(_from)s AND version = %(_version)s RETURNING {}"
    ).format(
        sql.SQL(", ").join([sql.SQL("status = %(_to)s, version = version + 1"), *assignments]), sql.SQL(_CASE_COLUMNS)
    )
    with conn.cursor(row_factory=class_row(Case)) as cur:
        moved = cur.execute(
            statement,
            {**changes, "_id": case.id, "_from": case.status, "_version": case.version, "_to": to_status},
        ).fetchone()
    if moved is None:
        raise Conflict()
    return moved


def list_assignments(conn: Connection, case_id: int) -> list[Assignment]:
    with conn.cursor(row_factory=class_row(Assignment)) as cur:
        return cur.execute(
            "SELECT id, case_id, department_id, role, assigned_at, ended_at, designated FROM assignments"
            " WHERE case_id = %s ORDER BY role, id",
            (case_id,),
        ).fetchall()


def list_assignments_of(conn: Connection, case_ids: Sequence[int]) -> dict[int, list[Assignment]]:
    """`list_assignments` of many cases at once, by case id; each asked for is there."""
    found: dict[int, list[Assignment]] = {case_id: [] for case_id in case_ids}
    with conn.cursor(row_factory=class_row(Assignment)) as cur:
        for assignment in cur.execute(
            "SELECT id, case_id, department_id, role, assigned_at, ended_at, designated FROM assignments"
            " WHERE case_id = ANY(%s) ORDER BY role, id",
            (list(case_ids),),
        ):
            found[assignment.case_id].append(assignment)
    return found


def add_reply(
    conn: Connection, case_id: int, *, department_id: str | None, body: str, public: bool, actor: str, now: datetime
) -> int:
    """Its id; `actor` is who wrote it."""
    row = conn.execute(
        "INSERT INTO replies (case_id, department_id, author, body, public, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
        (case_id, department_id, actor, body, public, now),
    ).fetchone()
    assert row is not None
    return int(row[0])


def has_answer(conn: Connection, case_id: int) -> bool:
    """Whether the submitter has been answered since the case was opened, or last reopened; what was taken back is no
    answer."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM replies r WHERE r.case_id = %(id)s"
        " AND NOT EXISTS (SELECT FROM reply_withdrawals w WHERE w.reply_id = r.id) AND r.created_at > coalesce("
        "  (SELECT max(e.at) FROM case_events e WHERE e.case_id = %(id)s AND e.action IN ('reopen', 'rework')),"
        "  '-infinity'))",
        {"id": case_id},
    ).fetchone()
    return row == (True,)


def list_replies(conn: Connection, case_id: int) -> list[Reply]:
    with conn.cursor(row_factory=class_row(Reply)) as cur:
        return cur.execute(
            "SELECT r.id, r.case_id, r.department_id, r.author, r.body, r.public, r.created_at,"
            " w.at AS withdrawn_at FROM replies r LEFT JOIN reply_withdrawals w ON w.reply_id = r.id"
            " WHERE r.case_id = %s ORDER BY r.id",
            (case_id,),
        ).fetchall()


def list_triage(conn: Connection, *, limit: int) -> list[Case]:
    """Cases that wait for a person: the most urgent first, then the longest waiting."""
    with conn.cursor(row_factory=class_row(Case)) as cur:
        return cur.execute(
            f"SELECT {_CASE_COLUMNS} FROM cases WHERE status = 'triage' AND merged_into IS NULL"
            " ORDER BY urgency DESC, opened_at, id LIMIT %s",
            (limit,),
        ).fetchall()

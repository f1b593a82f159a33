"""Rows of suspensions: asked for, running, ended."""

from collections.abc import Sequence
from datetime import date, datetime

from psycopg.rows import class_row

from models.callback import CaseSuspension, SuspensionState
from models.case import Case
from models.database import Connection
from models.errors import Conflict

_SUSPENSION = (
    "id, case_id, department_id, reason, until_date, state, requested_at, requested_by, decided_at, decided_by, note,"
    " due_date_before, due_at_before, basis_before, days, ended_at, ended_by"
)


def add_suspension(
    conn: Connection, case_id: int, *, department_id: str, reason: str, until_date: date, actor: str, now: datetime
) -> None:
    """Raises a `Conflict` (one_open_suspension) where one is asked for or runs."""
    conn.execute(
        "INSERT INTO case_suspensions (case_id, department_id, reason, until_date, requested_at, requested_by)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (case_id, department_id, reason, until_date, now, actor),
    )


def list_suspensions(conn: Connection, case_id: int) -> list[CaseSuspension]:
    """Oldest first."""
    return _list(conn, "case_id = %s ORDER BY id", (case_id,))


def find_open(conn: Connection, case_id: int, state: SuspensionState) -> CaseSuspension | None:
    """The one that is asked for, or that runs."""
    found = _list(conn, "case_id = %s AND state = %s AND state IN ('requested', 'running')", (case_id, state))
    return found[0] if found else None


def is_running(conn: Connection, case_id: int) -> bool:
    return find_open(conn, case_id, SuspensionState.RUNNING) is not None


def list_requested(conn: Connection, *, limit: int, offset: int = 0) -> list[CaseSuspension]:
    """Of all cases, the longest waiting first."""
    return _list(conn, "state = 'requested' ORDER BY requested_at, id LIMIT %s OFFSET %s", (limit, offset))


def count_requested(conn: Connection) -> int:
    row = conn.execute("SELECT count(*) FROM case_suspensions WHERE state = 'requested'").fetchone()
    assert row is not None
    return int(row[0])


def list_over(conn: Connection, *, today: date, limit: int) -> list[CaseSuspension]:
    """Those whose last day is past."""
    return _list(conn, "state = 'running' AND until_date < %s ORDER BY until_date, id LIMIT %s", (today, limit))


def list_running_of(conn: Connection, case_ids: Sequence[int]) -> dict[int, CaseSuspension]:
    """By case id: for lists."""
    found = _list(conn, "state = 'running' AND case_id = ANY(%s)", (list(case_ids),))
    return {row.case_id: row for row in found}


def start(conn: Connection, row: CaseSuspension, case: Case, *, note: str, actor: str, now: datetime) -> None:
    """`case` as it was before. Raises `Conflict` where somebody was quicker."""
    _guarded(
        conn.execute(
            "UPDATE case_suspensions SET state = 'running', note = %s, decided_at = %s, decided_by = %s,"
            " due_date_before = %s, due_at_before = %s, basis_before = %s WHERE id = %s AND state = 'requested'",
            (note, now, actor, case.due_date, case.due_at, case.due_basis, row.id),
        ).rowcount
    )


def refuse(conn: Connection, row: CaseSuspension, *, note: str, actor: str, now: datetime) -> None:
    _guarded(
        conn.execute(
            "UPDATE case_suspensions SET state = 'refused', note = %s, decided_at = %s, decided_by = %s"
            " WHERE id = %s AND state = 'requested'",
            (note, now, actor, row.id),
        ).rowcount
    )


def end(conn: Connection, row: CaseSuspension, *, days: int, actor: str, now: datetime) -> None:
    _guarded(
        conn.execute(
            "UPDATE case_suspensions SET state = 'ended', days = %s, ended_at = %s, ended_by = %s"
            " WHERE id = %s AND state = 'running'",
            (days, now, actor, row.id),
        ).rowcount
    )


def settle_requested(conn: Connection, case_id: int, *, note: str, actor: str, now: datetime) -> None:
    """Completed or given on: nobody has to decide any more."""
    conn.execute(
        "UPDATE case_suspensions SET state = 'refused', note = %s, decided_at = %s, decided_by = %s"
        " WHERE case_id = %s AND state = 'requested'",
        (note, now, actor, case_id),
    )


def _list(conn: Connection, where: str, values: Sequence[object]) -> list[CaseSuspension]:
    with conn.cursor(row_factory=class_row(CaseSuspension)) as cursor:
        return cursor.execute(f"SELECT {_SUSPENSION} FROM case_suspensions WHERE {where}", values).fetchall()


def _guarded(changed: int) -> None:
    if not changed:
        raise Conflict("这项挂起刚刚已经处理，请刷新后查看。")

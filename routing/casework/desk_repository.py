"""Rows for acting on many cases at once: which cases stand behind numbers, and in which version."""

from collections.abc import Sequence

from models.database import Connection


def list_case_ids(conn: Connection, case_numbers: Sequence[str]) -> dict[str, int]:
    """By number; what is no case is absent."""
    rows = conn.execute("SELECT case_number, id FROM cases WHERE case_number = ANY(%s)", (list(case_numbers),))
    return dict(rows.fetchall())


def list_versions(conn: Connection, case_ids: Sequence[int]) -> dict[int, int]:
    """The version of each case, by id: what somebody who chooses it in a list has seen."""
    return dict(conn.execute("SELECT id, version FROM cases WHERE id = ANY(%s)", (list(case_ids),)).fetchall())

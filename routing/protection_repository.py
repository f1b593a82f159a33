"""Which letters a case stands for, and which of them protect who wrote."""

from collections.abc import Collection

from models.database import Connection


def list_letters(conn: Connection, case_id: int) -> list[tuple[int, bool]]:
    """(submission id, whether it is protected) of the case and of what is merged into it, the case's own first.

    Protected is what `is_protected_letter` in the schema says: a part of a split letter is as the whole of it and its
    other parts are."""
    return conn.execute(
        "SELECT c.submission_id, is_protected_letter(c.submission_id) FROM cases c"
        " WHERE c.id = %(case)s OR c.merged_into = %(case)s ORDER BY c.id = %(case)s DESC, c.id",
        {"case": case_id},
    ).fetchall()


def list_closed(conn: Connection, submission_ids: Collection[int]) -> set[int]:
    """Of these letters those whose writer no unit may know, whatever reason it states: `is_closed_letter` in the
    schema, by which nobody finds such a letter either."""
    rows = conn.execute(
        "SELECT id FROM unnest(%s::bigint[]) AS asked (id) WHERE is_closed_letter(id)", (list(submission_ids),)
    ).fetchall()
    return {row[0] for row in rows}

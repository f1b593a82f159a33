"""Which letters a case stands for, and which of them protect who wrote."""

from collections.abc import Collection

from models.database import Connection


def list_letters(conn: Connection, case_id: int) -> list[tuple[int, bool]]:
    """(submission id, whether it is protected) of the case and of what is merged into it, the case's own first.

    Protected is what is confidential, what is a report, and what the submitter called one; a part of a split letter is
    as the whole of it and its other parts are."""
    return conn.execute(
        "SELECT c.submission_id, bool_or(o.confidential OR o.appeal_type = 'report'"
        "  OR s.declared_appeal_type IS NOT DISTINCT FROM 'report')"
        " FROM cases c JOIN submissions s ON s.id = c.submission_id JOIN cases o ON o.submission_id = c.submission_id"
        " WHERE c.id = %(case)s OR c.merged_into = %(case)s"
        " GROUP BY c.id, c.submission_id ORDER BY c.id = %(case)s DESC, c.id",
        {"case": case_id},
    ).fetchall()


def list_closed(conn: Connection, submission_ids: Collection[int]) -> set[int]:
    """Of these letters those whose writer no unit may know, whatever reason it states: something of the letter is
    confidential, or it was split and a part of it is a report. It is one writer, whichever part a unit has."""
    rows = conn.execute(
        "SELECT c.submission_id FROM cases c JOIN submissions s ON s.id = c.submission_id"
        " WHERE c.submission_id = ANY(%s) GROUP BY c.submission_id"
        " HAVING bool_or(c.confidential OR s.confidential) OR (count(*) > 1"
        "  AND bool_or(c.appeal_type = 'report' OR s.declared_appeal_type IS NOT DISTINCT FROM 'report'))",
        (list(submission_ids),),
    ).fetchall()
    return {row[0] for row in rows}

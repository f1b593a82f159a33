"""Which letters a case stands for, and which of them protect who wrote."""

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

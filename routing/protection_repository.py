"""What the submitter said a matter is, for its protection."""

from models.analysis import AppealType
from models.database import Connection


def find_declared_type(conn: Connection, submission_id: int) -> AppealType | None:
    """None where nothing was chosen."""
    row = conn.execute("SELECT declared_appeal_type FROM submissions WHERE id = %s", (submission_id,)).fetchone()
    declared: AppealType | None = row[0] if row else None
    return declared

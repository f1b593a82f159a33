"""Rows of who was named in the notes of a case, and who can be."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import class_row

from models.account import Account
from models.database import Connection
from models.desk import Mention
from routing.policies import SEES_ALL_CASES

_ACCOUNT = "id, username, display_name, role, department_id, active"
_MENTION = (
    "SELECT m.id, c.case_number, v.opens, CASE WHEN v.opens THEN c.title ELSE '' END AS title,"
    " CASE WHEN v.opens THEN coalesce(e.payload->>'text', '') ELSE '' END AS text, m.actor, m.at, m.read_at"
    " FROM case_mentions m JOIN cases c ON c.id = m.case_id"
    " LEFT JOIN case_events e ON e.case_id = m.case_id AND e.seq = m.event_seq"
    " CROSS JOIN LATERAL (SELECT %(all)s OR EXISTS (SELECT FROM assignments a WHERE a.case_id = m.case_id"
    "  AND a.ended_at IS NULL AND a.department_id = %(unit)s::text) AS opens) v"
)


def list_active_accounts(conn: Connection) -> list[Account]:
    with conn.cursor(row_factory=class_row(Account)) as cursor:
        return cursor.execute(f"SELECT {_ACCOUNT} FROM accounts WHERE active ORDER BY display_name, id").fetchall()


def add_mentions(conn: Connection, case_id: int, people: Sequence[Account], *, actor: str, now: datetime) -> None:
    """These people were named in the newest event of the case."""
    conn.execute(
        "INSERT INTO case_mentions (case_id, event_seq, account_id, actor, at)"
        " SELECT %s, (SELECT max(seq) FROM case_events WHERE case_id = %s), unnest(%s::bigint[]), %s, %s"
        " ON CONFLICT DO NOTHING",
        (case_id, case_id, [person.id for person in people], actor, now),
    )


def list_mentions(conn: Connection, account: Account, *, limit: int, offset: int = 0) -> list[Mention]:
    """Those that were not read first, then the newest; of a case that went to other units (`policies.can_view`) that
    there was one."""
    with conn.cursor(row_factory=class_row(Mention)) as cursor:
        return cursor.execute(
            f"{_MENTION} WHERE m.account_id = %(account)s ORDER BY m.read_at IS NOT NULL, m.id DESC"
            " LIMIT %(limit)s OFFSET %(offset)s",
            {
                "account": account.id,
                "all": account.role in SEES_ALL_CASES,
                "unit": account.department_id,
                "limit": limit,
                "offset": offset,
            },
        ).fetchall()


def count_mentions(conn: Connection, account_id: int) -> int:
    row = conn.execute("SELECT count(*) FROM case_mentions WHERE account_id = %s", (account_id,)).fetchone()
    return int(row[0]) if row else 0


def set_read(conn: Connection, account_id: int, *, case_id: int | None = None, actor: str, now: datetime) -> int:
    """What was not read, of a case (None: of all), is read now; how many those were."""
    return conn.execute(
        "UPDATE case_mentions SET read_at = %(now)s WHERE account_id = %(account)s AND read_at IS NULL"
        " AND (%(case)s::bigint IS NULL OR case_id = %(case)s)",
        {"now": now, "account": account_id, "case": case_id},
    ).rowcount


def desk_marks(conn: Connection, account_id: int) -> tuple[str, int]:
    """What every page of a person carries: what the database could see when the page was made (a snapshot, for the
    number of cases that came since), and how many mentions are not read."""
    row = conn.execute(
        "SELECT pg_current_snapshot()::text,"
        " (SELECT count(*) FROM case_mentions WHERE account_id = %s AND read_at IS NULL)",
        (account_id,),
    ).fetchone()
    assert row is not None
    return str(row[0]), int(row[1])

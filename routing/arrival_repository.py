"""What has just come to units and to triage: rows that the events of cases leave (`note_dispatches` in the schema)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from psycopg.rows import class_row

from models.database import Connection

# The schema rings it where something came.
ARRIVAL_CHANNEL = "wenzheng_cases"
# A page that is older asks anew by then many times over.
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """So many cases came to a unit (None: to triage) in the transaction `txid`."""

    id: int
    txid: int
    department_id: str | None
    cases: int


def list_arrivals(conn: Connection, *, but: Sequence[int], since: int) -> list[Arrival]:
    """The arrivals of transactions from `since` on that can be seen by now, without those whose ids are in `but`."""
    with conn.cursor(row_factory=class_row(Arrival)) as cursor:
        return cursor.execute(
            # from a restored backup there may be numbers that this server has not reached yet
            "SELECT id, txid::text::bigint AS txid, department_id, cases FROM case_arrivals"
            " WHERE at > clock_timestamp() - %s AND txid >= %s::text::xid8 AND NOT id = ANY(%s)"
            " AND txid < pg_snapshot_xmax(pg_current_snapshot()) ORDER BY id",
            (KEPT, since, list(but)),
        ).fetchall()


def get_snapshot(conn: Connection) -> str:
    row = conn.execute("SELECT pg_current_snapshot()::text").fetchone()
    assert row is not None
    return str(row[0])


def delete_old_arrivals(conn: Connection, *, actor: str) -> None:
    conn.execute("DELETE FROM case_arrivals WHERE at < clock_timestamp() - %s::interval", (KEPT,))

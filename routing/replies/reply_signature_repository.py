"""Rows by which sent replies that say nearly the same are found and counted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.database import Connection
from nlp.replies.signature import KEPT, SHARED

# How far back replies are compared: what was said a quarter ago may be said again.
LOOKS_BACK = timedelta(days=90)


def add_signature(
    conn: Connection,
    reply_id: int,
    keys: Sequence[int],
    *,
    case_id: int,
    department_id: str | None,
    actor: str,
    now: datetime,
) -> None:
    """`keys` are those of `nlp.replies.signature.reply_signature`."""
    conn.execute(
        "INSERT INTO reply_signatures (reply_id, case_id, department_id, sent_at, keys) VALUES (%s, %s, %s, %s, %s)",
        (reply_id, case_id, department_id, now, list(keys)),
    )


def count_alike(conn: Connection, keys: Sequence[int], *, but_case: int, now: datetime) -> int:
    """How many cases, other than this one, any unit answered nearly the same within the last 90 days: as
    `nlp.replies.signature.is_same` says, in the database."""
    row = conn.execute(
        """
        SELECT count(DISTINCT case_id) FROM reply_signatures s
        CROSS JOIN LATERAL (SELECT least(cardinality(s.keys), cardinality(%(keys)s::bigint[])) AS n) shorter
        CROSS JOIN LATERAL (SELECT count(*) AS n FROM unnest(s.keys) k WHERE k = ANY (%(keys)s::bigint[])) shared
        WHERE s.keys && %(keys)s::bigint[] AND s.sent_at > %(since)s AND s.case_id <> %(case)s
          AND shared.n >= greatest(1, %(shared)s * shorter.n / %(kept)s, shorter.n / 2)
        """,
        {"keys": list(keys), "since": now - LOOKS_BACK, "shared": SHARED, "kept": KEPT, "case": but_case},
    ).fetchone()
    return int(row[0]) if row else 0

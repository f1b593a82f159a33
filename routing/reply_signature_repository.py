"""Rows by which sent replies that say nearly the same are found and counted."""

from datetime import datetime, timedelta

from models.database import Connection
from nlp.alike.character_runs import SHARED, ReplySignature

# How far back replies are compared: what was said a quarter ago may be said again.
LOOKS_BACK = timedelta(days=90)


def add_signature(
    conn: Connection,
    reply_id: int,
    signature: ReplySignature,
    *,
    case_id: int,
    department_id: str | None,
    actor: str,
    now: datetime,
) -> None:
    conn.execute(
        "INSERT INTO reply_signatures (reply_id, case_id, department_id, sent_at, digest, keys)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (reply_id, case_id, department_id, now, signature.digest, signature.keys),
    )


def count_alike(conn: Connection, signature: ReplySignature, *, but_case: int, now: datetime) -> int:
    """How many cases, other than this one, were answered nearly the same within the last 90 days, by any unit."""
    row = conn.execute(
        """
        SELECT count(DISTINCT case_id) FROM (
            SELECT case_id FROM reply_signatures WHERE digest = %(digest)s AND sent_at > %(since)s
            UNION ALL
            SELECT case_id FROM reply_signatures s
            WHERE keys && %(keys)s::bigint[] AND sent_at > %(since)s
              AND (SELECT count(*) FROM unnest(s.keys) key WHERE key = ANY (%(keys)s::bigint[])) >= %(shared)s
        ) alike WHERE case_id <> %(case)s
        """,
        {
            "digest": signature.digest,
            "keys": signature.keys,
            "since": now - LOOKS_BACK,
            "shared": min(SHARED, max(len(signature.keys) - 2, 1)),
            "case": but_case,
        },
    ).fetchone()
    return int(row[0]) if row else 0

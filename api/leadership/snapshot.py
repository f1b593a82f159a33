"""Numbers that are read one after the other, and are all of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import IsolationLevel

from models.database import Connection


@contextmanager
def one_snapshot(conn: Connection) -> Iterator[None]:
    """Letters go on arriving while the numbers are read: all of them from one moment, so that parts add up to totals.

    The transaction so far only looked up the session; it ends here and the numbers get their own.
    """
    conn.commit()
    conn.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        yield
        conn.commit()
    finally:
        conn.rollback()
        conn.isolation_level = None

"""Several steps at once, each in a transaction of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from psycopg_pool import ConnectionPool

from models.database import Connection, transaction


def race(pool: ConnectionPool[Connection], *steps: Callable[[Connection], Any]) -> list[Any]:
    """What each step gave back or raised."""
    barrier = threading.Barrier(len(steps))

    def run(step: Callable[[Connection], Any]) -> Any:
        try:
            with transaction(pool) as conn:
                conn.execute("SELECT 1")
                barrier.wait(10)
                return step(conn)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(steps)) as threads:
        return list(threads.map(run, steps))

"""Rows of training runs: who learns, how far it is, how it ended; and the lock that lets only one learn at a time."""

from contextlib import suppress
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from models.classifier import TrainingOutcome, TrainingRun
from models.database import Connection

_COLUMNS = "id, actor, started_at, updated_at, finished_at, step, fraction, outcome, reason, classifier_id"
# Any constant will do; it only has to be ours.
_TRAINING_LOCK = 0x1EA2


def hold_training_lock(conn: Connection) -> bool:
    """Whether this connection may train now; the lock lasts as long as the connection, however the process ends."""
    row = conn.execute("SELECT pg_try_advisory_lock(%s)", (_TRAINING_LOCK,)).fetchone()
    return row == (True,)


def release_training_lock(conn: Connection) -> None:
    """At once: the server notices only some moments later that a connection was closed, and until then whoever asks for
    the next training is told to wait. Where the connection is broken, the lock is gone with it."""
    with suppress(psycopg.OperationalError):
        conn.execute("SELECT pg_advisory_unlock(%s)", (_TRAINING_LOCK,))


def is_training(conn: Connection) -> bool:
    """Whether anybody holds the lock: the truth about what `running` rows say."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = %s"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
        (_TRAINING_LOCK,),
    ).fetchone()
    return row == (True,)


def add_request(conn: Connection, *, wanted: str = "", actor: str, now: datetime) -> None:
    """Ask for a training as soon as a worker looks. `wanted` says what, where it is not to learn from labels; it lies
    in `step` until the run begins. A second request at a time breaks `training_one_requested`."""
    conn.execute(
        "INSERT INTO training_runs (actor, started_at, updated_at, step, outcome) VALUES (%s, %s, %s, %s, 'requested')",
        (actor, now, now, wanted),
    )


def is_requested(conn: Connection) -> bool:
    row = conn.execute("SELECT EXISTS (SELECT FROM training_runs WHERE outcome = 'requested')").fetchone()
    return row == (True,)


def claim_run(conn: Connection, *, actor: str, now: datetime) -> tuple[int, str, str]:
    """The number of the run that begins, who wants it, and what: the one that was asked for, else a new one of `actor`.

    Whoever calls holds the lock, so what still seems to run was killed.
    """
    conn.execute(
        "UPDATE training_runs SET outcome = 'interrupted', finished_at = %s, reason = '进程被中断，没有留下结果。'"
        " WHERE outcome = 'running'",
        (now,),
    )
    row = conn.execute(
        "UPDATE training_runs SET outcome = 'running', started_at = %s, updated_at = %s WHERE outcome = 'requested'"
        " RETURNING id, actor, step",
        (now, now),
    ).fetchone()
    row = (
        row
        or conn.execute(
            "INSERT INTO training_runs (actor, started_at, updated_at, outcome) VALUES (%s, %s, %s, 'running')"
            " RETURNING id, actor, step",
            (actor, now, now),
        ).fetchone()
    )
    assert row is not None
    return int(row[0]), str(row[1]), str(row[2])


def set_progress(conn: Connection, run_id: int, *, step: str, fraction: float, actor: str, now: datetime) -> None:
    conn.execute(
        "UPDATE training_runs SET step = %s, fraction = %s, updated_at = %s WHERE id = %s AND outcome = 'running'",
        (step, fraction, now, run_id),
    )


def finish_run(
    conn: Connection,
    run_id: int,
    outcome: TrainingOutcome,
    *,
    reason: str = "",
    classifier_id: int | None = None,
    actor: str,
    now: datetime,
) -> None:
    conn.execute(
        "UPDATE training_runs SET outcome = %s, reason = %s, classifier_id = %s, fraction = 1, updated_at = %s,"
        " finished_at = %s WHERE id = %s AND outcome = 'running'",
        (outcome, reason, classifier_id, now, now, run_id),
    )


def list_runs(conn: Connection, *, limit: int = 10) -> list[TrainingRun]:
    """The newest first."""
    with conn.cursor(row_factory=class_row(TrainingRun)) as cur:
        return cur.execute(f"SELECT {_COLUMNS} FROM training_runs ORDER BY id DESC LIMIT %s", (limit,)).fetchall()

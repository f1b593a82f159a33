"""Rows beside the status of a case: returns, extensions, supervisions, the clocks of the unit, and their limits."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import class_row

from models.casework import (
    CaseExtension,
    CaseReturn,
    CaseSupervision,
    RequestState,
    ReturnReason,
    SupervisionLevel,
    SupervisionTrigger,
    UnitClock,
    UnitClockKind,
)
from models.database import Connection
from models.errors import Conflict
from routing.clocks.casework_rules import DEFAULT_RULES, AmberHours, CaseworkRules, Limit
from routing.clocks.deadlines import ClockUnit

_RETURN = (
    "id, case_id, department_id, reason, explanation, proposed_id, state, requested_at, requested_by, window_ends,"
    " decided_at, decided_by, note, given_to_id"
)
_EXTENSION = (
    "id, case_id, department_id, days, reason, state, requested_at, requested_by, decided_at, decided_by, note,"
    " due_before, due_after"
)
_SUPERVISION = "id, case_id, trigger, level, demand, due_at, given_at, given_by, answer, answered_at, answered_by"
_CLOCK = "id, case_id, department_id, kind, started_at, due_at, basis, met_at, ended_at"


def get_rules(conn: Connection, profile: str) -> CaseworkRules:
    """Those of the profile; the program's own where it has none."""
    row = conn.execute(
        "SELECT acknowledge_n, acknowledge_unit, contact_n, contact_unit, return_n, return_unit, extension_times,"
        " extension_days, suspension_times, suspension_days FROM casework_rules WHERE profile = %s",
        (profile,),
    ).fetchone()
    if row is None:
        return DEFAULT_RULES
    acknowledge, contact, return_within = (
        Limit(n=row[i], unit=ClockUnit(row[i + 1])) if row[i] is not None else None for i in (0, 2, 4)
    )
    return CaseworkRules(
        acknowledge=acknowledge,
        contact=contact,
        return_within=return_within,
        extension_times=row[6],
        extension_days=row[7],
        suspension_times=row[8],
        suspension_days=row[9],
    )


def set_rules(conn: Connection, profile: str, rules: CaseworkRules, *, source: str = "", actor: str) -> None:
    limits = [
        value
        for limit in (rules.acknowledge, rules.contact, rules.return_within)
        for value in ((limit.n, limit.unit.value) if limit else (None, "wd"))
    ]
    conn.execute(
        "INSERT INTO casework_rules (profile, acknowledge_n, acknowledge_unit, contact_n, contact_unit, return_n,"
        " return_unit, extension_times, extension_days, suspension_times, suspension_days, source)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (profile) DO UPDATE SET acknowledge_n = excluded.acknowledge_n,"
        " acknowledge_unit = excluded.acknowledge_unit, contact_n = excluded.contact_n,"
        " contact_unit = excluded.contact_unit, return_n = excluded.return_n, return_unit = excluded.return_unit,"
        " extension_times = excluded.extension_times, extension_days = excluded.extension_days,"
        " suspension_times = excluded.suspension_times, suspension_days = excluded.suspension_days,"
        " source = excluded.source",
        (
            profile,
            *limits,
            rules.extension_times,
            rules.extension_days,
            rules.suspension_times,
            rules.suspension_days,
            source,
        ),
    )


def get_amber(conn: Connection, profile: str) -> AmberHours:
    """From when on a clock is amber; the program's own hours where the profile has no row."""
    rows = conn.execute("SELECT clock, hours FROM amber_thresholds WHERE profile = %s", (profile,)).fetchall()
    return AmberHours(**dict(rows))


def set_amber(conn: Connection, profile: str, clock: str, hours: int, *, actor: str) -> None:
    """`clock`: complete, acknowledge or contact."""
    conn.execute(
        "INSERT INTO amber_thresholds (profile, clock, hours) VALUES (%s, %s, %s)"
        " ON CONFLICT (profile, clock) DO UPDATE SET hours = excluded.hours",
        (profile, clock, hours),
    )


# Returns


def add_return(
    conn: Connection,
    case_id: int,
    *,
    department_id: str,
    reason: ReturnReason,
    explanation: str,
    proposed_id: str | None,
    window_ends: datetime | None,
    actor: str,
    now: datetime,
) -> None:
    """Raises a `Conflict` (one_open_return) where one is asked for already."""
    conn.execute(
        "INSERT INTO case_returns (case_id, department_id, reason, explanation, proposed_id, window_ends, requested_at,"
        " requested_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (case_id, department_id, reason, explanation, proposed_id, window_ends, now, actor),
    )


def find_open_return(conn: Connection, case_id: int) -> CaseReturn | None:
    with conn.cursor(row_factory=class_row(CaseReturn)) as cursor:
        return cursor.execute(
            f"SELECT {_RETURN} FROM case_returns WHERE case_id = %s AND state = 'requested'", (case_id,)
        ).fetchone()


def list_returns(conn: Connection, case_id: int) -> list[CaseReturn]:
    with conn.cursor(row_factory=class_row(CaseReturn)) as cursor:
        return cursor.execute(
            f"SELECT {_RETURN} FROM case_returns WHERE case_id = %s ORDER BY id", (case_id,)
        ).fetchall()


def list_open_returns(conn: Connection, *, limit: int = 200, offset: int = 0) -> list[CaseReturn]:
    """Of all cases, the longest waiting first."""
    with conn.cursor(row_factory=class_row(CaseReturn)) as cursor:
        return cursor.execute(
            f"SELECT {_RETURN} FROM case_returns WHERE state = 'requested' ORDER BY requested_at, id"
            " LIMIT %s OFFSET %s",
            (limit, offset),
        ).fetchall()


def decide_return(
    conn: Connection,
    request: CaseReturn,
    state: RequestState,
    *,
    note: str,
    given_to_id: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Raises `Conflict` where somebody was quicker."""
    changed = conn.execute(
        "UPDATE case_returns SET state = %s, note = %s, given_to_id = %s, decided_at = %s, decided_by = %s"
        " WHERE id = %s AND state = 'requested'",
        (state, note, given_to_id, now, actor, request.id),
    ).rowcount
    if not changed:
        raise Conflict("这项退单申请刚刚已经处理。")


def settle_return(conn: Connection, case_id: int, *, given_to_id: str, actor: str, now: datetime) -> None:
    """The unit is rid of the case by a redispatch; no open return is no mistake."""
    conn.execute(
        "UPDATE case_returns SET state = 'accepted', given_to_id = %s, decided_at = %s, decided_by = %s"
        " WHERE case_id = %s AND state = 'requested'",
        (given_to_id, now, actor, case_id),
    )


# Extensions


def add_extension(
    conn: Connection,
    case_id: int,
    *,
    department_id: str,
    days: int,
    reason: str,
    due_before: datetime,
    actor: str,
    now: datetime,
) -> None:
    """Raises a `Conflict` (one_open_extension) where one is asked for already."""
    conn.execute(
        "INSERT INTO case_extensions (case_id, department_id, days, reason, due_before, requested_at, requested_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (case_id, department_id, days, reason, due_before, now, actor),
    )


def find_open_extension(conn: Connection, case_id: int) -> CaseExtension | None:
    with conn.cursor(row_factory=class_row(CaseExtension)) as cursor:
        return cursor.execute(
            f"SELECT {_EXTENSION} FROM case_extensions WHERE case_id = %s AND state = 'requested'", (case_id,)
        ).fetchone()


def list_extensions(conn: Connection, case_id: int) -> list[CaseExtension]:
    with conn.cursor(row_factory=class_row(CaseExtension)) as cursor:
        return cursor.execute(
            f"SELECT {_EXTENSION} FROM case_extensions WHERE case_id = %s ORDER BY id", (case_id,)
        ).fetchall()


def list_granted_extensions(conn: Connection, case_id: int) -> list[CaseExtension]:
    return [row for row in list_extensions(conn, case_id) if row.state is RequestState.ACCEPTED]


def list_open_extensions(conn: Connection, *, limit: int = 200, offset: int = 0) -> list[CaseExtension]:
    """Of all cases, the first due first."""
    with conn.cursor(row_factory=class_row(CaseExtension)) as cursor:
        return cursor.execute(
            f"SELECT {_EXTENSION} FROM case_extensions WHERE state = 'requested' ORDER BY due_before, id"
            " LIMIT %s OFFSET %s",
            (limit, offset),
        ).fetchall()


def decide_extension(
    conn: Connection,
    request: CaseExtension,
    state: RequestState,
    *,
    note: str,
    due_after: datetime | None,
    actor: str,
    now: datetime,
) -> None:
    """Raises `Conflict` where somebody was quicker."""
    changed = conn.execute(
        "UPDATE case_extensions SET state = %s, note = %s, due_after = %s, decided_at = %s, decided_by = %s"
        " WHERE id = %s AND state = 'requested'",
        (state, note, due_after, now, actor, request.id),
    ).rowcount
    if not changed:
        raise Conflict("这项延期申请刚刚已经处理。")


def settle_extension(conn: Connection, case_id: int, *, note: str, actor: str, now: datetime) -> None:
    """There is nothing left to extend, for the reason in `note`; no open extension is no mistake."""
    conn.execute(
        "UPDATE case_extensions SET state = 'refused', note = %s, decided_at = %s, decided_by = %s"
        " WHERE case_id = %s AND state = 'requested'",
        (note, now, actor, case_id),
    )


# Supervision


def add_supervision(
    conn: Connection,
    case_id: int,
    *,
    trigger: SupervisionTrigger,
    level: SupervisionLevel,
    demand: str,
    due_at: datetime,
    actor: str,
    now: datetime,
) -> None:
    """Raises a `Conflict` (one_open_supervision) where one waits for its answer."""
    conn.execute(
        "INSERT INTO case_supervisions (case_id, trigger, level, demand, due_at, given_at, given_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (case_id, trigger, level, demand, due_at, now, actor),
    )


def find_open_supervision(conn: Connection, case_id: int) -> CaseSupervision | None:
    with conn.cursor(row_factory=class_row(CaseSupervision)) as cursor:
        return cursor.execute(
            f"SELECT {_SUPERVISION} FROM case_supervisions WHERE case_id = %s AND answered_at IS NULL", (case_id,)
        ).fetchone()


def list_supervisions(conn: Connection, case_id: int) -> list[CaseSupervision]:
    with conn.cursor(row_factory=class_row(CaseSupervision)) as cursor:
        return cursor.execute(
            f"SELECT {_SUPERVISION} FROM case_supervisions WHERE case_id = %s ORDER BY id", (case_id,)
        ).fetchall()


def list_open_supervisions(conn: Connection, *, limit: int = 200, offset: int = 0) -> list[CaseSupervision]:
    """Of all cases, the first due first."""
    with conn.cursor(row_factory=class_row(CaseSupervision)) as cursor:
        return cursor.execute(
            f"SELECT {_SUPERVISION} FROM case_supervisions WHERE answered_at IS NULL ORDER BY due_at, id"
            " LIMIT %s OFFSET %s",
            (limit, offset),
        ).fetchall()


def answer_supervision(
    conn: Connection, supervision: CaseSupervision, *, answer: str, actor: str, now: datetime
) -> None:
    """Raises `Conflict` where it is answered already."""
    changed = conn.execute(
        "UPDATE case_supervisions SET answer = %s, answered_at = %s, answered_by = %s"
        " WHERE id = %s AND answered_at IS NULL",
        (answer, now, actor, supervision.id),
    ).rowcount
    if not changed:
        raise Conflict("这项督办刚刚已经回复。")


# Clocks of the unit


def add_clocks(
    conn: Connection,
    rows: Sequence[tuple[int, str, UnitClockKind, datetime, datetime, str]],
    *,
    actor: str,
) -> None:
    """Rows of (case id, department id, kind, start, due, basis), in one COPY."""
    with (
        conn.cursor() as cursor,
        cursor.copy("COPY unit_clocks (case_id, department_id, kind, started_at, due_at, basis) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def list_clocks(conn: Connection, case_id: int) -> list[UnitClock]:
    with conn.cursor(row_factory=class_row(UnitClock)) as cursor:
        return cursor.execute(f"SELECT {_CLOCK} FROM unit_clocks WHERE case_id = %s ORDER BY id", (case_id,)).fetchall()


def meet_clock(conn: Connection, case_id: int, kind: UnitClockKind, *, actor: str, now: datetime) -> None:
    """Only the one that runs; none is no mistake."""
    conn.execute(
        "UPDATE unit_clocks SET met_at = %s WHERE case_id = %s AND kind = %s AND met_at IS NULL AND ended_at IS NULL",
        (now, case_id, kind),
    )


def end_clocks(conn: Connection, case_id: int, *, actor: str, now: datetime) -> None:
    """Those that run: the case leaves the unit."""
    conn.execute(
        "UPDATE unit_clocks SET ended_at = %s WHERE case_id = %s AND met_at IS NULL AND ended_at IS NULL",
        (now, case_id),
    )


def count_open(conn: Connection) -> tuple[int, int, int]:
    """How many returns and extensions wait for a decision, and supervisions for their answer."""
    row = conn.execute(
        "SELECT (SELECT count(*) FROM case_returns WHERE state = 'requested'),"
        " (SELECT count(*) FROM case_extensions WHERE state = 'requested'),"
        " (SELECT count(*) FROM case_supervisions WHERE answered_at IS NULL)"
    ).fetchone()
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)

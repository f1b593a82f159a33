"""Rows of calendar changes and of escalation."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from models.account import Role
from models.calendar_change import CalendarChange, ChangedDay, EscalationRule
from models.callback import CaseSuspension
from models.case import Case, CaseStatus
from models.casework import CaseExtension, UnitClock
from models.database import Connection
from routing import case_repository
from routing.clocks.completion_clock import ClockParts

_EXTENSION = ", ".join(field.name for field in fields(CaseExtension))
_SUSPENSION = ", ".join(field.name for field in fields(CaseSuspension))
_CHANGE = "id, changed_at, changed_by, reason, days, recalculated_at, moved, kept"
# One change of the calendar, and one counting anew, at a time. Any constant will do.
_LOCK = 0xCA1E


def lock_calendar(conn: Connection) -> None:
    """Until the end of the transaction nobody else changes the calendar."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def set_days(conn: Connection, days: Sequence[ChangedDay], *, source: str, actor: str) -> None:
    """Each as it is to be from now on."""
    with conn.cursor() as cur:
        cur.executemany(
            "DELETE FROM calendar_days WHERE day = %s AND region_code IS NOT DISTINCT FROM %s",
            [(d.day, d.region_code) for d in days],
        )
        cur.executemany(
            "INSERT INTO calendar_days (day, kind, name, region_code, confidence, source)"
            " VALUES (%s, %s, %s, %s, 'high', %s)",
            [(d.day, d.after[0], d.after[1], d.region_code, source) for d in days if d.after is not None],
        )


def add_change(conn: Connection, days: Sequence[ChangedDay], *, reason: str, actor: str, now: datetime) -> int:
    content = [
        {
            "day": d.day.isoformat(),
            "region_code": d.region_code,
            "before": list(d.before) if d.before else None,
            "after": list(d.after) if d.after else None,
        }
        for d in days
    ]
    row = conn.execute(
        "INSERT INTO calendar_changes (changed_at, changed_by, reason, days) VALUES (%s, %s, %s, %s) RETURNING id",
        (now, actor, reason, Jsonb(content)),
    ).fetchone()
    assert row is not None
    return int(row[0])


def list_changes(conn: Connection, *, limit: int = 20) -> list[CalendarChange]:
    """The newest first."""
    rows = conn.execute(f"SELECT {_CHANGE} FROM calendar_changes ORDER BY id DESC LIMIT %s", (limit,)).fetchall()
    return [_change(row) for row in rows]


def list_waiting_changes(conn: Connection) -> list[CalendarChange]:
    """Those after which nothing was counted anew yet, the oldest first."""
    rows = conn.execute(f"SELECT {_CHANGE} FROM calendar_changes WHERE recalculated_at IS NULL ORDER BY id").fetchall()
    return [_change(row) for row in rows]


def finish_changes(conn: Connection, ids: Sequence[int], *, moved: int, kept: int, actor: str, now: datetime) -> None:
    conn.execute(
        "UPDATE calendar_changes SET recalculated_at = %s, moved = %s, kept = %s WHERE id = ANY(%s)",
        (now, moved, kept, list(ids)),
    )


def lock_open_cases(conn: Connection, *, after_id: int, limit: int) -> list[Case]:
    """Dispatched cases that are not finished, by id, held until the end of the transaction."""
    ids = conn.execute(
        "SELECT id FROM cases WHERE id > %s AND status = ANY(%s) ORDER BY id LIMIT %s FOR UPDATE",
        (after_id, [CaseStatus.DISPATCHED, CaseStatus.IN_PROGRESS], limit),
    ).fetchall()
    cases = case_repository.list_cases_by_id(conn, [row[0] for row in ids])
    return sorted(cases, key=lambda case: case.id)


def list_open_cases(conn: Connection, *, after_id: int, limit: int) -> list[Case]:
    """The same without holding them."""
    ids = conn.execute(
        "SELECT id FROM cases WHERE id > %s AND status = ANY(%s) ORDER BY id LIMIT %s",
        (after_id, [CaseStatus.DISPATCHED, CaseStatus.IN_PROGRESS], limit),
    ).fetchall()
    cases = case_repository.list_cases_by_id(conn, [row[0] for row in ids])
    return sorted(cases, key=lambda case: case.id)


def list_clock_parts(conn: Connection, case_ids: Sequence[int]) -> dict[int, ClockParts]:
    """What moved the clock of each of these cases; every one is there."""
    ids = list(case_ids)
    extensions: dict[int, list[CaseExtension]] = {}
    suspensions: dict[int, list[CaseSuspension]] = {}
    with conn.cursor(row_factory=class_row(CaseExtension)) as cur:
        for extension in cur.execute(
            f"SELECT {_EXTENSION} FROM case_extensions WHERE case_id = ANY(%s) AND state = 'accepted'"
            " ORDER BY decided_at, id",
            (ids,),
        ):
            extensions.setdefault(extension.case_id, []).append(extension)
    with conn.cursor(row_factory=class_row(CaseSuspension)) as cur:
        for suspension in cur.execute(
            f"SELECT {_SUSPENSION} FROM case_suspensions WHERE case_id = ANY(%s) ORDER BY id", (ids,)
        ):
            suspensions.setdefault(suspension.case_id, []).append(suspension)
    renewed: dict[int, datetime] = dict(
        conn.execute(
            "SELECT case_id, max(decided_at) FROM case_callbacks WHERE case_id = ANY(%s) AND clock_renewed"
            " GROUP BY case_id",
            (ids,),
        ).fetchall()
    )
    return {
        case_id: ClockParts(
            extensions=extensions.get(case_id, ()),
            suspensions=suspensions.get(case_id, ()),
            renewed_at=renewed.get(case_id),
        )
        for case_id in ids
    }


def list_running_clocks(conn: Connection, case_ids: Sequence[int]) -> dict[int, list[UnitClock]]:
    found: dict[int, list[UnitClock]] = {}
    with conn.cursor(row_factory=class_row(UnitClock)) as cur:
        for clock in cur.execute(
            "SELECT id, case_id, department_id, kind, started_at, due_at, basis, met_at, ended_at FROM unit_clocks"
            " WHERE case_id = ANY(%s) AND met_at IS NULL AND ended_at IS NULL ORDER BY id",
            (list(case_ids),),
        ):
            found.setdefault(clock.case_id, []).append(clock)
    return found


def move_clock(conn: Connection, clock_id: int, due_at: datetime, *, actor: str) -> None:
    conn.execute("UPDATE unit_clocks SET due_at = %s WHERE id = %s", (due_at, clock_id))


# Escalation


def list_escalation_rules(conn: Connection) -> list[EscalationRule]:
    with conn.cursor(row_factory=class_row(EscalationRule)) as cur:
        return cur.execute(
            "SELECT id, name, days, role, active, created_at FROM escalation_rules ORDER BY active DESC, days, id"
        ).fetchall()


def add_escalation_rule(conn: Connection, *, name: str, days: int, role: Role, actor: str, now: datetime) -> None:
    conn.execute(
        "INSERT INTO escalation_rules (name, days, role, created_at, created_by) VALUES (%s, %s, %s, %s, %s)",
        (name, days, role, now, actor),
    )


def set_escalation_rule_active(conn: Connection, rule_id: int, active: bool, *, actor: str) -> bool:
    """Whether there is such a rule."""
    return conn.execute("UPDATE escalation_rules SET active = %s WHERE id = %s", (active, rule_id)).rowcount == 1


def lock_cases_to_escalate(
    conn: Connection, rule_id: int, *, due_after: datetime, due_until: datetime, limit: int
) -> list[Case]:
    """Open dispatched cases due after the one and by the other instant of which this rule has not told yet, held;
    those that somebody else holds are left for the next time."""
    ids = conn.execute(
        "SELECT c.id FROM cases c WHERE c.status = ANY(%s) AND c.due_at > %s AND c.due_at <= %s AND NOT EXISTS ("
        " SELECT FROM case_escalations e WHERE e.case_id = c.id AND e.rule_id = %s AND e.due_at = c.due_at)"
        " AND c.merged_into IS NULL AND c.parts = 0"  # their heads and their parts are told of
        " ORDER BY c.due_at, c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED",
        ([CaseStatus.DISPATCHED, CaseStatus.IN_PROGRESS], due_after, due_until, rule_id, limit),
    ).fetchall()
    return case_repository.list_cases_by_id(conn, [row[0] for row in ids])


def add_escalation(
    conn: Connection, case_id: int, rule: EscalationRule, *, due_at: datetime, actor: str, now: datetime
) -> None:
    conn.execute(
        "INSERT INTO case_escalations (case_id, rule_id, due_at, escalated_at, role) VALUES (%s, %s, %s, %s, %s)",
        (case_id, rule.id, due_at, now, rule.role),
    )


def _change(row: tuple[Any, ...]) -> CalendarChange:
    change_id, changed_at, changed_by, reason, days, recalculated_at, moved, kept = row
    return CalendarChange(
        id=change_id,
        changed_at=changed_at,
        changed_by=changed_by,
        reason=reason,
        days=tuple(
            ChangedDay(
                day=date.fromisoformat(d["day"]),
                region_code=d["region_code"],
                before=_pair(d["before"]),
                after=_pair(d["after"]),
            )
            for d in days
        ),
        recalculated_at=recalculated_at,
        moved=moved,
        kept=kept,
    )


def _pair(value: list[str] | None) -> tuple[str, str] | None:
    return (value[0], value[1]) if value else None

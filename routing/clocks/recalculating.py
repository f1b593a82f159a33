"""Open clocks after a change of the calendar: counted anew from dispatch, old and new in the history of the case.

Only what the rules in force gave under the old calendar moves. A due time that they do not explain (rules changed since
the dispatch, a date set by an import) is nobody's to move here; it is counted as kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.calendar_change import CalendarChange
from models.case import Case, CaseAction
from models.casework import UnitClock
from models.database import Connection
from routing import lifecycle
from routing.clocks import calendar_repository as rows
from routing.clocks.calendar import CalendarDay, WorkingCalendar
from routing.clocks.calendar_changes import undone
from routing.clocks.casework_rules import clock_limit, limit_end
from routing.clocks.completion_clock import ClockParts, moved_deadline
from routing.clocks.deadlines import Deadline
from routing.directory import Directory
from routing.directory_repository import list_calendar_days

BATCH = 200


@dataclass(frozen=True, slots=True)
class Recalculated:
    """What became of the open cases: `moved` have another time now, `kept` one that the rules do not explain."""

    moved: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTimes:
    """What a case and its running clocks are due by: `due` None where it stays, `clocks` only those that move."""

    due: Deadline | None
    clocks: list[tuple[UnitClock, datetime]]
    kept: bool


def with_calendar(directory: Directory, days: Iterable[CalendarDay]) -> Directory:
    """The directory as it would be with these rows of the calendar."""
    found = list(days)
    everywhere = (None, directory.city.region_code)
    return replace(
        directory,
        calendar=WorkingCalendar(d for d in found if d.region_code in everywhere),
        local_days=tuple(d for d in found if d.region_code not in everywhere),
    )


def new_times(
    case: Case,
    parts: ClockParts,
    clocks: Sequence[UnitClock],
    before: Directory,
    after: Directory,
    zone: ZoneInfo,
) -> NewTimes:
    """Pure: the times of one open case under the calendar before and after."""
    was, becomes = (_deadline(case, parts, directory, zone) for directory in (before, after))
    due = becomes if becomes and case.due_at != becomes.due_at and was and case.due_at == was.due_at else None
    kept = due is None and becomes is not None and case.due_at != becomes.due_at
    moved = []
    for clock in clocks:
        limit = clock_limit(after.casework, clock.kind)
        if limit is None:
            continue
        ends = [limit_end(clock.started_at, limit, d.calendar_for(clock.department_id), zone) for d in (before, after)]
        if clock.due_at == ends[0] != ends[1]:
            moved.append((clock, ends[1]))
    return NewTimes(due=due, clocks=moved, kept=kept)


def recalculate_batch(
    conn: Connection,
    before: Directory,
    after: Directory,
    *,
    after_id: int,
    reason: str,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[int | None, Recalculated]:
    """The next `BATCH` open cases after `after_id`, in the caller's transaction: the id to go on from (None: that was
    the last), and what became of these."""
    cases = rows.lock_open_cases(conn, after_id=after_id, limit=BATCH)
    ids = [case.id for case in cases]
    clocks, parts = rows.list_running_clocks(conn, ids), rows.list_clock_parts(conn, ids)
    moved = kept = 0
    for case in cases:
        times = new_times(case, parts[case.id], clocks.get(case.id, []), before, after, zone)
        kept += times.kept
        if times.due is None and not times.clocks:
            continue
        moved += 1
        _move(conn, case, times, reason, actor=actor, now=now)
    return (cases[-1].id if len(cases) == BATCH else None), Recalculated(moved, kept)


def moved_cases(
    conn: Connection, before: Directory, after: Directory, *, zone: ZoneInfo, named: int
) -> tuple[int, list[tuple[Case, Deadline]]]:
    """What a change would do, nothing written: how many open cases would have another due time; the first of them."""
    count, found, after_id = 0, list[tuple[Case, Deadline]](), 0
    while cases := rows.list_open_cases(conn, after_id=after_id, limit=BATCH):
        parts = rows.list_clock_parts(conn, [case.id for case in cases])
        for case in cases:
            due = new_times(case, parts[case.id], [], before, after, zone).due
            if due is not None:
                count += 1
                if len(found) < named:
                    found.append((case, due))
        after_id = cases[-1].id
    return count, found


def calendars(conn: Connection, directory: Directory) -> tuple[list[CalendarChange], Directory, Directory, str]:
    """The changes that wait (oldest first), the directory before all of them and as it is now, and why it changed."""
    waiting = rows.list_waiting_changes(conn)
    present = list_calendar_days(conn)
    before = with_calendar(directory, undone(present, [change.days for change in waiting]))
    return (
        waiting,
        before,
        with_calendar(directory, present),
        "；".join(change.reason for change in waiting),
    )


def _deadline(case: Case, parts: ClockParts, directory: Directory, zone: ZoneInfo) -> Deadline | None:
    """None where nothing says when it is due; while it is suspended its day is counted when that ends."""
    if case.appeal_type not in directory.deadline_rules or case.dispatched_at is None:
        return None
    return moved_deadline(directory, case.appeal_type, case.dispatched_at, parts, zone, lead=case.lead_department_id)


def _move(conn: Connection, case: Case, times: NewTimes, reason: str, *, actor: str, now: datetime) -> None:
    payload: dict[str, Any] = {"reason": reason}
    changes: dict[str, Any] = {}
    if times.due is not None:
        assert case.due_date is not None
        payload["due_date"] = {"from": case.due_date.isoformat(), "to": times.due.due_date.isoformat()}
        changes = {"due_date": times.due.due_date, "due_at": times.due.due_at, "due_basis": times.due.basis}
    if times.clocks:
        payload["clocks"] = [
            {"kind": clock.kind.value, "from": clock.due_at.isoformat(), "to": due.isoformat()}
            for clock, due in times.clocks
        ]
    lifecycle.act_beside(conn, case, CaseAction.RECALCULATE, payload, changes=changes, actor=actor, now=now)
    for clock, due in times.clocks:
        rows.move_clock(conn, clock.id, due, actor=actor)

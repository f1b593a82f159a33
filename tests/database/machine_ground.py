"""What the state machine stands on: one transaction as a pool, and the numbers of its cases counted by hand."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from models.case import Case, CaseStatus
from models.database import Connection


class OneConnection:
    """As a pool, for a whole example in one transaction: each step is a savepoint, the end takes everything back."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        with self.conn.transaction():
            yield self.conn
            self.conn.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def close(self) -> None:
        self.conn.close()


def counting(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.merged_into is None and not case.parts]


def counted_by_hand(cases: list[Case], now: datetime) -> dict[str, int]:
    """The numbers of `wenzheng status`, counted by hand."""
    counted = counting(cases)
    return {
        "cases": sum(c.parent_id is None for c in cases),
        "counted": len(counted),
        "merged": sum(c.merged_into is not None and c.parent_id is None for c in cases),
        "split": sum(c.parts > 0 for c in cases),
        "parts": sum(c.parent_id is not None and c.merged_into is None for c in cases),
        "open": sum(c.status.is_open for c in counted),
        "overdue": sum(c.status.is_open and c.due_at is not None and c.due_at < now for c in counted),
        "completed": sum(not c.status.is_open for c in counted),
        "awaiting_triage": sum(c.status is CaseStatus.TRIAGE for c in counted),
        "dispatched": sum(c.dispatched_at is not None for c in counted),
        "without_due_date": sum(c.due_at is None for c in counted),
    }


def due_said(payload: dict[str, Any]) -> str | None:
    """The due day that an event names."""
    due = payload.get("due_date")
    return due.get("to") if isinstance(due, dict) else due

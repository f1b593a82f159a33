"""Rows of cases that were handled before they came here: what no action writes by batch."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from models.casework import UnitClockKind
from models.database import Connection


class MetClock(NamedTuple):
    case_id: int
    kind: UnitClockKind
    at: datetime


class PastReply(NamedTuple):
    case_id: int
    department_id: str
    author: str
    body: str
    public: bool
    at: datetime


def meet_clocks(conn: Connection, met: Sequence[MetClock], *, actor: str) -> None:
    """Each where the case has that clock."""
    conn.execute(
        "UPDATE unit_clocks u SET met_at = n.at FROM unnest(%s::bigint[], %s::unit_clock_kind[], %s::timestamptz[])"
        " AS n (case_id, kind, at) WHERE u.case_id = n.case_id AND u.kind = n.kind AND u.met_at IS NULL",
        ([m.case_id for m in met], [m.kind.value for m in met], [m.at for m in met]),
    )


def add_replies(conn: Connection, replies: Sequence[PastReply], *, actor: str) -> None:
    """In one COPY."""
    columns = "case_id, department_id, author, body, public, created_at"
    with conn.cursor() as cursor, cursor.copy(f"COPY replies ({columns}) FROM STDIN") as copy:
        for reply in replies:
            copy.write_row(reply)

"""Rows of reports: what was made, checked and signed; the templates of each kind; the circulars on their way."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from models.alert import DeliveryState
from models.database import Connection
from models.errors import NotFound
from models.report import Circular, Report, ReportKind, ReportState, ReportTemplate, TemplateSection

_REPORT = ", ".join(field.name for field in fields(Report))
_CIRCULAR = ", ".join(field.name for field in fields(Circular))


def add_report(
    conn: Connection,
    *,
    kind: ReportKind,
    first_day: date,
    last_day: date,
    issue_id: int | None,
    title: str,
    content: Mapping[str, Any],
    digest: str,
    as_of: datetime,
    previous_id: int | None,
    findings: Mapping[str, Any],
    passed: bool,
    actor: str,
    now: datetime,
) -> int:
    """Made and checked in one transaction; what did not pass is a draft that cannot be signed."""
    state = ReportState.CHECKED if passed else ReportState.DRAFT
    row = conn.execute(
        "INSERT INTO reports (kind, first_day, last_day, issue_id, title, content, digest, as_of, state, previous_id,"
        " made_at, made_by, checked_at, findings) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " RETURNING id",
        (
            kind, first_day, last_day, issue_id, title, Jsonb(content), digest, as_of, state, previous_id, now, actor,
            now, Jsonb(findings),
        ),
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def get_report(conn: Connection, report_id: int) -> Report:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(Report)) as cursor:
        found = cursor.execute(f"SELECT {_REPORT} FROM reports WHERE id = %s", (report_id,)).fetchone()
    if found is None:
        raise NotFound("没有找到这份报告。")
    return found


def find_by_digest(conn: Connection, digest: str) -> Report | None:
    """The report that a file names by its code."""
    with conn.cursor(row_factory=class_row(Report)) as cursor:
        return cursor.execute(
            f"SELECT {_REPORT} FROM reports WHERE digest = %s ORDER BY id DESC LIMIT 1", (digest,)
        ).fetchone()


def find_last_report(conn: Connection, kind: ReportKind, *, before: date, issue_id: int | None) -> Report | None:
    """The last one of the kind (and issue) about earlier days: a signed one rather than one that is not."""
    with conn.cursor(row_factory=class_row(Report)) as cursor:
        return cursor.execute(
            f"SELECT {_REPORT} FROM reports WHERE kind = %s AND first_day < %s AND issue_id IS NOT DISTINCT FROM %s"
            " ORDER BY first_day DESC, (state = 'signed') DESC, id DESC LIMIT 1",
            (kind, before, issue_id),
        ).fetchone()


def list_reports(conn: Connection, kind: ReportKind | None, *, limit: int, offset: int = 0) -> tuple[int, list[Report]]:
    """How many there are, and the latest first; without their content."""
    row = conn.execute(
        "SELECT count(*) FROM reports WHERE %(kind)s::report_kind IS NULL OR kind = %(kind)s", {"kind": kind}
    ).fetchone()
    columns = _REPORT.replace(" content,", " '{}'::jsonb AS content,")
    with conn.cursor(row_factory=class_row(Report)) as cursor:
        found = cursor.execute(
            f"SELECT {columns} FROM reports WHERE %(kind)s::report_kind IS NULL OR kind = %(kind)s"
            " ORDER BY last_day DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s",
            {"kind": kind, "limit": limit, "offset": offset},
        ).fetchall()
    return (int(row[0]) if row else 0), found


def has_scheduled(conn: Connection, kind: ReportKind, first_day: date) -> bool:
    """Whether the schedule made this one already."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM reports WHERE kind = %s AND first_day = %s AND made_by = 'system:reports')",
        (kind, first_day),
    ).fetchone()
    return bool(row and row[0])


def set_findings(
    conn: Connection, report_id: int, findings: Mapping[str, Any], *, passed: bool, actor: str, now: datetime
) -> None:
    """What checking it once more found; a signed report keeps what it was signed with."""
    state = ReportState.CHECKED if passed else ReportState.DRAFT
    conn.execute(
        "UPDATE reports SET state = %s, checked_at = %s, findings = %s WHERE id = %s AND state <> 'signed'",
        (state, now, Jsonb(findings), report_id),
    )


def set_signed(conn: Connection, report_id: int, digest: str, *, actor: str, now: datetime) -> bool:
    """Whether it was a checked report with just this content."""
    return (
        conn.execute(
            "UPDATE reports SET state = 'signed', signed_at = %s, signed_by = %s"
            " WHERE id = %s AND state = 'checked' AND digest = %s",
            (now, actor, report_id, digest),
        ).rowcount
        == 1
    )


def find_template(conn: Connection, kind: ReportKind) -> ReportTemplate | None:
    """The newest line; None where the city has none of its own."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT sections, thresholds, at, actor FROM report_templates WHERE kind = %s ORDER BY id DESC LIMIT 1",
            (kind,),
        ).fetchone()
    if row is None:
        return None
    sections = tuple(TemplateSection(**section) for section in row["sections"])
    return ReportTemplate(kind=kind, sections=sections, thresholds=row["thresholds"], at=row["at"], actor=row["actor"])


def add_template(conn: Connection, template: ReportTemplate, *, actor: str, now: datetime) -> None:
    conn.execute(
        "INSERT INTO report_templates (kind, sections, thresholds, at, actor) VALUES (%s, %s, %s, %s, %s)",
        (
            template.kind,
            Jsonb([asdict(section) for section in template.sections]),
            Jsonb(dict(template.thresholds)),
            now,
            actor,
        ),
    )


def add_circular(
    conn: Connection,
    report_id: int,
    department_id: str,
    *,
    subject: str,
    body: str,
    channel_id: int | None,
    shown: str,
    actor: str,
    now: datetime,
) -> bool:
    """Whether it is new."""
    return (
        conn.execute(
            "INSERT INTO report_circulars (report_id, department_id, subject, body, channel_id, shown, created_at,"
            " next_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (report_id, department_id, subject, body, channel_id, shown, now, now),
        ).rowcount
        == 1
    )


def list_circulars(conn: Connection, report_id: int) -> list[Circular]:
    with conn.cursor(row_factory=class_row(Circular)) as cursor:
        return cursor.execute(
            f"SELECT {_CIRCULAR} FROM report_circulars WHERE report_id = %s ORDER BY department_id, id", (report_id,)
        ).fetchall()


def claim_circulars(conn: Connection, *, lease: timedelta, limit: int, actor: str, now: datetime) -> list[Circular]:
    """What is due now and has an address; nobody else takes it until the lease ends."""
    with conn.cursor(row_factory=class_row(Circular)) as cursor:
        return cursor.execute(
            "UPDATE report_circulars SET attempts = attempts + 1, next_at = %(until)s WHERE id IN ("
            " SELECT id FROM report_circulars WHERE state = 'waiting' AND channel_id IS NOT NULL AND next_at <= %(now)s"
            f" ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) RETURNING {_CIRCULAR}",
            {"until": now + lease, "now": now, "limit": limit},
        ).fetchall()


def finish_circular(
    conn: Connection,
    circular_id: int,
    state: DeliveryState,
    *,
    problem: str = "",
    again_at: datetime | None = None,
    actor: str,
    now: datetime,
) -> bool:
    """What became of it; whether it waited."""
    return (
        conn.execute(
            "UPDATE report_circulars SET state = %s, problem = %s, next_at = coalesce(%s, next_at),"
            " sent_at = CASE WHEN %s THEN %s ELSE sent_at END WHERE id = %s AND state = 'waiting'",
            (state, problem, again_at, state is DeliveryState.SENT, now, circular_id),
        ).rowcount
        == 1
    )

"""Rows of issues as they are read: the list by heat, one issue, its members, what was decided and what is proposed."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from psycopg.rows import class_row, dict_row

from models.database import Connection
from models.errors import NotFound
from models.issue import (
    HeatParts,
    Issue,
    IssueCriteria,
    IssueDecision,
    IssueMember,
    IssuePage,
    IssueProposal,
    IssueSettings,
    ProposalState,
)

_PLAIN = tuple(f"i.{field.name}" for field in fields(Issue) if field.name != "heat")
_SELECT = (
    f"SELECT {', '.join(_PLAIN)}, h.persons_part, h.votes_part, h.rate_part"
    " FROM issues i JOIN issue_heat(%(now)s) h ON h.issue_id = i.id"
)
# What a list shows: what the settings call an issue, not merged away; without muted ones or these alone.
_LISTED = """
    i.merged_into IS NULL
    AND i.submissions > 0
    AND (i.shaped_by IS NOT NULL OR EXISTS (
        SELECT FROM (SELECT * FROM issue_settings ORDER BY id DESC LIMIT 1) s
        WHERE i.submissions >= s.least_submissions AND i.persons >= s.least_persons))
    AND %(muted)s::boolean = (i.muted_by IS NOT NULL AND (i.muted_until IS NULL OR i.muted_until > %(now)s))
    AND (%(region)s::text IS NULL OR i.region_code IN (SELECT region_subtree(%(region)s)))
    AND (%(topic)s::text IS NULL OR starts_with(i.topic_code, %(topic)s))
    AND (%(since)s::timestamptz IS NULL OR i.last_at >= %(since)s)
    AND (%(text)s::text IS NULL OR strpos(lower(i.name), lower(%(text)s)) > 0)"""
_DECISION = (
    "SELECT d.id, d.at, d.actor, d.action, d.issue_id, d.other_id, d.payload, d.undoes, u.id AS undone_by"
    " FROM issue_decisions d LEFT JOIN issue_decisions u ON u.undoes = d.id"
)
_PROPOSAL = (
    "SELECT id, kind, issue_id, other_id, leaving, evidence, state, proposed_at, decided_by, decided_at"
    " FROM issue_proposals"
)


def list_issues(
    conn: Connection, criteria: IssueCriteria, *, now: datetime, limit: int = 50, offset: int = 0
) -> IssuePage:
    """Pinned first, then the hottest as of `now`."""
    given = _parameters(criteria, now)
    row = conn.execute(f"SELECT count(*) FROM issues i WHERE {_LISTED}", given).fetchone()
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"{_SELECT} WHERE {_LISTED}"
            " ORDER BY i.pinned_at DESC NULLS LAST, h.persons_part + h.votes_part + h.rate_part DESC, i.id"
            " LIMIT %(limit)s OFFSET %(offset)s",
            given | {"limit": limit, "offset": offset},
        ).fetchall()
    return IssuePage(total=int(row[0]) if row else 0, rows=[_issue(found) for found in rows])


def get_issue(conn: Connection, issue_id: int, *, now: datetime) -> Issue:
    """Also one that is merged away, muted or too small for the list. Raises `NotFound`."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(f"{_SELECT} WHERE i.id = %(id)s", {"id": issue_id, "now": now}).fetchone()
    if row is None:
        raise NotFound("没有找到该热点问题。")
    return _issue(row)


def list_issues_of(conn: Connection, submission_ids: Sequence[int], *, now: datetime) -> dict[int, Issue]:
    """The issue that each of these submissions belongs to, by submission id; absent where it stands alone."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"{_SELECT.replace('SELECT', 'SELECT m.submission_id,', 1)}"
            " JOIN issue_members m ON m.issue_id = i.id WHERE m.submission_id = ANY(%(ids)s)",
            {"ids": list(submission_ids), "now": now},
        ).fetchall()
    return {row.pop("submission_id"): _issue(row) for row in rows}


def list_members(conn: Connection, issue_id: int, *, limit: int = 100, offset: int = 0) -> list[IssueMember]:
    """The latest first."""
    with conn.cursor(row_factory=class_row(IssueMember)) as cursor:
        return cursor.execute(
            "SELECT submission_id, issue_id, arrival, similarity, evidence, joined_at, decided_by FROM issue_members"
            " WHERE issue_id = %s ORDER BY arrival DESC LIMIT %s OFFSET %s",
            (issue_id, limit, offset),
        ).fetchall()


def list_decisions(conn: Connection, issue_id: int, *, limit: int = 100) -> list[IssueDecision]:
    """What was done with this issue, or with another that was merged with it or split from it; the latest first."""
    with conn.cursor(row_factory=class_row(IssueDecision)) as cursor:
        return cursor.execute(
            f"{_DECISION} WHERE d.issue_id = %(id)s OR d.other_id = %(id)s ORDER BY d.id DESC LIMIT %(limit)s",
            {"id": issue_id, "limit": limit},
        ).fetchall()


def get_decision(conn: Connection, decision_id: int) -> IssueDecision:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(IssueDecision)) as cursor:
        row = cursor.execute(f"{_DECISION} WHERE d.id = %s", (decision_id,)).fetchone()
    if row is None:
        raise NotFound("没有找到这条处理记录。")
    return row


def list_proposals(conn: Connection, issue_id: int | None = None, *, limit: int = 100) -> list[IssueProposal]:
    """Those that wait for a person, of one issue or of all; the latest first."""
    with conn.cursor(row_factory=class_row(IssueProposal)) as cursor:
        return cursor.execute(
            f"{_PROPOSAL} WHERE state = %(open)s"
            " AND (%(id)s::bigint IS NULL OR issue_id = %(id)s OR other_id = %(id)s) ORDER BY id DESC LIMIT %(limit)s",
            {"open": ProposalState.OPEN, "id": issue_id, "limit": limit},
        ).fetchall()


def get_proposal(conn: Connection, proposal_id: int) -> IssueProposal:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(IssueProposal)) as cursor:
        row = cursor.execute(f"{_PROPOSAL} WHERE id = %s", (proposal_id,)).fetchone()
    if row is None:
        raise NotFound("没有找到这条建议。")
    return row


def get_settings(conn: Connection) -> IssueSettings:
    """The newest line."""
    with conn.cursor(row_factory=class_row(IssueSettings)) as cursor:
        row = cursor.execute(
            "SELECT half_life_days, persons_weight, votes_weight, rate_weight, least_submissions, least_persons"
            " FROM issue_settings ORDER BY id DESC LIMIT 1"
        ).fetchone()
    if row is None:
        raise NotFound("没有热点问题的设置。")
    return row


def add_settings(conn: Connection, settings: IssueSettings, *, actor: str, now: datetime) -> None:
    conn.execute(
        "INSERT INTO issue_settings (at, actor, half_life_days, persons_weight, votes_weight, rate_weight,"
        " least_submissions, least_persons) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            now,
            actor,
            settings.half_life_days,
            settings.persons_weight,
            settings.votes_weight,
            settings.rate_weight,
            settings.least_submissions,
            settings.least_persons,
        ),
    )


def _parameters(criteria: IssueCriteria, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "region": criteria.region,
        "topic": criteria.topic,
        "since": criteria.since,
        "muted": criteria.muted,
        "text": criteria.text,
    }


def _issue(row: dict[str, Any]) -> Issue:
    heat = HeatParts(persons=row.pop("persons_part"), votes=row.pop("votes_part"), rate=row.pop("rate_part"))
    return Issue(heat=heat, **row)

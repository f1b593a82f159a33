"""Rows that people's decisions about issues change. Only under `issue_step_repository.lock_issues`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models.database import Connection
from models.errors import Conflict
from models.issue import Issue, IssueProposal, ProposalState

_CHANGED = "这个热点问题刚刚被他人更改，请刷新后再试。"
_SETTABLE = (
    *("name", "named_by", "pinned_by", "pinned_at", "muted_by", "muted_at", "muted_until", "shaped_by", "merged_into"),
)


def set_issue(conn: Connection, issue: Issue, fields: Mapping[str, Any], *, actor: str) -> None:
    """Change these columns of an issue as it was seen. Raises `Conflict` where somebody was quicker."""
    assert fields.keys() <= set(_SETTABLE), fields
    columns = "".join(f", {name} = %({name})s" for name in fields)
    done = conn.execute(
        f"UPDATE issues SET version = version + 1{columns} WHERE id = %(id)s AND version = %(seen)s",
        {**fields, "id": issue.id, "seen": issue.version},
    )
    if done.rowcount == 0:
        raise Conflict(_CHANGED)


def list_member_ids(conn: Connection, issue_id: int) -> list[int]:
    """In the order of arrival."""
    rows = conn.execute("SELECT submission_id FROM issue_members WHERE issue_id = %s ORDER BY arrival", (issue_id,))
    return [row[0] for row in rows.fetchall()]


def list_part_ids(conn: Connection, issue_id: int, part: int) -> list[int]:
    """The members of one part of an issue."""
    rows = conn.execute(
        "SELECT submission_id FROM issue_members WHERE issue_id = %s AND part = %s ORDER BY arrival", (issue_id, part)
    )
    return [row[0] for row in rows.fetchall()]


def list_decided(conn: Connection, submission_ids: Sequence[int]) -> dict[int, str]:
    """Who decided where each of these belongs, by submission id; "": the program."""
    rows = conn.execute(
        "SELECT submission_id, coalesce(decided_by, '') FROM issue_members WHERE submission_id = ANY(%s)",
        (list(submission_ids),),
    )
    return dict(rows.fetchall())


def add_separation(conn: Connection, issue_id: int, other_id: int, *, actor: str, now: datetime) -> None:
    """The program never puts these two together. One that is here already stays."""
    conn.execute(
        "INSERT INTO issue_separations (issue_id, other_id, actor, at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (min(issue_id, other_id), max(issue_id, other_id), actor, now),
    )


def delete_separation(conn: Connection, issue_id: int, other_id: int, *, actor: str) -> None:
    conn.execute(
        "DELETE FROM issue_separations WHERE issue_id = %s AND other_id = %s",
        (min(issue_id, other_id), max(issue_id, other_id)),
    )


def copy_separations(conn: Connection, gone: int, issue_id: int, *, actor: str) -> None:
    """What people kept apart from `gone` is kept apart from `issue_id`, which it is part of now."""
    conn.execute(
        """
        INSERT INTO issue_separations (issue_id, other_id, actor, at)
        SELECT least(o.other, %(kept)s), greatest(o.other, %(kept)s), o.actor, o.at
        FROM (SELECT issue_id + other_id - %(gone)s AS other, actor, at FROM issue_separations
              WHERE %(gone)s IN (issue_id, other_id)) o
        WHERE o.other <> %(kept)s
        ON CONFLICT DO NOTHING
        """,
        {"gone": gone, "kept": issue_id},
    )


def set_proposal(
    conn: Connection, proposal: IssueProposal, before: ProposalState, after: ProposalState, *, actor: str, now: datetime
) -> None:
    """Raises `Conflict` where it is not `before` any more."""
    done = conn.execute(
        "UPDATE issue_proposals SET state = %s, decided_by = %s, decided_at = %s WHERE id = %s AND state = %s",
        (after, actor, now, proposal.id, before),
    )
    if done.rowcount == 0:
        raise Conflict("这条建议已经有人处理了，请刷新后再试。")


def list_alone(conn: Connection, submission_ids: Sequence[int]) -> list[int]:
    """Those of these that belong to no issue."""
    rows = conn.execute(
        "SELECT submission_id FROM issue_members WHERE submission_id = ANY(%s) AND issue_id IS NULL ORDER BY arrival",
        (list(submission_ids),),
    )
    return [row[0] for row in rows.fetchall()]

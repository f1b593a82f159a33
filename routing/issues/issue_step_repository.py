"""Rows of the step that puts arrivals into issues: what a process must know to go on, and what came of a batch.

Everything here happens under one lock (`lock_issues`), held until the commit: so of two batches at the same time one
goes first, and the other sees what came of it. It is taken last and held for some milliseconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from models.database import Connection
from models.issue import IssueAction, ProposalKind

# Any constant will do; it only has to be ours.
_LOCK = 0x49_53_53_55


@dataclass(frozen=True, slots=True)
class LastStep:
    """`arrivals` up to the newest step, and the newest issue's number; all 0 before the first."""

    step: int
    arrivals: int
    last_issue: int


@dataclass(frozen=True, slots=True)
class StoredMember:
    """`issue_id` and `part` are 0 for one that stands alone."""

    submission_id: int
    issue_id: int
    part: int
    arrival: int
    packed: bytes


@dataclass(frozen=True, slots=True)
class StoredPart:
    """`size` is how many members it has. `held`: people have decided about its issue; `separate`: with these that is
    never one."""

    issue_id: int
    part: int
    size: int
    held: bool
    separate: list[int]


@dataclass(frozen=True, slots=True)
class NewMember:
    submission_id: int
    issue_id: int | None
    part: int | None
    arrival: int
    similarity: float
    evidence: dict[str, object]
    packed: bytes


def lock_issues(conn: Connection) -> None:
    """Until the end of the transaction nobody else changes who belongs to what."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def get_last_step(conn: Connection) -> LastStep:
    with conn.cursor(row_factory=class_row(LastStep)) as cursor:
        row = cursor.execute(
            "SELECT coalesce(max(step), 0) AS step, coalesce(max(arrivals), 0) AS arrivals,"
            " (SELECT coalesce(max(id), 0) FROM issues) AS last_issue"
            " FROM (SELECT step, arrivals FROM issue_steps ORDER BY step DESC LIMIT 1) newest"
        ).fetchone()
    assert row is not None
    return row


def has_step(conn: Connection, step: int, token: UUID) -> bool:
    """Whether this step came to be, and nobody has decided anything since."""
    row = conn.execute(
        "SELECT bool_or(token = %(token)s AND step = %(step)s) AND NOT bool_or(decided AND step > %(step)s)"
        " FROM issue_steps WHERE step >= %(step)s",
        {"step": step, "token": token},
    ).fetchone()
    return row == (True,)


def add_step(
    conn: Connection, step: int, token: UUID, *, arrivals: int, decided: bool, actor: str, now: datetime
) -> None:
    conn.execute(
        "INSERT INTO issue_steps (step, token, arrivals, decided, actor, at) VALUES (%s, %s, %s, %s, %s, %s)",
        (step, token, arrivals, decided, actor, now),
    )


def list_members_after(conn: Connection, arrival: int) -> list[StoredMember]:
    """Those that arrived later, in that order, with the issue that they belong to now."""
    with conn.cursor(row_factory=class_row(StoredMember), binary=True) as cursor:
        return cursor.execute(
            "SELECT submission_id, coalesce(issue_id, 0) AS issue_id, coalesce(part, 0) AS part, arrival, packed"
            " FROM issue_members"
            " WHERE arrival > %s ORDER BY arrival",
            (arrival,),
        ).fetchall()


# Issues that people have shaped may have several parts; all others are one.
_PARTS = """
    SELECT i.id AS issue_id, i.id AS part, i.submissions::bigint AS size FROM issues i
    WHERE i.merged_into IS NULL AND i.shaped_by IS NULL AND i.submissions > 0 AND i.arrival >= %(silent)s::bigint
    UNION ALL
    SELECT i.id, m.part, count(*) FROM issues i JOIN issue_members m ON m.issue_id = i.id
    WHERE i.merged_into IS NULL AND i.shaped_by IS NOT NULL AND i.arrival >= %(silent)s::bigint
    GROUP BY i.id, m.part HAVING max(m.arrival) >= %(silent)s::bigint"""


def list_open_members(conn: Connection, *, alone_after: int, silent_after: int, known: int) -> list[StoredMember]:
    """The latest `known` members of each part of an issue with one of at least `silent_after`, and the single ones of
    at least `alone_after`; in the order of arrival."""
    with conn.cursor(row_factory=class_row(StoredMember), binary=True) as cursor:
        return cursor.execute(
            f"""
            SELECT submission_id, 0::bigint AS issue_id, 0::bigint AS part, arrival, packed FROM issue_members
            WHERE issue_id IS NULL AND arrival >= %(alone)s::bigint
            UNION ALL
            SELECT latest.submission_id, p.issue_id, p.part, latest.arrival, latest.packed
            FROM ({_PARTS}) p CROSS JOIN LATERAL (
                SELECT m.submission_id, m.arrival, m.packed FROM issue_members m
                WHERE m.issue_id = p.issue_id AND m.part = p.part
                ORDER BY m.arrival DESC LIMIT %(known)s::bigint) latest
            ORDER BY arrival
            """,
            {"alone": alone_after, "silent": silent_after, "known": known},
        ).fetchall()


def list_open_parts(conn: Connection, *, silent_after: int) -> list[StoredPart]:
    with conn.cursor(row_factory=class_row(StoredPart)) as cursor:
        return cursor.execute(
            f"""
            SELECT p.issue_id, p.part, p.size, s.separate,
                cardinality(s.separate) > 0
                    OR coalesce(i.shaped_by, i.named_by, i.pinned_by, i.muted_by) IS NOT NULL AS held
            FROM ({_PARTS}) p JOIN issues i ON i.id = p.issue_id
            CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(o.other_id + o.issue_id - i.id), '{{}}') AS separate FROM issue_separations o
                WHERE i.id IN (o.issue_id, o.other_id)) s
            """,
            {"silent": silent_after},
        ).fetchall()


def add_issues(conn: Connection, ids: Sequence[int], *, step: int, actor: str, now: datetime) -> None:
    """Rows that `refresh_issues` fills."""
    conn.execute(
        "INSERT INTO issues (id, name, first_at, last_at, submissions, persons, arrival, step)"
        " SELECT id, '', %(now)s, %(now)s, 0, 0, 0, %(step)s FROM unnest(%(ids)s::bigint[]) AS n (id)",
        {"ids": list(ids), "step": step, "now": now},
    )


def add_members(conn: Connection, members: Iterable[NewMember], *, step: int, actor: str, now: datetime) -> None:
    columns = "submission_id, issue_id, part, arrival, similarity, evidence, joined_at, packed, step"
    with conn.cursor() as cursor, cursor.copy(f"COPY issue_members ({columns}) FROM STDIN") as copy:
        for one in members:
            copy.write_row(
                (
                    one.submission_id,
                    one.issue_id,
                    one.part,
                    one.arrival,
                    one.similarity,
                    Jsonb(one.evidence),
                    now,
                    one.packed,
                    step,
                )
            )


def move_members(
    conn: Connection,
    submission_ids: Sequence[int],
    issue_id: int | None,
    *,
    part: int | None = None,
    step: int,
    actor: str,
    decided_by: str | None = None,
) -> None:
    """To another issue (a `part` of it, if not its own), or to none. `decided_by` stays on them: a person says so."""
    conn.execute(
        "UPDATE issue_members SET issue_id = %(issue)s, part = coalesce(%(part)s, %(issue)s), step = %(step)s,"
        " decided_by = coalesce(%(by)s, decided_by) WHERE submission_id = ANY(%(ids)s)",
        {"issue": issue_id, "part": part, "step": step, "by": decided_by, "ids": list(submission_ids)},
    )


def join_members(conn: Connection, rows: Sequence[tuple[int, int, int]], *, step: int, actor: str) -> None:
    """Rows of (submission id, issue, part): they stood alone until now."""
    conn.execute(
        "UPDATE issue_members m SET issue_id = n.issue_id, part = n.part, step = %s"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS n (submission_id, issue_id, part)"
        " WHERE m.submission_id = n.submission_id",
        (step, [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]),
    )


def merge_issues(conn: Connection, issue_id: int, gone: int, *, as_parts: bool, step: int, actor: str) -> list[int]:
    """`gone` is in `issue_id` from now on; its members, in order of arrival. `as_parts`: each stays what it is known
    by; otherwise all are one."""
    rows = conn.execute(
        "UPDATE issue_members SET issue_id = %(kept)s, step = %(step)s,"
        " part = CASE WHEN %(as_parts)s THEN part ELSE %(kept)s END"
        " WHERE issue_id = %(gone)s RETURNING arrival, submission_id",
        {"kept": issue_id, "gone": gone, "step": step, "as_parts": as_parts},
    ).fetchall()
    conn.execute(
        "UPDATE issues SET merged_into = %s, step = %s, version = version + 1 WHERE id = %s", (issue_id, step, gone)
    )
    return [submission_id for _, submission_id in sorted(rows)]


def refresh_issues(conn: Connection, ids: Sequence[int], *, step: int, actor: str) -> list[tuple[int, int]]:
    """Count anew who speaks in these issues; (id, submissions) of those that go on. Half-lives are counted from the
    latest submission of each."""
    return conn.execute(
        """
        WITH voices AS (
            SELECT m.issue_id, m.arrival, s.submitted_at, s.likes::bigint + s.comments + s.reposts AS votes,
                coalesce(s.submitter_key, int8send(s.id)) AS person, a.region_code, a.topic_code,
                row_number() OVER (PARTITION BY m.issue_id, coalesce(s.submitter_key, int8send(s.id))
                                   ORDER BY s.submitted_at DESC, s.id) AS back,
                max(s.submitted_at) OVER (PARTITION BY m.issue_id) AS last_at
            FROM issue_members m
            JOIN submissions s ON s.id = m.submission_id
            LEFT JOIN analyses a ON a.submission_id = m.submission_id
            WHERE m.issue_id = ANY(%(ids)s)),
        faded AS (
            SELECT v.*, fading(v.last_at - v.submitted_at,
                               (SELECT half_life_days FROM issue_settings ORDER BY id DESC LIMIT 1)) AS share
            FROM voices v),
        counted AS (
            SELECT issue_id, count(*) AS submissions, count(*) FILTER (WHERE back = 1) AS persons, sum(votes) AS votes,
                min(submitted_at) AS first_at, max(submitted_at) AS last_at, max(arrival) AS arrival,
                coalesce(sum(share) FILTER (WHERE back = 1), 0) AS live_persons, sum(share * votes) AS live_votes,
                sum(share) AS live_submissions, mode() WITHIN GROUP (ORDER BY region_code) AS region_code,
                mode() WITHIN GROUP (ORDER BY topic_code) AS topic_code
            FROM faded GROUP BY issue_id)
        UPDATE issues i SET submissions = coalesce(c.submissions, 0), persons = coalesce(c.persons, 0),
            votes = coalesce(c.votes, 0), first_at = coalesce(c.first_at, i.first_at),
            last_at = coalesce(c.last_at, i.last_at), arrival = coalesce(c.arrival, i.arrival),
            live_persons = coalesce(c.live_persons, 0), live_votes = coalesce(c.live_votes, 0),
            live_submissions = coalesce(c.live_submissions, 0), region_code = c.region_code, topic_code = c.topic_code,
            step = %(step)s
        FROM unnest(%(ids)s::bigint[]) AS n (id) LEFT JOIN counted c ON c.issue_id = n.id
        WHERE i.id = n.id AND i.merged_into IS NULL
        RETURNING i.id, i.submissions
        """,
        {"ids": list(ids), "step": step},
    ).fetchall()


def retire_issues(conn: Connection, *, silent_after: int, step: int, actor: str, now: datetime) -> None:
    """Issues whose last member arrived before `silent_after` take no more."""
    conn.execute(
        "UPDATE issues SET retired_at = %s, step = %s"
        " WHERE retired_at IS NULL AND merged_into IS NULL AND arrival < %s",
        (now, step, silent_after),
    )


def list_first_texts(conn: Connection, ids: Sequence[int], *, most: int) -> dict[int, list[tuple[str, str]]]:
    """(title, body) of the members of each issue, in the order of arrival; of many every second, fourth … one, so that
    at most `most` are read. The issues that a person has named are left out."""
    rows = conn.execute(
        """
        SELECT issue_id, title, body FROM (
            SELECT m.issue_id, m.arrival, s.title, left(s.body, 400) AS body,
                row_number() OVER (PARTITION BY m.issue_id ORDER BY m.arrival) - 1 AS place,
                count(*) OVER (PARTITION BY m.issue_id) AS size
            FROM issue_members m JOIN submissions s ON s.id = m.submission_id JOIN issues i ON i.id = m.issue_id
            WHERE m.issue_id = ANY(%(ids)s) AND i.named_by IS NULL) counted
        -- the largest power of two that the number reaches
        CROSS JOIN LATERAL (SELECT 1 << (length(ltrim(size::integer::bit(32)::text, '0')) - 1) AS reached) p
        WHERE (size < 4 OR place < reached) AND place %% greatest(1, reached / %(most)s) = 0
        ORDER BY issue_id, place
        """,
        {"ids": list(ids), "most": most},
    ).fetchall()
    texts: dict[int, list[tuple[str, str]]] = {}
    for issue_id, title, body in rows:
        texts.setdefault(issue_id, []).append((title, body))
    return texts


def rename_issues(conn: Connection, names: Iterable[tuple[int, str, str]], *, step: int, actor: str) -> None:
    """Rows of (id, name, place); what a person has named stays."""
    rows = list(names)
    conn.execute(
        "UPDATE issues i SET name = n.name, place = n.place, step = %s"
        " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS n (id, name, place)"
        " WHERE i.id = n.id AND i.named_by IS NULL AND (i.name, i.place) IS DISTINCT FROM (n.name, n.place)",
        (step, [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]),
    )


def add_proposal(
    conn: Connection,
    kind: ProposalKind,
    issue_id: int,
    other_id: int | None,
    *,
    leaving: Sequence[int],
    evidence: dict[str, object],
    actor: str,
    now: datetime,
) -> None:
    """Unless it waits already, or a person has said no."""
    conn.execute(
        """
        INSERT INTO issue_proposals (kind, issue_id, other_id, leaving, evidence, proposed_at)
        SELECT %(kind)s, %(issue)s, %(other)s, %(leaving)s, %(evidence)s, %(now)s
        WHERE NOT EXISTS (SELECT FROM issue_proposals
                          WHERE kind = %(kind)s AND issue_id = %(issue)s AND other_id IS NOT DISTINCT FROM %(other)s
                            AND state = 'rejected')
        ON CONFLICT DO NOTHING
        """,
        {
            "kind": kind,
            "issue": issue_id,
            "other": other_id,
            "leaving": list(leaving),
            "evidence": Jsonb(evidence),
            "now": now,
        },
    )


def outdate_proposals(conn: Connection, ids: Sequence[int], *, actor: str, now: datetime) -> None:
    """What waits for a person about these issues was said of other members than they have now."""
    conn.execute(
        "UPDATE issue_proposals SET state = 'outdated', decided_by = %s, decided_at = %s"
        " WHERE state = 'open' AND (issue_id = ANY(%s) OR other_id = ANY(%s))",
        (actor, now, list(ids), list(ids)),
    )


def add_decision(
    conn: Connection,
    action: IssueAction,
    issue_id: int,
    other_id: int | None,
    payload: dict[str, object],
    *,
    undoes: int | None = None,
    actor: str,
    now: datetime,
) -> int:
    """The number of the line."""
    row = conn.execute(
        "INSERT INTO issue_decisions (at, actor, action, issue_id, other_id, payload, undoes)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (now, actor, action, issue_id, other_id, Jsonb(payload), undoes),
    ).fetchone()
    assert row is not None
    return int(row[0])

"""Rows of responses to issues: the response itself, its clocks, tasks, answers, answered cases and history."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from models.database import Connection
from models.errors import Conflict, NotFound
from models.issue_response import (
    AnsweredCase,
    IssueResponse,
    ResponseAction,
    ResponseAnswer,
    ResponseAnswerState,
    ResponseClock,
    ResponseClockKind,
    ResponseEvent,
    ResponseHours,
    ResponseStage,
    ResponseTask,
    ResponseTaskState,
)

_RESPONSE = (
    "id, issue_id, stage, level, major, opinion, owner_id, lead_department_id, known_at, opened_at, opened_by,"
    " published_at, closed_at, dismissed, review, version"
)
# Issues, and whatever was merged into them.
_PARTS = """
    WITH RECURSIVE parts AS (
        SELECT i.id, i.id AS whole FROM issues i WHERE i.id = ANY(%s)
        UNION
        SELECT i.id, parts.whole FROM issues i JOIN parts ON i.merged_into = parts.id
    )"""
_CLOCK = "response_id, kind, started_at, due_at, met_at, dropped_at, basis"
_TASK = "id, response_id, department_id, what, due_at, state, given_at, given_by, report, reported_at, reported_by"
_ANSWER = "id, response_id, title, body, state, author, written_at, decided_by, decided_at, note, published_at"
_ANSWERED = "id, response_id, case_id, reply_id, whole, case_version, answered_at, undone_at"


def add_response(
    conn: Connection, issue_id: int, *, major: bool, owner_id: int, known_at: datetime, actor: str, now: datetime
) -> IssueResponse:
    """In its first stage. Raises `Conflict` (one_open_response) where one is open."""
    with conn.cursor(row_factory=class_row(IssueResponse)) as cursor:
        added = cursor.execute(
            "INSERT INTO issue_responses (issue_id, stage, major, owner_id, known_at, opened_at, opened_by)"
            f" VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING {_RESPONSE}",
            (issue_id, ResponseStage.COLLECT, major, owner_id, known_at, now, actor),
        ).fetchone()
    assert added is not None
    return added


def get_response(conn: Connection, response_id: int) -> IssueResponse:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(IssueResponse)) as cursor:
        found = cursor.execute(f"SELECT {_RESPONSE} FROM issue_responses WHERE id = %s", (response_id,)).fetchone()
    if found is None:
        raise NotFound("没有找到这次处置。")
    return found


def list_responses(conn: Connection, issue_id: int) -> list[IssueResponse]:
    """The latest first, also those to issues that became part of this one."""
    with conn.cursor(row_factory=class_row(IssueResponse)) as cursor:
        return cursor.execute(
            f"{_PARTS} SELECT {_RESPONSE} FROM issue_responses WHERE issue_id IN (SELECT id FROM parts)"
            " ORDER BY id DESC",
            ([issue_id],),
        ).fetchall()


def list_open_responses(conn: Connection, issue_ids: Sequence[int] | None = None) -> dict[int, IssueResponse]:
    """By issue; of these issues (and of what became part of them, by the whole) or of all."""
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            f"{_PARTS} SELECT p.whole, r.* FROM (SELECT {_RESPONSE} FROM issue_responses) r"
            " JOIN parts p ON p.id = r.issue_id"
            " WHERE r.stage <> 'closed' ORDER BY r.id"
            if issue_ids is not None
            else f"SELECT issue_id AS whole, {_RESPONSE} FROM issue_responses WHERE stage <> 'closed' ORDER BY id",
            (list(issue_ids),) if issue_ids is not None else None,
        ).fetchall()
    return {row.pop("whole"): IssueResponse(**row) for row in found}


def move_response(
    conn: Connection, response: IssueResponse, to_stage: ResponseStage, changes: Mapping[str, Any], *, actor: str
) -> IssueResponse:
    """The one statement that changes a stage, guarded by what the caller saw. Raises `Conflict` for who is late."""
    assignments = [sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in changes]
    statement = sql.SQL(
        "UPDATE issue_responses SET {} WHERE id = %(_id)s AND stage = %(_from)s AND version = %(_version)s RETURNING {}"
    ).format(sql.SQL(", ").join([sql.SQL("stage = %(_to)s, version = version + 1"), *assignments]), sql.SQL(_RESPONSE))
    with conn.cursor(row_factory=class_row(IssueResponse)) as cursor:
        moved = cursor.execute(
            statement,
            {**changes, "_id": response.id, "_from": response.stage, "_version": response.version, "_to": to_stage},
        ).fetchone()
    if moved is None:
        raise Conflict("这次处置刚刚被他人更改，请刷新后再试。")
    return moved


def list_hours(conn: Connection) -> dict[tuple[ResponseClockKind, bool], ResponseHours]:
    """The newest line of each kind, for major emergencies (True) and for others."""
    with conn.cursor(row_factory=class_row(ResponseHours)) as cursor:
        rows = cursor.execute(
            "SELECT DISTINCT ON (kind, major) kind, major, hours, basis FROM response_hours"
            " ORDER BY kind, major, id DESC"
        ).fetchall()
    return {(row.kind, row.major): row for row in rows}


def add_hours(conn: Connection, hours: ResponseHours, *, actor: str, now: datetime) -> None:
    conn.execute(
        "INSERT INTO response_hours (kind, major, hours, basis, at, actor) VALUES (%s, %s, %s, %s, %s, %s)",
        (hours.kind, hours.major, hours.hours, hours.basis, now, actor),
    )


def list_clocks(conn: Connection, response_ids: Sequence[int]) -> dict[int, list[ResponseClock]]:
    """By response, the first due first; each asked for is there."""
    found: dict[int, list[ResponseClock]] = {response_id: [] for response_id in response_ids}
    with conn.cursor(row_factory=class_row(ResponseClock)) as cursor:
        for clock in cursor.execute(
            f"SELECT {_CLOCK} FROM response_clocks WHERE response_id = ANY(%s) ORDER BY due_at, kind",
            (list(response_ids),),
        ):
            found[clock.response_id].append(clock)
    return found


def set_clock(
    conn: Connection,
    response_id: int,
    kind: ResponseClockKind,
    *,
    started_at: datetime,
    due_at: datetime,
    basis: str,
    actor: str,
) -> None:
    """Start the clock, or take up again one that was dropped."""
    conn.execute(
        "INSERT INTO response_clocks (response_id, kind, started_at, due_at, basis) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (response_id, kind) DO UPDATE SET dropped_at = NULL",
        (response_id, kind, started_at, due_at, basis),
    )


def meet_clock(conn: Connection, response_id: int, kind: ResponseClockKind, *, actor: str, now: datetime) -> None:
    """The first time counts."""
    conn.execute(
        "UPDATE response_clocks SET met_at = %s WHERE response_id = %s AND kind = %s AND met_at IS NULL",
        (now, response_id, kind),
    )


def drop_clock(conn: Connection, response_id: int, kind: ResponseClockKind, *, actor: str, now: datetime) -> None:
    """Only while it runs: what was late stays late."""
    conn.execute(
        "UPDATE response_clocks SET dropped_at = %s"
        " WHERE response_id = %s AND kind = %s AND met_at IS NULL AND dropped_at IS NULL",
        (now, response_id, kind),
    )


def add_task(
    conn: Connection,
    response_id: int,
    *,
    department_id: str,
    what: str,
    due_at: datetime,
    actor: str,
    now: datetime,
) -> ResponseTask:
    with conn.cursor(row_factory=class_row(ResponseTask)) as cursor:
        added = cursor.execute(
            "INSERT INTO response_tasks (response_id, department_id, what, due_at, given_at, given_by)"
            f" VALUES (%s, %s, %s, %s, %s, %s) RETURNING {_TASK}",
            (response_id, department_id, what, due_at, now, actor),
        ).fetchone()
    assert added is not None
    return added


def get_task(conn: Connection, task_id: int) -> ResponseTask:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(ResponseTask)) as cursor:
        found = cursor.execute(f"SELECT {_TASK} FROM response_tasks WHERE id = %s", (task_id,)).fetchone()
    if found is None:
        raise NotFound("没有找到这项交办。")
    return found


def list_tasks(conn: Connection, response_id: int) -> list[ResponseTask]:
    with conn.cursor(row_factory=class_row(ResponseTask)) as cursor:
        return cursor.execute(
            f"SELECT {_TASK} FROM response_tasks WHERE response_id = %s ORDER BY id", (response_id,)
        ).fetchall()


def list_tasks_of_department(conn: Connection, department_id: str) -> list[ResponseTask]:
    """The open ones, the first due first."""
    with conn.cursor(row_factory=class_row(ResponseTask)) as cursor:
        return cursor.execute(
            f"SELECT {_TASK} FROM response_tasks WHERE department_id = %s AND state = 'open' ORDER BY due_at, id",
            (department_id,),
        ).fetchall()


def end_task(
    conn: Connection, task_id: int, state: ResponseTaskState, *, report: str, actor: str, now: datetime
) -> ResponseTask:
    """Raises `Conflict` where it is no longer open."""
    with conn.cursor(row_factory=class_row(ResponseTask)) as cursor:
        ended = cursor.execute(
            "UPDATE response_tasks SET state = %s, report = %s, reported_at = %s, reported_by = %s"
            f" WHERE id = %s AND state = 'open' RETURNING {_TASK}",
            (state, report, now, actor, task_id),
        ).fetchone()
    if ended is None:
        raise Conflict("这项交办已经反馈或撤回。")
    return ended


def add_answer(
    conn: Connection, response_id: int, *, title: str, body: str, actor: str, now: datetime
) -> ResponseAnswer:
    with conn.cursor(row_factory=class_row(ResponseAnswer)) as cursor:
        added = cursor.execute(
            "INSERT INTO response_answers (response_id, title, body, author, written_at)"
            f" VALUES (%s, %s, %s, %s, %s) RETURNING {_ANSWER}",
            (response_id, title, body, actor, now),
        ).fetchone()
    assert added is not None
    return added


def list_answers(conn: Connection, response_id: int) -> list[ResponseAnswer]:
    """The latest first: that one counts."""
    with conn.cursor(row_factory=class_row(ResponseAnswer)) as cursor:
        return cursor.execute(
            f"SELECT {_ANSWER} FROM response_answers WHERE response_id = %s ORDER BY id DESC", (response_id,)
        ).fetchall()


def decide_answer(
    conn: Connection,
    answer: ResponseAnswer,
    state: ResponseAnswerState,
    *,
    note: str,
    actor: str,
    now: datetime,
) -> None:
    """Sign or return a draft. Raises `Conflict` where somebody was quicker."""
    changed = conn.execute(
        "UPDATE response_answers SET state = %s, decided_by = %s, decided_at = %s, note = %s"
        " WHERE id = %s AND state = %s",
        (state, actor, now, note, answer.id, answer.state),
    ).rowcount
    if not changed:
        raise Conflict("这份回应稿刚刚被他人处理。")


def publish_answer(conn: Connection, answer: ResponseAnswer, *, note: str, actor: str, now: datetime) -> None:
    """Raises `Conflict` where it is not signed (any more)."""
    changed = conn.execute(
        "UPDATE response_answers SET state = 'published', published_at = %s, note = %s"
        " WHERE id = %s AND state = 'signed'",
        (now, note, answer.id),
    ).rowcount
    if not changed:
        raise Conflict("这份回应稿刚刚被他人处理。")


def withdraw_publication(conn: Connection, answer: ResponseAnswer, *, reason: str, actor: str, now: datetime) -> bool:
    """False where it was taken down already."""
    added = conn.execute(
        "INSERT INTO publication_withdrawals (answer_id, at, actor, reason) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (answer.id, now, actor, reason),
    ).rowcount
    return added == 1


def is_withdrawn(conn: Connection, answer: ResponseAnswer) -> bool:
    found = conn.execute("SELECT 1 FROM publication_withdrawals WHERE answer_id = %s", (answer.id,)).fetchone()
    return found is not None


def list_published_answers(conn: Connection, *, limit: int = 50, offset: int = 0) -> list[ResponseAnswer]:
    """What citizens may read, the latest first."""
    with conn.cursor(row_factory=class_row(ResponseAnswer)) as cursor:
        return cursor.execute(
            f"SELECT {_ANSWER} FROM response_answers a WHERE state = 'published'"
            " AND NOT EXISTS (SELECT FROM publication_withdrawals w WHERE w.answer_id = a.id)"
            " ORDER BY published_at DESC, id DESC LIMIT %s OFFSET %s",
            (limit, offset),
        ).fetchall()


def list_member_cases(conn: Connection, issue_id: int) -> list[tuple[int, str, bytes]]:
    """Id and number of the cases of an issue's members, and who wrote; who is not known is one of their own. In the
    order of the letters. What was merged is answered with its head; of a letter that was split nobody can say which
    part belongs to the issue."""
    return conn.execute(
        "SELECT c.id, c.case_number, coalesce(s.submitter_key, int8send(s.id)) FROM issue_members m"
        " JOIN submissions s ON s.id = m.submission_id JOIN cases c ON c.submission_id = s.id"
        " WHERE m.issue_id = %s AND c.merged_into IS NULL AND c.parent_id IS NULL AND c.parts = 0"
        " ORDER BY c.submitted_at, c.id",
        (issue_id,),
    ).fetchall()


def add_answered_case(
    conn: Connection, response_id: int, case_id: int, *, whole: bool, case_version: int, actor: str, now: datetime
) -> None:
    """With the newest reply of the case."""
    conn.execute(
        "INSERT INTO response_cases (response_id, case_id, reply_id, whole, case_version, answered_at)"
        " SELECT %(response)s, %(case)s, max(r.id), %(whole)s, %(version)s, %(now)s FROM replies r"
        " WHERE r.case_id = %(case)s",
        {"response": response_id, "case": case_id, "whole": whole, "version": case_version, "now": now},
    )


def list_answered_cases(conn: Connection, response_id: int) -> list[AnsweredCase]:
    """Those that still count, in the order of answering."""
    with conn.cursor(row_factory=class_row(AnsweredCase)) as cursor:
        return cursor.execute(
            f"SELECT {_ANSWERED} FROM response_cases WHERE response_id = %s AND undone_at IS NULL ORDER BY id",
            (response_id,),
        ).fetchall()


def undo_answered_case(conn: Connection, answered: AnsweredCase, *, reason: str, actor: str, now: datetime) -> None:
    """It no longer counts, and its reply is withdrawn, with what was told of it to those whose cases are merged into
    this one."""
    conn.execute("UPDATE response_cases SET undone_at = %s WHERE id = %s", (now, answered.id))
    conn.execute(
        "INSERT INTO reply_withdrawals (reply_id, at, actor, reason)"
        " SELECT told.id, %(now)s, %(actor)s, %(reason)s FROM (SELECT %(reply)s::bigint AS id UNION"
        "  SELECT r.id FROM replies own JOIN cases c ON c.merged_into = own.case_id JOIN replies r ON r.case_id = c.id"
        "  AND r.created_at = own.created_at AND r.author = own.author WHERE own.id = %(reply)s) told",
        {"now": now, "actor": actor, "reason": reason, "reply": answered.reply_id},
    )


def add_event(
    conn: Connection,
    before: IssueResponse | None,
    after: IssueResponse,
    action: ResponseAction,
    payload: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
) -> None:
    conn.execute(
        "INSERT INTO response_events (response_id, at, actor, action, from_stage, to_stage, payload)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (after.id, now, actor, action, before.stage if before else None, after.stage, Jsonb(payload)),
    )


def list_events(conn: Connection, response_id: int) -> list[ResponseEvent]:
    with conn.cursor(row_factory=class_row(ResponseEvent)) as cursor:
        return cursor.execute(
            "SELECT id, response_id, at, actor, action, from_stage, to_stage, payload FROM response_events"
            " WHERE response_id = %s ORDER BY id",
            (response_id,),
        ).fetchall()

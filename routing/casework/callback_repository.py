"""Rows of callbacks: the rules by which they are drawn, one row for each completion of a case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from models.analysis import AppealType
from models.callback import (
    CallAnswers,
    Callback,
    CallbackDecision,
    CallbackDraw,
    CallbackEntry,
    CallbackRule,
    CallbackState,
)
from models.case import Case
from models.database import Connection
from models.errors import Conflict, NotFound

_RULE = (
    "id, profile, version, share, shares, always, clock_days, window_days, archive_days, attempts, basically_counts,"
    " seed, created_at, created_by"
)
_CALLBACK = (
    "id, case_id, round, current, rule_id, draw, department_id, completed_at, state, attempts, next_at, taken_by,"
    " taken_until, entry, solved, satisfaction, attitude, note, answered_at, answered_by, decision, decision_note,"
    " decided_at, decided_by, clock_renewed"
)
# A submitter may still answer where nobody could.
_OPEN_TO_SUBMITTER = ("not_drawn", "waiting", "unreachable", "refused")


def get_rule(conn: Connection, rule_id: int) -> CallbackRule:
    """Raises `NotFound`."""
    found = list_rules(conn, [rule_id])
    if not found:
        raise NotFound()
    return found[0]


def find_rule(conn: Connection, profile: str) -> CallbackRule | None:
    """The newest version of the profile's rule."""
    row = conn.execute(
        f"SELECT {_RULE} FROM callback_rules WHERE profile = %s ORDER BY version DESC LIMIT 1", (profile,)
    ).fetchone()
    return _rule(row) if row else None


def list_rules(conn: Connection, rule_ids: Sequence[int]) -> list[CallbackRule]:
    rows = conn.execute(
        f"SELECT {_RULE} FROM callback_rules WHERE id = ANY(%s) ORDER BY version", (list(rule_ids),)
    ).fetchall()
    return [_rule(row) for row in rows]


def list_versions(conn: Connection, profile: str) -> list[CallbackRule]:
    """All versions, the newest first."""
    rows = conn.execute(
        f"SELECT {_RULE} FROM callback_rules WHERE profile = %s ORDER BY version DESC", (profile,)
    ).fetchall()
    return [_rule(row) for row in rows]


def add_rule(conn: Connection, rule: CallbackRule, *, actor: str) -> bool:
    """False where somebody else was quicker with this version. `rule.id` is not used."""
    return (
        conn.execute(
            "INSERT INTO callback_rules (profile, version, share, shares, always, clock_days, window_days,"
            " archive_days, attempts, basically_counts, seed, created_at, created_by)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (profile, version) DO NOTHING",
            (
                rule.profile,
                rule.version,
                rule.share,
                Jsonb({kind.value: share for kind, share in rule.shares.items()}),
                list(rule.always),
                rule.clock_days,
                rule.window_days,
                rule.archive_days,
                rule.attempts,
                rule.basically_counts,
                rule.seed,
                rule.created_at,
                actor,
            ),
        ).rowcount
        == 1
    )


def find_profile(conn: Connection) -> str | None:
    row = conn.execute("SELECT deadline_profile FROM city").fetchone()
    return str(row[0]) if row else None


def list_reasons(conn: Connection, case_id: int) -> list[CallbackDraw]:
    """Why this case might be called back whatever the share, of what its records say."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM case_supervisions WHERE case_id = %(id)s),"
        " EXISTS (SELECT FROM case_callbacks WHERE case_id = %(id)s AND decision = 'rework')",
        {"id": case_id},
    ).fetchone()
    assert row is not None
    return [why for why, holds in zip((CallbackDraw.SUPERVISED, CallbackDraw.REWORKED), row, strict=True) if holds]


def find_unasked(conn: Connection, case: Case) -> CallbackDraw | None:
    """Why the last completion of the case, or of the letter of which it is a part, was drawn, where it was opened again
    before anybody asked; else None."""
    row = conn.execute(
        "SELECT draw, state FROM case_callbacks WHERE case_id = ANY(%s) ORDER BY completed_at DESC, id DESC LIMIT 1",
        ([case.id, case.parent_id],),
    ).fetchone()
    if row is None or row[1] is not CallbackState.CANCELLED or row[0] is CallbackDraw.NOT_DRAWN:
        return None
    drawn: CallbackDraw = row[0]
    return drawn


def next_round(conn: Connection, case_id: int) -> int:
    row = conn.execute(
        "SELECT coalesce(max(round), 0) + 1 FROM case_callbacks WHERE case_id = %s", (case_id,)
    ).fetchone()
    assert row is not None
    return int(row[0])


def add_callback(
    conn: Connection,
    case_id: int,
    *,
    number: int,
    rule_id: int,
    draw: CallbackDraw,
    department_id: str,
    actor: str,
    now: datetime,
) -> None:
    """Of the completion just now, the `number`th of the case; earlier ones are no longer the current one."""
    conn.execute("UPDATE case_callbacks SET current = false WHERE case_id = %s AND current", (case_id,))
    state = CallbackState.NOT_DRAWN if draw is CallbackDraw.NOT_DRAWN else CallbackState.WAITING
    conn.execute(
        "INSERT INTO case_callbacks (case_id, round, rule_id, draw, department_id, completed_at, state)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (case_id, number, rule_id, draw, department_id, now, state),
    )


def find_current(conn: Connection, case_id: int) -> Callback | None:
    """Of the last completion."""
    return _find(conn, "case_id = %s AND current", case_id)


def find_of_submission(conn: Connection, submission_id: int) -> Callback | None:
    """Of the case of a submission; where it was divided, of the part that has not been answered for the longest."""
    return _find(
        conn,
        "id = (SELECT b.id FROM case_callbacks b JOIN cases c ON c.id = b.case_id WHERE c.submission_id = %s"
        " AND b.current ORDER BY b.state IN ('done', 'cancelled'), b.completed_at, b.id LIMIT 1)",
        submission_id,
    )


def find_by_id(conn: Connection, callback_id: int) -> Callback | None:
    return _find(conn, "id = %s", callback_id)


def list_callbacks(conn: Connection, case_id: int) -> list[Callback]:
    """Of all completions, oldest first."""
    with conn.cursor(row_factory=class_row(Callback)) as cursor:
        return cursor.execute(
            f"SELECT {_CALLBACK} FROM case_callbacks WHERE case_id = %s ORDER BY round", (case_id,)
        ).fetchall()


def list_waiting(conn: Connection, *, now: datetime, limit: int) -> list[Callback]:
    """To be called, the longest completed first; what was tried in vain just now comes when its time is up."""
    with conn.cursor(row_factory=class_row(Callback)) as cursor:
        return cursor.execute(
            f"SELECT {_CALLBACK} FROM case_callbacks WHERE state = 'waiting'"
            " ORDER BY coalesce(next_at > %s, false), completed_at, id LIMIT %s",
            (now, limit),
        ).fetchall()


def list_to_decide(conn: Connection, *, limit: int) -> list[Callback]:
    """Answered not solved or not satisfied, undecided, the longest waiting first."""
    with conn.cursor(row_factory=class_row(Callback)) as cursor:
        return cursor.execute(
            f"SELECT {_CALLBACK} FROM case_callbacks WHERE state = 'done' AND current AND decision IS NULL"
            " AND (solved <> 'yes' OR satisfaction IN ('dissatisfied', 'very_dissatisfied'))"
            " ORDER BY answered_at, id LIMIT %s",
            (limit,),
        ).fetchall()


def claim_next(conn: Connection, *, department_id: str | None, actor: str, now: datetime, until: datetime) -> int:
    """Take the next one that nobody calls and that the caller's unit never had; the id of its case, 0 where there is
    none. Two callers get two."""
    row = conn.execute(
        "UPDATE case_callbacks SET taken_by = %s, taken_until = %s WHERE id = ("
        " SELECT id FROM case_callbacks WHERE state = 'waiting' AND coalesce(next_at <= %s, true)"
        " AND (taken_until IS NULL OR taken_until <= %s OR taken_by = %s)"
        " AND department_id IS DISTINCT FROM %s::text AND NOT EXISTS (SELECT FROM assignments a"
        "  WHERE a.case_id = case_callbacks.case_id AND a.department_id = %s::text)"
        " ORDER BY taken_by IS DISTINCT FROM %s, completed_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING case_id",
        (actor, until, now, now, actor, department_id, department_id, actor),
    ).fetchone()
    return int(row[0]) if row else 0


def take(conn: Connection, callback_id: int, *, actor: str, now: datetime, until: datetime) -> bool:
    """False where somebody else calls just now, or it waits no longer."""
    return (
        conn.execute(
            "UPDATE case_callbacks SET taken_by = %s, taken_until = %s WHERE id = %s AND state = 'waiting'"
            " AND (taken_until IS NULL OR taken_until <= %s OR taken_by = %s)",
            (actor, until, callback_id, now, actor),
        ).rowcount
        == 1
    )


def note_attempt(
    conn: Connection, callback: Callback, state: CallbackState, *, next_at: datetime | None, actor: str, now: datetime
) -> None:
    """A call that gave no answer. Raises `Conflict` where somebody was quicker."""
    ended = state is not CallbackState.WAITING
    _guarded(
        conn.execute(
            "UPDATE case_callbacks SET state = %s, attempts = attempts + 1, next_at = %s, taken_by = NULL,"
            " taken_until = NULL, answered_at = %s, answered_by = %s WHERE id = %s AND state = 'waiting'"
            " AND attempts = %s",
            (
                state,
                next_at,
                now if ended else None,
                actor if ended else None,
                callback.id,
                callback.attempts,
            ),
        ).rowcount
    )


def set_answers(
    conn: Connection, callback: Callback, answers: CallAnswers, entry: CallbackEntry, *, actor: str, now: datetime
) -> None:
    """Once. Raises `Conflict` where it has been answered meanwhile, or waits no longer."""
    states = ["waiting"] if entry is CallbackEntry.PHONE else list(_OPEN_TO_SUBMITTER)
    _guarded(
        conn.execute(
            "UPDATE case_callbacks SET state = 'done', entry = %s, solved = %s, satisfaction = %s, attitude = %s,"
            " note = %s, answered_at = %s, answered_by = %s, taken_by = NULL, taken_until = NULL, next_at = NULL,"
            " attempts = attempts + %s WHERE id = %s AND current AND state::text = ANY(%s)",
            (
                entry,
                answers.solved,
                answers.satisfaction,
                answers.attitude,
                answers.note,
                now,
                actor,
                int(entry is CallbackEntry.PHONE),
                callback.id,
                states,
            ),
        ).rowcount
    )
    if callback.draw is not CallbackDraw.NOT_DRAWN:
        _let_stand(conn, callback, actor=actor)


def _let_stand(conn: Connection, callback: Callback, *, actor: str) -> None:
    """From now on this is what the submitter says of the case; what was said before stands no longer, nor what was said
    of the whole letter before it was split."""
    conn.execute(
        "UPDATE case_callbacks SET stands = false, elsewhere = false WHERE stands"
        " AND case_id IN (%(case)s, (SELECT c.parent_id FROM cases c WHERE c.id = %(case)s))",
        {"case": callback.case_id},
    )
    conn.execute(
        "UPDATE case_callbacks b SET stands = true, elsewhere = b.department_id IS DISTINCT FROM c.lead_department_id"
        " FROM cases c WHERE b.id = %s AND c.id = b.case_id",
        (callback.id,),
    )


def decide(
    conn: Connection,
    callback: Callback,
    decision: CallbackDecision,
    *,
    note: str,
    clock_renewed: bool = False,
    actor: str,
    now: datetime,
) -> None:
    """Raises `Conflict` where somebody was quicker."""
    _guarded(
        conn.execute(
            "UPDATE case_callbacks SET decision = %s, decision_note = %s, clock_renewed = %s, decided_at = %s,"
            " decided_by = %s WHERE id = %s AND state = 'done' AND decision IS NULL",
            (decision, note, clock_renewed, now, actor, callback.id),
        ).rowcount
    )


def leave_completion(conn: Connection, case_id: int, *, note: str, actor: str, now: datetime) -> None:
    """The case is worked on again. What waited is not called any more; where the submitter was displeased and nobody
    had decided, it is a rework under another name, and is counted as one."""
    conn.execute(
        "UPDATE case_callbacks SET state = 'cancelled', taken_by = NULL, taken_until = NULL"
        " WHERE case_id = %s AND state IN ('waiting', 'not_drawn')",
        (case_id,),
    )
    conn.execute(
        "UPDATE case_callbacks SET decision = 'rework', decision_note = %s, decided_at = %s, decided_by = %s"
        " WHERE case_id = %s AND current AND state = 'done' AND decision IS NULL"
        " AND (solved <> 'yes' OR satisfaction IN ('dissatisfied', 'very_dissatisfied'))",
        (note, now, actor, case_id),
    )


def find_renewed_clock(conn: Connection, case_id: int) -> datetime | None:
    """Since when the clock of a case runs that was given to be done anew with a new clock."""
    row = conn.execute(
        "SELECT max(decided_at) FROM case_callbacks WHERE case_id = %s AND clock_renewed", (case_id,)
    ).fetchone()
    return row[0] if row else None


def list_closable(conn: Connection, *, completed_before: datetime, answers_until: datetime, limit: int) -> list[int]:
    """Ids of completed cases that nothing is waited for any more: completed before the first instant, nobody's
    displeasure undecided, and the submitter has answered or can no longer (completed before the second). What is merged
    goes with its head, a divided letter after its parts."""
    rows = conn.execute(
        "SELECT c.id FROM cases c LEFT JOIN case_callbacks b ON b.case_id = c.id AND b.current"
        " WHERE c.status = 'completed' AND c.merged_into IS NULL AND (c.parts = 0 OR NOT EXISTS ("
        " SELECT FROM cases p WHERE p.parent_id = c.id AND p.status <> 'closed'))"
        " AND NOT EXISTS (SELECT FROM cases g JOIN case_callbacks o ON o.case_id = g.id AND o.current"
        "  WHERE g.merged_into = c.id AND o.state = 'done' AND o.decision IS NULL"
        "  AND (o.solved <> 'yes' OR o.satisfaction IN ('dissatisfied', 'very_dissatisfied')))"
        " AND c.completed_at < %s AND (b.id IS NULL OR b.state = 'done' AND NOT ("
        " b.decision IS NULL AND (b.solved <> 'yes' OR b.satisfaction IN ('dissatisfied', 'very_dissatisfied')))"
        " OR b.state <> 'done' AND c.completed_at < %s)"
        " ORDER BY c.completed_at, c.id LIMIT %s",
        (completed_before, answers_until, limit),
    ).fetchall()
    return [int(row[0]) for row in rows]


def _find(conn: Connection, where: str, value: int) -> Callback | None:
    with conn.cursor(row_factory=class_row(Callback)) as cursor:
        return cursor.execute(f"SELECT {_CALLBACK} FROM case_callbacks WHERE {where}", (value,)).fetchone()


def _rule(row: tuple[Any, ...]) -> CallbackRule:
    names = [name.strip() for name in _RULE.split(",")]
    values = dict(zip(names, row, strict=True))
    values["shares"] = {AppealType(kind): float(share) for kind, share in values["shares"].items()}
    values["always"] = tuple(values["always"])
    values["seed"] = bytes(values["seed"])
    return CallbackRule(**values)


def _guarded(changed: int) -> None:
    if not changed:
        raise Conflict("这件工单的回访刚刚已经处理，请刷新后查看。")

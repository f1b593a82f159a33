"""Rows of replies before they are sent: the draft of a case, what it said before, which replies need a review."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from models.attachment import FileChoices
from models.case import CompletionResult
from models.database import Connection
from models.errors import Conflict
from models.reply_draft import DraftState, DraftText, ReplyDraft, ReviewNeed

_DRAFT = (
    "id, case_id, department_id, author, writers, body, public, result, files, state, version, created_at, saved_at,"
    " saved_by, submitted_at, submitted_by, findings, reason, disclosure, reviewer, reviewed_at, review_note"
)


def find_open_draft(conn: Connection, case_id: int) -> ReplyDraft | None:
    """The one that is being written, reviewed, or written anew after it was sent back."""
    with conn.cursor(row_factory=class_row(ReplyDraft)) as cursor:
        return cursor.execute(
            f"SELECT {_DRAFT} FROM reply_drafts WHERE case_id = %s AND state IN ('draft', 'in_review', 'refused')",
            (case_id,),
        ).fetchone()


def list_drafts(conn: Connection, case_id: int) -> list[ReplyDraft]:
    with conn.cursor(row_factory=class_row(ReplyDraft)) as cursor:
        return cursor.execute(
            f"SELECT {_DRAFT} FROM reply_drafts WHERE case_id = %s ORDER BY id", (case_id,)
        ).fetchall()


def list_in_review(conn: Connection, *, department_id: str | None, limit: int) -> list[ReplyDraft]:
    """Of cases that the unit leads, of all for None; the longest waiting first."""
    columns = ", ".join(f"d.{name}" for name in _DRAFT.split(", "))
    with conn.cursor(row_factory=class_row(ReplyDraft)) as cursor:
        return cursor.execute(
            f"SELECT {columns} FROM reply_drafts d JOIN cases c ON c.id = d.case_id WHERE d.state = 'in_review'"
            " AND (%(unit)s::text IS NULL OR c.lead_department_id = %(unit)s)"
            " ORDER BY d.submitted_at, d.id LIMIT %(n)s",
            {"unit": department_id, "n": limit},
        ).fetchall()


def count_in_review(conn: Connection, *, department_id: str | None, but: str) -> int:
    """How many wait for somebody else than `but` (`models.reply_draft.person`)."""
    row = conn.execute(
        "SELECT count(*) FROM reply_drafts d JOIN cases c ON c.id = d.case_id WHERE d.state = 'in_review'"
        " AND (%(unit)s::text IS NULL OR c.lead_department_id = %(unit)s)"
        " AND NOT EXISTS (SELECT FROM unnest(d.writers) w WHERE w = %(but)s OR starts_with(w, %(but)s || ':'))",
        {"unit": department_id, "but": but},
    ).fetchone()
    return int(row[0]) if row else 0


def add_draft(
    conn: Connection,
    case_id: int,
    *,
    department_id: str | None,
    author: str,
    writers: Sequence[str],
    body: str,
    public: bool,
    result: CompletionResult | None,
    files: FileChoices | None = None,
    actor: str,
    now: datetime,
) -> ReplyDraft:
    """Raises `Conflict` where there is one: of two who begin at once the second is told."""
    with conn.cursor(row_factory=class_row(ReplyDraft)) as cursor:
        added = cursor.execute(
            "INSERT INTO reply_drafts (case_id, department_id, author, writers, body, public, result, files,"
            " created_at, saved_at, saved_by) VALUES (%(case)s, %(unit)s, %(author)s, %(writers)s, %(body)s,"
            " %(public)s, %(result)s, %(files)s, %(now)s, %(now)s, %(actor)s)"
            " ON CONFLICT (case_id) WHERE state IN ('draft', 'in_review', 'refused') DO NOTHING"
            f" RETURNING {_DRAFT}",
            {
                "case": case_id,
                "unit": department_id,
                "author": author,
                "writers": list(writers),
                "body": body,
                "public": public,
                "result": result,
                "files": _files(files or {}),
                "now": now,
                "actor": actor,
            },
        ).fetchone()
    if added is None:
        raise Conflict("答复草稿刚刚已由他人保存，请刷新后再试。")
    return added


def change_draft(
    conn: Connection, draft: ReplyDraft, changes: Mapping[str, Any], *, actor: str, now: datetime
) -> ReplyDraft:
    """One save: guarded by state and version, as the caller saw them. Raises `Conflict` where somebody was quicker."""
    kept = {"body": draft.body, "public": draft.public, "result": draft.result, "writers": draft.writers}
    values: dict[str, Any] = {**kept, "files": draft.chosen, **changes}
    values["files"] = _files(values["files"])
    with conn.cursor(row_factory=class_row(ReplyDraft)) as cursor:
        changed = cursor.execute(
            "UPDATE reply_drafts SET body = %(body)s, public = %(public)s, result = %(result)s, files = %(files)s,"
            " writers = %(writers)s, saved_at = %(now)s, saved_by = %(actor)s, version = version + 1"
            f" WHERE id = %(id)s AND state IN ('draft', 'refused') AND version = %(version)s RETURNING {_DRAFT}",
            {**values, "now": now, "actor": actor, "id": draft.id, "version": draft.version},
        ).fetchone()
    if changed is None:
        raise Conflict("答复草稿刚刚已由他人更改，请刷新后再试。")
    return changed


def submit_draft(
    conn: Connection,
    draft: ReplyDraft,
    *,
    findings: Sequence[Mapping[str, Any]],
    reason: str,
    disclosure: str,
    files: FileChoices,
    actor: str,
    now: datetime,
) -> None:
    """It waits for its review from now on, with these files and no others. Raises `Conflict` where somebody was
    quicker."""
    changed = conn.execute(
        "UPDATE reply_drafts SET state = 'in_review', submitted_at = %s, submitted_by = %s, findings = %s, reason = %s,"
        " disclosure = %s, files = %s, version = version + 1"
        " WHERE id = %s AND state IN ('draft', 'refused') AND version = %s",
        (now, actor, Jsonb(list(findings)), reason, disclosure, _files(files), draft.id, draft.version),
    ).rowcount
    if not changed:
        raise Conflict("答复草稿刚刚已由他人更改，请刷新后再试。")


def decide_draft(
    conn: Connection, draft: ReplyDraft, state: DraftState, *, note: str, actor: str, now: datetime
) -> None:
    """Sent or sent back by a reviewer. Raises `Conflict` where it does not wait any more."""
    changed = conn.execute(
        "UPDATE reply_drafts SET state = %s, reviewer = %s, reviewed_at = %s, review_note = %s, version = version + 1"
        " WHERE id = %s AND state = 'in_review' AND version = %s",
        (state, actor, now, note, draft.id, draft.version),
    ).rowcount
    if not changed:
        raise Conflict("这份答复刚刚已经处理。")


def reopen_draft(conn: Connection, draft: ReplyDraft, *, actor: str, now: datetime) -> None:
    """Whoever submitted it takes it back: it is written on."""
    changed = conn.execute(
        "UPDATE reply_drafts SET state = 'draft', submitted_at = NULL, submitted_by = NULL, findings = '[]',"
        " reason = '', version = version + 1, saved_at = %s, saved_by = %s"
        " WHERE id = %s AND state = 'in_review' AND version = %s",
        (now, actor, draft.id, draft.version),
    ).rowcount
    if not changed:
        raise Conflict("这份答复刚刚已经处理。")


def settle_draft(
    conn: Connection, draft: ReplyDraft, state: DraftState, *, note: str = "", actor: str, now: datetime
) -> None:
    """It is over without a review: sent as it is, or dropped. The text stays in the row. Raises `Conflict`."""
    changed = conn.execute(
        "UPDATE reply_drafts SET state = %s, review_note = %s, version = version + 1"
        " WHERE id = %s AND state IN ('draft', 'in_review', 'refused') AND version = %s",
        (state, note, draft.id, draft.version),
    ).rowcount
    if not changed:
        raise Conflict("答复草稿刚刚已由他人更改，请刷新后再试。")


def drop_drafts(conn: Connection, case_id: int, *, note: str, actor: str, now: datetime) -> None:
    """The unit has the case no more, for the reason in `note`; none is no mistake."""
    conn.execute(
        "UPDATE reply_drafts SET state = 'dropped', review_note = %s, version = version + 1"
        " WHERE case_id = %s AND state IN ('draft', 'in_review', 'refused')",
        (note, case_id),
    )


def add_text(conn: Connection, draft: ReplyDraft, *, actor: str) -> None:
    """Keep what the draft says now: another text is about to take its place."""
    conn.execute(
        "INSERT INTO reply_draft_texts (draft_id, body, written_by, written_at) VALUES (%s, %s, %s, %s)",
        (draft.id, draft.body, draft.saved_by, draft.saved_at),
    )


def list_texts(conn: Connection, draft_id: int, *, limit: int = 20) -> list[DraftText]:
    """The newest first."""
    with conn.cursor(row_factory=class_row(DraftText)) as cursor:
        return cursor.execute(
            "SELECT body, written_by, written_at FROM reply_draft_texts WHERE draft_id = %s ORDER BY id DESC LIMIT %s",
            (draft_id, limit),
        ).fetchall()


def _files(chosen: FileChoices) -> Jsonb:
    return Jsonb({str(id_): to.value if to else None for id_, to in sorted(chosen.items())})


# Which replies need a review


def get_need(conn: Connection, department_id: str | None) -> ReviewNeed:
    """What the unit's row says, else the city's, else none."""
    row = conn.execute(
        "SELECT need FROM review_rules WHERE department_id = %s OR department_id IS NULL"
        " ORDER BY department_id NULLS LAST LIMIT 1",
        (department_id,),
    ).fetchone()
    return row[0] if row else ReviewNeed.NONE


def needs_by_unit(conn: Connection) -> dict[str | None, ReviewNeed]:
    """By unit, the city's under None."""
    return dict(conn.execute("SELECT department_id, need FROM review_rules").fetchall())


def set_need(
    conn: Connection, department_id: str | None, need: ReviewNeed | None, *, actor: str, now: datetime
) -> None:
    """None: the unit follows the city from now on."""
    if need is None:
        conn.execute("DELETE FROM review_rules WHERE department_id IS NOT DISTINCT FROM %s", (department_id,))
        return
    conn.execute(
        "INSERT INTO review_rules (department_id, need, changed_at, changed_by) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (department_id) DO UPDATE SET need = excluded.need, changed_at = excluded.changed_at,"
        " changed_by = excluded.changed_by",
        (department_id, need, now, actor),
    )

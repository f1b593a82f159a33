"""The one way in: clean, de-identify, refuse what is already here, store, nudge."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from intake.cleaning import clean_line, clean_submission, clean_text
from intake.duplicates import content_hash, identity
from intake.encryption import Keys, encrypt_original, new_query_code, person_key, query_code_hash
from intake.receipt_numbers import check_receipt_number, normalise_receipt_number, receipt_number
from intake.redaction import mask_name, redact, redact_together
from intake.repository import (
    KnownRecord,
    NewRow,
    add_originals,
    add_submissions,
    allocate_serials,
    list_known,
    lock_batches,
    nudge,
)
from models.database import Connection
from models.submission import NewSubmission, OriginalContent

__all__ = ["NUDGE_CHANNEL", "Registered", "check_receipt_number", "normalise_receipt_number", "register"]

# LISTEN to this to hear of new rows before the next sweep.
NUDGE_CHANNEL = "wenzheng_submissions"


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of one record. `conflict`: its number is here with other words.

    `submission_id` and `receipt_number` are those of the stored row in all three cases. `query_code` is shown once and
    kept only as a hash; an older row has none to show."""

    status: Literal["new", "already_here", "conflict"]
    submission_id: int
    receipt_number: str
    query_code: str | None = None


@dataclass(frozen=True, slots=True)
class _Record:
    original: NewSubmission
    cleaned: NewSubmission
    identity: bytes
    content_hash: bytes


def register(
    conn: Connection,
    new: Sequence[NewSubmission],
    *,
    actor: str,
    now: datetime,
    keys: Keys,
    zone: ZoneInfo,
    import_id: int | None = None,
    want_query_code: bool = False,
) -> list[Registered]:
    """Store what is not here yet; one answer per record, in order. A fixed number of statements for any batch.

    The rows are pending and become visible, and the worker is nudged, when the caller commits. A record without a time
    counts from `now`. `zone` decides the day in the receipt number. Texts must have passed `intake.acceptance.accept`.
    """
    if not new:
        return []
    records = [_prepare(item, keys) for item in new]
    if len(records) > 1:
        lock_batches(conn)
    known = {row.identity: row for row in list_known(conn, [r.identity for r in records])}
    missing = {r.identity: r for r in reversed(records) if r.identity not in known}  # the first of equals wins
    missing = dict(reversed(missing.items()))

    codes = {key: new_query_code() for key in missing} if want_query_code else {}
    serials = allocate_serials(conn, len(missing)) if missing else []
    day = now.astimezone(zone).date()
    rows = [
        _new_row(record, serial, day, now=now, keys=keys, import_id=import_id, code=codes.get(record.identity))
        for record, serial in zip(missing.values(), serials, strict=True)
    ]
    ids = add_submissions(conn, rows, actor=actor)
    if ids:
        stored = {ids[row.identity]: row for row in rows if row.identity in ids}
        sealed = {key: _seal(missing[row.identity].original, row, keys) for key, row in stored.items()}
        add_originals(conn, sealed, actor=actor)
        nudge(conn, NUDGE_CHANNEL)
    if len(ids) < len(rows):  # somebody stored the same record between our look and our insert
        known |= {row.identity: row for row in list_known(conn, [key for key in missing if key not in ids])}

    fresh = {
        row.identity: KnownRecord(ids[row.identity], row.receipt_number, row.identity, row.content_hash)
        for row in rows
        if row.identity in ids
    }
    return _answers(records, known | fresh, set(fresh), codes)


def _answers(
    records: Sequence[_Record], stored: dict[bytes, KnownRecord], unannounced: set[bytes], codes: dict[bytes, str]
) -> list[Registered]:
    """The first record of a fresh row is `new`; whatever follows with the same identity was already here."""
    answers = []
    for record in records:
        row = stored[record.identity]
        if record.identity in unannounced:
            unannounced.remove(record.identity)
            answers.append(Registered("new", row.id, row.receipt_number, codes.get(record.identity)))
        elif row.content_hash != record.content_hash:
            answers.append(Registered("conflict", row.id, row.receipt_number))
        else:
            answers.append(Registered("already_here", row.id, row.receipt_number))
    return answers


def _prepare(new: NewSubmission, keys: Keys) -> _Record:
    cleaned = clean_submission(new)
    return _Record(new, cleaned, identity(cleaned, keys), content_hash(cleaned, keys))


def _new_row(
    record: _Record, serial: int, day: date, *, now: datetime, keys: Keys, import_id: int | None, code: str | None
) -> NewRow:
    new = record.cleaned
    names = (new.submitter_name,) if new.submitter_name else ()
    # a name that the letter shows to be one is masked in the title and the place too
    title, body, place = (part.text for part in redact_together((new.title, new.body, new.place), names))
    return NewRow(
        receipt_number=receipt_number(day, serial),
        channel=new.channel.value,
        source=new.source,
        source_id=new.source_id,
        identity=record.identity,
        content_hash=record.content_hash,
        title=title,
        body=body,
        submitted_at=new.submitted_at or now,
        received_at=now,
        submitter_key=person_key(new, keys),
        submitter_name=mask_name(new.submitter_name),
        place=place,
        declared_appeal_type=new.appeal_type.value if new.appeal_type else None,
        confidential=new.confidential,
        likes=new.likes,
        comments=new.comments,
        reposts=new.reposts,
        details=json.dumps(_redact_details(dict(new.details), names), ensure_ascii=False),
        import_id=import_id,
        query_code_hash=query_code_hash(code, keys) if code else None,
        # secrecy goes first
        publish_consent=new.publish_consent and not new.confidential,
    )


def _redact_details(value: Any, names: tuple[str, ...]) -> Any:
    """Columns without a home are text of people too."""
    if isinstance(value, str):
        return redact(clean_text(value), names).text
    if isinstance(value, dict):
        return {clean_line(str(key)): _redact_details(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redact_details(item, names) for item in value]
    return value


def _seal(new: NewSubmission, row: NewRow, keys: Keys) -> bytes:
    original = OriginalContent(
        title=new.title,
        body=new.body,
        submitter_name=new.submitter_name,
        submitter_contact=new.submitter_contact,
        submitter_handle=new.submitter_handle,
    )
    return encrypt_original(original, keys, receipt_number=row.receipt_number)

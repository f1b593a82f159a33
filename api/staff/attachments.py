"""Attachments for pages and JSON alike: read what was sent, add, list, hand out, take off."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from fastapi import UploadFile
from fastapi.responses import Response

from api.citizens.citizen import find_letter
from api.dependencies import limit_attempts
from api.runtime import Runtime
from api.staff.casework import load_case
from api.staff.export_log import record_export
from intake import repository as submissions
from intake.attachments import MOST_BYTES, CheckedFile, Upload, check_uploads
from intake.redaction import redact_together
from models.account import Account
from models.attachment import Attachment
from models.case import TRANSITIONS, Assignment, Case, CaseAction
from models.database import Connection
from models.errors import Conflict, Forbidden, NotFound
from routing.casework import attachment_repository, attachments

UPLOADS_PER_HOUR = 60
VIEWS_PER_HOUR = 300
# What the file dialog offers; what is taken is decided by the content.
ACCEPT_SENT = "image/jpeg,image/png,image/webp,application/pdf"
ACCEPT_STAFF = ACCEPT_SENT + ",.docx,.xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentsView:
    """`hidden`: how many came with the letter that this person may not see. `removable`: numbers."""

    shown: list[Attachment]
    hidden: int
    may_add: bool
    may_give: bool
    removable: frozenset[int]


def read_uploads(files: list[UploadFile]) -> list[Upload]:
    """The chosen files; a browser sends an empty part where none was chosen."""
    chosen = [file for file in files if file.filename or file.size]
    # one byte more tells that it is too long
    return [Upload(file.filename or "", file.file.read(MOST_BYTES + 1)) for file in chosen]


def check_sent(files: list[UploadFile]) -> list[CheckedFile]:
    """From a citizen. Raises `Invalid`."""
    return check_uploads(read_uploads(files), most=attachments.MOST_SENT, office=False)


def add_to_letter(
    conn: Connection, runtime: Runtime, submission_id: int, files: list[CheckedFile], *, now: datetime
) -> list[Attachment]:
    """From the submitter; personal data in the names are masked, as in the letter. Raises `Invalid`, `Conflict`."""
    if not files:
        return []
    name = submissions.get_original(conn, submission_id, runtime.keys).submitter_name
    return attachments.add_sent(conn, submission_id, _masked(files, name), runtime.keys, now=now)


def add_by_code(
    conn: Connection, runtime: Runtime, number: str, code: str, files: list[CheckedFile], *, now: datetime
) -> list[Attachment]:
    """Raises `NotFound` as following a letter does."""
    return add_to_letter(conn, runtime, find_letter(conn, runtime, number, code).id, files, now=now)


def list_own(conn: Connection, runtime: Runtime, number: str, code: str) -> list[Attachment]:
    """What the submitter sees. Raises `NotFound`."""
    return attachment_repository.list_for_submitter(conn, find_letter(conn, runtime, number, code).id)


def fetch_own(conn: Connection, runtime: Runtime, number: str, code: str, attachment_id: int) -> Response:
    for found in list_own(conn, runtime, number, code):
        if found.id == attachment_id:
            return as_file(found, attachments.read_content(conn, found, runtime.keys))
    raise NotFound("没有找到这个附件。")


def thumbnails(conn: Connection, runtime: Runtime, found: list[Attachment]) -> dict[int, str]:
    """As addresses with the picture in them: a submitter has no session that could fetch one."""
    return {
        a.id: "data:image/jpeg;base64,"
        + b64encode(attachments.read_content(conn, a, runtime.keys, thumbnail=True)).decode()
        for a in found
        if a.kind.is_picture
    }


def view_attachments(
    conn: Connection, account: Account, case: Case, assignments: list[Assignment], *, now: datetime
) -> AttachmentsView:
    shown, hidden = attachments.list_seen(conn, case, assignments, account, now=now)
    allowed = TRANSITIONS[case.status]
    return AttachmentsView(
        shown=shown,
        hidden=hidden,
        may_add=CaseAction.ATTACH in allowed and attachments.can_attach(account, assignments),
        may_give=attachments.can_give(account, assignments),
        removable=frozenset(
            a.id
            for a in shown
            if CaseAction.DETACH in allowed
            and a.submission_id == case.submission_id
            and attachments.can_detach(account, a, assignments)
        ),
    )


def list_of_case(
    conn: Connection, runtime: Runtime, account: Account, case_number: str, *, now: datetime
) -> AttachmentsView:
    """Raises `NotFound`."""
    case, assignments = load_case(conn, account, case_number)
    return view_attachments(conn, account, case, assignments, now=now)


def attach(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    case_number: str,
    files: list[UploadFile],
    *,
    for_submitter: bool,
    now: datetime,
) -> AttachmentsView:
    """Staff add files. Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict`, `TooMany`."""
    case, assignments = load_case(conn, account, case_number)
    if not attachments.can_attach(account, assignments):
        raise Forbidden(f"{account.role.label}不能添加附件。")
    if CaseAction.ATTACH not in TRANSITIONS[case.status]:
        raise Conflict(f"工单{case.status.label}，不能添加附件。")
    limit_attempts(runtime, f"attach:{account.id}", UPLOADS_PER_HOUR, now=now)
    checked = check_uploads(read_uploads(files), most=attachments.MOST_OF_STAFF, office=True)
    name = submissions.get_original(conn, case.submission_id, runtime.keys).submitter_name
    attachments.attach(
        conn,
        case,
        assignments,
        account,
        _masked(checked, name),
        runtime.keys,
        for_submitter=for_submitter,
        now=now,
    )
    return list_of_case(conn, runtime, account, case_number, now=now)


def detach(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    case_number: str,
    attachment_id: int,
    *,
    reason: str,
    now: datetime,
) -> AttachmentsView:
    """Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict`."""
    case, assignments = load_case(conn, account, case_number)
    name = submissions.get_original(conn, case.submission_id, runtime.keys).submitter_name
    [masked] = redact_together((reason,), (name,))
    attachments.detach(conn, case, assignments, account, attachment_id, reason=masked.text, now=now)
    return list_of_case(conn, runtime, account, case_number, now=now)


def fetch(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    case_number: str,
    attachment_id: int,
    *,
    thumbnail: bool = False,
    now: datetime,
) -> Response:
    """A file for staff; each but a thumbnail is a line in the log of what left the house.

    Raises `NotFound`, `TooMany`."""
    case, assignments = load_case(conn, account, case_number)
    found = attachments.get_attachment(conn, case, assignments, account, attachment_id, now=now)
    if thumbnail:
        return as_file(found, attachments.read_content(conn, found, runtime.keys, thumbnail=True), thumbnail=True)
    limit_attempts(runtime, f"attachments:{account.id}", VIEWS_PER_HOUR, now=now)
    record_export(
        conn,
        account,
        what="附件",
        file_format=found.kind.value,
        criteria=f"工单{case.case_number}，附件{found.id}",
        row_count=1,
        actor=account.actor,
        now=now,
        zone=runtime.settings.zone,
    )
    return as_file(found, attachments.read_content(conn, found, runtime.keys))


def as_file(found: Attachment, content: bytes, *, thumbnail: bool = False) -> Response:
    """Only the pictures that we wrote ourselves open in the browser; everything else is saved. Nothing in it runs."""
    inline = found.kind.is_picture
    disposition = "inline" if inline else "attachment"
    return Response(
        content,
        media_type="image/jpeg" if thumbnail else found.kind.media_type,
        headers={
            "Content-Disposition": f"{disposition}; filename=\"file{found.kind.suffix}\"; filename*=UTF-8''"
            + quote(found.name, safe=""),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox;"
            " frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def _masked(files: list[CheckedFile], name: str) -> list[CheckedFile]:
    stems = redact_together(tuple(file.name.rsplit(".", 1)[0] for file in files), (name,))
    return [file.renamed(stem.text) for file, stem in zip(files, stems, strict=True)]

"""Who may add, see and take off attachments 附件, and what of it stands in the chain of the case.

Pictures may show a face or a house number: where a letter is confidential or a report, what came with it is shown only
to who has stated a reason and may know who wrote (`routing.casework.disclosure`), as name and contact are.
"""

from collections.abc import Sequence
from datetime import datetime

from intake.attachments import CheckedFile
from intake.encryption import Keys, open_content, seal_content
from models.account import CITIZEN_ACTOR, Account, Role
from models.attachment import Attachment
from models.case import Assignment, AssignmentRole, Case, CaseAction
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid, NotFound
from routing import case_repository, lifecycle, protection
from routing.casework import attachment_repository as rows
from routing.casework import disclosure, merge_repository
from routing.casework.returns import text_of

MOST_SENT = 5
MOST_OF_STAFF = 20
MOST_BYTES_SENT = 30 * 1024 * 1024
MOST_BYTES_OF_STAFF = 100 * 1024 * 1024
_ADDING = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.OFFICER})


def add_sent(
    conn: Connection, submission_id: int, files: Sequence[CheckedFile], keys: Keys, *, now: datetime
) -> list[Attachment]:
    """From the submitter, with the letter or afterwards; what is there already is not stored again. Gives all that are
    there. Raises `Invalid` above the limits, `Conflict` where the case is no longer worked on."""
    case_repository.lock_submission(conn, submission_id)
    there = rows.list_sent(conn, submission_id)
    known = {a.received_sha256 for a in there if a.removed_at is None}
    new = [file for file in files if file.received_sha256 not in known]
    # what was taken off counts too, or there would be no end to it
    if len(there) + len(new) > MOST_SENT:
        raise _too_many(f"一封信最多{MOST_SENT}个附件。")
    if sum(a.size for a in there) + sum(len(file.content) for file in new) > MOST_BYTES_SENT:
        raise _too_many("附件加起来超过30 MB。")
    case = case_repository.find_case_of_submission(conn, submission_id)
    if new and case is not None:
        if not case.status.is_open:
            raise Conflict("这封信已经办结，不能再补充附件。")
        payload = {"by_submitter": True, "files": [_line(file, named=False) for file in new]}
        # the head first, as its completion does: whoever works on it is told there
        head = merge_repository.lock_cases(conn, [case.merged_into])[case.merged_into] if case.merged_into else None
        lifecycle.act_beside(conn, case, CaseAction.ATTACH, payload, actor=CITIZEN_ACTOR, now=now)
        if head is not None and head.status.is_open:
            told = payload | {"member": case.case_number}
            lifecycle.act_beside(conn, head, CaseAction.ATTACH, told, actor=CITIZEN_ACTOR, now=now)
    for file in new:
        _add(conn, submission_id, None, file, keys, actor=CITIZEN_ACTOR, now=now)
    return [a for a in rows.list_sent(conn, submission_id) if a.removed_at is None]


def attach(
    conn: Connection,
    case: Case,
    assignments: Sequence[Assignment],
    account: Account,
    files: Sequence[CheckedFile],
    keys: Keys,
    *,
    for_submitter: bool,
    now: datetime,
) -> Case:
    """A unit or the centre adds files; `for_submitter`: they go to the submitter with the next reply. The same file
    once more changes nothing. Raises `Forbidden`, `Invalid`, `Conflict` (status, or changed meanwhile)."""
    if not can_attach(account, assignments):
        raise Forbidden(f"{account.role.label}不能添加附件。")
    if for_submitter and not can_give(account, assignments):
        raise Forbidden("只有主办单位可以随答复发附件。")
    if not files:
        raise _too_many("请选择文件。")
    case_repository.lock_submission(conn, case.submission_id)
    there = [a for a in rows.list_of_case(conn, case) if a.case_id == case.id]
    known = {(a.received_sha256, a.for_submitter) for a in there if a.removed_at is None}
    new = [file for file in files if (file.received_sha256, for_submitter) not in known]
    if not new:
        return case
    if len(there) + len(new) > MOST_OF_STAFF:
        raise _too_many(f"一件工单最多{MOST_OF_STAFF}个附件。")
    if sum(a.size for a in there) + sum(len(file.content) for file in new) > MOST_BYTES_OF_STAFF:
        raise _too_many("工单的附件加起来超过100 MB。")
    payload = {
        "by_submitter": False,
        "for_submitter": for_submitter,
        "files": [_line(file, named=True) for file in new],
    }
    moved = lifecycle.act_beside(conn, case, CaseAction.ATTACH, payload, actor=account.actor, now=now)
    for file in new:
        _add(
            conn,
            case.submission_id,
            case.id,
            file,
            keys,
            department_id=account.department_id,
            for_submitter=for_submitter,
            actor=account.actor,
            now=now,
        )
    return moved


def detach(
    conn: Connection,
    case: Case,
    assignments: Sequence[Assignment],
    account: Account,
    attachment_id: int,
    *,
    reason: str,
    now: datetime,
) -> Case:
    """It is shown to nobody any more; content and row stay.

    Raises `NotFound`, `Forbidden`, `Invalid` without a reason."""
    found = get_attachment(conn, case, assignments, account, attachment_id, now=now)
    if found.by_submitter and found.submission_id != case.submission_id:
        raise Conflict("这是并入的工单的附件，请在那件工单移除。")
    if not can_detach(account, found, assignments):
        raise Forbidden("只能移除本单位添加的附件；诉求人发来的由派单员移除。")
    reason = text_of(reason, "移除的理由")
    payload = {
        "by_submitter": found.by_submitter,
        "file": {"id": found.id, "sha256": found.sha256.hex()} | ({} if found.by_submitter else {"name": found.name}),
        "reason": reason,
    }
    moved = lifecycle.act_beside(conn, case, CaseAction.DETACH, payload, actor=account.actor, now=now)
    rows.add_removal(conn, found.id, reason=reason, actor=account.actor, now=now)
    return moved


def list_seen(
    conn: Connection, case: Case, assignments: list[Assignment], account: Account, *, now: datetime
) -> tuple[list[Attachment], int]:
    """Those that this person may see, and how many that came with the letter are hidden from them."""
    there = [a for a in rows.list_of_case(conn, case) if a.removed_at is None]
    if sees_sent(conn, case, assignments, account, now=now):
        return there, 0
    own = [a for a in there if not a.by_submitter]
    return own, len(there) - len(own)


def get_attachment(
    conn: Connection,
    case: Case,
    assignments: Sequence[Assignment],
    account: Account,
    attachment_id: int,
    *,
    now: datetime,
) -> Attachment:
    """Raises `NotFound` for what is not of this case, was removed, or is hidden from this person."""
    seen, _ = list_seen(conn, case, list(assignments), account, now=now)
    for found in seen:
        if found.id == attachment_id:
            return found
    raise NotFound("没有找到这个附件，或您无权查看。")


def sees_sent(conn: Connection, case: Case, assignments: list[Assignment], account: Account, *, now: datetime) -> bool:
    """Whether what came with the letter may be shown to this person now."""
    if not (case.confidential or protection.is_protected(conn, case)):
        return True
    return disclosure.find_open(conn, account, case, assignments, now=now) is not None


def can_attach(account: Account, assignments: Sequence[Assignment]) -> bool:
    return account.role in _ADDING and (account.role is not Role.OFFICER or bool(_roles(account, assignments)))


def can_give(account: Account, assignments: Sequence[Assignment]) -> bool:
    """Whether it may go to the submitter: the reply is the leading unit's."""
    return account.role is Role.OFFICER and AssignmentRole.LEAD in _roles(account, assignments)


def can_detach(account: Account, found: Attachment, assignments: Sequence[Assignment]) -> bool:
    if account.role is Role.DISPATCHER or found.by_submitter:
        return account.role is Role.DISPATCHER
    return can_attach(account, assignments) and found.department_id == account.department_id


def read_content(conn: Connection, found: Attachment, keys: Keys, *, thumbnail: bool = False) -> bytes:
    """In the clear. Raises `NotFound` for the thumbnail of what is no picture, `Unavailable` under another key."""
    sealed = rows.get_content(conn, found.id, thumbnail=thumbnail)
    return open_content(sealed, keys, name=_seal_name(found.sha256, thumbnail))


def _roles(account: Account, assignments: Sequence[Assignment]) -> set[AssignmentRole]:
    return {a.role for a in assignments if a.ended_at is None and a.department_id == account.department_id}


def _add(
    conn: Connection,
    submission_id: int,
    case_id: int | None,
    file: CheckedFile,
    keys: Keys,
    *,
    department_id: str | None = None,
    for_submitter: bool = False,
    actor: str,
    now: datetime,
) -> None:
    small = file.thumbnail
    rows.add_attachment(
        conn,
        submission_id,
        case_id,
        file,
        sealed=seal_content(file.content, keys, name=_seal_name(file.sha256, False)),
        sealed_thumbnail=seal_content(small, keys, name=_seal_name(file.sha256, True)) if small else None,
        department_id=department_id,
        for_submitter=for_submitter,
        actor=actor,
        now=now,
    )


def _seal_name(sha256: bytes, thumbnail: bool) -> str:
    return f"{sha256.hex()}/{'thumbnail' if thumbnail else 'content'}"


def _line(file: CheckedFile, *, named: bool) -> dict[str, object]:
    """For the event. The name of what a submitter sent may tell who they are."""
    said: dict[str, object] = {"kind": file.kind.value, "size": len(file.content), "sha256": file.sha256.hex()}
    return said | ({"name": file.name} if named else {})


def _too_many(message: str) -> Invalid:
    return Invalid(message, {"files": message})

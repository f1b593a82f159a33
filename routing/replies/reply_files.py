"""Which attachments go with a reply, to whom, and what of them reaches the writers of merged letters?

Staff's own files can be chosen, never what a submitter sent: that is theirs, and may show who they are. Where nobody
chose, what was uploaded for the submitter goes with the next reply of its unit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models.attachment import Attachment, FileAudience, FileChoices
from models.case import Case, Reply
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import protection
from routing.casework import attachment_repository
from routing.replies import reply_file_repository as rows

USUAL = FileAudience.WRITERS


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFile:
    """A file that can go with the reply. `audience` None: it stays. `sent_at`: it went with an earlier one."""

    file: Attachment
    audience: FileAudience | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingFile:
    """A file that goes with a reply, under the name that its readers see."""

    id: int
    name: str
    sha256: bytes
    audience: FileAudience

    def shown(self, *, public: bool) -> "GoingFile":
        """Beside a reply that is not published, neither is the file."""
        return self if public or self.audience is not FileAudience.PUBLIC else replace(self, audience=USUAL)


def offer(conn: Connection, case: Case, chosen: FileChoices, *, department_id: str | None) -> list[OfferedFile]:
    """The files that can go with a reply of this unit, as chosen, else as is usual."""
    sent = rows.list_sent_at(conn, case.id)
    files = _choosable(conn, case)
    usual = {f.id: USUAL for f in files if f.for_submitter and f.department_id == department_id and f.id not in sent}
    return [
        OfferedFile(file=f, audience=chosen[f.id] if f.id in chosen else usual.get(f.id), sent_at=sent.get(f.id))
        for f in files
    ]


def choose(
    conn: Connection, case: Case, chosen: FileChoices, *, department_id: str | None, public: bool
) -> list[GoingFile]:
    """What goes with the reply. Raises `Invalid` for a file that cannot, and for one that is to be published with a
    reply that is not."""
    offered = offer(conn, case, chosen, department_id=department_id)
    wanted = {id_ for id_, audience in chosen.items() if audience is not None}
    if wanted - {one.file.id for one in offered}:
        raise Invalid("有的附件不能随答复发出，或已被移除，请重新选择。", {"file": "请重新选择附件"})
    going = [_going(one.file, one.audience) for one in offered if one.audience is not None]
    _check_published(going, public=public)
    return going


def is_same(conn: Connection, case: Case, one: FileChoices, other: FileChoices, *, department_id: str | None) -> bool:
    """Whether both choices mean the same files: what is usual need not be said."""
    if one == other:
        return True
    first, second = (offer(conn, case, choices, department_id=department_id) for choices in (one, other))
    return first == second


def exactly(conn: Connection, case: Case, chosen: FileChoices, *, public: bool) -> list[GoingFile]:
    """What was submitted, no more and no less. Raises `Conflict` where one of them was taken off since."""
    files = {file.id: file for file in _choosable(conn, case)}
    wanted = {id_: audience for id_, audience in chosen.items() if audience is not None}
    if gone := wanted.keys() - files.keys():
        raise Conflict(f"送审的附件有{len(gone)}个已被移除，请退回修改。")
    going = [_going(files[id_], audience) for id_, audience in sorted(wanted.items())]
    _check_published(going, public=public)
    return going


def send(conn: Connection, reply_id: int, going: Sequence[GoingFile], *, actor: str) -> None:
    rows.add_files(conn, reply_id, [(file.id, file.audience, file.name) for file in going], actor=actor)


def pass_on(
    conn: Connection, head: Case, replies: Sequence[Reply], *, for_others: Callable[[str], str]
) -> dict[int, list[GoingFile]]:
    """By reply of `head`: its files for the writers of letters that are merged into it, under names that tell nobody of
    the first. None of a case that protects who wrote: a file cannot be masked as its text is."""
    if protection.is_protected(conn, head):
        return {}
    given: dict[int, list[GoingFile]] = {}
    for file in rows.list_files(conn, [reply.id for reply in replies]):
        if file.audience is not FileAudience.WRITER:
            going = GoingFile(
                id=file.attachment_id, name=for_others(file.name), sha256=file.sha256, audience=file.audience
            )
            given.setdefault(file.reply_id, []).append(going)
    return given


def told(going: Sequence[GoingFile]) -> dict[str, Any]:
    """For the event; nothing where nothing goes."""
    files = [
        {"id": file.id, "name": file.name, "sha256": file.sha256.hex(), "audience": file.audience.value}
        for file in going
    ]
    return {"files": files} if files else {}


def _choosable(conn: Connection, case: Case) -> list[Attachment]:
    there = attachment_repository.list_of_case(conn, case)
    return [file for file in there if file.case_id == case.id and file.removed_at is None]


def _going(file: Attachment, audience: FileAudience) -> GoingFile:
    return GoingFile(id=file.id, name=file.name, sha256=file.sha256, audience=audience)


def _check_published(going: Sequence[GoingFile], *, public: bool) -> None:
    if not public and any(file.audience is FileAudience.PUBLIC for file in going):
        raise Invalid("答复不公开，附件不能随答复公开。", {"file": "请改为只给诉求人，或公开答复"})

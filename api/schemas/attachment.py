"""What programs read of attachments."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from api.criteria import LARGEST_ID
from api.staff.attachments import AttachmentsView
from models.attachment import Attachment, AttachmentKind, FileAudience, FileChoices


class AttachmentOut(BaseModel):
    """`size` in bytes; `sha256` of the stored file, in hexadecimal."""

    id: int
    name: str
    kind: AttachmentKind
    size: int
    width: int | None
    height: int | None
    sha256: str
    by_submitter: bool
    for_submitter: bool
    department_id: str | None
    at: datetime

    @classmethod
    def of(cls, found: Attachment) -> Self:
        return cls(
            id=found.id,
            name=found.name,
            kind=found.kind,
            size=found.size,
            width=found.width,
            height=found.height,
            sha256=found.sha256.hex(),
            by_submitter=found.by_submitter,
            for_submitter=found.for_submitter,
            department_id=found.department_id,
            at=found.at,
        )


class AttachmentsOut(BaseModel):
    attachments: list[AttachmentOut]
    hidden: int = Field(description="随来信发来而不向您显示的附件数：举报和保密事项须先说明原因")

    @classmethod
    def of(cls, view: AttachmentsView) -> Self:
        return cls(attachments=[AttachmentOut.of(a) for a in view.shown], hidden=view.hidden)


class FileChoice(BaseModel):
    """An attachment of the case that goes with the reply; `audience` null: it stays."""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(ge=1, le=LARGEST_ID)
    audience: FileAudience | None


FileList = Annotated[list[FileChoice], Field(max_length=100)]


def choices_of(files: list[FileChoice] | None) -> FileChoices | None:
    return None if files is None else {file.id: file.audience for file in files}


class RemovalIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=5000)

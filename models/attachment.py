"""An attachment 附件: a picture or a document beside a letter or a case, as stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from models.labels import LabelledEnum


class AttachmentKind(LabelledEnum):
    """What the content is, found by opening it; never what its name or the browser says."""

    JPEG = "jpeg", "图片"
    PNG = "png", "截图"
    PDF = "pdf", "PDF文件"
    DOCX = "docx", "Word文件"
    XLSX = "xlsx", "Excel表格"

    @property
    def is_picture(self) -> bool:
        return self in (AttachmentKind.JPEG, AttachmentKind.PNG)

    @property
    def media_type(self) -> str:
        return _MEDIA[self.value][0]

    @property
    def suffix(self) -> str:
        return _MEDIA[self.value][1]


class FileAudience(LabelledEnum):
    """Whom an attachment goes to with a reply. The text of a reply reaches others with what names the first writer
    masked; a file cannot be masked, so that somebody says it."""

    WRITER = "writer", "只给来信人"
    WRITERS = "writers", "也给并入来件的诉求人"
    PUBLIC = "public", "随答复公开"


# By number of the attachment: whom it goes to with the reply, None for one that stays. For one that is not named, what
# is usual.
FileChoices: TypeAlias = Mapping[int, FileAudience | None]

_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEDIA = {
    "jpeg": ("image/jpeg", ".jpg"),
    "png": ("image/png", ".png"),
    "pdf": ("application/pdf", ".pdf"),
    "docx": (f"{_OFFICE}.wordprocessingml.document", ".docx"),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", ".xlsx"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """`case_id` is None for what the submitter sent: it belongs to the letter. `size` in bytes, `width` and `height` in
    pixels (pictures only), `sha256` of what is stored, `received_sha256` of what was sent. `for_submitter`: staff gave
    it for the submitter, who sees it with the next reply. `removed_at`: it is kept, and no longer shown."""

    id: int
    submission_id: int
    case_id: int | None
    department_id: str | None
    name: str
    kind: AttachmentKind
    size: int
    width: int | None
    height: int | None
    received_sha256: bytes
    sha256: bytes
    for_submitter: bool
    at: datetime
    actor: str
    removed_at: datetime | None
    removed_by: str | None
    removal_reason: str

    @property
    def by_submitter(self) -> bool:
        return self.case_id is None

    @property
    def size_text(self) -> str:
        return f"{self.size / 1_048_576:.1f} MB" if self.size >= 1_048_576 else f"{max(1, self.size // 1024)} KB"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFile:
    """An attachment that went with a reply, under the `name` that whoever got it reads."""

    reply_id: int
    attachment_id: int
    audience: FileAudience
    name: str
    sha256: bytes

"""Which files we take, and what of them we keep. Pure: the type is found in the content, whatever it is called."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace

from intake.office_scan import check_office
from intake.pdf_scan import check_pdf
from intake.pictures import rewrite_picture
from models.attachment import AttachmentKind
from models.errors import Invalid

MOST_BYTES = 10 * 1024 * 1024
MOST_BYTES_TOGETHER = 30 * 1024 * 1024
LONGEST_NAME = 60

_HEIC = re.compile(rb"....ftyp(?:heic|heix|hevc|heim|heis|mif1|msf1|avif)", re.DOTALL)
# Control characters, and what turns the reading direction around ("gpj.exe" shown as "exe.jpg").
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNSAFE = re.compile(r"[\\/:*?\"<>|'`%;=&]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, untrusted."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """What is kept of it. `thumbnail` (a JPEG) and the sides are there for pictures."""

    name: str
    kind: AttachmentKind
    content: bytes
    thumbnail: bytes | None
    width: int | None
    height: int | None
    received_sha256: bytes

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    def renamed(self, stem: str) -> "CheckedFile":
        return replace(self, name=clean_name(stem, self.kind))


def check_uploads(uploads: list[Upload], *, most: int, office: bool) -> list[CheckedFile]:
    """Each file checked and rewritten; the same file twice is one. `office`: Word and Excel files are taken too.

    Raises `Invalid` (field `files`) naming the file that cannot be taken and why."""
    if len(uploads) > most:
        raise _refused(f"最多上传{most}个文件，现在选了{len(uploads)}个。")
    if sum(len(upload.data) for upload in uploads) > MOST_BYTES_TOGETHER:
        raise _refused(f"文件加起来超过{MOST_BYTES_TOGETHER // 1048576} MB，请少选几个。")
    checked: dict[bytes, CheckedFile] = {}
    for number, upload in enumerate(uploads, 1):
        try:
            file = check_upload(upload, office=office)
        except Invalid as error:
            raise _refused(f"第{number}个文件“{shown_name(upload.name)}”：{error.message}") from error
        checked.setdefault(file.received_sha256, file)
    return list(checked.values())


def check_upload(upload: Upload, *, office: bool) -> CheckedFile:
    """Raises `Invalid` with the reason."""
    data = upload.data
    if not data:
        raise Invalid("是空文件。")
    if len(data) > MOST_BYTES:
        raise Invalid(f"超过{MOST_BYTES // 1048576} MB。")
    received = hashlib.sha256(data).digest()
    if found := _picture_type(data):
        picture = rewrite_picture(data, found)
        kind = AttachmentKind.PNG if picture.is_png else AttachmentKind.JPEG
        return CheckedFile(
            name=clean_name(upload.name, kind),
            kind=kind,
            content=picture.content,
            thumbnail=picture.thumbnail,
            width=picture.width,
            height=picture.height,
            received_sha256=received,
        )
    if data.startswith(b"%PDF-"):
        check_pdf(data)
        kind = AttachmentKind.PDF
    elif office and data.startswith(b"PK\x03\x04"):
        kind = check_office(data)
    elif _HEIC.match(data):
        raise Invalid("是HEIC格式的照片，请在手机相机设置里改用“兼容性最佳”，或者截图后上传。")
    else:
        raise Invalid(f"只能上传照片（JPG、PNG、WebP）{'、PDF、Word和Excel文件' if office else '和PDF文件'}。")
    return CheckedFile(
        name=clean_name(upload.name, kind),
        kind=kind,
        content=data,
        thumbnail=None,
        width=None,
        height=None,
        received_sha256=received,
    )


def clean_name(name: str, kind: AttachmentKind) -> str:
    """A name that means nothing to a file system, a header or a reader's eye but itself; ends as its content is."""
    stem = shown_name(name)
    known = tuple({k.suffix for k in AttachmentKind} | {".jpeg", ".webp"})
    while stem.lower().endswith(known):
        stem = stem[: stem.rindex(".")]
    return (stem.strip(" .")[:LONGEST_NAME].strip(" .") or kind.label) + kind.suffix


def shown_name(name: str) -> str:
    """The last part of the name without what cannot be seen."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(c for c in last if unicodedata.category(c) not in _INVISIBLE)
    return _UNSAFE.sub("_", seen).strip(" .")[: LONGEST_NAME * 2]


def _picture_type(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if data.startswith(b"RIFF") and data[8:12] == b"WEBP" else ""


def _refused(message: str) -> Invalid:
    return Invalid(message, {"files": message})

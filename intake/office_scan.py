"""Is this a Word or Excel file without programs in it? Its parts are opened; the file is kept as it came.

Refused: macros, embedded objects, programs, parts fetched from elsewhere (a template, a picture, a frame; a plain link
is none), and archives that unpack to very much. Formulas stay: whoever opens the file has Excel ask before it fetches.
"""

import io
import re
import zipfile
import zlib

from models.attachment import AttachmentKind
from models.errors import Invalid

MOST_PARTS = 2000
MOST_UNPACKED = 100 * 1024 * 1024
_PIECE = 1024 * 1024
_MAIN = {"word/document.xml": AttachmentKind.DOCX, "xl/workbook.xml": AttachmentKind.XLSX}
_ACTIVE = re.compile(
    r"vbaProject|vbaData|/embeddings/|activeX|oleObject|customUI|externalLinks/|\.(?:exe|dll|js|vbs)$", re.I
)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']")
_LINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")


def check_office(data: bytes) -> AttachmentKind:
    """Raises `Invalid` for another archive, a broken one, or one with what is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _check(archive)
    # zipfile says RuntimeError for a password, and for a way of packing that it does not know
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Invalid("文件打不开，可能没有传完整、已损坏或设了密码。") from error


def _check(archive: zipfile.ZipFile) -> AttachmentKind:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    kinds = [kind for name, kind in _MAIN.items() if name in names]
    if len(kinds) != 1 or "[Content_Types].xml" not in names:
        raise Invalid("只能上传图片、PDF、Word（docx）和Excel（xlsx）文件。")
    if len(parts) > MOST_PARTS or len(names) != len(parts) or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Invalid("文件内容太多，无法检查。")
    if any(_ACTIVE.search(name) for name in names):
        raise Invalid("文件里有宏或嵌入的对象，不能接收。请另存为不带宏的文件。")
    left = MOST_UNPACKED
    for part in parts:
        text = _unpacked(archive, part, left)
        left -= len(text)
        if part.filename.endswith(".rels"):
            _check_relations(text)
        if part.filename == "[Content_Types].xml" and b"macroEnabled" in text:
            raise Invalid("文件里有宏，不能接收。请另存为不带宏的文件。")
    return kinds[0]


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> bytes:
    """What a part says of its size may be a lie: read piece by piece."""
    pieces, count = [], 0
    with archive.open(part) as opened:
        while piece := opened.read(_PIECE):
            count += len(piece)
            if count > room:
                raise Invalid("文件内容太多，无法检查。")
            pieces.append(piece)
    return b"".join(pieces)


def _check_relations(text: bytes) -> None:
    for relation in _RELATION.findall(text):
        if _EXTERNAL.search(relation) and not _LINK.search(relation):
            raise Invalid("文件会从别处读取内容（模板或图片），不能接收。请另存后再传。")

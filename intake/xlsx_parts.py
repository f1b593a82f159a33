"""The parts of an .xlsx package, read with distrust: bounded size, no document types, no entities."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from models.errors import Invalid

NOT_A_WORKBOOK = "这不是有效的 .xlsx 文件，可能已损坏或只是改了扩展名，请重新导出。"
_TOO_LARGE = "文件解压后异常庞大，已拒绝读取。"

_MAX_ENTRIES = 10_000
_MAX_PART_BYTES = 6 << 30
_MAX_SMALL_PART_BYTES = 64 << 20
# A million equal rows compress to about a fiftieth; a bomb to a thousandth.
_MAX_RATIO = 250
_RATIO_MATTERS_FROM = 32 << 20
_MAX_TOKEN_BYTES = 1 << 20
_CHUNK = 1 << 16

Attributes = dict[str, str]

# Built-in number formats that show a date or a time.
_BUILTIN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NOT_A_FORMAT_LETTER = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Workbook:
    """`sheets` holds name and part of the worksheets in order; `dates` tells which cell styles show a date."""

    sheets: tuple[tuple[str, str], ...]
    shared_strings: str | None
    dates: tuple[bool, ...]
    from_1904: bool


def open_package(path: Path) -> zipfile.ZipFile:
    """Raises `Invalid` for what is no archive, or one that would unpack beyond reason."""
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, EOFError, RuntimeError) as error:
        raise Invalid(NOT_A_WORKBOOK) from error
    entries = package.infolist()
    if len(entries) > _MAX_ENTRIES or any(map(_is_bomb, entries)):
        package.close()
        raise Invalid(_TOO_LARGE)
    return package


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    """By the declared size: `zipfile` never hands out more than that."""
    if entry.file_size > _MAX_PART_BYTES:
        return True
    return entry.file_size > _RATIO_MATTERS_FROM and entry.file_size > _MAX_RATIO * max(entry.compress_size, 1)


def read_workbook(package: zipfile.ZipFile) -> Workbook:
    """Names, places and styles. Raises `Invalid` where the package is no workbook."""
    if "xl/workbook.xml" not in package.namelist():
        raise Invalid(NOT_A_WORKBOOK)
    targets = _read_targets(package)
    sheets: list[tuple[str, str]] = []
    from_1904 = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal from_1904
        if tag == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif tag == "sheet":
            relation = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            kind, target = targets.get(relation, ("", ""))
            if kind == "worksheet" and target in package.namelist():
                sheets.append((attributes.get("name", ""), target))

    parse_small(package, "xl/workbook.xml", start)
    shared = next((target for kind, target in targets.values() if kind == "sharedStrings"), None)
    return Workbook(tuple(sheets), shared if shared in package.namelist() else None, _read_dates(package), from_1904)


def _read_targets(package: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Relation id → kind and part."""
    targets: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            targets[attributes.get("Id", "")] = (kind, target)

    parse_small(package, "xl/_rels/workbook.xml.rels", start)
    return targets


def _read_dates(package: zipfile.ZipFile) -> tuple[bool, ...]:
    if "xl/styles.xml" not in package.namelist():
        return ()
    custom: dict[str, bool] = {}
    dates: list[bool] = []
    in_cell_formats = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal in_cell_formats
        if tag == "numFmt":
            custom[attributes.get("numFmtId", "")] = shows_date(attributes.get("formatCode", ""))
        elif tag == "cellXfs":
            in_cell_formats = True
        elif tag == "xf" and in_cell_formats:
            number = attributes.get("numFmtId", "0")
            dates.append(custom.get(number, number.isdigit() and int(number) in _BUILTIN_DATES))

    def end(tag: str) -> None:
        nonlocal in_cell_formats
        in_cell_formats = in_cell_formats and tag != "cellXfs"

    parse_small(package, "xl/styles.xml", start, end)
    return tuple(dates)


def shows_date(code: str) -> bool:
    """Whether a number format shows a date or a time of day; elapsed time ([h]:mm) is a number."""
    letters = _NOT_A_FORMAT_LETTER.sub("", code.partition(";")[0]).lower()
    return "[" not in letters and re.search(r"[ydhs]|mm", letters) is not None and "general" not in letters


def parse_small(
    package: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
) -> None:
    """Parse a part of modest size in one go. Raises `Invalid` where it is missing, large or broken."""
    try:
        info = package.getinfo(part)
    except KeyError as error:
        raise Invalid(NOT_A_WORKBOOK) from error
    if info.file_size > _MAX_SMALL_PART_BYTES:
        raise Invalid(_TOO_LARGE)
    with open_part(package, part) as stream:
        for _ in parse(stream, start, end):
            pass


def open_part(package: zipfile.ZipFile, part: str) -> IO[bytes]:
    """Raises `Invalid` for encrypted or unknown kinds of entries."""
    try:
        return package.open(part)
    # zipfile says RuntimeError for an entry with a password, or packed in a way that it does not know
    except (RuntimeError, zipfile.BadZipFile, OSError) as error:
        raise Invalid(NOT_A_WORKBOOK) from error


def parse(
    stream: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[int]:
    """Call back for each element (local names) and text; yields the bytes read so far after every chunk.

    Raises `Invalid` for broken XML, document types (so no entity can be declared) and tokens that would fill memory.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    total = 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            total += len(chunk)
            if total - max(parser.CurrentByteIndex, 0) > _MAX_TOKEN_BYTES:
                raise Invalid(_TOO_LARGE)
            yield total
        parser.Parse(b"", True)
        yield total
    except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise Invalid(NOT_A_WORKBOOK) from error


def _refuse_doctype(*_: object) -> None:
    raise Invalid("文件含有不允许的文档类型声明，已拒绝读取。")

"""A .csv file as a stream of rows: encoding and delimiter found out, memory bounded whatever is in it."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from intake.sheets import RawRow, Sheet
from models.errors import Invalid

# A field may be that long and is then judged by what it is for; beyond it a quote was never closed.
_MAX_CHARACTERS = 4_000_000
_CHUNK = 1 << 20
_SAMPLE_CHARACTERS = 100_000
# So much valid UTF-8 is no accident: what follows is a damaged file, not GB18030.
_CONVINCING_BYTES = 64
_DELIMITERS = ",\t;"
# What `surrogateescape` makes of bytes that are no text.
_DAMAGE = re.compile(r"[\udc80-\udcff]")


@contextmanager
def open_csv(path: Path) -> Iterator[Sheet]:
    """The file's rows. Raises `Invalid` for what is no table in text."""
    size = path.stat().st_size
    with path.open("rb") as binary:
        _refuse_other_formats(binary)
        encoding = _detect_encoding(binary)
    with (
        path.open("rb") as binary,
        io.TextIOWrapper(binary, encoding, errors="surrogateescape", newline="") as text,
    ):
        delimiter = _detect_delimiter(text)
        text.seek(0)
        yield Sheet("", _read_rows(text, delimiter), lambda: min(1.0, binary.tell() / size), cells_can_shift=True)


def _refuse_other_formats(binary: BinaryIO) -> None:
    head = binary.read(4096)
    if not head.strip():
        raise Invalid("文件是空的。")
    if head.lstrip().lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise Invalid("这是网页格式的文件，请用表格软件打开后另存为 .xlsx 或 .csv。")
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and head.count(0) * 10 > len(head):
        raise Invalid("这不是 .csv 或 .xlsx 表格文件。")


def _detect_encoding(binary: BinaryIO) -> str:
    """UTF-8, with or without mark, else UTF-16 with mark, else GB18030 if all of the file is; else `Invalid`."""
    binary.seek(0)
    head = binary.read(3)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    valid = _count_valid_bytes(binary, "utf-8")
    if head == codecs.BOM_UTF8 or valid is None or valid >= _CONVINCING_BYTES:
        return "utf-8-sig"
    if _count_valid_bytes(binary, "gb18030") is not None:
        raise Invalid("文件的编码无法识别，请另存为 UTF-8 编码的 .csv 或 .xlsx 再导入。")
    return "gb18030"


def _count_valid_bytes(binary: BinaryIO, encoding: str) -> int | None:
    """None where the whole file is valid; else the number of non-ASCII bytes before the first invalid one.

    A character cut off by the end of the file counts as valid: the row it stands in is judged by itself.
    """
    binary.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    seen = 0
    while chunk := binary.read(_CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return seen + _count_beyond_ascii(error.object[: error.start])
        seen += _count_beyond_ascii(chunk)
    return None


def _count_beyond_ascii(data: bytes) -> int:
    return len(data) - len(data.decode("ascii", "ignore"))


def _detect_delimiter(text: TextIO) -> str:
    """The one that cuts most of the first rows into equally many cells, and into more cells where two do."""
    lines = [line for line in islice(io.StringIO(text.read(_SAMPLE_CHARACTERS), newline=""), 50) if line.strip()]

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if len(cells) > 1)
        return max(((rows, width) for width, rows in widths.items()), default=(0, 0))

    return max(_DELIMITERS, key=regularity)


def _read_rows(text: TextIO, delimiter: str) -> Iterator[RawRow]:
    csv.field_size_limit(_MAX_CHARACTERS)
    ended = False
    last_line = ""

    def lines() -> Iterator[str]:
        nonlocal ended, last_line
        for line in _read_lines(text):
            last_line = line
            yield line
        ended = True

    number = 0
    try:
        for cells in csv.reader(lines(), delimiter=delimiter):
            number += 1
            if not any(cell.strip() for cell in cells):
                continue
            fault = ""
            if ended:  # the reader wanted more lines for this row: it is inside a quotation
                fault = "引号没有闭合，从这一行到文件末尾读成了一格，文件可能不完整。"
            elif any(_DAMAGE.search(cell) for cell in cells):
                fault = "含有损坏的字符，无法还原。"
            unterminated = not last_line.endswith(("\n", "\r"))
            yield RawRow(number, list(cells), fault, unterminated, breaks_off=ended)
    except csv.Error:
        yield RawRow(number + 1, [], "单元格过大或引号没有闭合，从这一行起无法继续读取。", breaks_off=True)


def _read_lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(_MAX_CHARACTERS):
        if len(line) == _MAX_CHARACTERS:
            raise csv.Error("line too long")
        yield line

"""An .xlsx workbook as a stream of rows (docs/decisions/0003-own-xlsx-stream.md)."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.shared_strings import MAX_CELL_CHARACTERS, SharedStrings, TextCollector
from intake.sheets import RawRow, Sheet
from intake.values import Cell, serial_to_datetime
from intake.xlsx_parts import Attributes, Workbook, open_package, open_part, parse, read_workbook
from models.errors import Invalid

_MAX_COLUMNS = 16_384
# How control characters are written: _x000D_ is a carriage return, _x005F_ the underline itself.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@contextmanager
def open_xlsx(path: Path) -> Iterator[Iterator[Sheet]]:
    """The worksheets in order; each is read while its rows are taken. Raises `Invalid`."""
    with open_package(path) as package:
        workbook = read_workbook(package)
        strings = SharedStrings.read(package, workbook.shared_strings)
        try:
            yield (_open_sheet(package, workbook, strings, name, part) for name, part in workbook.sheets)
        finally:
            strings.close()


def _open_sheet(package: zipfile.ZipFile, workbook: Workbook, strings: SharedStrings, name: str, part: str) -> Sheet:
    size = max(package.getinfo(part).file_size, 1)
    read = 0

    def rows() -> Iterator[RawRow]:
        nonlocal read
        reader = _RowReader(workbook, strings)
        with open_part(package, part) as stream:
            for position in parse(stream, reader.start, reader.end, reader.text):
                read = position
                yield from reader.take()

    return Sheet(name, rows(), lambda: min(1.0, read / size))


class _RowReader:
    """Turns the events of one worksheet into rows; holds the rows of one chunk at most."""

    def __init__(self, workbook: Workbook, strings: SharedStrings) -> None:
        self._workbook = workbook
        self._strings = strings
        self._inline = TextCollector()
        self._done: list[RawRow] = []
        self._row = 0
        self._cells: dict[int, Cell] = {}
        self._column = -1
        self._kind = "n"
        self._style = 0
        self._value: list[str] = []
        self._value_length = 0
        self._in_value = False

    def take(self) -> list[RawRow]:
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "c":
            reference = attributes.get("r", "")
            self._column = _column_index(reference) if reference else self._column + 1
            if self._column >= _MAX_COLUMNS:
                raise Invalid("表格的列数超出范围。")
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s") or 0)
        elif tag == "v":
            self._in_value = True
        elif tag == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._cells = {}
            self._column = -1
        elif self._kind == "inlineStr":
            self._inline.start(tag, attributes)

    def text(self, data: str) -> None:
        if self._in_value:
            if self._value_length <= MAX_CELL_CHARACTERS:
                self._value.append(data)
                self._value_length += len(data)
        elif self._kind == "inlineStr":
            self._inline.text(data)

    def end(self, tag: str) -> None:
        if tag == "v":
            self._in_value = False
        elif tag == "c":
            cell = self._take_cell()
            if cell != "":
                self._cells[self._column] = cell
        elif tag == "row":
            if any(not isinstance(cell, str) or cell.strip() for cell in self._cells.values()):
                width = max(self._cells) + 1
                self._done.append(RawRow(self._row, [self._cells.get(column, "") for column in range(width)]))
        elif self._kind == "inlineStr":
            self._inline.end(tag)

    def _take_cell(self) -> Cell:
        raw = "".join(self._value)
        self._value.clear()
        self._value_length = 0
        if self._kind == "s":
            return _unescape(self._strings.get(int(raw))) if raw.strip().isdigit() else ""
        if self._kind == "inlineStr":
            return _unescape(self._inline.take())
        if self._kind == "str":
            return _unescape(raw)
        if self._kind == "b":
            return {"1": "是", "0": "否"}.get(raw, raw)
        if self._kind == "e":  # #N/A and its like say that there is nothing
            return ""
        if self._kind == "n" and raw and self._style < len(self._workbook.dates) and self._workbook.dates[self._style]:
            return _moment(raw, from_1904=self._workbook.from_1904)
        return raw


def _moment(raw: str, *, from_1904: bool) -> Cell:
    """A date; a time of day without a date, or a number out of the calendar, stays the number it is."""
    try:
        serial = float(raw)
        return serial_to_datetime(serial, from_1904=from_1904) if serial >= 1 else raw
    except (ValueError, OverflowError):
        return raw


def _column_index(reference: str) -> int:
    """AB12 → 27."""
    index = 0
    for letter in reference:
        if not letter.isalpha():
            break
        index = index * 26 + ord(letter) - 64
    return index - 1


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text

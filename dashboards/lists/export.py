"""Rows become a file that opens in a spreadsheet, without a cell that runs as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Value = str | float | date | Enum | None

# What a spreadsheet reads as the start of a formula, also in full width, also after blanks that it strips.
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")
# A cell of .xlsx holds no more.
LONGEST_CELL = 32_767


def as_csv(headers: Sequence[str], rows: Iterable[Sequence[Value]], *, zone: ZoneInfo, watermark: str = "") -> bytes:
    """UTF-8 with BOM, so that Excel reads the Chinese. A text that would be a formula gets an apostrophe before it.

    `watermark` is the last line: who took the file, when, of which filter."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in (headers, *rows, *_mark(watermark)):
        writer.writerow([_guarded(_plain(value, zone)) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def as_workbook(
    sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Value]]]], *, zone: ZoneInfo, watermark: str = ""
) -> bytes:
    """An .xlsx of (sheet name, headers, rows). Texts are text cells, also where they begin like a formula; times are
    local times of `zone`. `watermark` is the last line of every sheet, and stands below every printed page."""
    workbook = Workbook(write_only=True)
    for name, headers, rows in sheets:
        sheet = workbook.create_sheet(name)
        sheet.freeze_panes = "A2"
        if watermark:
            sheet.oddFooter.left.text = watermark.replace("&", "＆")[:200]  # "&" begins a code of the footer
        for row in (headers, *rows, *_mark(watermark)):
            cells = []
            for value in (_plain(value, zone) for value in row):
                text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL] if isinstance(value, str) else value
                cell = WriteOnlyCell(sheet, text)
                if isinstance(text, str):
                    cell.data_type = "s"
                    # or Excel makes a formula of it as soon as somebody edits the cell
                    cell.quotePrefix = bool(_FORMULA.match(text))
                cells.append(cell)
            sheet.append(cells)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _mark(watermark: str) -> tuple[Sequence[Value], ...]:
    return ((watermark,),) if watermark else ()


def _plain(value: Value, zone: ZoneInfo) -> str | float | datetime | None:
    if isinstance(value, Enum):
        return str(getattr(value, "label", value.value))
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None, microsecond=0)
    return value.isoformat() if isinstance(value, date) else value


def _guarded(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value

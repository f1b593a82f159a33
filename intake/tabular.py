"""A table from a file: which sheet, where its header is, and its rows as column → cell."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from intake.csv_file import open_csv
from intake.headers import Header, find_header, normalise_name
from intake.rejected import is_rejected_header, restore_rows
from intake.sheets import RawRow, Sheet
from intake.values import Cell
from intake.xlsx import open_xlsx
from models.errors import Invalid

_HEADER_WITHIN = 20
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Row:
    """`fault` is the reason why the row cannot be taken, found while reading it; `breaks_off`: nothing from here on
    could be read, the file may hold more rows."""

    number: int
    cells: Mapping[str, Cell]
    fault: str = ""
    breaks_off: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`header_row` is the number of the last row of the header."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    fraction: Callable[[], float]
    header_row: int = 1


@contextmanager
def open_table(path: Path, known: Collection[str]) -> Iterator[Table]:
    """The first sheet that has a header with one of the `known` column names, else the first with data.

    Rows are read as they are taken; memory does not grow with them. Raises `Invalid` where the file is none.
    """
    head = _read_head(path)
    if head.startswith(_OLE):
        raise Invalid("这是旧版 .xls 或加密的工作簿，请另存为不加密的 .xlsx 后再导入。")
    if head.startswith(_ZIP):
        with open_xlsx(path) as sheets:
            yield _first_table(sheets, known)
    elif path.suffix.lower() in _WORKBOOK_SUFFIXES:
        raise Invalid("这不是有效的 .xlsx 文件，可能已损坏或只是改了扩展名，请重新导出。")
    else:
        with open_csv(path) as sheet:
            yield _first_table(iter([sheet]), known)


def _read_head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Invalid(f"{path.name} 是文件夹，请给出一个 .csv 或 .xlsx 文件。")
        with path.open("rb") as file:
            head = file.read(8)
    except FileNotFoundError as error:
        raise Invalid(f"没有找到文件 {path}。") from error
    except OSError as error:
        raise Invalid(f"无法读取文件 {path}：{error.strerror}。") from error
    if not head:
        raise Invalid("文件是空的。")
    return head


def _first_table(sheets: Iterator[Sheet], known: Collection[str]) -> Table:
    fallback: Table | None = None
    for sheet in sheets:
        leading = list(islice(sheet.rows, _HEADER_WITHIN))
        if not leading:
            continue
        if is_rejected_header(leading[0].cells):
            leading, sheet = list(restore_rows(leading)), replace(sheet, rows=restore_rows(sheet.rows))
        header = find_header(leading, known)
        table = _table(sheet, leading, header)
        if header.is_known:
            return table
        fallback = fallback or table
    if fallback is None:
        raise Invalid("文件里没有数据。")
    return fallback


def _table(sheet: Sheet, leading: list[RawRow], header: Header) -> Table:
    rows = chain(leading[header.rows_above :], sheet.rows)
    columns = tuple(name for name in header.names if name)
    header_row = leading[header.rows_above - 1].number
    return Table(columns, (_row(raw, header.names, sheet.cells_can_shift) for raw in rows), sheet.fraction, header_row)


def name_columns(table: Table, wanted: Sequence[str]) -> list[str]:
    """The wanted columns as the table calls them; width, case and blanks aside. "" stays "".

    Raises `Invalid` naming those that it has not.
    """
    own = {normalise_name(column): column for column in reversed(table.columns)}
    own |= {column: column for column in table.columns}
    found = [own.get(name) or own.get(normalise_name(name)) for name in wanted]
    missing = [name for name, column in zip(wanted, found, strict=True) if name and not column]
    if missing:
        raise Invalid(f"文件里没有列“{'”“'.join(missing)}”，现有：{'、'.join(table.columns)}。")
    return [column or "" for column in found]


def _row(raw: RawRow, names: tuple[str, ...], cells_can_shift: bool) -> Row:
    cells = {name: cell for name, cell in zip(names, raw.cells, strict=False) if name}
    fault, breaks_off = raw.fault, raw.breaks_off
    if not fault and cells_can_shift:
        if any(not isinstance(cell, str) or cell.strip() for cell in raw.cells[len(names) :]):
            fault = "单元格多于列名，可能有未加引号的分隔符。"
        elif raw.unterminated and len(raw.cells) < len(names):
            fault, breaks_off = "文件在这一行中断，内容不完整。", True
    return Row(raw.number, {name: cells.get(name, "") for name in names if name}, fault, breaks_off)

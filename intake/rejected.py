"""The file of rows that could not be taken: what they were, where they stood, why. And the way back in, corrected."""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from intake.headers import normalise_name
from intake.sheets import RawRow
from intake.values import Cell, as_text
from models.errors import Unavailable

_NOTES = ("行号", "原因")
# A cell that begins with one of these signs is a formula to spreadsheet programs. Apostrophes before it count too:
# a cell that had one of its own gets another, so that taking one away always gives back what was there.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def neutralise(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet program would run it. `restore` is the inverse."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restore(cell: str) -> str:
    """The cell as it was before `neutralise`; other cells as they are."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def is_rejected_header(cells: Sequence[Cell]) -> bool:
    """Whether this first row of a file says that `RejectedRows` wrote the file."""
    return tuple(normalise_name(as_text(cell)) for cell in cells[: len(_NOTES)]) == _NOTES


def restore_rows(rows: Iterable[RawRow]) -> Iterator[RawRow]:
    """The rows as they stood in the file that they were rejected from: without number and reason. Those with nothing
    else in them (where that file broke off) are left out."""
    for row in rows:
        cells = [restore(cell) if isinstance(cell, str) else cell for cell in row.cells[len(_NOTES) :]]
        if row.fault or any(as_text(cell).strip() for cell in cells):
            yield replace(row, cells=cells)


class RejectedRows:
    """Writes `<stem>.rejected.csv` beside the file, or into `fallback` where that is not allowed; only if need be.

    A file that is there already stays: somebody may be correcting it. The new one is `<stem>.rejected-2.csv`, -3 …"""

    def __init__(self, source: Path, fallback: Path, columns: Sequence[str]) -> None:
        self._stem = f"{source.stem}.rejected"
        self._folders = (source.parent, fallback)
        self._columns = columns
        self._file: TextIO | None = None
        self.path: Path | None = None

    def add(self, number: int, reason: str, cells: Mapping[str, Cell]) -> None:
        """Raises `Unavailable` where neither folder can be written."""
        if self._file is None:
            self._file = self._open()
            csv.writer(self._file).writerow([*_NOTES, *map(neutralise, self._columns)])
        values = (neutralise(_writable(as_text(cells.get(column, "")))) for column in self._columns)
        csv.writer(self._file).writerow([number, reason, *values])

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _open(self) -> TextIO:
        for folder in self._folders:
            try:
                self.path, file = _create(folder, self._stem)
            except OSError:
                continue
            return file
        raise Unavailable(f"无法写入 {self._stem}.csv：{self._folders[0]} 和 {self._folders[1]} 都不可写。")


def _create(folder: Path, stem: str) -> tuple[Path, TextIO]:
    """The first free name. Two imports at the same time never get the same: the file system decides."""
    path, number = folder / f"{stem}.csv", 1
    while True:
        try:
            # the rows are as personal as the file they come from: for its reader alone
            return path, open(path, "x", encoding="utf-8-sig", newline="", opener=_private)
        except FileExistsError:
            number += 1
            path = folder / f"{stem}-{number}.csv"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _writable(text: str) -> str:
    """Bytes that were no text show as �; a NUL would end the cell for other programs."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")

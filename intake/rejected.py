"""The file of rows that could not be taken: what they were, where they stood, why."""

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from intake.values import Cell, as_text
from models.errors import Unavailable

# A cell that begins so is a formula to spreadsheet programs.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet program would run it."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


class RejectedRows:
    """Writes `<stem>.rejected.csv` beside the file, or into `fallback` where that is not allowed; only if need be."""

    def __init__(self, source: Path, fallback: Path, columns: Sequence[str]) -> None:
        self._name = f"{source.stem}.rejected.csv"
        self._folders = (source.parent, fallback)
        self._columns = columns
        self._file: TextIO | None = None
        self.path: Path | None = None

    def add(self, number: int, reason: str, cells: Mapping[str, Cell]) -> None:
        """Raises `Unavailable` where neither folder can be written."""
        if self._file is None:
            self._file = self._open()
            csv.writer(self._file).writerow(["行号", "原因", *map(neutralise, self._columns)])
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
            path = folder / self._name
            try:
                # the rows are as personal as the file they come from: for its reader alone
                file = open(path, "w", encoding="utf-8-sig", newline="", opener=_private)  # noqa: SIM115
            except OSError:
                continue
            self.path = path
            return file
        raise Unavailable(f"无法写入 {self._name}：{self._folders[0]} 和 {self._folders[1]} 都不可写。")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _writable(text: str) -> str:
    """Bytes that were no text show as �; a NUL would end the cell for other programs."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")

"""A table written to a CSV file for people and programs."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from intake.rejected import neutralise
from models.errors import Unavailable


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | float]]) -> None:
    """Through memory, so that a failure leaves no half file. A spreadsheet would run a cell that begins like a formula.

    Raises `Unavailable` where the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(neutralise, columns))
    for row in rows:
        writer.writerow([neutralise(cell) if isinstance(cell, str) else cell for cell in row])
    try:
        path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise Unavailable(f"无法写入 {path}：{error.strerror}。") from error

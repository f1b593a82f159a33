"""What a file of either kind is made of, before anybody knows what its columns mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from intake.values import Cell


@dataclass(frozen=True, slots=True)
class RawRow:
    """`number` is the row as a spreadsheet program shows it, from 1. `fault` says why it cannot be trusted;
    `unterminated`: the file ended here without a line end; `breaks_off`: from here on the file could not be read.
    """

    number: int
    cells: list[Cell]
    fault: str = ""
    unterminated: bool = False
    breaks_off: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows in order, blank ones left out. `fraction` is how much of the file has been read, 0 to 1.

    `cells_can_shift`: a delimiter inside an unquoted text moves all cells behind it (CSV)."""

    name: str
    rows: Iterator[RawRow]
    fraction: Callable[[], float]
    cells_can_shift: bool = False

"""What does the cross table of an analysis show? The largest, the rest as one, their sums. Pure.

Eighteen topics by a hundred and thirty units are 2,400 numbers: nobody reads them. The file has all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboards.analysis.analysis_lines import Count, Line
from dashboards.daily_facts.fact_series import FactRow

ROWS, COLUMNS = 15, 8
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Side:
    """A row or a column with what it adds up to; `merged`: how many smaller ones stand in it (0: it is one)."""

    key: str
    label: str
    total: Count
    merged: int = 0


@dataclass(frozen=True, slots=True)
class CrossTable:
    """`fields` by keys of row and column; where there are no cases there is none. `rows`, `columns`: most cases first,
    what is not known behind them, the rest last."""

    rows: tuple[Side, ...]
    columns: tuple[Side, ...]
    fields: dict[tuple[str, str], Line]

    @property
    def single(self) -> list[tuple[Line, int, int]]:
        """The fields of single rows and columns, with the places of column and row."""
        across = {side.key: n for n, side in enumerate(self.columns) if not side.merged}
        down = {side.key: n for n, side in enumerate(self.rows) if not side.merged}
        return [
            (line, across[column], down[row])
            for (row, column), line in self.fields.items()
            if row in down and column in across
        ]


def lay_out_cross(lines: Sequence[Line], *, rows: int = ROWS, columns: int = COLUMNS) -> CrossTable:
    """Of lines with two keys each. A single one is never put away as the rest: it would need the same place."""
    counted = [(line, line.count) for line in lines if line.count is not None]
    rate = any(count.denominator is not None for _, count in counted)
    down, across = _sums(counted, 0), _sums(counted, 1)
    sides_down, sides_across = _sides(down, rows, 0, rate=rate), _sides(across, columns, 1, rate=rate)
    kept_rows, kept_columns = _single(sides_down), _single(sides_across)
    sums: dict[tuple[str, str], list[Line]] = {}
    for line, _ in counted:
        row, column = line.keys
        key = row if row in kept_rows else OTHERS, column if column in kept_columns else OTHERS
        sums.setdefault(key, []).append(line)
    names = {side.key: side.label for side in (*sides_down, *sides_across)}
    fields = {
        key: own[0] if OTHERS not in key else Line(keys=key, labels=tuple(names[one] for one in key), count=_add(own))
        for key, own in sums.items()
    }
    return CrossTable(sides_down, sides_across, fields)


@dataclass(slots=True)
class _Sum:
    """Numerators and denominators of one key, and a line that has it."""

    line: Line
    part: int = 0
    whole: int = 0


def _sums(counted: Sequence[tuple[Line, Count]], place: int) -> dict[str, _Sum]:
    sums: dict[str, _Sum] = {}
    for line, count in counted:
        key = line.keys[place]
        own = sums.get(key)
        if own is None:
            own = sums[key] = _Sum(line)
        own.part += count.numerator
        own.whole += count.denominator or 0
    return sums


def _sides(sums: dict[str, _Sum], most: int, place: int, *, rate: bool) -> tuple[Side, ...]:
    ordered = sorted(sums, key=lambda key: (key == "none", -sums[key].whole, -sums[key].part, key))
    kept = ordered if len(ordered) <= most + 1 else ordered[:most]
    found = [Side(key, sums[key].line.labels[place], _total(sums[key], place)) for key in kept]
    rest = [sums[key] for key in ordered[len(kept) :]]
    if rest:
        part, whole = sum(one.part for one in rest), sum(one.whole for one in rest)
        total = Count(numerator=part, denominator=whole if rate else None)
        found.append(Side(OTHERS, f"其他{len(rest)}个", total, merged=len(rest)))
    return tuple(found)


def _single(sides: Sequence[Side]) -> set[str]:
    return {side.key for side in sides if not side.merged}


def _total(sums: _Sum, place: int) -> Count:
    """What a row or column adds up to, with its list: the same question with one key less."""
    line = sums.line
    assert line.count is not None
    part, whole = sums.part, None if line.count.denominator is None else sums.whole
    row = line.count.lists
    if not isinstance(row, FactRow):
        return Count(numerator=part, denominator=whole)
    alone = FactRow(
        asked=replace(row.asked, by=(row.asked.by[place],)),
        start=None,
        keys=(line.keys[place],),
        labels=(line.labels[place],),
        numerator=part,
        denominator=whole,
    )
    return Count(numerator=part, denominator=whole, lists=alone)


def _add(lines: Sequence[Line]) -> Count:
    counts = [line.count for line in lines if line.count is not None]
    rate = any(count.denominator is not None for count in counts)
    return Count(
        numerator=sum(count.numerator for count in counts),
        denominator=sum(count.denominator or 0 for count in counts) if rate else None,
    )

"""Where the header of a table is and what its columns are called."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.sheets import RawRow
from intake.values import as_text


@dataclass(frozen=True, slots=True)
class Header:
    """`names` by column, "" where there is none; `rows_above` counts the rows before the first data row.

    `is_known`: at least one of the names looked for is among them."""

    names: tuple[str, ...]
    rows_above: int
    is_known: bool


def normalise_name(name: str) -> str:
    """Column names are compared without width, case, blanks, line breaks, required marks and colons."""
    folded = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\s*:\u200b\ufeff]+", "", folded)


def find_header(rows: Sequence[RawRow], known: Collection[str]) -> Header:
    """The row, or the two rows of merged cells, with most of the `known` (normalised) names.

    Of two rows the lower cell wins where it is known, the upper where only that is. A title above is no header: it has
    no known name. Without any known name the widest row is taken, so that a person can be told what was found.
    """
    known = frozenset(known)
    labels = [[_label(as_text(cell)) for cell in row.cells] for row in rows]
    pairs = [
        _combine(upper, lower, known) if _is_second_line(upper, lower, known) else []
        for upper, lower in pairwise(labels)
    ]

    def score(names: list[str]) -> int:
        return len({normalise_name(name) for name in names} & known)

    # of equals the first wins, so single rows stand before pairs
    candidates = [(names, i + 1) for i, names in enumerate(labels)] + [(names, i + 2) for i, names in enumerate(pairs)]
    names, rows_above = max(candidates, key=lambda candidate: score(candidate[0]))
    if score(names):
        return Header(_unique(names), rows_above, is_known=True)
    widest = max(range(len(rows)), key=lambda i: sum(map(bool, labels[i])))
    return Header(_unique(labels[widest]), widest + 1, is_known=False)


def _is_second_line(upper: Sequence[str], lower: Sequence[str], known: Collection[str]) -> bool:
    """Whether `lower` can belong to the header above it. A value below a known name says that it is data, even where
    another value looks like a name (a call's channel is 电话)."""
    return not any(
        normalise_name(above) in known and below and normalise_name(below) not in known
        for above, below in zip(upper, lower, strict=False)
    )


def _combine(upper: list[str], lower: list[str], known: Collection[str]) -> list[str]:
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))

    def choose(above: str, below: str) -> str:
        if normalise_name(below) in known or not above:
            return below
        return above if normalise_name(above) in known else below or above

    return [choose(above, below) for above, below in zip(upper, lower, strict=True)]


def _label(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").split())


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """The second column of the same name becomes 名称(2): no cell is lost."""
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(f"{name}({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(unique)

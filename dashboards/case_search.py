"""Which cases have the words that somebody looks for, the newest first?

Cases are asked for in blocks of their numbers: what most cases have is found among the newest alone, what few have in
all of them at once. Within a block what has the words in its title comes first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from itertools import pairwise
from typing import Any

from dashboards.case_list_repository import last_block, search_blocks
from dashboards.case_order import Place
from dashboards.case_row import CaseRow
from models.database import Connection
from nlp.search_query import SearchQuery

# The newest block, then always as many again, at last all the others.
_STEPS = (1, 2, 4, 8, 16, 32)
_MARKS = 4


class Few(Enum):
    """What is gone through at once, of all blocks: the cases with the words, or those that match otherwise, where they
    are not more than so many. To look for words in a case takes longer than to look for the case."""

    WORDS = 3_000
    OTHERWISE = 3_000

    @property
    def most(self) -> int:
        return int(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow(CaseRow):
    block: int
    score: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`total` were found at least, exactly so many where `exact`; `more` follow in the direction that was gone."""

    rows: tuple[CaseRow, ...]
    places: tuple[Place, ...]
    more: bool
    total: int
    exact: bool


def search(
    conn: Connection,
    query: SearchQuery,
    parameters: Mapping[str, Any],
    conditions: Sequence[str],
    *,
    limit: int,
    place: Place | None,
    back: bool,
    of_few: Few | None,
) -> Found:
    """One page behind `place`, or with `back` in front of it; `parameters` are those of `matching_cases` without the
    words."""
    newest = last_block(conn)
    marks = query.marks[:_MARKS]
    given = {
        **parameters,
        "marks": len(marks),
        "most": Few.OTHERWISE.most,
        **{f"mark{n}": mark for n, mark in enumerate(marks)},
        "place_block": place.run if place else None,
        "place_score": place.score if place else None,
        "place_id": place.last if place else None,
    }
    rows: list[FoundRow] = []
    total, whole = 0, place is None
    windows = [(0, newest)] if of_few else _windows(place.run if place else newest, newest, back)
    otherwise = of_few is Few.OTHERWISE
    for first, last in windows:
        if len(rows) > limit:
            whole = False
            break
        everywhere = (first, last) == (0, newest)
        words = query.words if everywhere else f"({query.words}) & ({_blocks(first, last)})"
        bounds = {"words": words, "first": first, "last_one": last, "limit": limit + 1 - len(rows)}
        found = search_blocks(conn, FoundRow, given | bounds, conditions, len(marks), back=back, otherwise=otherwise)
        rows += found
        total += found[0].found if found else 0
    kept = rows[:limit][::-1] if back else rows[:limit]
    return Found(
        rows=tuple(_plain(row) for row in kept),
        places=tuple(Place(row.block, None, row.id, row.score) for row in kept),
        more=len(rows) > limit,
        total=total,
        exact=whole or of_few is not None,
    )


def _windows(start: int, newest: int, back: bool) -> Iterator[tuple[int, int]]:
    """From which block to which one is looked, one after the other; with `back` from older to newer ones."""
    if back:
        for first, end in pairwise([*(min(start + step, newest + 1) for step in (0, *_STEPS)), newest + 1]):
            if first < end:
                yield first, end - 1
    else:
        for end, first in pairwise([*(max(start + 1 - step, 0) for step in (0, *_STEPS)), 0]):
            if first < end:
                yield first, end - 1


def _blocks(first: int, last: int) -> str:
    return " | ".join(f"'#{block}'" for block in range(first, last + 1))


def _plain(row: FoundRow) -> CaseRow:
    return CaseRow(**{field.name: getattr(row, field.name) for field in fields(CaseRow)})

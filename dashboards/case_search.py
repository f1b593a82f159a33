"""Which cases have the words that somebody looks for, the newest first?

Cases are asked for in blocks of their numbers: what most cases have is found among the newest alone, what few have in
all of them at once. Within a block what has the words in its title comes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from dashboards.case_list_repository import last_block, search_blocks
from dashboards.case_order import Place
from dashboards.case_row import CaseRow
from models.database import Connection
from nlp.search_query import SearchQuery

# The newest blocks, some more of them, all the others.
_STEPS = (2, 8)
_MARKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow(CaseRow):
    block: int
    score: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`total` were found at least, exactly so many where `exact`; `after` is where the next page begins."""

    rows: tuple[CaseRow, ...]
    total: int
    exact: bool
    after: Place | None


def search(
    conn: Connection,
    query: SearchQuery,
    parameters: Mapping[str, Any],
    conditions: Sequence[str],
    *,
    limit: int,
    after: Place | None,
) -> Found:
    """One page; `parameters` are those of `matching_cases` without the words."""
    newest = last_block(conn) if after is None else after.run
    marks = query.marks[:_MARKS]
    given = {
        **parameters,
        "phrases": parameters["phrases"],
        "marks": len(marks),
        **{f"mark{n}": mark for n, mark in enumerate(marks)},
        "after_block": after.run if after else None,
        "after_score": after.score if after else None,
        "after_id": after.last if after else None,
    }
    rows: list[FoundRow] = []
    total = 0
    last = newest
    for first in [*(max(newest - step + 1, 0) for step in _STEPS), 0]:
        if last < first:
            continue
        words = query.words if first == 0 else f"({query.words}) & ({_blocks(first, last)})"
        bounds = {"words": words, "first": first, "last_one": last, "limit": limit + 1 - len(rows)}
        found = search_blocks(conn, FoundRow, given | bounds, conditions, len(marks))
        rows += found
        total += found[0].found if found else 0
        last = first - 1
        if len(rows) > limit:
            break
    kept = rows[:limit]
    more = len(rows) > limit
    return Found(
        rows=tuple(_plain(row) for row in kept),
        total=total,
        exact=after is None and last < 0,
        after=Place(kept[-1].block, None, kept[-1].id, kept[-1].score) if more else None,
    )


def _blocks(first: int, last: int) -> str:
    return " | ".join(f"'#{block}'" for block in range(first, last + 1))


def _plain(row: FoundRow) -> CaseRow:
    return CaseRow(**{field.name: getattr(row, field.name) for field in fields(CaseRow)})

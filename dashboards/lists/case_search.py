"""Which cases have the words that somebody looks for, the newest first?

Cases are asked for in blocks of their numbers: what most cases have is found among the newest alone, what few have in
all of them at once. Within a block what has the words in its title comes first.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from dashboards.lists.case_list_repository import Few
from dashboards.lists.case_order import Place
from dashboards.lists.case_row import CaseRow
from dashboards.lists.case_search_repository import keep_with_words, last_case, search_blocks
from models.database import Connection
from nlp.search_query import BLOCK, SearchQuery

# The newest block, then as many as the rest of the page will need, as often as the words were met so far: twice as many
# (to ask once more takes longer), at most eight times what was looked through.
_MARGIN, _AT_MOST = 2.0, 8
# To look at so many cases with the words takes as long as to ask the index again.
_AT_ONCE = 2_000
_MARKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow(CaseRow):
    block: int
    score: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How many cases have the `words`, and how many match `otherwise` (None: all of them, 0: nobody knows)."""

    words: int
    otherwise: int | None


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
    ids: Sequence[int],
    expected: Expected,
) -> Found:
    """One page behind `place`, or with `back` in front of it; `parameters` are those of `matching_cases` without the
    words. `of_few`: all blocks at once; of few that match otherwise `ids` are all."""
    newest_case = last_case(conn)
    newest = newest_case // BLOCK
    marks = query.marks[:_MARKS]
    known = of_few is Few.OTHERWISE
    given = {
        **parameters,
        "marks": len(marks),
        "ids": keep_with_words(conn, {**parameters, "words": query.words}, ids) if known else [],
        **{f"mark{n}": mark for n, mark in enumerate(marks)},
        "place_block": place.run if place else None,
        "place_score": place.score if place else None,
        "place_id": place.last if place else None,
    }
    rows: list[FoundRow] = []
    total, whole = 0, place is None
    start, seen = place.run if place else newest, 0
    edge = start if back else start + 1
    while edge <= newest if back else edge > 0:
        if len(rows) > limit:
            whole = False
            break
        step = _step(expected, newest_case + 1, seen, total, limit + 1 - len(rows))
        if not back and edge == newest + 1:
            # the newest block may hold a few cases
            step = max(1, round((step - newest_case % BLOCK) / BLOCK) + 1)
        else:
            step = math.ceil(step / BLOCK)
        first, last = (edge, min(edge + step - 1, newest)) if back else (max(edge - step, 0), edge - 1)
        if of_few:
            first, last = 0, newest
        edge = last + 1 if back else first
        seen += min((last + 1) * BLOCK, newest_case + 1) - first * BLOCK
        if of_few:
            edge = newest + 1 if back else 0
        asked = [] if (first, last) == (0, newest) else [*range(first, last + 1)]
        words = f"({query.words}) & ({_any_of(asked)})" if asked else query.words
        bounds = {"words": words, "first": first, "last_one": last, "limit": limit + 1 - len(rows)}
        found = search_blocks(conn, FoundRow, given | bounds, conditions, len(marks), back=back, known=known)
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


def _step(expected: Expected, cases: int, seen: int, found: int, wanted: int) -> int:
    """How many cases to look through next: `found` rows were among the `seen` ones, `wanted` more are needed."""
    if expected.otherwise == 0:
        likely = _MARGIN * wanted * seen / (found + 1)
    else:
        share = expected.words / cases * (1.0 if expected.otherwise is None else min(expected.otherwise / cases, 1.0))
        # what was guessed weighs as much as a block that was looked through
        likely = _MARGIN * wanted * (seen + BLOCK) / max(found + share * BLOCK, 1 / cases)
    most = max(_AT_MOST * seen, _AT_ONCE * cases // max(expected.words, 1))
    return max(1, math.ceil(min(likely, most)))


def _any_of(blocks: Sequence[int]) -> str:
    return " | ".join(f"'#{block}'" for block in blocks)


def _plain(row: FoundRow) -> CaseRow:
    return CaseRow(**{field.name: getattr(row, field.name) for field in fields(CaseRow)})

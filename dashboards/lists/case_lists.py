"""The list of cases behind a number, and what waits in a unit's queue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from dashboards.daily_facts.facts import case_parameters, query_of
from dashboards.lists import case_list_repository as rows_of
from dashboards.lists.case_list_repository import Few
from dashboards.lists.case_order import CaseSort, Place, Run, place_of, read_place, runs_of
from dashboards.lists.case_row import CaseRow
from dashboards.lists.case_search import Expected, Found, search
from dashboards.lists.matching import read_definition
from models.case import CaseStatus
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from models.errors import Invalid

__all__ = ["CasePage", "CaseRow", "CaseSort", "QueueCount", "case_counts_by_state", "count_cases", "list_cases"]

LONGEST_PAGE = 10_000
# Further in, a list is walked along with `after`.
LONGEST_OFFSET = 10_000
# Nobody reads so many one by one: beyond, "1,000 or more" costs the same whatever the number.
COUNTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """`rows` are `limit` of the cases that the criteria select. `total` counts all of them where it is `exact`,
    elsewhere at least so many match. `after` names where the next page begins, None on the last; `before` where the
    page before ends, None on the first."""

    total: int
    rows: tuple[CaseRow, ...]
    exact: bool = True
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCount:
    """One tab of a unit's list: how many (`exact`, or at least), and the criteria that open them."""

    id: str
    label: str
    value: int
    criteria: CaseCriteria
    exact: bool = True


def list_cases(
    conn: Connection,
    criteria: CaseCriteria,
    *,
    now: datetime,
    zone: ZoneInfo,
    sort: CaseSort = CaseSort.TIME_LEFT,
    limit: int = 50,
    offset: int = 0,
    after: str = "",
    before: str = "",
    counted: tuple[int, bool] | None = None,
) -> CasePage:
    """One page of the cases behind a number, in a stable order: `limit` of them behind `after` (the `after` of the page
    before), in front of `before` (that of the page behind), or from `offset` on. `counted`: what `count_cases` says of
    the criteria, where it is known already.

    Raises `Invalid` for a limit outside 1..10,000, an offset outside 0..10,000, a place that no page gave."""
    if not 1 <= limit <= LONGEST_PAGE or not 0 <= offset <= LONGEST_OFFSET:
        raise Invalid("页码或每页条数超出范围。")
    back = bool(before) and not after
    place = read_place(after or before) if after or before else None
    given = _Given(conn, criteria, now=now, zone=zone)
    if given.words and sort is CaseSort.RELEVANCE:
        of_few, ids = given.of_few()
        found = search(
            conn,
            given.query,
            given.plain,
            given.conditions,
            limit=limit + offset,
            place=place,
            back=back,
            of_few=of_few,
            ids=ids,
            expected=given.expected(),
        )
    else:
        few, runs = None, runs_of(sort)
        if counted is None or counted[1]:
            counted, few = given.few(runs, limit + offset, place, back=back) if given.countable else (None, None)
        found = few or given.walk(runs, limit + offset, place, back=back)
    if back and not found.more and len(found.rows) < limit:
        # rows went away in front: the first page is a whole one again
        return list_cases(conn, criteria, now=now, zone=zone, sort=sort, limit=limit)
    total, exact = (found.total, found.exact) if found.exact or counted is None else counted
    following = found.places[-1] if found.places and (found.more or back) else None
    shown = found.places[offset:]
    in_front = shown[0] if shown and (found.more if back else place is not None or offset > 0) else None
    return CasePage(
        total=total,
        rows=found.rows[offset:],
        exact=exact,
        after=str(following) if following else None,
        before=str(in_front) if in_front else None,
    )


def usual_sort(criteria: CaseCriteria) -> CaseSort:
    """The order where nobody chose one."""
    return CaseSort.RELEVANCE if criteria.q else CaseSort.TIME_LEFT


def count_cases(conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> tuple[int, bool]:
    """How many cases match, and whether it is exactly so many; else `COUNTED` or more."""
    given = _Given(conn, criteria, now=now, zone=zone)
    return given.count()


def case_counts_by_state(
    conn: Connection,
    criteria: CaseCriteria,
    *,
    now: datetime,
    zone: ZoneInfo,
    open_ones: Sequence[int] | None = None,
) -> tuple[QueueCount, ...]:
    """What waits, is worked on, is late and is done: the tabs of a unit's list (criterion `unit`) in their order.

    `status` and `state` of the criteria are left out, since each tab sets its own. `open_ones`: the numbers of all tabs
    but the last, where they are known already.
    """
    base = replace(criteria, status=None, state=None)
    tabs = (
        ("open", CaseState.OPEN.label, replace(base, state=CaseState.OPEN.value)),
        ("awaiting_acknowledgement", CaseStatus.DISPATCHED.label, replace(base, status=CaseStatus.DISPATCHED.value)),
        ("in_progress", CaseStatus.IN_PROGRESS.label, replace(base, status=CaseStatus.IN_PROGRESS.value)),
        ("overdue", CaseState.OVERDUE.label, replace(base, state=CaseState.OVERDUE.value)),
        ("completed", CaseState.COMPLETED.label, replace(base, state=CaseState.COMPLETED.value)),
    )
    if open_ones is None:
        known = _Given(conn, base, now=now, zone=zone).count_open()
    else:
        known = {id_: _at_most(value) for id_, value in zip(_OPEN_TABS, open_ones, strict=True)}
    counted = []
    for id_, label, opens in tabs:
        value, exact = known.get(id_) or count_cases(conn, opens, now=now, zone=zone)
        counted.append(QueueCount(id=id_, label=label, value=value, criteria=opens, exact=exact))
    return tuple(counted)


class _Given:
    """The criteria of one list, as its queries take them."""

    def __init__(self, conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> None:
        self._conn = conn
        definition = read_definition(conn, in_memory=True)
        self.query = query_of(criteria)
        self.words = self.query.words
        more = {name: getattr(criteria, name) for name in _LOOKED_UP}
        phrases = {f"phrase{n}": phrase for n, phrase in enumerate(self.query.phrases)}
        more |= {"words": self.words, "phrase_count": len(phrases), **phrases, "definition": definition}
        more["all_open"] = _impossible(criteria) is False
        # the unit is a condition of each branch (WORKS_ON), topic and region are the codes that they mean
        codes = rows_of.codes_below(conn, criteria)
        named: dict[str, Any] = {name: None for name in rows_of.CODES if codes.keys() & set(rows_of.CODES[name])}
        # what people answered is about a unit, which need not work on the case any more
        unit = criteria.unit if criteria.state in rows_of.OF_ANSWERS else None
        kept = replace(criteria, unit=unit, **named)
        # without the words: they are looked up beside it
        self.plain = _with(case_parameters(kept, now=now, zone=zone, with_words=False), codes) | more
        self.conditions = rows_of.narrowed(criteria)
        self._criteria = criteria
        # of cases that are all open, or all done, the other runs are empty: they need not be looked through
        self._no_run = _impossible(criteria)

    @property
    def countable(self) -> bool:
        """Not where very many cases have the words: to look all of them up takes long."""
        return not self.words or self._by_words

    @cached_property
    def _by_words(self) -> bool:
        return bool(self.words) and self._estimate <= rows_of.FEW

    @cached_property
    def _estimate(self) -> int:
        return rows_of.estimate(self._conn, self.words)

    def _narrowed(self, *, in_order: bool = False) -> list[str]:
        if not self.words:
            return self.conditions
        return [*self.conditions, rows_of.with_words(few=self._by_words, in_order=in_order)]

    def few(
        self, runs: tuple[Run, ...], limit: int, place: Place | None, *, back: bool
    ) -> tuple[tuple[int, bool], Found | None]:
        """How many match; where they can be counted, so many rows behind the place, or with `back` in front of it."""
        parameters = self.plain | {"most": COUNTED + 1, "limit": limit + 1}
        counted, first = rows_of.sort_few(self._conn, parameters, self._narrowed(), runs, place, back=back)
        if first is None:
            return _at_most(counted), None
        kept = first[:limit][::-1] if back else first[:limit]
        rows = rows_of.list_these(self._conn, CaseRow, self.plain, [id_ for id_, _ in kept])
        found = [*zip((run for _, run in kept), rows, strict=True)]
        return _at_most(counted), _found(found, runs, more=len(first) > limit, total=counted, exact=True)

    def walk(self, runs: tuple[Run, ...], limit: int, place: Place | None, *, back: bool) -> Found:
        """So many rows behind the place, or with `back` in front of it, in the order of the list."""
        numbered = [*enumerate(runs)]
        if back:
            numbered = [(number, run.turned()) for number, run in reversed(numbered)]
        if place is not None:
            numbered = [
                (number, run) for number, run in numbered if number == place.run or (number > place.run) != back
            ]
        found: list[tuple[int, CaseRow]] = []
        for number, run in numbered:
            if len(found) > limit:
                break
            if run.is_open is not None and run.is_open is self._no_run:
                continue
            conditions = [*rows_of.narrowed_run(self._criteria, run), *self._narrowed(in_order=True)]
            parameters: dict[str, Any] = {"limit": limit + 1 - len(found)}
            if run.is_open:
                parameters["all_open"] = True
            if place is not None and number == place.run:
                conditions.append(run.behind)
                parameters |= {"moment": place.moment, "last": place.last}
            rows = rows_of.list_run(self._conn, CaseRow, self.plain | parameters, conditions, run.order)
            found += [(number, row) for row in rows]
        kept = found[:limit][::-1] if back else found[:limit]
        whole = place is None and len(found) <= limit
        return _found(kept, runs, more=len(found) > limit, total=len(kept), exact=whole)

    def count(self) -> tuple[int, bool]:
        return _at_most(rows_of.count_at_most(self._conn, self.plain, self._narrowed(), COUNTED + 1))

    def of_few(self) -> tuple[Few | None, list[int]]:
        """What is so little that a search goes through all of it; the cases, where they are few otherwise."""
        # how many have a phrase nobody guesses, and a text is read for each case that has its words
        words = 0 if self.query.phrases else Few.WORDS.most
        if replace(self._criteria, q=None) == CaseCriteria():
            # a page of them is found sooner among the newest
            return Few.WORDS if self._estimate <= words // _SOONER else None, []
        if self._estimate <= words:
            return Few.WORDS, []
        most, guessed = Few.OTHERWISE.most, self._guessed_otherwise
        if self.plain["unit"] is not None and not rows_of.has_few_led(
            self._conn, self.plain, self.conditions, most, guessed
        ):
            return None, []
        # the unit's own cases are counted; those that it helps with, and which of its own are its own still, are not
        ids = rows_of.find_few_ids(self._conn, self.plain, self.conditions, most, guessed)
        return (None, []) if ids is None else (Few.OTHERWISE, ids)

    def expected(self) -> Expected:
        """What a search may expect to meet. Nothing is known of phrases, nor of open cases, which are mostly new."""
        if self.query.phrases or self._no_run is False:
            return Expected(words=self._estimate, otherwise=0)
        everything = replace(self._criteria, q=None) == CaseCriteria()
        return Expected(words=self._estimate, otherwise=None if everything else self._guessed_otherwise)

    @cached_property
    def _guessed_otherwise(self) -> int:
        return rows_of.guess_led(self._conn, self.plain, self.conditions)

    def count_open(self) -> dict[str, tuple[int, bool]]:
        """The tabs of open cases, at once where there are not more than `COUNTED`; else none."""
        counts = rows_of.count_open(self._conn, self.plain, self._narrowed(), COUNTED + 1)
        return {} if counts[0] > COUNTED else {id_: (n, True) for id_, n in zip(_OPEN_TABS, counts, strict=True)}


# So many times fewer cases have words that are looked for in all of them where nothing else is asked.
_SOONER = 10
_OPEN_TABS = ("open", "awaiting_acknowledgement", "in_progress", "overdue")


def _found(kept: list[tuple[int, CaseRow]], runs: tuple[Run, ...], *, more: bool, total: int, exact: bool) -> Found:
    """Rows with the numbers of their runs."""
    return Found(
        rows=tuple(row for _, row in kept),
        places=tuple(
            place_of(number, runs[number], due_at=row.due_at, submitted_at=row.submitted_at, id_=row.id)
            for number, row in kept
        ),
        more=more,
        total=total,
        exact=exact,
    )


def _at_most(counted: int) -> tuple[int, bool]:
    return min(counted, COUNTED), counted <= COUNTED


def _with(parameters: dict[str, Any], codes: dict[str, str]) -> dict[str, Any]:
    return parameters | {"criteria": Jsonb(parameters["criteria"].obj | codes)}


# Fields that conditions of the repository take as parameters.
_LOOKED_UP = ("unit", "import_id", "issue_id", "alert_id", "person", "due_from", "due_to")


def _impossible(criteria: CaseCriteria) -> bool | None:
    """Which runs hold nothing: those of open cases (True), those of the others (False); None: neither is sure."""
    if criteria.state in _ALL_OPEN or (criteria.status and CaseStatus(criteria.status).is_open):
        return False
    if criteria.state == CaseState.COMPLETED.value or criteria.status:
        return True
    return None


_ALL_OPEN = (CaseState.OPEN.value, CaseState.OVERDUE.value, CaseState.AWAITING_TRIAGE.value, CaseState.IN_TIME.value)

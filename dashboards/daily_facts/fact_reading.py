"""What do the daily facts say under these criteria? Chooses the sums to read; never touches a case."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain
from operator import add
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dashboards.analysis.tones import find_tones
from dashboards.daily_facts.fact_costs import Weighed, choose_packs, range_of
from dashboards.daily_facts.fact_measures import SUBMISSION_MEASURES, Measure, find_definition
from dashboards.daily_facts.fact_pack_repository import list_packs
from dashboards.daily_facts.fact_packed import PackedSums, by_keys, sum_packed
from dashboards.daily_facts.fact_projections import CASES, GRAINS, Grain, Kind, choose_grains, without_coarser
from dashboards.daily_facts.fact_ranges import split_range
from dashboards.daily_facts.fact_repository import (
    FactMark,
    fetch_facts,
    find_mark,
    look_up_together,
    read_without_helpers,
)
from dashboards.daily_facts.fact_statements import (
    LASTED,
    Filters,
    Statement,
    add_selects,
    find_sources,
    sum_up,
)
from dashboards.daily_facts.facts import fetch_rows
from models.criteria import CaseCriteria
from models.database import Connection

# Facts older than this are not counted on: the worker that renews them every few seconds does not run.
STALE_AFTER = timedelta(minutes=5)
# Up to so many cases are counted one by one where the facts are stale or not there: above, that takes many seconds.
FEW_CASES = 200_000

_FILTERS = ("topic", "department", "duty", "region", "channel", "appeal_type", "sentiment")
# `state` is not read: every number of the facts is a state itself.
_KNOWN = {*_FILTERS, "submitted_from", "submitted_to", "due_from", "due_to", "state"}
_EPOCH = date(1970, 1, 1).toordinal()
_RECEIVED = Measure("totals", "received")
Key = tuple[Any, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked of `read_counts` and what it said."""

    kind: Kind
    criteria: CaseCriteria
    measures: tuple[Measure | str, ...]
    by: tuple[str, ...]
    sums: dict[Key, tuple[int, ...]]

    def holds(self, kind: Kind, criteria: CaseCriteria, measures: Sequence[Measure | str], by: Sequence[str]) -> bool:
        """Whether its sums add up to those of another question."""
        asked = self.kind == kind and self.criteria == criteria
        return asked and set(by) <= set(self.by) and set(measures) <= set(self.measures)


@dataclass(frozen=True)
class Facts:
    """The facts as of `mark`, read through `conn`. For one transaction: what was read is kept, a page asks for much of
    it again. `answers`: in the order they were read; `looked_up`: rows of small queries, by query and parameters."""

    conn: Connection
    mark: FactMark
    measures: tuple[Measure, ...]
    answers: list[Answer] = field(default_factory=list, repr=False)
    looked_up: dict[tuple[Any, ...], list[dict[str, Any]]] = field(default_factory=dict, repr=False)

    @cached_property
    def places(self) -> dict[Measure | str, int]:
        """Where in `counts` a measure of cases, a column of submissions stands, from 1."""
        of_cases: dict[Measure | str, int] = {measure: n for n, measure in enumerate(self.measures, start=1)}
        return of_cases | {name: n for n, name in enumerate(SUBMISSION_MEASURES, start=1)}

    def look_up(self, query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of dashboards/queries/<query>.sql, each asked for once."""
        key = (query, *sorted(parameters.items()))
        if key not in self.looked_up:
            self.looked_up[key] = fetch_rows(self.conn, query, parameters)
        return self.looked_up[key]

    def look_up_ahead(self, queries: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Ask all at once what `look_up` will be asked."""
        for (query, parameters), rows in zip(queries, look_up_together(self.conn, queries), strict=True):
            self.looked_up[query, *sorted(parameters.items())] = rows


def find_facts(conn: Connection, measures: tuple[Measure, ...], *, zone: str) -> Facts | None:
    """The facts where they are built whole by the measures of this program, however old; else None. For one
    transaction (`read_without_helpers`)."""
    mark = find_mark(conn)
    if mark is None or not mark.complete or mark.zone != zone or mark.definition != find_definition(measures):
        return None
    read_without_helpers(conn)
    return Facts(conn, mark, measures)


def can_answer(criteria: CaseCriteria, kind: Kind = CASES) -> bool:
    """Whether the facts know every filter. Who asks by unit, text, urgency, issue and so on asks the cases."""
    asked = {f.name for f in fields(criteria) if getattr(criteria, f.name) is not None}
    if any("\0" in value for value in criteria.as_parameters().values()):
        return False  # the query over cases says what is wrong
    if kind == CASES:
        return asked <= _KNOWN
    exact = any((value or "").endswith("!") for value in (criteria.topic, criteria.region))
    return asked <= _KNOWN - {"department", "duty", "due_from", "due_to", "state"} and not exact


def is_summed(facts: Facts, kind: Kind, criteria: CaseCriteria, by: Sequence[str] = ()) -> bool:
    """Whether sums alone answer `read_counts`, however many cases there are: no row of a case is read for it."""
    filters = find_filters(facts, kind, criteria)
    if filters.due is not None:
        return False
    chosen = choose_grains(kind, GRAINS, without_coarser({*filters.needed, *by}))
    grains: list[Grain] = list(dict.fromkeys(("day", *chosen)))
    return all(part.grain in chosen for part in split_range(criteria.submitted_from, criteria.submitted_to, grains))


def count_cases(facts: Facts) -> int:
    """All cases there are, by the facts."""
    found = read_counts(facts, CASES, CaseCriteria(), (Measure("totals", "received"),))
    return sum(values[0] for values in found.values())


def is_stale(facts: Facts, now: datetime) -> bool:
    return now - facts.mark.as_of > STALE_AFTER


def read_counts(
    facts: Facts,
    kind: Kind,
    criteria: CaseCriteria,
    measures: Sequence[Measure | str],
    by: Sequence[str] = (),
    groups: Mapping[str, Mapping[str, str]] | None = None,
    among: Mapping[str, Collection[str]] | None = None,
) -> dict[Key, tuple[int, ...]]:
    """The sums of `measures` for each combination of `by`: dimensions of fact_projections, or "day", "week" (by its
    Monday), "month", "quarter", "year" of submission (first days). Codes are exact ones, 'none' where not known;
    combinations of which all sums are 0 are left out. `groups`: for a dimension of `by` the key that stands for some
    codes; others stand for themselves. What an earlier answer adds up to is not read again.
    `among`: of units, topics or regions that `by` names the codes that matter; others may be left out.
    """
    asked = criteria.changed({"state": None})
    known = find_known(facts, kind, asked, measures, by)
    if known is not None:
        return _add_up(known, measures, by, groups or {})
    rows, packed = _ask(facts, kind, criteria, measures, by, groups or {}, among or {}, by_keys)
    keys = len(by)
    sums = add_together([{row[:keys]: row[keys:] for row in rows}, *chain.from_iterable(packed)])
    if by:
        sums = {key: values for key, values in sums.items() if any(values)}
    if not (groups or among):
        facts.answers.append(Answer(kind, asked, tuple(measures), tuple(by), sums))
    return sums


def read_lasted(facts: Facts, criteria: CaseCriteria, by: str | None) -> dict[str, NDArray[np.int64]]:
    """How many cases took how long, for each code of the dimension `by` (None: for ''): from the middle on n days
    those that took n, the place before it on those open since n days, backwards. As `read_counts` by "lasted", without
    a key for each of a hundred thousand sums."""
    dimensions = (by,) if by else ()
    rows, packed = _ask(facts, CASES, criteria, (_RECEIVED,), (LASTED, *dimensions), {}, {}, list)
    codes: dict[str, int] = {}
    parts = [
        (
            np.array([row[0] for row in rows], np.int64),
            np.array([codes.setdefault(row[1] if by else "", len(codes)) for row in rows], np.int64),
            np.array([row[-1] for row in rows], np.int64),
        )
    ]
    for sums, (days, *known) in chain.from_iterable(packed):
        (lasted_at, *code_at), (cases,) = sums.arrays()
        if by:
            numbers = np.array([codes.setdefault(code, len(codes)) for code in known[0]], np.int64)
            parts.append((lasted_at + days[0], numbers[code_at[0]], cases))
        else:
            parts.append((lasted_at + days[0], np.full(len(cases), codes.setdefault("", len(codes))), cases))
    lasted, code, cases = (np.concatenate(column) for column in zip(*parts, strict=True))
    longest = int(np.abs(lasted).max(initial=0))
    width = 2 * longest + 1
    # sums of whole numbers below 2 ** 53 are exact in floating point
    counts = np.bincount(code * width + lasted + longest, cases, minlength=len(codes) * width).astype(np.int64)
    return {name: of for name, of in zip(codes, counts.reshape(len(codes), width), strict=True) if of.any()}


def find_known(
    facts: Facts, kind: Kind, asked: CaseCriteria, measures: Sequence[Measure | str], by: Sequence[str]
) -> Answer | None:
    """An answer that was read before and adds up to this one."""
    return next((answer for answer in facts.answers if answer.holds(kind, asked, measures, by)), None)


def add_together(parts: Sequence[dict[Key, tuple[int, ...]]]) -> dict[Key, tuple[int, ...]]:
    """Sums by key of all parts."""
    whole, *others = parts or [{}]
    whole = dict(whole)
    for part in others:
        for key, values in part.items():
            own = whole.get(key)
            whole[key] = values if own is None else tuple(map(add, own, values))
    return whole


def _add_up(
    known: Answer, measures: Sequence[Measure | str], by: Sequence[str], groups: Mapping[str, Mapping[str, str]]
) -> dict[Key, tuple[int, ...]]:
    """A coarser answer, or one of fewer measures, from one that was read."""
    if tuple(by) == known.by and tuple(measures) == known.measures and not groups:
        return known.sums
    keys = [(known.by.index(name), groups.get(name)) for name in by]
    values = [known.measures.index(measure) for measure in measures]
    if not by:
        return {(): tuple([sum([sums[place] for sums in known.sums.values()]) for place in values])}
    found: dict[Key, list[int]] = {}
    for key, sums in known.sums.items():
        own = tuple([group.get(key[place], key[place]) if group else key[place] for place, group in keys])
        total = found.setdefault(own, [0] * len(values))
        for n, place in enumerate(values):
            total[n] += sums[place]
    return {key: tuple(sums) for key, sums in found.items() if any(sums)}


def _ask(
    facts: Facts,
    kind: Kind,
    criteria: CaseCriteria,
    measures: Sequence[Measure | str],
    by: Sequence[str],
    groups: Mapping[str, Mapping[str, str]],
    among: Mapping[str, Collection[str]],
    take: Callable[[Iterator[PackedSums]], T],
) -> tuple[list[Key], list[T]]:
    """What the sums and the rows say, each line the keys and the values, and what `take` makes of the months that are
    read as columns: all of it together is the answer."""
    filters = find_filters(facts, kind, criteria).within(among)
    sources = find_sources(kind, filters, measures, by)
    one = Weighed(sources, [range_of(criteria)], by, len(measures), set(measures) == {_RECEIVED})
    packs, from_columns = choose_packs(facts.conn, kind, filters, [one], facts.mark.as_of.date(), alone=True)
    if from_columns:
        sources = {"day": None}
    while True:
        statement = Statement(facts.mark.as_of)
        add_selects(statement, kind, criteria, sources, filters, measures, by, facts.places, packs=packs)
        text = sum_up(statement, measures, by, groups)
        rows = fetch_facts(facts.conn, text, statement.parameters, by_hash=len(by) > 1)
        places = [facts.places[measure] for measure in measures]
        received = facts.places[_RECEIVED] if kind == CASES else None
        packed = [
            take(sum_packed(facts.conn, packs, part, filters, places, by, groups, facts.mark.as_of, received))
            for part in statement.packed
        ]
        before, packs = packs, list_packs(facts.conn, kind) if statement.packed else packs
        if before == packs:  # else some month was packed meanwhile
            return rows, packed


def find_filters(facts: Facts, kind: Kind, criteria: CaseCriteria) -> Filters:
    """What the criteria select, but for days of submission."""
    codes: dict[str, list[str]] = {}
    for name in ("department", "channel", "appeal_type"):
        if value := getattr(criteria, name):
            codes[name] = [value]
    if criteria.sentiment:
        codes["tone"] = [tone.id for tone in find_tones(CaseCriteria(sentiment=criteria.sentiment))]
    needed = set(codes)
    due = _due_days(criteria)
    if not (criteria.topic or criteria.region or criteria.duty):
        return Filters(codes, frozenset(needed), due)
    asked = {name: getattr(criteria, name) for name in ("topic", "region", "duty")}
    found = facts.look_up("fact_filters", asked)[0]
    if criteria.duty:
        units = ["none"] if criteria.duty == "none" else found["units"]
        codes["department"] = [unit for unit in units if criteria.department in (None, unit)]
        needed.add("department")
    if topic := criteria.topic:
        codes["topic"] = _codes(topic, found["topics"])
        whole = topic == "none" or (found["first_level"] and not topic.endswith("!"))
        needed.add("main_topic" if whole else "topic")
        if whole:
            codes["main_topic"] = [topic]
    if region := criteria.region:
        codes["region"] = codes["county"] = _codes(region, found["regions"])
        # the sums by county know a county, a zone and what is larger, but not a county without its towns
        exact, code = region.endswith("!"), region.rstrip("!")
        county = region == "none" or (found["county"] == code and not exact)
        needed.add("county" if county or found["county"] == "" else "region")
        if county:
            codes["county"] = [region]
        elif found["county"] not in ("", code):
            # the sums of a county by its towns know a town
            needed.add("county")
            codes["county"] = [found["county"]]
    return Filters(codes, frozenset(needed), due)


def _due_days(criteria: CaseCriteria) -> tuple[int, int] | None:
    """From 1 on: what has no clock is 0."""
    first, last = criteria.due_from, criteria.due_to
    if first is None and last is None:
        return None
    return max(1, (first or date.min).toordinal() - _EPOCH), (last or date.max).toordinal() - _EPOCH


def _codes(asked: str, below: list[str]) -> list[str]:
    if asked == "none":
        return ["none"]
    return [asked.rstrip("!")] if asked.endswith("!") else below

"""Many questions to the daily facts at once, before a page asks them one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from dashboards.daily_facts.fact_costs import Weighed, choose_packs, range_of
from dashboards.daily_facts.fact_measures import Measure
from dashboards.daily_facts.fact_pack_repository import Packs, list_packs
from dashboards.daily_facts.fact_packed import Asked, sum_together
from dashboards.daily_facts.fact_projections import Grain, Kind
from dashboards.daily_facts.fact_ranges import Part
from dashboards.daily_facts.fact_reading import Answer, Facts, Key, add_together, find_filters, find_known
from dashboards.daily_facts.fact_repository import fetch_together
from dashboards.daily_facts.fact_statements import Filters, Source, Statement, add_selects, find_sources, sum_up
from models.criteria import CaseCriteria

_DAY = timedelta(days=1)
Sums = dict[Key, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """What `read_counts` will be asked: of each of `criteria`, which differ only in their days, the sums of `measures`
    by `by`."""

    kind: Kind
    criteria: tuple[CaseCriteria, ...]
    measures: tuple[Measure | str, ...]
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Laid:
    """A question in pieces of days: the statement that reads sums and rows of each, numbered, and the days of it that
    packed months have to say."""

    question: Question
    filters: Filters
    pieces: list[CaseCriteria]
    statement: Statement
    packed: list[tuple[int, Part]] = field(default_factory=list)


def read_ahead(facts: Facts, questions: Sequence[Question]) -> None:
    """Ask all at once, so that `read_counts` knows the answers. Days that several criteria of a question have are read
    once, and so are the columns of packed months that several questions need."""
    asked = [one for one in questions if not _is_known(facts, one)]
    if not asked:
        return
    filters = [find_filters(facts, one.kind, one.criteria[0]) for one in asked]
    sources, packs = _choose(facts, asked, filters)
    kinds = [*packs]
    while True:
        laid = [_lay_out(facts, *one, packs) for one in zip(asked, filters, sources, strict=True)]
        statements = [
            (sum_up(one.statement, one.question.measures, one.question.by, numbered=True), one.statement.parameters)
            for one in laid
        ]
        rows = fetch_together(facts.conn, statements)
        packed = _read_packed(facts, laid, packs)
        before, packs = packs, {kind: list_packs(facts.conn, kind) for kind in kinds if any(packed)}
        if before == packs or not any(packed):
            break  # else some month was packed meanwhile
    for one, of_sums, of_columns in zip(laid, rows, packed, strict=True):
        _keep(facts, one, of_sums, of_columns)


def _choose(
    facts: Facts, asked: Sequence[Question], filters: Sequence[Filters]
) -> tuple[list[Mapping[Grain, Source]], dict[Kind, Packs]]:
    """What each question is read from, and the packed months of kinds of which some are read as columns."""
    today = facts.mark.as_of.date()
    sources: list[Mapping[Grain, Source]] = [
        find_sources(one.kind, of, one.measures, one.by) for one, of in zip(asked, filters, strict=True)
    ]
    packs: dict[Kind, Packs] = {}
    for alike in _alike([(one.kind, of) for one, of in zip(asked, filters, strict=True)]):
        kind = asked[alike[0]].kind
        weighed = [
            Weighed(sources[n], [*map(range_of, _pieces(asked[n].criteria))], asked[n].by, len(asked[n].measures))
            for n in alike
        ]
        of_kind, chosen = choose_packs(facts.conn, kind, filters[alike[0]], weighed, today, alone=False)
        for n in chosen:
            sources[alike[n]] = {"day": None}
        if of_kind:
            packs[kind] = of_kind
    return sources, packs


def _alike(of: Sequence[tuple[Kind, Filters]]) -> list[list[int]]:
    """The places of equal ones together."""
    found: list[list[int]] = []
    for n, one in enumerate(of):
        same = next((some for some in found if of[some[0]] == one), None)
        found.append([n]) if same is None else same.append(n)
    return found


def _is_known(facts: Facts, asked: Question) -> bool:
    return all(
        find_known(facts, asked.kind, criteria.changed({"state": None}), asked.measures, asked.by)
        for criteria in asked.criteria
    )


def _lay_out(
    facts: Facts,
    asked: Question,
    filters: Filters,
    sources: Mapping[Grain, Source],
    packs: Mapping[Kind, Packs],
) -> _Laid:
    laid = _Laid(asked, filters, _pieces(asked.criteria), Statement(facts.mark.as_of))
    for n, days in enumerate(laid.pieces):
        before = len(laid.statement.packed)
        add_selects(
            laid.statement,
            asked.kind,
            days,
            sources,
            filters,
            asked.measures,
            asked.by,
            facts.places,
            number=n,
            packs=packs.get(asked.kind),
        )
        laid.packed.extend((n, part) for part in laid.statement.packed[before:])
    return laid


def _read_packed(facts: Facts, laid: Sequence[_Laid], packs: Mapping[Kind, Packs]) -> list[list[tuple[int, Sums]]]:
    """For each question the sums of its packed days, by the number of the piece."""
    found: list[list[tuple[int, Sums]]] = [[] for _ in laid]
    for alike in _alike([(one.question.kind, one.filters) for one in laid]):
        waiting = [(q, n, part) for q in alike for n, part in laid[q].packed]
        asked = []
        for q, _, part in waiting:
            places = tuple(facts.places[measure] for measure in laid[q].question.measures)
            asked.append(Asked(part, places, laid[q].question.by))
        if waiting:
            kind, filters = laid[alike[0]].question.kind, laid[alike[0]].filters
            sums = sum_together(facts.conn, packs[kind], asked, filters, facts.mark.as_of)
            for (q, n, _), one in zip(waiting, sums, strict=True):
                found[q].append((n, one))
    return found


def _keep(facts: Facts, laid: _Laid, rows: Sequence[tuple[Any, ...]], packed: Sequence[tuple[int, Sums]]) -> None:
    """Put the answers of a question into the facts, one for each of its criteria."""
    one = laid.question
    sums: list[Sums] = [{} for _ in laid.pieces]
    keys = len(one.by) + 1
    for row in rows:
        sums[row[0]][row[1:keys]] = row[keys:]
    for n, more in packed:
        sums[n] = add_together([sums[n], more])
    for criteria in one.criteria:
        within = [found for found, part in zip(sums, laid.pieces, strict=True) if _holds(criteria, part)]
        together = {key: values for key, values in add_together(within).items() if any(values)}
        if not one.by:
            together = together or {(): (0,) * len(one.measures)}
        asked = criteria.changed({"state": None})
        facts.answers.append(Answer(one.kind, asked, one.measures, one.by, together))


def _pieces(criteria: Sequence[CaseCriteria]) -> list[CaseCriteria]:
    """The days of all of them, cut where any of them begins or ends."""
    if len(criteria) == 1:
        return list(criteria)
    edges = sorted({edge for one in criteria for edge in _edges(one)})
    pieces = (
        criteria[0].changed({"submitted_from": start, "submitted_to": end - _DAY}) for start, end in pairwise(edges)
    )
    return [piece for piece in pieces if any(_holds(one, piece) for one in criteria)]


def _holds(criteria: CaseCriteria, piece: CaseCriteria) -> bool:
    if criteria == piece:
        return True
    (first, end), (start, stop) = _edges(criteria), _edges(piece)
    return first <= start and stop <= end


def _edges(criteria: CaseCriteria) -> tuple[date, date]:
    """The first day, and the one after the last."""
    assert criteria.submitted_from and criteria.submitted_to
    return criteria.submitted_from, criteria.submitted_to + _DAY

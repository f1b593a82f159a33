"""What do the daily facts say under these criteria? Chooses the sums to read; never touches a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from dashboards.fact_measures import SUBMISSION_MEASURES, Measure, find_definition
from dashboards.fact_projections import CASES, Kind, Projection, choose
from dashboards.fact_repository import FactMark, fetch_facts, find_mark
from dashboards.facts import fetch_rows
from dashboards.tones import find_tones
from models.criteria import CaseCriteria
from models.database import Connection

# Facts older than this are not counted on: the worker that renews them every few seconds does not run.
STALE_AFTER = timedelta(minutes=5)
# Up to so many cases are counted one by one where the facts are stale or not there: above, that takes many seconds.
FEW_CASES = 200_000

_FILTERS = ("topic", "department", "region", "channel", "appeal_type", "sentiment")
# `state` is not read: every number of the facts is a state itself.
_KNOWN = {*_FILTERS, "submitted_from", "submitted_to", "state"}
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Days or months from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Facts:
    """The facts as of `mark`, read through `conn`."""

    conn: Connection
    mark: FactMark
    measures: tuple[Measure, ...]

    @cached_property
    def places(self) -> dict[Measure | str, int]:
        """Where in `counts` a measure of cases, a column of submissions stands, from 1."""
        of_cases: dict[Measure | str, int] = {measure: n for n, measure in enumerate(self.measures, start=1)}
        return of_cases | {name: n for n, name in enumerate(SUBMISSION_MEASURES, start=1)}


def find_facts(conn: Connection, measures: tuple[Measure, ...], *, zone: str) -> Facts | None:
    """The facts where they are built whole by the measures of this program, however old; else None."""
    mark = find_mark(conn)
    if mark is None or not mark.complete or mark.zone != zone or mark.definition != find_definition(measures):
        return None
    return Facts(conn, mark, measures)


def can_answer(criteria: CaseCriteria, kind: Kind = CASES) -> bool:
    """Whether the facts know every filter. Who asks by unit, text, urgency, issue and so on asks the cases."""
    asked = {f.name for f in fields(criteria) if getattr(criteria, f.name) is not None}
    if any("\0" in value for value in criteria.as_parameters().values()):
        return False  # the query over cases says what is wrong
    if kind == CASES:
        return asked <= _KNOWN
    exact = any((value or "").endswith("!") for value in (criteria.topic, criteria.region))
    return asked <= _KNOWN - {"department", "state"} and not exact


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
) -> dict[Key, tuple[int, ...]]:
    """The sums of `measures` for each combination of `by`: dimensions of fact_projections, or "day" or "month" of
    submission (dates). Codes are exact ones, 'none' where not known; combinations of which all sums are 0 are left out.
    `groups`: for a dimension of `by` the key that stands for some codes; others stand for themselves.
    """
    filters, parameters, filtered = _filters(facts, kind, criteria)
    grouped = {name for name in by if name not in ("day", "month")}
    needed = filtered | grouped
    if "region" in needed:  # the county is not needed beside its towns
        needed -= {"county"}
    months, days = split_range(criteria.submitted_from, criteria.submitted_to, by_day="day" in by)
    by_month, by_day = choose(kind, "month", needed), choose(kind, "day", needed)
    if by_month is None:
        months, days = [], [Span(criteria.submitted_from or date.min, criteria.submitted_to or date.max)]
    parts = []
    numbers = [facts.places[measure] for measure in measures]
    for n, (span, projection) in enumerate([*((s, by_month) for s in months), *((s, by_day) for s in days)]):
        parameters |= {f"first{n}": span.first, f"last{n}": span.last}
        parts.append(_part(n, projection, filters, numbers, by))
        parameters |= {f"projection{n}": projection.id} if projection else {"kind": kind}
    joins, names = [], []
    for n, name in enumerate(by):
        if group := (groups or {}).get(name):
            parameters |= {f"codes{n}": list(group), f"keys{n}": list(group.values())}
            joins.append(
                f" LEFT JOIN unnest(%(codes{n})s::text[], %(keys{n})s::text[]) g{n}(code, key) ON g{n}.code = k{n}"
            )
            names.append(f"coalesce(g{n}.key, k{n})")
        else:
            names.append(f"k{n}")
    columns = [f"{name} AS k{n}" for n, name in enumerate(names)]
    columns += [f"sum(v{n})::bigint AS v{n}" for n in range(len(measures))]
    statement = f"SELECT {', '.join(columns)} FROM ({' UNION ALL '.join(parts)}) parts{''.join(joins)}"
    if names:
        statement += f" GROUP BY {', '.join(names)}"
    found = {}
    for row in fetch_facts(facts.conn, statement, parameters):
        values = tuple(int(row[f"v{n}"] or 0) for n in range(len(measures)))
        if any(values) or not by:
            found[tuple(row[f"k{n}"] for n in range(len(by)))] = values
    return found


def split_range(first: date | None, last: date | None, *, by_day: bool) -> tuple[list[Span], list[Span]]:
    """Whole months (by their first days), and the days left over at both ends; days alone where days are asked for."""
    lo, hi = first or date.min, last or date.max
    if by_day or lo > hi:
        return [], [Span(lo, hi)]
    from_month = lo if lo.day == 1 else _next_month(lo)
    to_month = hi.replace(day=1) if hi == date.max or (hi + timedelta(days=1)).day == 1 else _month_before(hi)
    if from_month is None or to_month is None or from_month > to_month:
        return [], [Span(lo, hi)]
    days = []
    if lo < from_month:
        days.append(Span(lo, from_month - timedelta(days=1)))
    following = _next_month(to_month)
    if following is not None and following <= hi:
        days.append(Span(following, hi))
    return [Span(from_month, to_month)], days


def _next_month(day: date) -> date | None:
    if (day.year, day.month) == (date.max.year, 12):
        return None
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _month_before(day: date) -> date | None:
    first = day.replace(day=1)
    return None if first == date.min else (first - timedelta(days=1)).replace(day=1)


def _filters(facts: Facts, kind: Kind, criteria: CaseCriteria) -> tuple[dict[str, str], dict[str, Any], set[str]]:
    """For each column the condition on it; the parameters of all; the dimensions that they need."""
    filters: dict[str, str] = {}
    parameters: dict[str, Any] = {}
    needed: set[str] = set()
    for name in ("department", "channel", "appeal_type"):
        if value := getattr(criteria, name):
            filters[name] = f"{{column}} = %({name})s::text"
            parameters[name] = value
            needed.add(name)
    if criteria.sentiment:
        filters["tone"] = "{column} = ANY(%(tones)s::text[])"
        parameters["tones"] = [tone.id for tone in find_tones(CaseCriteria(sentiment=criteria.sentiment))]
        needed.add("tone")
    if not (criteria.topic or criteria.region):
        return filters, parameters, needed
    found = fetch_rows(facts.conn, "fact_filters", {"topic": criteria.topic, "region": criteria.region})[0]
    if criteria.topic:
        filters["topic"] = "{column} = ANY(%(topics)s::text[])"
        parameters["topics"] = _codes(criteria.topic, found["topics"])
        needed.add("topic")
    if region := criteria.region:
        filters["region"] = "{column} = ANY(%(regions)s::text[])"
        parameters["regions"] = _codes(region, found["regions"])
        # the sums by county know a county, a zone and what is larger, but not a county without its towns
        exact, code = region.endswith("!"), region.rstrip("!")
        whole = region == "none" or found["county"] == "" or (found["county"] == code and not exact)
        needed.add("county" if whole else "region")
    return filters, parameters, needed


def _codes(asked: str, below: list[str]) -> list[str]:
    if asked == "none":
        return ["none"]
    return [asked.rstrip("!")] if asked.endswith("!") else below


def _part(
    n: int, projection: Projection | None, filters: dict[str, str], numbers: Sequence[int], by: Sequence[str]
) -> str:
    """One SELECT over fact_cells, or over the rows themselves where no projection has the dimensions together."""
    cells = projection is not None
    time = "period" if cells else "day"
    columns = []
    for place, name in enumerate(by):
        if name == "month":
            columns.append(f"date_trunc('month', {time})::date AS k{place}")
        elif name == "day":
            columns.append(f"{time} AS k{place}")
        else:
            columns.append(f"{'region' if cells and name == 'county' else name} AS k{place}")
    columns += [f"counts[{number}]::integer AS v{place}" for place, number in enumerate(numbers)]
    conditions = [f"projection = %(projection{n})s" if cells else "kind = %(kind)s"]
    conditions.append(f"{time} BETWEEN %(first{n})s AND %(last{n})s")
    for column, condition in filters.items():
        conditions.append(condition.format(column=column))
        if cells and column in ("department", "topic", "region"):
            conditions.append(f"{column} <> ''")  # or the index for it is not taken
    return f"SELECT {', '.join(columns)} FROM {'fact_cells' if cells else 'fact_rows'} WHERE {' AND '.join(conditions)}"

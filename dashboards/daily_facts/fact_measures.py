"""Which numbers do the facts hold, and how is a metric's own query asked for single cases or for groups?"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from dashboards.daily_facts.fact_digests import DIGESTS
from dashboards.daily_facts.fact_projections import CASES, PROJECTIONS, SUBMISSIONS, Kind
from dashboards.daily_facts.fact_slices import SLICES
from dashboards.daily_facts.facts import read_query
from dashboards.lists.matching import ASKED, ASKED_ROW, MATCHING
from dashboards.metrics.metric_definition import MetricDefinition

_GROUPED = re.compile(r"\bGROUP\s+BY\b", re.IGNORECASE)
# A part of what the facts are made from that is not in the queries: raise it when rows or cells are made otherwise.
_MADE_BY = "6"


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of one query in dashboards/queries that metrics divide or show."""

    query: str
    column: str


# What is counted of submissions: columns of submission_fact_rows.sql.
SUBMISSION_MEASURES = ("received", "pending", "analysed", "negative", "cases")
# The numbers of which there are slices (dashboards.daily_facts.fact_slices), in the order of their columns: how many,
# and the rate that a page compares.
FEW: dict[Kind, tuple[Measure | str, ...]] = {
    CASES: (Measure("totals", "received"), Measure("totals", "due"), Measure("totals", "on_time")),
    SUBMISSIONS: ("received", "analysed", "negative"),
}


def list_measures(metrics: Iterable[MetricDefinition]) -> tuple[Measure, ...]:
    """Every column that any metric counts by, each once, in an order that only depends on the metrics."""
    found = {
        Measure(metric.query, column)
        for metric in metrics
        for column in (metric.numerator, metric.denominator)
        if column is not None
    }
    return tuple(sorted(found, key=lambda measure: (measure.query, measure.column)))


def place_of_received(measures: Sequence[Measure]) -> int:
    """Where in the counts of cases the number of cases itself stands, from 1."""
    return list(measures).index(Measure("totals", "received")) + 1


@cache
def find_definition(measures: tuple[Measure, ...]) -> str:
    """A short name of what the facts are by: other queries, columns, sums or ways of making them have another one."""
    texts = [_MADE_BY, *(f"{m.query}.{m.column}" for m in measures)]
    texts += [read_query(name).decode() for name in sorted({m.query for m in measures})]
    texts += [read_query(name).decode() for name in ("case_fact_rows", "submission_fact_rows")]
    texts.append(" ".join(str(projection.id) for projection in PROJECTIONS))
    texts += [f"{one.kind} {one.by} {one.of} {one.grains}" for one in SLICES] + [f"{FEW}"]
    texts += [f"{name} {sorted(one.columns)} {one.every}" for name, one in DIGESTS.items()]
    return sha256("\0".join(texts).encode()).hexdigest()[:32]


def count_each_alone(query: str) -> str:
    """The query for the one case `chosen.case_id`: for a LATERAL join, so that a few cases do not read whole tables."""
    text = _counting(query).replace(ASKED, f"(SELECT chosen.case_id, chosen.unit, chosen.own) AS {ASKED_ROW}")
    return text.replace(MATCHING, "(SELECT chosen.case_id WHERE chosen.is_counted) AS m(id)")


def count_by(query: str, keys: Sequence[tuple[str, str]]) -> str:
    """The query for each group of the matching cases: `keys` are (name, SQL over the alias g of case_facts)."""
    if not keys:
        return _counting(query)
    text = _counting(query)
    asked = ASKED in text
    source, row = (ASKED, ASKED_ROW) if asked else (MATCHING, "m(id)")
    # of what is asked of people the unit is the one that answered
    columns = "".join(
        f", {expression.replace('g.lead_department_id', 'k.department') if asked else expression} AS {name}"
        for name, expression in keys
    )
    own = "k.id, k.department, k.own" if asked else "g.id"
    relation = (
        f"(SELECT {own}{columns} FROM {source.replace(row, row.replace('m(', 'k('))}"
        " JOIN case_facts(%(as_of)s) g ON g.id = k.id) AS m"
    )
    names = ", ".join(f"m.{name}" for name, _ in keys)
    return f"SELECT {names}, {text.removeprefix('SELECT ').replace(source, relation)}\nGROUP BY {names}"


def _counting(query: str) -> str:
    """The query without its head. Raises `ValueError` where it does not have the shape that facts are made from: one
    SELECT of sums over `MATCHING` or `ASKED`, each case by itself, nothing grouped at its end."""
    lines = read_query(query).decode().splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("--")).strip()
    outer = _without_brackets(text)
    if not text.startswith("SELECT ") or text.count(MATCHING) + text.count(ASKED) != 1 or _GROUPED.search(outer):
        raise ValueError(f"{query}.sql is not one SELECT of sums over {MATCHING}")
    return text


def _without_brackets(text: str) -> str:
    """What stands outside all brackets."""
    depth, kept = 0, []
    for character in text:
        depth += character == "("
        if depth == 0:
            kept.append(character)
        depth -= character == ")"
    return "".join(kept)

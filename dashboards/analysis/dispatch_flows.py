"""To whom were cases given first, how were they given on, and who leads them now?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dashboards.analysis.analysis_lines import Opens
from dashboards.daily_facts.fact_answers import RECEIVED, choose_facts, find_groups
from dashboards.daily_facts.fact_measures import list_measures
from dashboards.daily_facts.fact_projections import CASES
from dashboards.daily_facts.fact_reading import read_counts
from dashboards.daily_facts.fact_series import read_series
from dashboards.daily_facts.facts import case_parameters, fetch_rows
from dashboards.metrics.metrics import METRICS
from models.criteria import CaseCriteria, GivenOn
from models.database import Connection

WAYS: Mapping[str, str] = {"stayed": "未转手"} | {way.value: way.label for way in GivenOn}
OTHERS = "others"
# As many units by name as fit one above the other on a screen; the rest are drawn as one.
UNITS_SHOWN = 12
_NO_UNIT = "尚无主办单位"


class Flow(NamedTuple):
    """Cases by first unit, way (`WAYS`) and last unit. `lists` selects these cases when asked: a year of a large city
    has ten thousand flows, and a page opens some hundred. None: no filter selects exactly these."""

    first: str
    first_label: str
    way: str
    last: str
    last_label: str
    cases: int
    lists: Opens | None = None

    @property
    def way_label(self) -> str:
        return WAYS[self.way]

    @property
    def criteria(self) -> CaseCriteria | None:
        return self.lists.criteria if self.lists else None


class GivenOnList(NamedTuple):
    """What a flow that did not stay opens."""

    base: CaseCriteria
    first: str
    way: str
    last: str

    @property
    def criteria(self) -> CaseCriteria:
        return self.base.changed({"first_unit": self.first, "given_on": self.way, "department": self.last})

    @property
    def denominator_criteria(self) -> None:
        return None


def read_flows(conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> tuple[Flow, ...]:
    """All flows, most cases first, from the daily facts where they answer."""
    base = replace(criteria, state=None)
    names = {code: label for code, (_, label) in find_groups(conn, "department_groups", {}).items()}
    right = read_series(conn, "first_dispatch_accuracy", base, by=("department",), now=now, zone=zone)
    flows = [
        Flow(
            first=row.keys[0],
            first_label=row.labels[0],
            way="stayed",
            last=row.keys[0],
            last_label=row.labels[0],
            cases=row.numerator,
            lists=row,
        )
        for row in right.rows
        if row.numerator and row.keys[0] != "none"
    ]
    for first, way, last, cases in _given_on(conn, base, now=now, zone=zone):
        flows.append(
            Flow(
                first=first,
                first_label=names.get(first, first),
                way=way,
                last=last,
                last_label=_NO_UNIT if last == "none" else names.get(last, last),
                cases=cases,
                lists=GivenOnList(base, first, way, last),
            )
        )
    return tuple(sorted(flows, key=lambda flow: (-flow.cases, flow.first, flow.way, flow.last)))


def _given_on(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo
) -> Iterator[tuple[str, str, str, int]]:
    """First unit, way, last unit and cases of those that did not stay."""
    facts, _ = choose_facts(conn, criteria, list_measures(METRICS.values()), now=now, zone=zone)
    if facts is None:
        for row in fetch_rows(conn, "dispatch_flows", case_parameters(criteria, now=now, zone=zone)):
            yield row["first"], row["way"], row["last"], row["cases"]
        return
    for (flow, last), (cases,) in read_counts(facts, CASES, criteria, (RECEIVED,), ("flow", "department")).items():
        if flow:
            first, way = flow.rsplit(" ", 1)
            yield first, way, last, cases


def merge_small(flows: Sequence[Flow], most: int = UNITS_SHOWN) -> tuple[Flow, ...]:
    """The flows with all but the `most` first and the `most` last units taken together, most cases first; the cases
    stay as many. They open no list."""
    first = _largest([(flow.first, flow.cases) for flow in flows], most)
    last = _largest([(flow.last, flow.cases) for flow in flows], most)
    sums: dict[tuple[str, str, str], int] = {}
    labels = {OTHERS: "其他单位"}
    for flow in flows:
        key = flow.first if flow.first in first else OTHERS, flow.way, flow.last if flow.last in last else OTHERS
        sums[key] = sums.get(key, 0) + flow.cases
        labels.setdefault(key[0], flow.first_label)
        labels.setdefault(key[2], flow.last_label)
    ordered = sorted(sums.items(), key=lambda one: -one[1])
    return tuple(
        Flow(source, labels[source], way, target, labels[target], cases) for (source, way, target), cases in ordered
    )


def _largest(cases: Sequence[tuple[str, int]], most: int) -> set[str]:
    sums: dict[str, int] = {}
    for key, value in cases:
        sums[key] = sums.get(key, 0) + value
    ordered = sorted(sums, key=lambda key: (-sums[key], key))
    return set(ordered if len(ordered) <= most + 1 else ordered[:most])

"""To whom were cases given first, how were they given on, and who leads them now?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Cases by first unit, way (`WAYS`) and last unit. `criteria` None: no filter selects exactly these."""

    first: str
    first_label: str
    way: str
    last: str
    last_label: str
    cases: int
    criteria: CaseCriteria | None = None

    @property
    def way_label(self) -> str:
        return WAYS[self.way]


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
            criteria=row.criteria,
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
                criteria=base.changed({"first_unit": first, "given_on": way, "department": last}),
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
    """The flows with all but the `most` first and the `most` last units taken together; the cases stay as many."""
    first = _largest([(flow.first, flow.cases) for flow in flows], most)
    last = _largest([(flow.last, flow.cases) for flow in flows], most)
    sums: dict[tuple[str, str, str], Flow] = {}
    for flow in flows:
        small = {
            **({} if flow.first in first else {"first": OTHERS, "first_label": "其他单位"}),
            **({} if flow.last in last else {"last": OTHERS, "last_label": "其他单位"}),
        }
        merged = Flow(
            first=small.get("first", flow.first),
            first_label=small.get("first_label", flow.first_label),
            way=flow.way,
            last=small.get("last", flow.last),
            last_label=small.get("last_label", flow.last_label),
            cases=flow.cases,
            criteria=None if small else flow.criteria,
        )
        key = merged.first, merged.way, merged.last
        known = sums.get(key)
        sums[key] = replace(merged, cases=known.cases + flow.cases) if known else merged
    return tuple(sorted(sums.values(), key=lambda flow: -flow.cases))


def _largest(cases: Sequence[tuple[str, int]], most: int) -> set[str]:
    sums: dict[str, int] = {}
    for key, value in cases:
        sums[key] = sums.get(key, 0) + value
    ordered = sorted(sums, key=lambda key: (-sums[key], key))
    return set(ordered if len(ordered) <= most + 1 else ordered[:most])

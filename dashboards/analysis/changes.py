"""What changed against the period before and the same days of last year, and which groups make it up?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.analysis.contributions import Change, RateChange, decompose_rate, list_supported
from dashboards.daily_facts.fact_ahead import Question, read_ahead
from dashboards.daily_facts.fact_answers import Chosen, choose_facts
from dashboards.daily_facts.fact_measures import list_measures
from dashboards.daily_facts.fact_reading import can_answer
from dashboards.daily_facts.fact_series import By, FactSums, Kinds, question_of, read_sums
from dashboards.metrics.metrics import METRICS
from models.criteria import CaseCriteria
from models.database import Connection

RATE = "on_time_completion_rate"
# Without a period chosen: as many days up to today.
USUAL_DAYS = 30
_LONGEST = 366
# The daily facts have these two beside each other by day; all three only by month.
_GROUPS: tuple[tuple[By, ...], ...] = (("topic", "region"), ("department",))
_ASKED = (["received"], ["received", RATE])


@dataclass(frozen=True, slots=True)
class Group:
    """A group whose change is more than chance, with the list of its cases now, or of those before where
    it has none now."""

    labels: tuple[str, ...]
    change: Change[tuple[str, ...]]
    criteria: CaseCriteria


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One period against an earlier one. `received`: cases; `groups`: those of each of topic × region and department
    that are supported, the largest first; `rate`: the on-time rate by department, None where a period has none due;
    `rate_cases`: what it is divided by, now and before; `departments`: their names."""

    label: str
    criteria: CaseCriteria
    received: Change[str]
    groups: tuple[tuple[Group, ...], ...]
    rate: RateChange[str] | None
    rate_cases: tuple[int, int]
    departments: dict[str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    """`criteria`: the period looked at; `chosen`: the reader chose it."""

    criteria: CaseCriteria
    chosen: bool
    compared: tuple[Compared, ...]


def read_changes(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, chosen: Chosen | None = None
) -> Changes | None:
    """The changes of the cases that the criteria select, leaving out `state`; None where the daily facts do not know
    the filters: it would count the cases six times over. `chosen`: the facts where the page reads more of them."""
    base = replace(criteria, state=None)
    periods = _find_periods(base, now.astimezone(zone).date())
    if periods is None:
        return None
    current, earlier = periods
    chosen = chosen or choose_facts(conn, base, list_measures(METRICS.values()), now=now, zone=zone)
    if chosen[0] is not None:
        read_ahead(chosen[0], questions_of_changes(base, now=now, zone=zone))
    now_ = _read(conn, current, chosen, now=now, zone=zone)
    compared = [
        _compare(label, criteria, now_, _read(conn, criteria, chosen, now=now, zone=zone))
        for label, criteria in earlier
    ]
    return Changes(current, base.submitted_from is not None, tuple(compared))


def questions_of_changes(criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> list[Question]:
    """What `read_changes` asks the facts of criteria without a state."""
    periods = _find_periods(criteria, now.astimezone(zone).date())
    if periods is None:
        return []
    every = [periods[0], *(earlier for _, earlier in periods[1])]
    return [question_of(metrics, every, by) for metrics, by in zip(_ASKED, _GROUPS, strict=True)]


def _find_periods(base: CaseCriteria, today: date) -> tuple[CaseCriteria, list[tuple[str, CaseCriteria]]] | None:
    """The criteria of the period looked at, and of those before with their names."""
    if not can_answer(base):
        return None
    last = min(base.submitted_to or today, today)
    first = base.submitted_from or last - timedelta(days=USUAL_DAYS - 1)
    if first > last or (base.submitted_from is None and base.submitted_to is not None):
        return None
    return base.changed({"submitted_from": first, "submitted_to": last}), [
        (label, base.changed({"submitted_from": start, "submitted_to": end}))
        for label, start, end in find_earlier(first, last)
    ]


def find_earlier(first: date, last: date) -> list[tuple[str, date, date]]:
    """The period of the same length just before, and the same days of last year, with their names."""
    days = (last - first).days + 1
    earlier = [("上期", first - timedelta(days=days), first - timedelta(days=1))]
    if days <= _LONGEST:
        earlier.append(("去年同期", _year_before(first), _year_before(last)))
    return earlier


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@dataclass(frozen=True, slots=True)
class _Read:
    """The cases of topics × regions and of units, of one period."""

    pairs: FactSums
    units: FactSums


def _read(conn: Connection, criteria: CaseCriteria, chosen: Chosen, *, now: datetime, zone: ZoneInfo) -> _Read:
    more: dict[str, Any] = {"now": now, "zone": zone, "chosen": chosen}
    found = [read_sums(conn, metrics, criteria, by=by, **more) for metrics, by in zip(_ASKED, _GROUPS, strict=True)]
    return _Read(*found)


def _compare(label: str, earlier: CaseCriteria, now: _Read, before: _Read) -> Compared:
    received = [part.units.numerators("received") for part in (now, before)]
    pairs = [part.pairs.numerators("received") for part in (now, before)]
    rates = [part.units.pairs(RATE) for part in (now, before)]
    by_unit = [{kinds[0][0]: pair for kinds, pair in part.items()} for part in rates]
    return Compared(
        label=label,
        criteria=earlier,
        received=Change("received", *(sum(part.values()) for part in received)),
        groups=(_groups(pairs, now.pairs, before.pairs), _groups(received, now.units, before.units)),
        rate=decompose_rate(*by_unit),
        rate_cases=(sum(n for _, n in by_unit[0].values()), sum(n for _, n in by_unit[1].values())),
        departments=dict(kinds[0] for part in reversed(rates) for kinds in part),
    )


def _groups(counts: Sequence[Mapping[Kinds, int]], now: FactSums, before: FactSums) -> tuple[Group, ...]:
    groups = []
    for change in list_supported(*counts):
        keys, labels = zip(*change.key, strict=True)
        cases = (now if change.now else before).list_of("received", change.key)
        groups.append(Group(labels, Change(keys, change.now, change.before), cases))
    return tuple(groups)

"""How many cases does a list hold exactly, however many? From the sums of the number that opened it, no case read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.analysis.tones import find_tones
from dashboards.daily_facts.fact_measures import Measure, list_measures
from dashboards.daily_facts.fact_projections import CASES
from dashboards.daily_facts.fact_reading import can_answer, find_facts, is_stale, is_summed, read_counts
from dashboards.metrics.metrics import METRICS
from models.analysis import Sentiment
from models.criteria import CaseCriteria, Displeasure
from models.database import Connection

_BY_TONE = (Displeasure.AUTHORITY.value, Displeasure.NOBODY.value)


@dataclass(frozen=True, slots=True)
class ListedCount:
    """So many cases match, as of the moment of the sums."""

    value: int
    as_of: datetime


def count_listed(conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> ListedCount | None:
    """None where the sums do not say it at once: they are not built or not current, no number of METRICS counts such
    cases, or a filter is one that only cases know."""
    for measure, base, tones in _readings(criteria):
        if not can_answer(base):
            continue
        facts = find_facts(conn, list_measures(METRICS.values()), zone=zone.key)
        by = ("tone",) if tones else ()
        if facts is None or is_stale(facts, now) or not is_summed(facts, CASES, base, by):
            return None
        found = read_counts(facts, CASES, base, (measure,), by)
        return ListedCount(sum(n for key, (n,) in found.items() if not key or key[0] in tones), facts.mark.as_of)
    return None


def _readings(criteria: CaseCriteria) -> Iterator[tuple[Measure, CaseCriteria, frozenset[str]]]:
    """What may count exactly these cases: a number, of which cases, of which of their moods (none named: all)."""
    for metric in METRICS.values():
        sides: list[tuple[str | None, Any, Any]] = [
            (metric.numerator, metric.state, metric.only),
            (metric.denominator, metric.denominator_state, metric.denominator_only),
        ]
        for column, state, only in sides:
            if column is None or criteria.state != (state and state.value):
                continue
            if all(getattr(criteria, name) == value for name, value in only.items()):
                base = criteria.changed({"state": None, **dict.fromkeys(only)})
                yield Measure(metric.query, column), base, frozenset()
    if (
        criteria.state is None
        and criteria.sentiment == Sentiment.NEGATIVE.value
        and criteria.displeased_with in _BY_TONE
    ):
        received = METRICS["received"]
        tones = frozenset(tone.id for tone in find_tones(criteria))
        yield Measure(received.query, received.numerator), criteria.changed({"displeased_with": None}), tones

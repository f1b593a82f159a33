"""How long do the cases of each group take from submission to completion, open ones counted until now?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dashboards.daily_facts.fact_answers import RECEIVED, Chosen, choose_facts, find_groups
from dashboards.daily_facts.fact_measures import list_measures
from dashboards.daily_facts.fact_projections import CASES
from dashboards.daily_facts.fact_reading import Facts, read_counts
from dashboards.daily_facts.fact_statements import LASTED
from dashboards.daily_facts.facts import case_parameters, fetch_rows
from dashboards.metrics.metrics import METRICS
from dashboards.statistics.survival import DayCount, Median, Step, find_median, trace
from models.analysis import AppealType
from models.criteria import CaseCriteria, CaseState
from models.database import Connection

Grouping = Literal["", "appeal_type", "department", "topic"]
_DIMENSIONS = {"appeal_type": "appeal_type", "department": "department", "topic": "main_topic"}
_APPEALS = {member.value: member.label for member in AppealType}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The cases of one group; `criteria` opens them, `open_criteria` those still open. `completed` of `cases` are
    finished; `counts` by natural days."""

    key: str
    label: str
    cases: int
    completed: int
    criteria: CaseCriteria
    open_criteria: CaseCriteria
    counts: tuple[DayCount, ...]
    steps: tuple[Step, ...]
    median: Median

    def watched(self, days: int) -> CaseCriteria:
        """Opens the cases that took, or have been open, so many days or longer: those at risk as that day begins."""
        return self.criteria.changed({"lasted_from": days})

    def finished_on(self, days: int) -> CaseCriteria:
        """Opens the cases that were finished on that day of theirs."""
        chosen = {"lasted_from": days, "lasted_to": days, "state": CaseState.COMPLETED.value}
        return self.criteria.changed(chosen)


def read_cohorts(
    conn: Connection,
    criteria: CaseCriteria,
    by: Grouping,
    *,
    now: datetime,
    zone: ZoneInfo,
    chosen: Chosen | None = None,
) -> list[Cohort]:
    """A cohort for each group (one of all where `by` is ""), the largest first, of the cases that the criteria select,
    leaving out `state`: the finished ones alone would look faster than they are. `chosen`: of `choose_times`."""
    base = replace(criteria, state=None)
    facts, _ = chosen or choose_times(conn, criteria, now=now, zone=zone)
    counts: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    if facts is None:
        for row in fetch_rows(conn, "completion_times", case_parameters(base, now=now, zone=zone) | {"by": by}):
            counts[row["key"]][row["days"]][0 if row["completed"] else 1] += row["cases"]
    else:
        for key, days, place, cases in _of_facts(facts, base, by):
            counts[key][days][place] += cases
    labels = _labels(conn, by)
    cohorts = [_cohort(key, labels, by, base, days) for key, days in counts.items()]
    return sorted(cohorts, key=lambda cohort: (cohort.key == "none", -cohort.cases, cohort.key))


def choose_times(conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> Chosen:
    """What the numbers come from, and what a reader should know of it (`fact_answers.choose_facts`)."""
    return choose_facts(conn, replace(criteria, state=None), list_measures(METRICS.values()), now=now, zone=zone)


def _of_facts(facts: Facts, criteria: CaseCriteria, by: Grouping) -> Iterator[tuple[str, int, int, int]]:
    """As completion_times.sql: key, days, 0 for finished and 1 for open, cases."""
    dimensions = (_DIMENSIONS[by],) if by else ()
    for (lasted, *key), (cases,) in read_counts(facts, CASES, criteria, (RECEIVED,), (LASTED, *dimensions)).items():
        yield key[0] if key else "", *((lasted, 0) if lasted >= 0 else (-1 - lasted, 1)), cases


def _cohort(
    key: str, labels: Mapping[str, str], by: Grouping, base: CaseCriteria, days: Mapping[int, list[int]]
) -> Cohort:
    counts = tuple(DayCount(day, *days[day]) for day in sorted(days))
    steps = tuple(trace(counts))
    # where the criteria choose a topic below a first-level one they choose less
    change: dict[str, Any] = {by: key} if by and not (by == "topic" and base.topic) else {}
    chosen = replace(base, **change)
    return Cohort(
        key=key,
        label=labels.get(key, "未定") if by else "全部工单",
        cases=sum(c.completed + c.censored for c in counts),
        completed=sum(c.completed for c in counts),
        criteria=chosen,
        open_criteria=replace(chosen, state="open"),
        counts=counts,
        steps=steps,
        median=find_median(steps),
    )


def _labels(conn: Connection, by: Grouping) -> Mapping[str, str]:
    if by == "appeal_type":
        return _APPEALS
    if by == "topic":
        return {key: label for key, label in find_groups(conn, "topic_groups", {"sub_topics": False}).values()}
    return {code: label for code, (_, label) in find_groups(conn, "department_groups", {}).items()} if by else {}

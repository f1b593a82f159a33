"""How long do the cases of each group take from submission to completion, open ones counted until now?"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np

from dashboards.daily_facts.fact_answers import Chosen, choose_facts, find_groups
from dashboards.daily_facts.fact_measures import list_measures
from dashboards.daily_facts.fact_reading import Facts, read_lasted
from dashboards.daily_facts.facts import case_parameters, fetch_rows
from dashboards.metrics.metrics import METRICS
from dashboards.statistics.survival import DayCount, Median, Step, Watched, find_median, trace, watch, watch_days
from models.analysis import AppealType
from models.criteria import CaseCriteria, CaseState
from models.database import Connection

Grouping = Literal["", "appeal_type", "department", "topic"]
_DIMENSIONS = {"appeal_type": "appeal_type", "department": "department", "topic": "main_topic"}
_APPEALS = {member.value: member.label for member in AppealType}


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """The cases of one group; `criteria` opens them, `open_criteria` those still open. `completed` of `cases` are
    finished; `counts` by natural days, `steps` the curve of them, traced for who draws it."""

    key: str
    label: str
    cases: int
    completed: int
    criteria: CaseCriteria
    open_criteria: CaseCriteria
    counts: Watched

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(trace(self.counts))

    @cached_property
    def median(self) -> Median:
        return find_median(self.steps)

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
    counts = _of_cases(conn, base, by, now=now, zone=zone) if facts is None else _of_facts(facts, base, by)
    labels = _labels(conn, by)
    cohorts = [_cohort(key, labels, by, base, watched) for key, watched in counts.items()]
    return sorted(cohorts, key=lambda cohort: (cohort.key == "none", -cohort.cases, cohort.key))


def choose_times(conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> Chosen:
    """What the numbers come from, and what a reader should know of it (`fact_answers.choose_facts`)."""
    return choose_facts(conn, replace(criteria, state=None), list_measures(METRICS.values()), now=now, zone=zone)


def _of_cases(
    conn: Connection, criteria: CaseCriteria, by: Grouping, *, now: datetime, zone: ZoneInfo
) -> dict[str, Watched]:
    counts: dict[str, list[DayCount]] = defaultdict(list)
    for row in fetch_rows(conn, "completion_times", case_parameters(criteria, now=now, zone=zone) | {"by": by}):
        done, still = (row["cases"], 0) if row["completed"] else (0, row["cases"])
        counts[row["key"]].append(DayCount(row["days"], done, still))
    return {key: watch(of_key) for key, of_key in counts.items()}


def _of_facts(facts: Facts, criteria: CaseCriteria, by: Grouping) -> dict[str, Watched]:
    found = read_lasted(facts, criteria, _DIMENSIONS[by] if by else None)
    # what is open since n days stands before the middle, backwards
    middle = {key: len(cases) // 2 for key, cases in found.items()}
    return {
        key: watch_days(cases[middle[key] :], np.append(cases[: middle[key]][::-1], 0)) for key, cases in found.items()
    }


def _cohort(key: str, labels: Mapping[str, str], by: Grouping, base: CaseCriteria, counts: Watched) -> Cohort:
    # where the criteria choose a topic below a first-level one they choose less
    change: dict[str, Any] = {by: key} if by and not (by == "topic" and base.topic) else {}
    chosen = replace(base, **change)
    return Cohort(
        key=key,
        label=labels.get(key, "未定") if by else "全部工单",
        cases=counts.count_at_risk(0),
        completed=sum(counts.completed),
        criteria=chosen,
        open_criteria=replace(chosen, state="open"),
        counts=counts,
    )


def _labels(conn: Connection, by: Grouping) -> Mapping[str, str]:
    if by == "appeal_type":
        return _APPEALS
    if by == "topic":
        return {key: label for key, label in find_groups(conn, "topic_groups", {"sub_topics": False}).values()}
    return {code: label for code, (_, label) in find_groups(conn, "department_groups", {}).items()} if by else {}

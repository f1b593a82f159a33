"""What does the overview ask the daily facts? All of it at once, before anything is put together."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.analysis.changes import questions_of_changes
from dashboards.daily_facts.fact_ahead import Question, read_ahead
from dashboards.daily_facts.fact_answers import OF_CHANNELS, RECEIVED, Chosen
from dashboards.daily_facts.fact_projections import CASES, SUBMISSIONS
from dashboards.daily_facts.fact_reading import can_answer
from dashboards.statistics.bins import choose_asked_unit
from models.criteria import CaseCriteria


def read_overview_ahead(chosen: Chosen, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> None:
    """Read what `dashboards.analysis.changes.read_changes` and `dashboards.metrics.metrics.overview` ask of the facts,
    where these answer: in two turns, not twenty."""
    facts, _ = chosen
    if facts is None:
        return
    base = criteria.changed({"state": None})
    lists: list[tuple[str, dict[str, Any]]] = [
        ("topic_groups", {"sub_topics": False}),
        ("region_groups", {"region": base.region}),
    ]
    lists.append(("department_groups", {}))
    if base.topic:
        lists.append(("topic_groups", {"sub_topics": True}))
    if base.topic or base.region or base.duty:
        lists.append(("fact_filters", {"topic": base.topic, "region": base.region, "duty": base.duty}))
    facts.look_up_ahead(lists)
    today = facts.mark.as_of.astimezone(zone).date()
    period = choose_asked_unit(base.submitted_from, base.submitted_to, today) or "month"
    changes = questions_of_changes(base, now=now, zone=zone)
    region = "county" if base.region is None else "region"
    questions = [
        *changes,
        Question(CASES, (base,), facts.measures),
        Question(CASES, (base,), (RECEIVED,), (period, "tone")),
        Question(CASES, (base,), (RECEIVED,), ("channel",)),
        Question(CASES, (base,), (RECEIVED,), ("appeal_type",)),
    ]
    if base.topic:
        questions.append(Question(CASES, (base,), (RECEIVED,), ("topic",)))
    if not any(base in one.criteria for one in changes):
        questions += [Question(CASES, (base,), (RECEIVED,), (name,)) for name in ("main_topic", region, "department")]
    if can_answer(base, SUBMISSIONS):
        questions.append(Question(SUBMISSIONS, (base,), OF_CHANNELS, ("channel",)))
        questions.append(Question(SUBMISSIONS, (base,), ("analysed",), (period, "tone")))
    read_ahead(facts, questions)

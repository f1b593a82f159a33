"""Do the daily facts answer a query of the dashboards? Gives the rows that its file would give, from the sums."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.daily_facts.fact_measures import Measure
from dashboards.daily_facts.fact_projections import CASES, SUBMISSIONS, Kind
from dashboards.daily_facts.fact_reading import (
    FEW_CASES,
    Facts,
    can_answer,
    count_cases,
    find_facts,
    is_stale,
    read_counts,
)
from dashboards.daily_facts.facts import case_parameters, fetch_rows, submission_parameters
from models.criteria import CaseCriteria
from models.database import Connection
from models.submission import Channel

RECEIVED = Measure("totals", "received")
# What is counted of the submissions of each channel.
OF_CHANNELS = ("received", "pending", "analysed", "negative", "cases")
# The facts where they answer, else None; what a reader should know of it.
Chosen = tuple[Facts | None, str]
# The queries that the facts answer: the dimension of their rows, and the file that groups and names its codes.
_KINDS = {
    "volume_by_topic": ("main_topic", "topic_groups"),
    "volume_by_department": ("department", "department_groups"),
    "volume_by_region": ("county", "region_groups"),
    "volume_by_channel": ("channel", ""),
    "volume_by_appeal_type": ("appeal_type", ""),
}
# Those over time: of what, which number, and what each day is divided by.
_OVER_TIME: Mapping[str, tuple[Kind, Measure | str, tuple[str, ...]]] = {
    "volume_by_day": (CASES, RECEIVED, ()),
    "sentiment_by_day": (CASES, RECEIVED, ("tone",)),
    "submission_sentiment_by_day": (SUBMISSIONS, "analysed", ("tone",)),
}
_OF_SUBMISSIONS = ("submissions_by_channel", "submission_sentiment_by_day")


def choose_facts(
    conn: Connection, criteria: CaseCriteria, measures: tuple[Measure, ...], *, now: datetime, zone: ZoneInfo
) -> tuple[Facts | None, str]:
    """The facts where they answer; else None, and the numbers come from the cases. With what a reader should know of it
    ('' where nothing): that they are not built, not current, or do not know these filters."""
    facts = find_facts(conn, measures, zone=zone.key)
    if facts is None:
        return None, "统计表尚未建立或正在重建，数字按工单逐件统计。"
    if not can_answer(criteria):
        return None, "统计表不含所选的条件，数字按工单逐件统计。"
    if is_stale(facts, now):
        if count_cases(facts) <= FEW_CASES:
            return None, "统计表没有及时更新，数字按工单逐件统计；请检查后台处理是否在运行。"
        return facts, "统计表没有及时更新，数字截至上述时间；请检查后台处理是否在运行。"
    return facts, ""


def read_rows(
    conn: Connection,
    query: str,
    criteria: CaseCriteria,
    *,
    now: datetime,
    zone: ZoneInfo,
    facts: Facts | None = None,
    more: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """The rows of dashboards/queries/<query>.sql: from `facts` where they are given and know the filters, else from the
    cases or submissions. `more`: further parameters of the query; `period`: of a query by day the facts add up the days
    of a week or month, its first day stands for them."""
    given = dict(more or {})
    kind = SUBMISSIONS if query in _OF_SUBMISSIONS else CASES
    if facts is not None and can_answer(criteria, kind):
        return _answer(facts, query, criteria, given)
    given.pop("period", None)
    of_kind = submission_parameters if kind == SUBMISSIONS else case_parameters
    return fetch_rows(conn, query, of_kind(criteria, now=now, zone=zone) | given)


def read_metric_counts(facts: Facts, criteria: CaseCriteria) -> dict[str, dict[str, int]]:
    """Every column that a metric counts by, by its query."""
    values = next(iter(read_counts(facts, CASES, criteria, facts.measures).values()))
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for measure, value in zip(facts.measures, values, strict=True):
        counts[measure.query][measure.column] = value
    return counts


def _answer(facts: Facts, query: str, criteria: CaseCriteria, more: Mapping[str, Any]) -> list[dict[str, Any]]:
    if query in _OVER_TIME:
        kind, measure, by = _OVER_TIME[query]
        return _over_time(facts, kind, criteria, measure, by, more.get("period") or "day")
    if query == "submissions_by_channel":
        found = read_counts(facts, SUBMISSIONS, criteria, OF_CHANNELS, ("channel",))
        rows = (
            {"channel": Channel(code)} | dict(zip(OF_CHANNELS, values, strict=True))
            for (code,), values in found.items()
        )
        return list(rows)
    dimension, grouping = _KINDS[query]
    if dimension == "county" and criteria.region is not None:
        dimension = "region"
    if dimension == "main_topic" and more.get("sub_topics"):
        dimension = "topic"
    totals: dict[tuple[str | None, str | None], int] = defaultdict(int)
    groups = find_groups(facts.conn, grouping, more, facts)
    for (code,), (value,) in read_counts(facts, CASES, criteria, [RECEIVED], (dimension,)).items():
        totals[groups.get(code, (None if code == "none" else code, None))] += value
    ordered = sorted(totals.items(), key=lambda row: (-row[1], row[0][0] is None, row[0][0] or ""))
    return [{"key": key, "label": label, "value": value} for (key, label), value in ordered]


def _over_time(
    facts: Facts, kind: Kind, criteria: CaseCriteria, measure: Measure | str, by: tuple[str, ...], period: str
) -> list[dict[str, Any]]:
    found = read_counts(facts, kind, criteria, [measure], (period, *by))
    names = ("day", *("key" for _ in by))
    return [dict(zip(names, key, strict=True)) | {"value": values[0]} for key, values in sorted(found.items())]


def find_groups(
    conn: Connection, grouping: str, more: Mapping[str, Any], facts: Facts | None = None
) -> dict[str, tuple[str, str]]:
    """For each code the key and the name under which it is counted; empty where every code stands for itself."""
    if not grouping:
        return {}
    rows = facts.look_up(grouping, more) if facts else fetch_rows(conn, grouping, more)
    return {row["code"]: (row["key"], row["label"]) for row in rows}

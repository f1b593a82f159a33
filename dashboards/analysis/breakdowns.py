"""The series of the overview: cases over time and over kinds, submissions of all channels.

With `facts` the numbers come from them where they know the filters, else from the cases; they are the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.analysis.tones import find_tones
from dashboards.daily_facts.fact_answers import read_rows
from dashboards.daily_facts.fact_reading import Facts
from dashboards.daily_facts.facts import case_parameters, fetch_objects
from dashboards.statistics.bins import are_months, choose_asked_unit, find_bounds, make_bins
from dashboards.statistics.series import ChannelSubmissions, Series, series_over_kinds, series_over_time
from models.analysis import AppealType
from models.criteria import CaseCriteria
from models.database import Connection
from models.submission import Channel

# Of a period with more cases only the newest are read for keywords: the words of 10,000 letters are the words of all.
NEWEST_FOR_KEYWORDS = 10_000


@dataclass(frozen=True, slots=True)
class _Kind:
    """A series over time; `criteria` None: its points open no list."""

    id: str
    label: str
    definition: str
    criteria: CaseCriteria | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCount:
    """In how many cases a keyword occurs, now and in the period of the same length before (None: no period chosen)."""

    word: str
    value: int
    before: int | None


def volume_over_time(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None = None
) -> Series:
    """工单量趋势: cases by local day of submission, in days, ISO weeks or months by the length of the span."""
    # of the facts those by mood are read for the page too
    query = "sentiment_by_day" if facts else "volume_by_day"
    by_day: dict[date, int] = defaultdict(int)
    for row in _read_over_time(conn, query, criteria, now=now, zone=zone, facts=facts):
        by_day[row["day"]] += row["value"]
    kind = _Kind("volume", "工单量", "按群众提交日期统计的工单数量", criteria)
    return _over_time({"volume": by_day}, [kind], criteria, now=now, zone=zone)[0]


def sentiment_over_time(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None = None
) -> tuple[Series, ...]:
    """工单情感趋势: one series for each of TONES (those that the criteria allow), in the same bins."""
    rows = _read_over_time(conn, "sentiment_by_day", criteria, now=now, zone=zone, facts=facts)
    kinds = [
        _Kind(tone.id, tone.label, f"{tone.meaning}的工单数量", tone.select(criteria)) for tone in find_tones(criteria)
    ]
    return tuple(_over_time(_by_kind(rows), kinds, criteria, now=now, zone=zone))


def submission_sentiment_over_time(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None = None
) -> tuple[Series, ...]:
    """全部来件情感趋势: all four channels, also where no case was opened; empty where the criteria only fit cases."""
    if _only_cases(criteria):
        return ()
    rows = _read_over_time(conn, "submission_sentiment_by_day", criteria, now=now, zone=zone, facts=facts)
    kinds = [
        _Kind(tone.id, tone.label, f"{tone.meaning}的来件数量（含问卷和网络帖文）", None)
        for tone in find_tones(criteria)
    ]
    return tuple(_over_time(_by_kind(rows), kinds, criteria, now=now, zone=zone))


def submissions_by_channel(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None = None
) -> tuple[ChannelSubmissions, ...]:
    """各渠道来件: all four channels, also those without any; empty where the criteria only fit cases."""
    if _only_cases(criteria):
        return ()
    rows = read_rows(conn, "submissions_by_channel", criteria, now=now, zone=zone, facts=facts)
    found = {row["channel"]: ChannelSubmissions(**row) for row in rows}
    none = ChannelSubmissions(channel=Channel.LETTER, received=0, pending=0, analysed=0, negative=0, cases=0)
    return tuple(found.get(channel, replace(none, channel=channel)) for channel in Channel)


def volume_by_topic(
    conn: Connection,
    criteria: CaseCriteria,
    *,
    now: datetime,
    zone: ZoneInfo,
    facts: Facts | None = None,
    sub_topics: bool = False,
) -> Series:
    """诉求类别分布: first-level topics; with `sub_topics` the exact ones."""
    more = {"sub_topics": sub_topics}
    return series_over_kinds(
        "volume_by_topic",
        "诉求类别",
        "工单按诉求类别的数量",
        rows=read_rows(conn, "volume_by_topic", criteria, now=now, zone=zone, facts=facts, more=more),
        criteria=criteria,
        field="topic",
        unknown="类别不明",
        larger="未细分",
    )


def volume_by_department(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None = None
) -> Series:
    """主办单位分布: by the lead department now; co-handling is not counted, or cases would count twice."""
    rows = read_rows(conn, "volume_by_department", criteria, now=now, zone=zone, facts=facts)
    return series_over_kinds(
        "volume_by_department",
        "主办单位",
        "工单按当前主办单位的数量，不含协办",
        rows=rows,
        criteria=criteria,
        field="department",
        unknown="尚无主办单位",
    )


def volume_by_region(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None = None
) -> Series:
    """区县分布: by county; where the criteria choose a region, by the regions just below it."""
    more = {"region": criteria.region}
    return series_over_kinds(
        "volume_by_region",
        "事发地区",
        "工单按事发地所在区县的数量",
        rows=read_rows(conn, "volume_by_region", criteria, now=now, zone=zone, facts=facts, more=more),
        criteria=criteria,
        field="region",
        unknown="地点不明",
    )


def volume_by_channel(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None = None
) -> Series:
    """渠道分布 of cases."""
    rows = read_rows(conn, "volume_by_channel", criteria, now=now, zone=zone, facts=facts)
    return series_over_kinds(
        "volume_by_channel",
        "来源渠道",
        "工单按来源渠道的数量",
        rows=rows,
        criteria=criteria,
        field="channel",
        unknown="不明",
        labels={c.value: c.label for c in Channel},
    )


def volume_by_appeal_type(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None = None
) -> Series:
    """诉求类型分布 of cases."""
    rows = read_rows(conn, "volume_by_appeal_type", criteria, now=now, zone=zone, facts=facts)
    return series_over_kinds(
        "volume_by_appeal_type",
        "诉求类型",
        "工单按诉求类型的数量",
        rows=rows,
        criteria=criteria,
        field="appeal_type",
        unknown="不明",
        labels={a.value: a.label for a in AppealType},
    )


def list_keywords(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, limit: int = 20
) -> tuple[WordCount, ...]:
    """关键词: in how many cases each occurs, most first, beside the period of the same length just before."""
    earlier = _period_before(criteria, now.astimezone(zone).date())
    before = case_parameters(earlier, now=now, zone=zone)["criteria"] if earlier else None
    parameters = case_parameters(criteria, now=now, zone=zone) | {
        "before": before,
        "newest": NEWEST_FOR_KEYWORDS,
        "limit": limit,
    }
    return tuple(fetch_objects(conn, "keywords", parameters, WordCount))


def _read_over_time(
    conn: Connection, query: str, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None
) -> list[dict[str, Any]]:
    """The rows of a query by day, of the facts by the periods that are drawn: fewer sums, fewer rows."""

    def read(period: str) -> list[dict[str, Any]]:
        more = {"period": period}
        return read_rows(conn, query, criteria, now=now, zone=zone, facts=facts, more=more)

    unit = choose_asked_unit(criteria.submitted_from, criteria.submitted_to, now.astimezone(zone).date())
    if unit or facts is None:
        return read(unit or "day")
    months = read("month")
    return months if are_months(row["day"] for row in months) else read("day")


def _by_kind(rows: list[dict[str, Any]]) -> dict[str, dict[date, int]]:
    by_kind: dict[str, dict[date, int]] = defaultdict(dict)
    for row in rows:
        by_kind[row["key"]][row["day"]] = row["value"]
    return by_kind


def _over_time(
    by_kind: Mapping[str, Mapping[date, int]],
    kinds: Sequence[_Kind],
    criteria: CaseCriteria,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> list[Series]:
    """One series for each of `kinds` in the same bins; `by_kind` may have more."""
    today = now.astimezone(zone).date()
    bounds = find_bounds(
        {day for by_day in by_kind.values() for day in by_day},
        submitted_from=criteria.submitted_from,
        submitted_to=criteria.submitted_to,
        today=today,
    )
    bins = make_bins(*bounds, today=today) if bounds else []
    return [
        series_over_time(
            kind.id, kind.label, kind.definition, bins=bins, by_day=by_kind.get(kind.id, {}), criteria=kind.criteria
        )
        for kind in kinds
    ]


def _only_cases(criteria: CaseCriteria) -> bool:
    """True where a filter asks for what a submission without a case does not have."""
    return any(
        (
            criteria.status,
            criteria.state,
            criteria.department,
            criteria.duty,
            criteria.first_unit,
            criteria.given_on,
            criteria.unit,
            criteria.text,
        )
    )


def _period_before(criteria: CaseCriteria, today: date) -> CaseCriteria | None:
    """The same criteria over as many days, ending the day before; None where no first day is given."""
    if criteria.submitted_from is None:
        return None
    days = (criteria.submitted_to or today) - criteria.submitted_from
    if days < timedelta(0) or days >= criteria.submitted_from - date.min:
        return None
    last = criteria.submitted_from - timedelta(days=1)
    return replace(criteria, submitted_from=last - days, submitted_to=last)

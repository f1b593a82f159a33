"""How does the mood change? Shares of persons over time with their uncertainty; nothing where they are too few."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dashboards.daily_facts.facts import fetch_objects
from models.database import Connection
from models.errors import Invalid
from models.labels import LabelledEnum
from nlp.trends.moods import LEAST_PERSONS, Band, bands_of, surely_more

LONGEST_DAYS = 1100
# So sure a change must be to be called one.
_SURE = 0.975


class TrendUnit(LabelledEnum):
    DAY = "day", "按日"
    WEEK = "week", "按周"
    MONTH = "month", "按月"


class TrendAspect(LabelledEnum):
    """Whose share: all that is negative, or what is displeased with department or handling."""

    NEGATIVE = "negative", "负面"
    DISPLEASED = "displeased", "不满部门或办理"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendCriteria:
    """Local days, inclusive. `topic` and `region` include what lies below; "none": not known."""

    since: date
    until: date
    unit: TrendUnit = TrendUnit.WEEK
    topic: str | None = None
    region: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendCount:
    first_day: date
    persons: int
    negative: int
    displeased: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """`part` of `persons`; `share` is drawn a little towards that of all periods and lies between `low` and `high` with
    95 % (nlp/trends/moods.py); None where fewer than LEAST_PERSONS spoke: three posts are no curve."""

    first_day: date
    persons: int
    part: int
    share: float | None
    low: float | None
    high: float | None
    band: Band


def sentiment_trend(conn: Connection, criteria: TrendCriteria, *, zone: ZoneInfo) -> list[TrendCount]:
    """One entry for each period, also where nothing came. Raises `Invalid` for a period that is none or too long."""
    if not timedelta(0) <= criteria.until - criteria.since <= timedelta(days=LONGEST_DAYS):
        raise Invalid("时间范围有误。", {"since": "应早于结束日期，且不超过三年"})
    parameters = {
        "unit": criteria.unit.value,
        "since": criteria.since,
        "until": criteria.until,
        "topic": criteria.topic,
        "region": criteria.region,
        "channel": criteria.channel,
        "zone": zone.key,
    }
    found = {row.first_day: row for row in fetch_objects(conn, "sentiment_trend", parameters, TrendCount)}
    return [
        found.get(day, TrendCount(first_day=day, persons=0, negative=0, displeased=0)) for day in _periods(criteria)
    ]


def shares(counts: list[TrendCount], aspect: TrendAspect) -> list[TrendPoint]:
    """The share of each period, with its interval."""
    parts = [count.negative if aspect is TrendAspect.NEGATIVE else count.displeased for count in counts]
    persons = [count.persons for count in counts]
    return [
        TrendPoint(
            first_day=count.first_day,
            persons=count.persons,
            part=part,
            share=band.share,
            low=band.low,
            high=band.high,
            band=band,
        )
        for count, part, band in zip(counts, parts, bands_of(persons, parts, persons), strict=True)
    ]


def compare(points: list[TrendPoint]) -> str:
    """Did the last period differ from the one before, or is the difference within what chance brings? In words."""
    known = [point for point in points if point.share is not None]
    if len(known) < 2:
        return f"可比较的时段不足两个（每个时段至少{LEAST_PERSONS}人才计算占比）"
    before, last = known[-2:]
    sure = surely_more(before.band, last.band)
    said = f"最近一个时段{last.share:.0%}，上一个时段{before.share:.0%}"
    if sure is not None and sure >= _SURE:
        return f"{said}，确有上升"
    if sure is not None and sure <= 1 - _SURE:
        return f"{said}，确有下降"
    return f"{said}，差别在正常波动范围之内"


def period_of(criteria: TrendCriteria, first_day: date) -> tuple[date, date]:
    """The days of the criteria that the period beginning on `first_day` has, both included."""
    following = next((day for day in _periods(criteria) if day > first_day), criteria.until + timedelta(days=1))
    return max(first_day, criteria.since), following - timedelta(days=1)


def _periods(criteria: TrendCriteria) -> Iterator[date]:
    day = criteria.since
    if criteria.unit is TrendUnit.WEEK:
        day -= timedelta(days=day.weekday())
    elif criteria.unit is TrendUnit.MONTH:
        day = day.replace(day=1)
    while day <= criteria.until:
        yield day
        if criteria.unit is TrendUnit.MONTH:
            day = (day + timedelta(days=32)).replace(day=1)
        else:
            day += timedelta(days=7 if criteria.unit is TrendUnit.WEEK else 1)

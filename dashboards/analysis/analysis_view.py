"""What does an analyst look at? Metric, grouping, time, picture and comparison: all of it is in the address. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, get_args

from dashboards.daily_facts.fact_series import By, Period, find_period
from dashboards.metrics.metric_definition import MetricDefinition
from dashboards.metrics.metrics import METRICS
from dashboards.statistics.bins import choose_unit
from models.criteria import CaseCriteria
from models.errors import Invalid

Picture = Literal["line", "bars", "small", "cross", "tree", "map", "calendar", "sentiment", "aspect", "flow"]
Comparison = Literal["previous", "year"]

PICTURES: Mapping[Picture, str] = {
    "line": "走势",
    "bars": "排列",
    "small": "分组走势",
    "cross": "交叉",
    "tree": "类别构成",
    "map": "地图",
    "calendar": "日历",
    "sentiment": "情感走势",
    "aspect": "不满对象",
    "flow": "派单流向",
}
GROUPINGS: Mapping[By, str] = {
    "topic": "类别",
    "sub_topic": "二级类别",
    "duty": "条线",
    "department": "主办单位",
    "region": "地区",
    "channel": "渠道",
    "appeal_type": "诉求类型",
    "tone": "情感",
}
PERIODS: Mapping[Period, str] = {"day": "按日", "week": "按周", "month": "按月", "quarter": "按季", "year": "按年"}
COMPARISONS: Mapping[Comparison, str] = {"previous": "与上期比", "year": "与上年同期比"}

# Which choices a picture heeds; the others stay in the address for the next picture.
GROUPED: tuple[Picture, ...] = ("line", "bars", "small", "cross")
OVER_TIME: tuple[Picture, ...] = ("line", "small", "sentiment", "aspect")
# Moods themselves: no metric is chosen, no mood may be.
MOODS: tuple[Picture, ...] = ("sentiment", "aspect")
COMPARED: tuple[Picture, ...] = ("line", "bars", "small", "tree", "map")
_USUAL_GROUP: By = "topic"
_USUAL_SPLIT: By = "channel"
# More periods than this are no line any more, and a table that nobody reads.
MOST_PERIODS = 400
_COARSER: Mapping[Period, Period] = {"day": "week", "week": "month", "month": "quarter", "quarter": "year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisView:
    """`by`: what lines, bars and panels stand for ("" in `line`: one line of all); `split`: the second side of a cross
    table; `period` "": by the length of the time; `compare` "": with nothing. `criteria` select the cases."""

    metric: str = "received"
    picture: Picture = "line"
    by: By | Literal[""] = ""
    split: By | Literal[""] = ""
    period: Period | Literal[""] = ""
    compare: Comparison | Literal[""] = ""
    criteria: CaseCriteria = field(default_factory=CaseCriteria)

    @property
    def definition(self) -> MetricDefinition:
        return METRICS[self.metric]

    @property
    def group(self) -> By | None:
        """What the picture groups by; a topic that is chosen is divided into those below it."""
        named: By | None = self.by or (None if self.picture == "line" else _USUAL_GROUP)
        if self.picture == "tree":
            named = "topic"
        if self.picture == "map":
            named = "region"
        if self.picture in ("calendar", "flow", *MOODS):
            return None
        return self._below(named)

    @property
    def second(self) -> By | None:
        """The other side of a cross table, never the same as the first."""
        if self.picture != "cross":
            return None
        named: By = self.split or _USUAL_SPLIT
        named = self._below(named) or named
        return named if named != self.group else ("appeal_type" if named != "appeal_type" else "channel")

    def _below(self, named: By | None) -> By | None:
        """One level down where the criteria choose one: sub-topics of a topic, units of a line of work."""
        if named == "topic" and self.criteria.topic:
            return "sub_topic"
        return "department" if named == "duty" and self.criteria.duty else named

    def parameters(self) -> dict[str, str]:
        """What differs from the usual view, as text: the address says the whole view and no more."""
        values = {
            key: value for key, name in _IN_ADDRESS.items() if (value := getattr(self, name)) != getattr(_USUAL, name)
        }
        return values | self.criteria.as_parameters()


_USUAL = AnalysisView()
_IN_ADDRESS = {"metric": "metric", "chart": "picture", "by": "by", "split": "split", "period": "period"}
_IN_ADDRESS |= {"compare": "compare"}


def read_view(given: Mapping[str, str], criteria: CaseCriteria) -> AnalysisView:
    """The view of an address; `criteria` are those of the same address. Raises `Invalid` naming what makes no sense."""
    allowed: dict[str, tuple[str, ...]] = {
        "metric": tuple(METRICS),
        "chart": get_args(Picture),
        "by": get_args(By),
        "split": get_args(By),
        "period": get_args(Period),
        "compare": get_args(Comparison),
    }
    values: dict[str, Any] = {}
    for name, choices in allowed.items():
        text = given.get(name, "").strip()
        if text and text not in choices:
            raise Invalid("筛选条件有误。", {name: "不在可选范围内"})
        if text:
            values["picture" if name == "chart" else name] = text
    return AnalysisView(criteria=replace(criteria, state=None), **values)


def find_conflict(view: AnalysisView) -> str:
    """Why this view has no honest number, in words; "" where it has. A metric that itself chooses moods cannot be asked
    of other moods: no list would be exactly its cases."""
    metric = view.definition
    chosen = {**metric.denominator_only, **metric.only}
    if any(getattr(view.criteria, name) not in (None, value) for name, value in chosen.items()):
        return f"“{metric.label}”自身已限定范围，与所选条件不能同时成立，请去掉一个条件或换一个指标。"
    moody = "tone" in (view.group, view.second)
    if moody and {"sentiment", "displeased_with"} & chosen.keys():
        return f"“{metric.label}”本身就是按情感算的，不能再按情感分组。"
    if view.picture in MOODS and (view.criteria.sentiment or view.criteria.displeased_with):
        return "已经按情感筛选，占比没有意义。请先去掉情感条件。"
    return ""


def find_compared(view: AnalysisView, today: date) -> tuple[CaseCriteria | None, str]:
    """The criteria of what is compared with, and in words which days these are; None where nothing is asked for. The
    reason in words where it cannot be compared."""
    first, last = view.criteria.submitted_from, view.criteria.submitted_to or today
    if not view.compare or view.picture not in COMPARED:
        return None, ""
    if first is None or last < first:
        return None, "选定开始日期后才能比较。"
    if view.compare == "year":
        before, until = _year_before(first), _year_before(last)
    else:
        before, until = first - (last - first) - timedelta(days=1), first - timedelta(days=1)
    criteria = replace(view.criteria, submitted_from=before, submitted_to=until)
    return criteria, f"{before:%Y-%m-%d} 至 {until:%Y-%m-%d}"


def choose_period(view: AnalysisView, first: date, last: date) -> tuple[Period, str]:
    """The periods to draw, and in words why they are not those that were asked for."""
    period: Period = view.period or choose_unit(first, last)
    note = ""
    while count_periods(first, last, period) > MOST_PERIODS and period in _COARSER:
        asked, period = period, _COARSER[period]
        note = f"{PERIODS[asked]}的时段超过{MOST_PERIODS}个，改为{PERIODS[period]}。"
    return period, note


def count_periods(first: date, last: date, period: Period) -> int:
    """About how many periods touch these days, without listing them."""
    days = {"day": 1, "week": 7, "month": 30.4, "quarter": 91.3, "year": 365.25}[period]
    return int((last - first).days / days) + 1


def list_starts(first: date, last: date, period: Period) -> list[date]:
    """The first days of all periods that touch these days, in order."""
    starts = []
    at = find_period(first, period).start
    while at <= last:
        starts.append(at)
        at = find_period(at, period).end + timedelta(days=1)
    return starts


def name_period(start: date, period: Period, *, year: bool = True) -> str:
    """2026年11月3日, 2026年11月2日起一周, 2026年11月, 2026年4季度, 2026年."""
    prefix = f"{start.year}年" if year or period == "year" else ""
    if period == "year":
        return prefix
    if period == "quarter":
        return f"{prefix}{(start.month + 2) // 3}季度"
    if period == "month":
        return f"{prefix}{start.month}月"
    return f"{prefix}{start.month}月{start.day}日{'起一周' if period == 'week' else ''}"


def note_running(last: date, period: Period, today: date) -> str:
    """In words that the period of `last`, the end of a picture, is not over: its low number is no fall. Empty where it
    is."""
    at = find_period(last, period)
    if not at.start <= today < at.end:
        return ""
    days = (min(last, today) - at.start).days + 1
    return f"最后一段{name_period(at.start, period)}还没有过完，只有{days}天。"


def _year_before(day: date) -> date:
    """29 February becomes the 28th."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)

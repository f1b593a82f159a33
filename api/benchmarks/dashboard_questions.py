"""What do leaders ask of their pages, for measuring: with other filters and days each time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from api.benchmarks.made_cases import DAYS, MadeCity
from dashboards.daily_facts.fact_series import By, Period
from dashboards.metrics.metrics import METRICS

SEED = 20260103
_SMALL = 0.15  # share of all questions that ask by a rare topic, unit or place
Filters = Callable[[], dict[str, Any]]
Query = tuple[str, Filters, tuple[By, ...], Period | None]


@dataclass(frozen=True, slots=True)
class Asker:
    """Makes filters as people choose them: mostly frequent topics, units and places. `scheme`: the one that is scored
    by."""

    city: MadeCity
    topics: list[str]
    counties: list[str]
    today: date
    scheme: int
    random: np.random.Generator

    def one(self, codes: Sequence[str]) -> str:
        most = len(codes) if self.random.random() < _SMALL else min(10, len(codes))
        return codes[int(self.random.integers(most))]

    def year(self) -> dict[str, Any]:
        """About a year, from and to any day."""
        last = self.today - timedelta(days=int(self.random.integers(DAYS - 400)))
        return {"submitted_from": last - timedelta(days=364), "submitted_to": last}

    def recent(self, days: int) -> dict[str, Any]:
        return {"submitted_from": self.today - timedelta(days=days - 1), "submitted_to": self.today}

    def always(self) -> dict[str, Any]:
        return self.recent(DAYS)

    def month(self) -> dict[str, Any]:
        return {"month": f"{self.today - timedelta(days=int(self.random.integers(30, DAYS))):%Y-%m}"}

    def topic(self) -> dict[str, Any]:
        return {"topic": self.one(self.topics)}

    def sub_topic(self) -> dict[str, Any]:
        return {"topic": self.one(self.city.topics)}

    def department(self) -> dict[str, Any]:
        return {"department": self.one(self.city.departments)}

    def county(self) -> dict[str, Any]:
        return {"region": self.one(self.counties)}

    def town(self) -> dict[str, Any]:
        return {"region": self.one(self.city.regions)}

    def channel(self) -> dict[str, Any]:
        return {"channel": self.one(("hotline", "letter"))}

    def view(self) -> dict[str, Any]:
        """Any picture of any metric by any grouping, under two filters or one, of a year or a quarter."""
        picture = self.one(("line", "bars", "small", "cross", "tree", "map", "calendar", "sentiment", "aspect"))
        filters = self.random.choice(len(_CHOOSERS), size=2, replace=False)
        chosen: dict[str, Any] = self.year() if self.random.random() < _LONG else self.recent(92)
        for place in filters[: int(self.random.integers(1, 3))]:
            chosen |= _CHOOSERS[place](self)
        by, split = (self.one(_GROUPINGS) for _ in range(2))
        metric = self.one(list(METRICS))
        # a share of moods cannot be asked of moods: there is no such number
        moody = {"tone"} & {by, split} and METRICS[metric].only
        return chosen | {"chart": picture, "by": by, "split": split, "metric": "received" if moody else metric}

    def everything(self) -> dict[str, Any]:
        chosen = self.year() | self.topic() | self.department() | self.county() | self.channel()
        return chosen | {"appeal_type": "help", "sentiment": "negative"}


_LONG = 0.7  # share of views over a year
_GROUPINGS = ("topic", "sub_topic", "duty", "department", "region", "channel", "appeal_type", "tone")
_CHOOSERS = (Asker.topic, Asker.sub_topic, Asker.department, Asker.county, Asker.town, Asker.channel)


def list_pages(asker: Asker) -> dict[str, tuple[str, Filters]]:
    overview, analysis, rate = "/overview", "/analysis", "on_time_completion_rate"
    return {
        "总览，全部时间": (overview, dict),
        "总览，近7天": (overview, lambda: asker.recent(7)),
        "总览，近90天": (overview, lambda: asker.recent(90)),
        "总览，任意一年": (overview, asker.year),
        "总览，一年，一个大类": (overview, lambda: asker.year() | asker.topic()),
        "总览，一年，一个小类": (overview, lambda: asker.year() | asker.sub_topic()),
        "总览，一年，一个单位": (overview, lambda: asker.year() | asker.department()),
        "总览，一年，一个区县": (overview, lambda: asker.year() | asker.county()),
        "总览，一年，一个乡镇": (overview, lambda: asker.year() | asker.town()),
        "总览，一年，一个渠道": (overview, lambda: asker.year() | asker.channel()),
        "总览，一年，大类＋区县": (overview, lambda: asker.year() | asker.topic() | asker.county()),
        "总览，一年，全部条件": (overview, asker.everything),
        "总览，全部时间，一个单位": (overview, asker.department),
        "分析，走势，任意一年": (analysis, asker.year),
        "分析，排列，一年，按单位，与上期比": (
            analysis,
            lambda: asker.year() | {"chart": "bars", "by": "department", "compare": "previous"},
        ),
        "分析，交叉，一年，大类×单位，按时办结率": (
            analysis,
            lambda: asker.year() | {"chart": "cross", "by": "topic", "split": "department", "metric": rate},
        ),
        "分析，交叉，一年，一个区县，大类×单位": (
            analysis,
            lambda: asker.year() | asker.county() | {"chart": "cross", "by": "topic", "split": "department"},
        ),
        "分析，分组走势，一年，按区县": (analysis, lambda: asker.year() | {"chart": "small", "by": "region"}),
        "分析，地图，一年，一个单位": (analysis, lambda: asker.year() | asker.department() | {"chart": "map"}),
        "分析，日历，全部时间": (analysis, lambda: {"chart": "calendar"}),
        "分析，情感走势，一年，一个大类": (analysis, lambda: asker.year() | asker.topic() | {"chart": "sentiment"}),
        "分析，类别构成，一年，一个区县，按时办结率": (
            analysis,
            lambda: asker.year() | asker.county() | {"chart": "tree", "metric": rate},
        ),
        "分析，不满对象，一年，一个单位": (analysis, lambda: asker.year() | asker.department() | {"chart": "aspect"}),
        "分析，派单流向，一年，一个区县": (analysis, lambda: asker.year() | asker.county() | {"chart": "flow"}),
        "分析，派单流向，任意一年": (analysis, lambda: asker.year() | {"chart": "flow"}),
        "分析，派单流向，四年": (analysis, lambda: asker.always() | {"chart": "flow"}),
        "分析，任意图、指标、分组和条件": (analysis, asker.view),
        "办理时长，近90天": ("/analysis/time", lambda: asker.recent(90)),
        "办理时长，一年，一个区县": ("/analysis/time", lambda: asker.year() | asker.county()),
        "办理时长，任意一年": ("/analysis/time", asker.year),
        "办理时长，四年，按单位": ("/analysis/time", lambda: asker.always() | {"by": "department"}),
        "办理时长，四年，按类别，一个区县": (
            "/analysis/time",
            lambda: asker.always() | asker.county() | {"by": "topic"},
        ),
        "用词对比，近30天": ("/analysis/words", lambda: asker.recent(30)),
        "用词对比，近90天，一个大类": ("/analysis/words", lambda: asker.recent(90) | asker.topic()),
        "用词对比，近90天，一个区县，与去年同期": (
            "/analysis/words",
            lambda: asker.recent(90) | asker.county() | {"against": "year"},
        ),
        "用词对比，一年，一个小类": ("/analysis/words", lambda: asker.year() | asker.sub_topic()),
        "考核试算，任意一月": (f"/scoring/schemes/{asker.scheme}", asker.month),
        "单位比较，一年，一个大类": ("/analysis/departments", lambda: asker.year() | asker.topic()),
        "预测，一个区县": ("/forecast", asker.county),
        "指标接口，一年，一个单位": ("/api/v1/metrics", lambda: asker.year() | asker.department()),
    }


def list_queries(asker: Asker) -> dict[str, Query]:
    """What pages ask, at most two groupings beside each other. Three at once (topic × county × unit) are 14,000 numbers
    of a year: no page shows them, none asks for them; who has chosen one of the three sees the other two."""
    rate = "on_time_completion_rate"
    return {
        "按时办结率，一年，按单位": (rate, asker.year, ("department",), None),
        "按时办结率，一年，按月，按单位": (rate, asker.year, ("department",), "month"),
        "按时办结率，全部时间，按月": (rate, dict, (), "month"),
        "收到工单，一年，按日，一个单位": ("received", lambda: asker.year() | asker.department(), (), "day"),
        "收到工单，一年，大类×区县": ("received", asker.year, ("topic", "region"), None),
        "收到工单，一年，大类×单位": ("received", asker.year, ("topic", "department"), None),
        "收到工单，任意一年，一个单位，大类×区县": (
            "received",
            lambda: asker.year() | asker.department(),
            ("topic", "region"),
            None,
        ),
        "不满部门，一年，按周": ("displeased_rate", asker.year, (), "week"),
        "退单率，一个单位，按月，按类别": ("return_rate", asker.department, ("topic",), "month"),
    }

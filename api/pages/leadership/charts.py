"""A picture with its number in front and its data behind: what the chart macro shows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from api.pages.cases.filters import address
from dashboards.figures.figure_model import Figure
from dashboards.figures.figures import (
    bars_figure,
    channels_figure,
    channels_over_time_figure,
    figure_json,
    sentiment_figure,
    volume_figure,
)
from dashboards.formats import format_count, format_rate
from dashboards.metrics.metrics import Overview
from dashboards.statistics.series import ChannelSubmissions, Point, Series
from models.analysis import Sentiment
from models.criteria import CaseCriteria


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the table behind a picture; `href` opens its cases (empty: no list is exactly these)."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`number` says in words what the picture shows; `json` is the figure for static/charts.js."""

    id: str
    title: str
    number: str
    definition: str
    json: str
    columns: tuple[str, ...]
    rows: list[list[Cell]]
    height: int
    width: Literal["", "wide", "narrow"] = ""


def overview_charts(overview: Overview) -> list[Chart]:
    """The pictures of the overview in the order of its questions: how much, about what, whose, where, in what mood."""
    # submissions without a case answer no filter that only cases have
    channels = [_channels(overview.submissions, overview.criteria)] if overview.submissions else []
    voices = [_sentiment("voices", "全部来件的情感", overview.submission_sentiment)] if overview.submissions else []
    return [
        _volume(overview.volume),
        *channels,
        _bars(overview.topics, "反映什么"),
        _bars(overview.departments, "由谁主办"),
        _bars(overview.regions, "发生在哪里"),
        _bars(overview.appeal_types, "想要什么"),
        _sentiment("sentiment", "工单的情感", overview.sentiment),
        *voices,
    ]


def issue_chart(series: Sequence[Series], marks: Mapping[date, str]) -> Chart:
    """The submissions of one issue over time by channel; `marks`: what happened on which day."""
    unit = {"day": "日", "week": "周", "month": "月", None: "日"}[series[0].unit]
    rows = [
        [Cell(points[0].label), *(_cell(point) for point in points), Cell(f"{sum(p.value for p in points):,}")]
        for points in zip(*(one.points for one in series), strict=True)
    ]
    labels = [point.label for point in series[0].points]
    totals = [sum(p.value for p in points) for points in zip(*(one.points for one in series), strict=True)]
    most = max(totals)
    number = f"最多 {labels[totals.index(most)]} {format_count(most)}件" if len(totals) > 1 else ""
    return _chart(
        "issue",
        f"每{unit}来件",
        number,
        "归入该热点问题的来件，按提交日期。没有立案的问卷和网络帖文也在内；一个人写的多件都计入。",
        channels_over_time_figure(series, marks=marks),
        ("时段", *(one.label for one in series), "合计"),
        rows,
    )


def _volume(series: Series) -> Chart:
    unit = {"day": "日", "week": "周", "month": "月", None: "日"}[series.unit]
    return _chart(
        "volume",
        f"每{unit}工单量",
        f"共{format_count(series.total)}件",
        series.definition,
        volume_figure(series),
        ("时段", "工单"),
        [[Cell(point.label), _cell(point)] for point in series.points],
        width="wide",
    )


def _bars(series: Series, title: str) -> Chart:
    known = [point for point in series.points if point.key not in ("none", "")]
    number = f"{known[0].label}最多，{format_count(known[0].value)}件" if known else ""
    total = series.total
    rows = [[Cell(p.label), _cell(p), Cell(format_rate(p.value / total))] for p in series.points]
    columns = (series.label, "工单", "占比")
    return _chart(series.id, title, number, series.definition, bars_figure(series), columns, rows)


def _sentiment(id_: str, title: str, series: Sequence[Series]) -> Chart:
    total = sum(one.total for one in series)
    by_id = {one.id: one.total for one in series}
    displeased = by_id.get("displeased", 0)
    negative = displeased + by_id.get("matter", 0)
    at_whom = f"，其中{format_count(displeased)}件对部门、办理或政策不满" if negative else ""
    rows = [
        [Cell(points[0].label), *(_cell(point) for point in points)]
        for points in zip(*(one.points for one in series), strict=True)
    ]
    return _chart(
        id_,
        title,
        f"{format_count(total)}件中负面{format_count(negative)}件{at_whom}" if total else "",
        "负面分两种：只说事情不好的，和对部门、办理或政策表示不满的。由程序按文字判断，仅供参考。",
        sentiment_figure(series),
        ("时段", *(one.label for one in series)),
        rows,
    )


def _channels(channels: Sequence[ChannelSubmissions], criteria: CaseCriteria) -> Chart:
    # The list of submissions knows these filters; a case may be filed otherwise than its text was analysed.
    chosen = criteria.as_parameters().keys() - {"channel"}
    known = {"topic", "region", "submitted_from", "submitted_to", "sentiment", "emotion", "displeased_with"}
    exact = any((value or "").endswith("!") for value in (criteria.topic, criteria.region))
    lists = chosen <= known | {"import_id", "issue_id", "alert_id"} and not exact
    case_lists = chosen <= {"submitted_from", "submitted_to", "import_id", "issue_id", "alert_id"}
    rows = []
    for c in channels:
        of_channel = replace(criteria, channel=c.channel.value)
        negative = replace(of_channel, sentiment=Sentiment.NEGATIVE.value)
        rows.append(
            [
                Cell(c.channel.label),
                Cell(f"{c.received:,}", address("/submissions", of_channel) if lists else ""),
                Cell(f"{c.analysed:,}"),
                Cell(f"{c.negative:,}", address("/submissions", negative) if lists and c.negative else ""),
                Cell(format_rate(c.negative_share)),
                Cell(f"{c.cases:,}", address("/cases", of_channel) if case_lists else ""),
            ]
        )
    return _chart(
        "channels",
        "从哪里来",
        f"共{format_count(sum(c.received for c in channels))}件来件",
        "四个渠道收到的全部来件，含没有立案的问卷和网络帖文。",
        channels_figure(channels),
        ("渠道", "收到", "已分析", "负面", "负面占比", "立案"),
        rows,
        width="narrow",
    )


def _chart(
    id_: str,
    title: str,
    number: str,
    definition: str,
    figure: Figure,
    columns: tuple[str, ...],
    rows: list[list[Cell]],
    *,
    width: Literal["", "wide", "narrow"] = "",
) -> Chart:
    return Chart(
        id=id_,
        title=title,
        number=number,
        definition=definition,
        json=figure_json(figure),
        columns=columns,
        rows=rows,
        height=int(figure.layout.height),
        width=width,
    )


def _cell(point: Point) -> Cell:
    return Cell(f"{point.value:,}", address("/cases", point.criteria) if point.criteria and point.value else "")

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs

import plotly.graph_objects as go
import pytest

from dashboards.figures import figures
from dashboards.figures.figures import figure_json
from dashboards.statistics.bins import make_bins
from dashboards.statistics.series import ChannelSubmissions, Point, Series, series_over_kinds, series_over_time
from models.criteria import CaseCriteria
from models.submission import Channel
from tests.unit.plotly_figures import read_by_plotly

FIRST = date(2025, 11, 20)
bars_figure = read_by_plotly(figures.bars_figure)
channels_figure = read_by_plotly(figures.channels_figure)
empty_figure = read_by_plotly(figures.empty_figure)
sentiment_figure = read_by_plotly(figures.sentiment_figure)
volume_figure = read_by_plotly(figures.volume_figure)


def over_time(days: int = 30, id_: str = "volume", label: str = "工单量", height: int = 12_000) -> Series:
    bins = make_bins(FIRST, FIRST + timedelta(days=days - 1))
    by_day = {b.start: height + i for i, b in enumerate(bins)}
    return series_over_time(id_, label, "", bins=bins, by_day=by_day, criteria=CaseCriteria(channel="letter"))


def over_kinds(count: int = 20, name: str = "单位{}") -> Series:
    rows: list[dict[str, Any]] = [{"key": f"d{i}", "label": name.format(i), "value": 100 - i} for i in range(count)]
    rows.append({"key": None, "label": None, "value": 7})
    return series_over_kinds(
        "volume_by_department",
        "主办单位",
        "",
        rows=rows,
        criteria=CaseCriteria(status="closed"),
        field="department",
        unknown="尚无主办单位",
    )


def sentiments(days: int = 30) -> list[Series]:
    return [
        over_time(days, id_, label, 5)
        for id_, label in (
            ("displeased", "不满部门或政策"),
            ("matter", "事情不好"),
            ("neutral", "中性"),
            ("positive", "正面"),
        )
    ]


def channels() -> list[ChannelSubmissions]:
    return [ChannelSubmissions(channel=c, received=20_000, pending=1, analysed=9, negative=3, cases=5) for c in Channel]


def texts(value: object) -> Iterator[str]:
    """Every text that a figure shows, below the keys that hold such texts."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("text", "ticktext", "hovertext", "name", "hovertemplate", "tickformat"):
                yield from _strings(inner)
            else:
                yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts(value)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


@pytest.mark.parametrize(
    "figure",
    [
        volume_figure(over_time(30)),
        volume_figure(over_time(300)),
        volume_figure(over_time(1500)),
        sentiment_figure(sentiments()),
        bars_figure(over_kinds()),
        channels_figure(channels()),
        empty_figure(),
    ],
    ids=["days", "weeks", "months", "sentiment", "bars", "channels", "empty"],
)
def test_people_read_no_english(figure: go.Figure) -> None:
    shown = list(texts(json.loads(figure_json(figure))))
    assert shown
    for text in shown:
        plain = re.sub(r"<[^>]*>|%\{hovertext\}", "", text)
        assert not re.search("[A-Za-z]", plain), text


def test_a_mark_carries_the_address_of_its_cases() -> None:
    bar = volume_figure(over_time()).data[0]
    assert parse_qs(bar.customdata[1]) == {
        "channel": ["letter"],
        "submitted_from": ["2025-11-21"],
        "submitted_to": ["2025-11-21"],
    }
    own = volume_figure(over_time(), to_query=lambda criteria: f"q={criteria.submitted_from}").data[0]
    assert own.customdata[0] == "q=2025-11-20"


def test_bars_show_twelve_and_the_sum_of_the_rest_without_a_list() -> None:
    figure = bars_figure(over_kinds(20))
    bar = figure.data[0]
    assert len(bar.y) == 14
    assert figure.layout.yaxis.ticktext[-2:] == ("其他8项", "尚无主办单位")
    assert bar.text[-2:] == (f"合计{sum(100 - i for i in range(12, 20))}", "7")
    assert bar.customdata[-2] is None and bar.customdata[-1] == "status=closed&department=none"
    assert bar.x[-2] == 0  # the rest has a number, not a bar that dwarfs the others
    assert len(bars_figure(over_kinds(13)).data[0].y) == 14  # no "rest" of one


def test_long_names_are_shortened_in_the_axis_and_whole_in_the_hover() -> None:
    figure = bars_figure(over_kinds(2, "青崖市高新技术产业开发区管理委员会{}"))
    assert figure.layout.yaxis.ticktext[0] == "青崖市高新技术产业…"[:9] + "…"
    assert "管理委员会0：100件" in figure.data[0].hovertext[0]


def test_ticks_are_few_and_name_the_year_where_it_begins() -> None:
    axis = volume_figure(over_time(60)).layout.xaxis
    assert axis.ticktext == ("11月20日<br>2025年", "12月5日", "12月20日", "1月4日<br>2026年")
    values = volume_figure(over_time()).layout.yaxis
    assert values.ticktext == ("", "5,000", "1万", "1.5万")


@pytest.mark.parametrize("highest", [1, 2, 3, 7, 10, 99, 100, 12_345, 10**9])
def test_the_scale_has_few_round_lines(highest: int) -> None:
    point = Point(key="2026-11-23", label="11月23日", value=highest, criteria=None)
    series = Series(id="volume", label="工单量", definition="", points=(point,), unit="day")
    axis = volume_figure(series).layout.yaxis
    assert 2 <= len(axis.tickvals) <= 6 and axis.tickvals[-1] >= highest
    assert axis.range[1] > highest


def test_nothing_is_said_as_nothing() -> None:
    none = Series(id="volume", label="工单量", definition="", points=())
    for figure in (volume_figure(none), bars_figure(none), sentiment_figure([]), channels_figure([])):
        assert not figure.data and "没有" in figure.layout.annotations[0].text


def test_json_cannot_leave_its_script() -> None:
    evil = "</script><!--\u2028\u2029"
    text = figure_json(bars_figure(over_kinds(2, evil)))
    assert "<" not in text and "\u2028" not in text and "\u2029" not in text
    assert evil in json.loads(text)["data"][0]["hovertext"][0]

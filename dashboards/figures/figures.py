"""Series become plotly figures. Pure: no database, no HTTP. Each mark carries the query string that opens its cases."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import floor, log10
from urllib.parse import quote_plus

from dashboards.figures.figure_model import Figure, Properties, bar
from dashboards.figures.theme import BLUE, GREY, LIGHT, MUTED, PALE_BLUE, PALE_VERMILION, TEMPLATE, TEXT, VERMILION
from dashboards.formats import format_count, format_rate
from dashboards.statistics.series import ChannelSubmissions, Point, Series
from models.criteria import CaseCriteria

ToQuery = Callable[[CaseCriteria], str]

BARS_SHOWN = 12
LONGEST_LABEL = 10
TICKS_OVER_TIME = 4
BAR_HEIGHT = 32
TIME_HEIGHT = 260
SENTIMENT_COLOURS = {"displeased": VERMILION, "matter": PALE_VERMILION, "neutral": LIGHT, "positive": BLUE}
CHANNEL_COLOURS = {"letter": BLUE, "hotline": PALE_BLUE, "survey": LIGHT, "social": MUTED}
# The words are text and need contrast that the pale area does not have.
_SENTIMENT_TEXT_COLOURS = {"displeased": VERMILION, "matter": MUTED, "neutral": MUTED, "positive": BLUE}


@lru_cache(maxsize=10_000)  # a page names most of its lists twice: in the picture and in the table behind it
def query_string(criteria: CaseCriteria) -> str:
    """The query string of the list of cases, without the question mark."""
    return encode_query(criteria.as_parameters())


def encode_query(parameters: Mapping[str, str]) -> str:
    """As `urlencode`: a page has thousands of addresses that differ in a word."""
    return "&".join([f"{name}={_quoted(value)}" for name, value in parameters.items()])


_quoted = lru_cache(maxsize=4096)(quote_plus)


def volume_figure(series: Series, *, to_query: ToQuery = query_string) -> Figure:
    """Columns over time; the highest is named, so that the picture says one thing without being touched."""
    if not series.total:
        return empty_figure()
    figure = Figure(_columns(series, BLUE, to_query), layout={"template": TEMPLATE, "bargap": 0.2})
    highest = max(series.points, key=lambda p: p.value)
    position = series.points.index(highest) / max(1, len(series.points) - 1)
    figure.add_annotation(
        x=highest.key,
        y=highest.value,
        text=f"{highest.label} {format_count(highest.value)}件",
        showarrow=False,
        yanchor="bottom",
        xanchor="left" if position < 0.2 else "right" if position > 0.8 else "center",
        font={"color": TEXT, "size": 13},
        bgcolor="#FFFFFF",
        borderpad=1,
    )
    return _with_time_axes(figure, series.points, highest.value)


def sentiment_figure(series: Sequence[Series], *, to_query: ToQuery = query_string) -> Figure:
    """Stacked columns over time, negative at the bottom where its changes can be read; a line of words with the shares
    of the whole period stands for the legend."""
    total = sum(s.total for s in series)
    if not total:
        return empty_figure()
    words = [
        f'<span style="color:{SENTIMENT_COLOURS[s.id]}">■</span> '
        f'<span style="color:{_SENTIMENT_TEXT_COLOURS[s.id]}">{s.label} {format_rate(s.total / total)}</span>'
        for s in series
    ]
    return _stacked(series, SENTIMENT_COLOURS, words, to_query)


def channels_over_time_figure(
    series: Sequence[Series], *, marks: Mapping[date, str] | None = None, to_query: ToQuery = query_string
) -> Figure:
    """Stacked columns over time, one colour a channel, with the numbers in words for a legend; `marks`: what happened
    on which day, as a line."""
    if not any(s.total for s in series):
        return empty_figure("还没有来件")
    words = [
        f'<span style="color:{CHANNEL_COLOURS[s.id]}">■</span> <span style="color:{TEXT}">{s.label} '
        f"{format_count(s.total)}</span>"
        for s in series
    ]
    figure = _stacked(series, CHANNEL_COLOURS, words, to_query)
    for day, text in sorted((marks or {}).items()):
        _add_mark(figure, series[0].points, day, text)
    return figure


def bars_figure(series: Series, *, to_query: ToQuery = query_string, limit: int = BARS_SHOWN) -> Figure:
    """Horizontal bars, most first, the rest as 其他; what is not known stands last and in grey."""
    total = series.total
    if not total:
        return empty_figure()
    named = [p for p in series.points if p.key not in ("none", "")]
    # "the rest" of one is that one itself
    shown = named if len(named) <= limit + 1 else named[:limit]
    rest = sum(p.value for p in named[len(shown) :])
    others = [Point(key="其他", label=f"其他{len(named) - len(shown)}项", value=rest, criteria=None)] if rest else []
    points = [*shown, *others, *(p for p in series.points if p.key in ("none", ""))]
    # a bar of all the rest would dwarf what the picture is about: its number stands without a bar
    lengths = [0 if p in others else p.value for p in points]
    figure = Figure(
        bar(
            orientation="h",
            x=lengths,
            y=list(range(len(points))),
            marker={"color": [BLUE if p in shown else GREY for p in points]},
            text=[f"合计{format_count(p.value)}" if p in others else format_count(p.value) for p in points],
            textposition="outside",
            textfont={"color": TEXT, "size": 13},
            cliponaxis=False,
            customdata=_queries(points, to_query),
            hovertext=[f"{p.label}：{p.value:,}件，占{format_rate(p.value / total)}" for p in points],
            hovertemplate="%{hovertext}<extra></extra>",
        ),
        layout={"template": TEMPLATE, "bargap": 0.35},
    )
    return _with_bar_axes(figure, [p.label for p in points], max(lengths))


def channels_figure(channels: Sequence[ChannelSubmissions]) -> Figure:
    """All submissions by channel: how many, and the negative part of them in vermilion."""
    if not any(c.received for c in channels):
        return empty_figure("所选范围内没有来件")
    labels = [c.channel.label for c in channels]
    hover = [f"{c.channel.label}：收到{c.received:,}件，已分析{c.analysed:,}件，负面{c.negative:,}件" for c in channels]
    parts = (
        ([c.negative for c in channels], VERMILION, None),
        ([c.received - c.negative for c in channels], LIGHT, [_channel_text(c) for c in channels]),
    )
    figure = Figure(
        [
            bar(
                orientation="h",
                x=values,
                y=list(range(len(channels))),
                marker={"color": colour},
                text=text,
                textposition="outside" if text else "none",
                textfont={"color": TEXT, "size": 13},
                cliponaxis=False,
                hovertext=hover,
                hovertemplate="%{hovertext}<extra></extra>",
            )
            for values, colour, text in parts
        ],
        layout={"template": TEMPLATE, "bargap": 0.35, "barmode": "stack"},
    )
    return _with_bar_axes(figure, labels, max(c.received for c in channels), room=1.8)


def empty_figure(message: str = "所选范围内没有工单") -> Figure:
    """One honest sentence instead of empty axes."""
    figure = Figure(layout={"template": TEMPLATE, "height": 120})
    figure.add_annotation(
        text=message, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font={"color": MUTED, "size": 15}
    )
    return figure.update_xaxes(visible=False).update_yaxes(visible=False)


def figure_json(figure: Figure) -> str:
    """The figure for `<script type="application/json">`: nothing in it can end the script or break a line."""
    text = json.dumps(figure.to_plotly_json(), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _stacked(series: Sequence[Series], colours: Mapping[str, str], words: Sequence[str], to_query: ToQuery) -> Figure:
    columns = [_columns(s, colours[s.id], to_query) for s in series]
    figure = Figure(columns, layout={"template": TEMPLATE, "bargap": 0.2, "barmode": "stack"})
    # two a line: a phone has no room for four
    lines = ["　".join(words[at : at + 2]) for at in range(0, len(words), 2)]
    add_caption(figure, "<br>".join(lines), lines=len(lines))
    heights = [sum(p.value for p in points) for points in zip(*(s.points for s in series), strict=True)]
    return _with_time_axes(figure, series[0].points, max(heights))


def _add_mark(figure: Figure, points: Sequence[Point], day: date, text: str) -> None:
    """A dashed line where `day` lies; none where it lies outside the picture."""
    before = [p for p in points if date.fromisoformat(p.key) <= day]
    if not before:
        return
    at = points.index(before[-1])
    figure.add_shape(
        type="line", x0=at, x1=at, xref="x", y0=0, y1=1, yref="paper", line={"color": TEXT, "width": 1, "dash": "dot"}
    )
    figure.add_annotation(
        x=at,
        y=1,
        yref="paper",
        text=text,
        showarrow=False,
        yanchor="top",
        xanchor="right" if at > len(points) / 2 else "left",
        font={"color": TEXT, "size": 13},
        bgcolor="#FFFFFF",
    )


def _columns(series: Series, colour: str, to_query: ToQuery) -> Properties:
    return bar(
        x=[p.key for p in series.points],
        y=[p.value for p in series.points],
        name=series.label,
        marker={"color": colour},
        customdata=_queries(series.points, to_query),
        hovertext=[f"{_full_label(p)}<br>{series.label} {p.value:,}件" for p in series.points],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _queries(points: Sequence[Point], to_query: ToQuery) -> list[str | None]:
    return [to_query(p.criteria) if p.criteria else None for p in points]


def _channel_text(channel: ChannelSubmissions) -> str:
    share = f"　负面{format_rate(channel.negative_share)}" if channel.analysed else ""
    return f"{format_count(channel.received)}{share}"


def _full_label(point: Point) -> str:
    """The label of a bin with its year, which a month has already."""
    return point.label if "年" in point.label else f"{point.key[:4]}年{point.label}"


def _with_time_axes(figure: Figure, points: Sequence[Point], highest: int) -> Figure:
    ticks = _spread(points, TICKS_OVER_TIME)
    starts = [date.fromisoformat(p.key) for p in ticks]
    years = [None, *(s.year for s in starts)]
    texts = [f"{s.month}月" if "年" in p.label else f"{s.month}月{s.day}日" for p, s in zip(ticks, starts, strict=True)]
    # the year only where it begins, below the day
    texts = [
        f"{text}<br>{now}年" if now != last else text for text, (last, now) in zip(texts, pairwise(years), strict=True)
    ]
    figure.update_xaxes(type="category", tickmode="array", tickvals=[p.key for p in ticks], ticktext=texts, tickangle=0)
    # the zero line needs no word, and there is none to run into the first day
    step = nice_step(highest)
    values = list(range(0, highest + step, step))
    figure.update_yaxes(
        tickmode="array",
        tickvals=values,
        ticktext=["", *map(format_count, values[1:])],
        range=[0, max(values[-1], highest * 1.12)],
    )
    return figure.update_layout(height=TIME_HEIGHT)


def _with_bar_axes(figure: Figure, labels: Sequence[str], highest: int, room: float = 1.25) -> Figure:
    short = [name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…" for name in labels]
    figure.update_xaxes(visible=False, range=[0, highest * room])
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(short))),
        ticktext=short,
        showgrid=False,
        range=[len(short) - 0.5, -0.5],
        ticks="",
        tickfont={"color": TEXT, "size": 14},
        ticklabelstandoff=6,
    )
    return figure.update_layout(height=BAR_HEIGHT * len(short) + 24)


def add_caption(figure: Figure, text: str, *, lines: int = 1) -> None:
    # a title may use the whole width, an annotation only that of the plot: 360 px need all of it
    title = {
        "text": text,
        "font": {"size": 14},
        "x": 0,
        "xanchor": "left",
        "xref": "container",
        "y": 1,
        "yanchor": "top",
        "yref": "container",
        "pad": {"l": 8, "t": 10 + 14 * (lines - 1)},
    }
    figure.update_layout(title=title, margin={"t": 44 + 24 * (lines - 1)})


def _spread(points: Sequence[Point], most: int) -> list[Point]:
    """At most `most` points, evenly apart, the first among them."""
    step = -(-len(points) // most)
    return list(points[::step])


def nice_step(highest: int) -> int:
    """1, 2 or 5 times a power of ten, so that at most five lines lie below `highest`."""
    rough = max(1.0, highest / 4)
    power = int(10 ** floor(log10(rough)))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough)

"""A share over time with its interval as a picture; where too few people spoke there is no line. Pure."""

from collections.abc import Callable, Sequence
from datetime import date

from dashboards.analysis.trends import TrendAspect, TrendPoint
from dashboards.figures.figure_model import Figure
from dashboards.figures.figures import empty_figure
from dashboards.figures.theme import BLUE, MUTED, TEMPLATE, TEXT, VERMILION
from nlp.trends.moods import LEAST_PERSONS

_HEIGHT = 300
_BAND = {TrendAspect.NEGATIVE: "rgba(200,56,31,0.15)", TrendAspect.DISPLEASED: "rgba(31,95,168,0.15)"}
_COLOURS = {TrendAspect.NEGATIVE: VERMILION, TrendAspect.DISPLEASED: BLUE}
_TICKS = 5


def share_figure(
    points: Sequence[TrendPoint],
    aspect: TrendAspect,
    label: Callable[[date], str],
    opens: Callable[[TrendPoint], str] = lambda _: "",
) -> Figure:
    """The line is the share, the band lies around it with 95 %. A gap is a period with too few people. `opens`: the
    address behind a point, "" for none."""
    if not any(point.share is not None for point in points):
        return empty_figure(f"每个时段都不足{LEAST_PERSONS}人，不画走势")
    figure = Figure(layout={"template": TEMPLATE, "height": _HEIGHT})
    # a band of its own for each stretch without a gap: a fill would otherwise reach across it
    for stretch in _stretches(points):
        days = [points[at].first_day.isoformat() for at in stretch]
        edge = [points[at].high for at in stretch] + [points[at].low for at in reversed(stretch)]
        figure.add_scatter(
            x=[*days, *reversed(days)],
            y=edge,
            fill="toself",
            fillcolor=_BAND[aspect],
            mode="lines",
            line={"width": 0},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[point.first_day.isoformat() for point in points],
        y=[point.share for point in points],
        mode="lines+markers",
        line={"color": _COLOURS[aspect], "width": 2},
        marker={"color": _COLOURS[aspect], "size": 7},
        connectgaps=False,
        customdata=[opens(point) or None for point in points],
        hovertext=[_hover(point, label) for point in points],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    last = next(point for point in reversed(points) if point.share is not None)
    assert last.share is not None
    figure.add_annotation(
        x=last.first_day.isoformat(),
        y=last.share,
        text=f"{last.share:.0%}",
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        yshift=12,
        font={"color": TEXT, "size": 14},
    )
    step = max(1, -(-len(points) // _TICKS))
    ticks = points[::step]
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=[point.first_day.isoformat() for point in points],
        tickmode="array",
        tickvals=[point.first_day.isoformat() for point in ticks],
        ticktext=[label(point.first_day) for point in ticks],
        tickangle=0,
    )
    return figure.update_yaxes(
        tickmode="array",
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=["", "25%", "50%", "75%", "100%"],
        range=[0, 1.04],
        tickfont={"color": MUTED, "size": 13},
    )


def _stretches(points: Sequence[TrendPoint]) -> list[list[int]]:
    found: list[list[int]] = []
    for at, point in enumerate(points):
        if point.share is None:
            continue
        if found and found[-1][-1] == at - 1:
            found[-1].append(at)
        else:
            found.append([at])
    return found


def _hover(point: TrendPoint, label: Callable[[date], str]) -> str:
    if point.share is None:
        return f"{label(point.first_day)}：{point.persons}人次，过少"
    return (
        f"{label(point.first_day)}：{point.persons}人次中{point.part}人次，{point.share:.0%}"
        f"（{point.low:.0%}至{point.high:.0%}）"
    )

"""The days before as columns and the days ahead as a line in its band: the picture of a forecast. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from dashboards.figures.figure_model import Figure
from dashboards.figures.theme import BLUE, LIGHT, MUTED, TEMPLATE
from dashboards.forecasts.forecasting import SeriesForecast

_HEIGHT = 300
_BAND = "rgba(31,95,168,0.18)"
_TICK_DAYS = 14


def forecast_figure(past: Sequence[tuple[date, int]], first_day: date, ahead: SeriesForecast) -> Figure:
    """`past`: cases of each day before `first_day`."""
    figure = Figure(layout={"template": TEMPLATE, "height": _HEIGHT, "bargap": 0.2})
    figure.add_bar(
        x=[day.isoformat() for day, _ in past],
        y=[value for _, value in past],
        marker={"color": LIGHT},
        hovertext=[f"{_label(day)}：{value}件" for day, value in past],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    days = [first_day + timedelta(days=n) for n in range(len(ahead.mean))]
    names = [day.isoformat() for day in days]
    figure.add_scatter(
        x=[*names, *reversed(names)],
        y=[*ahead.high, *reversed(ahead.low)],
        fill="toself",
        fillcolor=_BAND,
        mode="lines",
        line={"width": 0},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=names,
        y=ahead.mean,
        mode="lines+markers",
        line={"color": BLUE, "width": 2},
        marker={"color": BLUE, "size": 6},
        hovertext=[
            f"{_label(day)}：预计{mean:.1f}件（{low}至{high}件）"
            for day, mean, low, high in zip(days, ahead.mean, ahead.low, ahead.high, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    _name_parts(figure, past, days, ahead)
    shown = [day for day, _ in past] + days
    # the first day ahead has its label, and none stands below the 0 of the other axis
    step = max(1, min(_TICK_DAYS, len(shown) // 4))
    ticks = shown[(len(past) % step) or step :: step]
    return figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=[day.isoformat() for day in shown],
        tickmode="array",
        tickvals=[day.isoformat() for day in ticks],
        ticktext=[f"{day:%m-%d}" for day in ticks],
        tickangle=0,
    )


def _name_parts(figure: Figure, past: Sequence[tuple[date, int]], days: Sequence[date], ahead: SeriesForecast) -> None:
    """What a reader would otherwise look up in a legend."""
    most = max((value for _, value in past), default=0)
    where = [(days[len(days) // 2], max(ahead.high, default=0), "预计和80%区间", BLUE, "center")]
    if most:
        day = next(day for day, value in past if value == most)
        early = day < past[len(past) // 2][0]
        where.append((day, most, f"收到最多：{_label(day)} {most}件", MUTED, "left" if early else "right"))
    for day, height, text, colour, side in where:
        figure.add_annotation(
            x=day.isoformat(),
            y=height,
            text=text,
            showarrow=False,
            yanchor="bottom",
            xanchor=side,
            font={"color": colour, "size": 12},
            bgcolor="rgba(255,255,255,0.8)",
            borderpad=1,
        )


def _label(day: date) -> str:
    return f"{day.month}月{day.day}日"

"""Funnel and survival curves as plotly figures. Pure; each mark of a unit carries the query that opens its cases."""

from collections.abc import Sequence

from dashboards.analysis.department_comparison import Comparison, UnitRate
from dashboards.figures.figure_model import Figure
from dashboards.figures.figures import empty_figure, query_string
from dashboards.figures.theme import BLUE, GREY, MUTED, PALE_BLUE, TEMPLATE, TEXT, VERMILION
from dashboards.formats import format_count, format_rate
from dashboards.statistics.funnel import draw_limits

FUNNEL_HEIGHT = 420
_NAMED = 8
# Beyond chance: the dark colours and other shapes, so that it does not hang on colour alone.
_MARKS = {
    "inside": (GREY, "circle"),
    "above": (PALE_BLUE, "triangle-up"),
    "far_above": (BLUE, "triangle-up"),
    "below": (PALE_BLUE, "triangle-down"),
    "far_below": (VERMILION, "triangle-down"),
}


def funnel_figure(comparison: Comparison) -> Figure:
    """Rate against cases (logarithmic) with 95 % and 99.8 % limits; units far outside are named."""
    if comparison.overall is None:
        return empty_figure("没有可以比较的单位")
    figure = Figure(layout={"template": TEMPLATE, "height": FUNNEL_HEIGHT})
    curve = draw_limits(comparison.overall, max(unit.cases for unit in comparison.units) * 2)
    sizes = [limits.n for limits in curve]
    for values, dash in (
        ([c.lowest for c in curve], "solid"),
        ([c.highest for c in curve], "solid"),
        ([c.low for c in curve], "dot"),
        ([c.high for c in curve], "dot"),
        ([comparison.overall] * len(curve), "dash"),
    ):
        figure.add_scatter(
            x=sizes, y=values, mode="lines", line={"color": MUTED, "width": 1, "dash": dash}, hoverinfo="skip"
        )
    units = comparison.units
    figure.add_scatter(
        x=[unit.cases for unit in units],
        y=[unit.rate for unit in units],
        mode="markers+text",
        marker={
            "size": 11,
            "color": [_MARKS[unit.standing][0] for unit in units],
            "symbol": [_MARKS[unit.standing][1] for unit in units],
        },
        text=_names(units),
        textposition="top center",
        textfont={"color": TEXT, "size": 13},
        hovertext=[
            f"{unit.name}：{unit.cases:,}件中{unit.row.numerator:,}件，{format_rate(unit.rate)}" for unit in units
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=[query_string(unit.row.criteria) for unit in units],
        cliponaxis=False,
    )
    ticks = [n for n in (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000) if n <= sizes[-1]]
    figure.update_xaxes(
        type="log", tickmode="array", tickvals=ticks, ticktext=[f"{format_count(n)}件" for n in ticks], tickangle=0
    )
    low = min([unit.rate for unit in units] + [limits.low for limits in curve[len(curve) // 3 :]])
    floor = 0 if low < 0.3 else max(0.0, low - 0.08)
    return figure.update_yaxes(range=[floor, 1.04], tickformat=".0%", rangemode="normal")


def _names(units: Sequence[UnitRate]) -> list[str]:
    far = sorted((unit for unit in units if unit.standing.startswith("far")), key=lambda u: -u.cases)[:_NAMED]
    shown = {unit.id for unit in far}
    return [unit.name[:8] if unit.id in shown else "" for unit in units]

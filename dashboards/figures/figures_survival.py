"""Curves of time to completion as a plotly figure. Pure."""

from collections.abc import Sequence
from itertools import islice

from dashboards.analysis.completion_times import Cohort
from dashboards.figures.figure_model import Figure
from dashboards.figures.figures import empty_figure, query_string
from dashboards.figures.theme import BLUE, MUTED, TEMPLATE, TEXT, VERMILION
from dashboards.formats import format_rate

CURVES = 5
HEIGHT = 420
# With more curves the bands would cover each other; their figures stand in the table.
_BANDS = 2
_LINES = ((BLUE, "solid"), (VERMILION, "dash"), (TEXT, "dot"), (MUTED, "dashdot"), (BLUE, "longdash"))
_FILLS = ("rgba(31,95,168,0.15)", "rgba(200,56,31,0.12)")
_LONGEST = 180


def survival_figure(cohorts: Sequence[Cohort]) -> Figure:
    """The share still open after each day, one line a cohort, the first few, each named in the line of words above. A
    step opens the cases that took longer."""
    shown = list(islice((cohort for cohort in cohorts if cohort.completed), CURVES))
    if not shown:
        return empty_figure("还没有办结的工单")
    last = min(_LONGEST, max(cohort.counts.longest for cohort in shown))
    figure = Figure(layout={"template": TEMPLATE, "height": HEIGHT})
    if len(shown) <= _BANDS:
        for cohort, fill in zip(shown, _FILLS, strict=False):
            _add_band(figure, cohort, fill)
    words = []
    for cohort, (colour, dash) in zip(shown, _LINES, strict=False):
        points = [(0, 1.0), *((step.days, step.open) for step in cohort.steps)]
        points.append((max(cohort.counts.longest, points[-1][0]), points[-1][1]))
        figure.add_scatter(
            x=[day for day, _ in points],
            y=[share for _, share in points],
            mode="lines+markers",
            line={"shape": "hv", "color": colour, "width": 2, "dash": dash},
            # to be met by a pointer, not to be seen: the line says it all
            marker={"color": colour, "size": 9, "opacity": 0},
            customdata=[query_string(cohort.watched(day + 1)) if longer(cohort, day) else None for day, _ in points],
            hovertext=[f"{cohort.label}：第{day}天过后还有{format_rate(share)}未办结" for day, share in points],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        mark = {"solid": "━━", "dash": "╍╍", "dot": "┅┅", "dashdot": "╍┅", "longdash": "━╍"}[dash]
        words.append(f'<span style="color:{colour}">{mark} {cohort.label}</span>')
    figure.add_annotation(
        x=0, y=1.0, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False, yshift=8,
        align="left", text="<br>".join("　".join(words[n : n + 3]) for n in range(0, len(words), 3)),
    )  # fmt: skip
    figure.add_hline(y=0.5, line={"color": MUTED, "width": 1, "dash": "dot"})
    figure.update_layout(margin={"t": 60})
    figure.update_xaxes(range=[0, max(last, 1)], ticksuffix="天", nticks=7)
    return figure.update_yaxes(
        range=[0, 1.02], tickmode="array", tickvals=[0.25, 0.5, 0.75, 1], ticktext=["25%", "50%", "75%", "100%"]
    )


def longer(cohort: Cohort, days: int) -> int:
    """How many cases took, or have been open, more days."""
    return cohort.counts.count_at_risk(days + 1)


def _add_band(figure: Figure, cohort: Cohort, fill: str) -> None:
    steps = [(s.days, s.low, s.high) for s in cohort.steps if s.low is not None and s.high is not None]
    if len(steps) < 2:
        return
    # a step stays as it is until the next one
    days, lows, highs = [], [], []
    for at, (day, low, high) in enumerate(steps):
        days += [day, steps[at + 1][0] if at + 1 < len(steps) else cohort.counts.longest]
        lows += [low, low]
        highs += [high, high]
    figure.add_scatter(
        x=[*days, *reversed(days)],
        y=[*highs, *reversed(lows)],
        fill="toself",
        fillcolor=fill,
        mode="lines",
        line={"width": 0},
        hoverinfo="skip",
    )

"""Curves, funnels and forecasts are pictures that plotly accepts; panels stand where plotly itself would put them."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from plotly.subplots import make_subplots

from dashboards.analysis.completion_times import Cohort
from dashboards.analysis.trends import TrendAspect
from dashboards.figures import figures_statistics, figures_survival, forecast_figures, trend_figures
from dashboards.figures.figure_model import Figure, scatter
from dashboards.figures.figure_panels import lay_out_panels, panel_axes
from dashboards.statistics.funnel import find_limits, find_standing
from dashboards.statistics.survival import DayCount, trace, watch
from models.criteria import CaseCriteria
from tests.unit.plotly_figures import read_by_plotly

FIRST = date(2026, 1, 5)
funnel_figure: Any = read_by_plotly(figures_statistics.funnel_figure)
survival_figure: Any = read_by_plotly(figures_survival.survival_figure)
forecast_figure: Any = read_by_plotly(forecast_figures.forecast_figure)
share_figure: Any = read_by_plotly(trend_figures.share_figure)


def small_panels(count: int) -> Figure:
    traces = (scatter(y=[n], **panel_axes(n)) for n in range(count))
    titles = [f"第{n}" for n in range(count)]
    return Figure(traces, layout=lay_out_panels(titles, columns=2, font={"size": 16}))


panels: Any = read_by_plotly(small_panels)


def same(ours: Any, plotlys: Any) -> None:
    if isinstance(plotlys, dict):
        assert ours.keys() == plotlys.keys()
        for name, value in plotlys.items():
            same(ours[name], value)
    elif isinstance(plotlys, list | tuple):
        assert len(ours) == len(plotlys)
        for one, other in zip(ours, plotlys, strict=True):
            same(one, other)
    else:
        assert ours == (pytest.approx(plotlys) if isinstance(plotlys, float) else plotlys)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 20])
def test_panels_stand_where_plotly_puts_them(count: int) -> None:
    rows = -(-count // 2)
    plotlys = make_subplots(
        rows=rows,
        cols=2,
        shared_xaxes=True,
        shared_yaxes="all",
        vertical_spacing=min(0.3, 0.3 / rows),
        horizontal_spacing=0.04,
        subplot_titles=[f"第{n}" for n in range(count)],
    )
    for n in range(count):
        plotlys.add_scatter(y=[n], row=n // 2 + 1, col=n % 2 + 1)
    ours, theirs = (figure.to_plotly_json() for figure in (panels(count), plotlys))
    for figure in (ours, theirs):
        figure["layout"].pop("template", None)
    same(ours["layout"], theirs["layout"])
    same(ours["data"], theirs["data"])


def test_what_is_said_of_the_axes_is_said_of_all_panels() -> None:
    figure = Figure(layout=lay_out_panels(["一", "二", "三"], columns=2, font={}))
    figure.update_yaxes(range=[0, 7]).update_xaxes(tickangle=0)
    for kind, name, value in (("yaxis", "range", [0, 7]), ("xaxis", "tickangle", 0)):
        assert [figure.layout[f"{kind}{n}"][name] for n in ("", 2, 3, 4)] == [value] * 4
    assert figure.layout.yaxis4["matches"] == "y3" and figure.layout.yaxis4["showticklabels"] is False


def test_a_funnel_names_units_far_outside() -> None:
    def unit(name: str, part: int, cases: int) -> SimpleNamespace:
        row = SimpleNamespace(numerator=part, denominator=cases, criteria=CaseCriteria(department=name))
        standing = find_standing(part, find_limits(0.9, cases))
        return SimpleNamespace(id=name, name=name, row=row, rate=part / cases, cases=cases, standing=standing)

    units = (unit("甲局", 180, 200), unit("乙局", 120, 200))
    *limits, marks = funnel_figure(SimpleNamespace(overall=0.9, units=units)).data
    assert len(limits) == 5 and list(limits[4].y) == [0.9] * len(limits[4].x)
    assert list(marks.text) == ["", "乙局"] and list(marks.y) == [0.9, 0.6]
    assert list(marks.marker.symbol) == ["circle", "triangle-down"]
    nothing = funnel_figure(SimpleNamespace(overall=None, units=()))
    assert not nothing.data and nothing.layout.annotations[0].text == "没有可以比较的单位"


def test_a_curve_of_open_cases_has_its_band_and_the_half() -> None:
    counts = watch([DayCount(2, 10, 0), DayCount(5, 6, 2), DayCount(9, 0, 4)])
    steps = tuple(trace(counts))
    cohort = Cohort(
        key="",
        label="全部",
        cases=22,
        completed=16,
        criteria=CaseCriteria(),
        open_criteria=CaseCriteria(),
        counts=counts,
    )
    figure = survival_figure([cohort])
    band, curve = figure.data
    assert band.fill == "toself" and curve.line.shape == "hv"
    assert list(curve.x) == [0, 2, 5, 9] and list(curve.y) == [1, *(step.open for step in steps), steps[-1].open]
    [half] = figure.layout.shapes
    assert (half.y0, half.y1, half.xref, half.yref) == (0.5, 0.5, "x domain", "y")
    assert not survival_figure([]).data


def test_a_share_over_time_has_a_gap_where_too_few_spoke() -> None:
    def point(n: int) -> SimpleNamespace:
        share = None if n == 2 else 0.2
        return SimpleNamespace(
            first_day=FIRST + timedelta(weeks=n), persons=9, part=2, share=share, low=0.1 if share else None, high=0.4
        )

    *bands, curve = share_figure([point(n) for n in range(5)], TrendAspect.NEGATIVE, lambda day: f"{day.day}日").data
    assert list(curve.y) == [0.2, 0.2, None, 0.2, 0.2] and curve.connectgaps is False
    assert [list(band.y) for band in bands] == [[0.4, 0.4, 0.1, 0.1]] * 2


def test_a_forecast_stands_behind_the_days_before() -> None:
    past = [(FIRST + timedelta(days=n), n) for n in range(10)]
    ahead = SimpleNamespace(mean=[3.5, 4.5], low=[1, 2], high=[6, 7])
    figure = forecast_figure(past, FIRST + timedelta(days=10), ahead)
    before, band, line = figure.data
    assert before.type == "bar" and list(before.y) == list(range(10))
    assert list(band.y) == [6, 7, 2, 1] and list(line.x) == ["2026-01-15", "2026-01-16"]
    assert len(figure.layout.xaxis.categoryarray) == 12

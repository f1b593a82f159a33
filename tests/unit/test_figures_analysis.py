"""The pictures of an analysis hold exactly the numbers of its lines, and say where there are few cases."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from dashboards.analysis.analysis_lines import Count, Line
from dashboards.analysis.cross_table import lay_out_cross
from dashboards.analysis.dispatch_flows import UNITS_SHOWN, Flow, merge_small
from dashboards.figures import figures_kinds, figures_tiles, figures_time
from dashboards.figures.figure_parts import shade_of, shade_scale
from dashboards.figures.figures_tiles import WEEKS_A_BAND
from dashboards.figures.theme import SHADES
from dashboards.figures.tile_map import SICHUAN, lay_out
from dashboards.statistics.rates import wilson_interval
from tests.unit.plotly_figures import read_by_plotly

FIRST = date(2026, 1, 5)
compared_bars_figure = read_by_plotly(figures_kinds.compared_bars_figure)
cross_figure = read_by_plotly(figures_kinds.cross_figure)
flow_figure = read_by_plotly(figures_kinds.flow_figure)
tree_figure = read_by_plotly(figures_kinds.tree_figure)
calendar_figure = read_by_plotly(figures_tiles.calendar_figure)
tile_map_figure = read_by_plotly(figures_tiles.tile_map_figure)
line_figure = read_by_plotly(figures_time.line_figure)
panels_figure = read_by_plotly(figures_time.panels_figure)
sentiment_share_figure = read_by_plotly(figures_time.sentiment_share_figure)


def over_time(counts: Sequence[Count | None], key: str = "", compared: Sequence[Count | None] = ()) -> list[Line]:
    lines = []
    for n, count in enumerate(counts):
        start = FIRST + timedelta(days=n)
        other = compared[n] if n < len(compared) else None
        keys, labels = ((key,), (f"名{key}",)) if key else ((), ())
        lines.append(Line(keys=keys, labels=labels, start=start, period=f"{start}", count=count, compared=other))
    return lines


def of_kinds(counts: Sequence[Count | None]) -> list[Line]:
    return [Line(keys=(f"k{n}",), labels=(f"类别{n}",), count=count) for n, count in enumerate(counts)]


def number(value: int) -> Count:
    return Count(numerator=value)


def rate(part: int, whole: int) -> Count:
    return Count(numerator=part, denominator=whole)


def to_address(line: Line) -> str:
    return f"/{line.keys}{line.start}"


def test_a_line_has_the_numbers_of_its_rows_and_of_the_other_time() -> None:
    lines = over_time([number(3), number(0), number(12_000)], compared=[number(7), number(8)])
    figure = line_figure(lines, "day", rate=False, to_address=to_address)
    other, own = figure.data
    assert list(own.y) == [3, 0, 12_000] and list(other.y) == [7, 8, None]
    assert list(own.customdata) == [to_address(line) for line in lines]
    assert "1.2万" in figure.layout.annotations[0].text
    assert "1万" in figure.layout.yaxis.ticktext


def test_a_rate_has_its_band_a_gap_and_hollow_points() -> None:
    lines = over_time([rate(1, 2), rate(0, 0), rate(90, 100)])
    figure = line_figure(lines, "day", rate=True)
    *bands, own = figure.data
    assert list(own.y) == [0.5, None, 0.9]
    assert own.connectgaps is False  # a day without cases is no share
    assert (own.marker.color[0], own.marker.color[2]) == ("#FFFFFF", own.line.color)
    edges = [value for band in bands for value in band.y]
    assert len(bands) == 2 and edges == [*reversed(wilson_interval(1, 2)), *reversed(wilson_interval(90, 100))]
    assert figure.layout.yaxis.range[1] >= max(edges)


def test_what_the_other_time_has_more_is_drawn_too() -> None:
    more = Line(period="", compared=number(5), compared_period="2025年2月")
    figure = line_figure([*over_time([number(1)], compared=[number(2)]), more], "month", rate=False)
    assert list(figure.data[0].y) == [2, 5] and figure.data[0].x[1] == "上期 2025年2月"


def test_panels_have_one_axis() -> None:
    lines = [line for n in range(5) for line in over_time([number(n), number(10 * n)], f"{n}")]
    figure = panels_figure(lines, "day", rate=False)
    assert [list(trace.y) for trace in figure.data] == [[n, 10 * n] for n in range(5)]
    ranges = {tuple(axis.range) for axis in figure.select_yaxes() if axis.range}
    assert len(ranges) == 1 and max(ranges)[1] >= 40


def test_shares_of_moods() -> None:
    lines = [*over_time([rate(5, 50), rate(20, 50)], "negative"), *over_time([rate(1, 50), rate(2, 50)], "displeased")]
    figure = sentiment_share_figure(lines, "day")
    drawn = [list(trace.y) for trace in figure.data if trace.fill is None]
    assert drawn == [[0.1, 0.4], [0.02, 0.04]]


def test_bars_have_the_interval_and_thin_rates_are_pale() -> None:
    lines = of_kinds([rate(300, 500), rate(2, 10), None])
    figure = compared_bars_figure(lines, rate=True, to_address=to_address)
    [bar] = figure.data
    low, high = wilson_interval(2, 10)
    assert list(bar.x) == [0.6, 0.2]
    assert list(bar.error_x.array) == [0, pytest.approx(high - 0.2)]
    assert list(bar.error_x.arrayminus) == [0, pytest.approx(0.2 - low)]
    assert bar.marker.color[0] != bar.marker.color[1]
    assert list(bar.customdata) == [to_address(line) for line in lines[:2]]


def test_the_tree_is_as_large_as_its_cases() -> None:
    figure = tree_figure(of_kinds([number(30), number(10), number(0)]), rate=False, to_address=to_address)
    [tree] = figure.data
    assert list(tree["values"]) == [30, 10] and set(tree.parents) == {""} and list(tree.ids) == ["k0", "k1"]
    by_rate = tree_figure(of_kinds([rate(30, 60), rate(9, 10)]), rate=True).data[0]
    assert list(by_rate["values"]) == [60, 10]  # the area stays the cases
    assert by_rate.marker.colors[1] == "#FFFFFF"  # ten cases have no shade


def test_a_cross_table_holds_every_pair() -> None:
    pairs = {("a", "x"): 1, ("a", "y"): 5, ("b", "y"): 2}
    lines = [Line(keys=pair, labels=pair, count=number(value)) for pair, value in pairs.items()]
    [field] = cross_figure(lay_out_cross(lines)).data
    places = {(round(base + 0.47), x): value for base, x, value in zip(field.base, field.x, field.meta, strict=True)}
    assert sorted(places.values()) == [1, 2, 5] and len(places) == 3
    assert field.marker.color[list(field.meta).index(5)] == SHADES[-1]


def test_the_map_has_each_prefecture_once_in_a_place_of_its_own() -> None:
    codes = [
        "510100 510300 510400 510500 510600 510700 510800 510900 511000 511100 511300",
        "511400 511500 511600 511700 511800 511900 512000 513200 513300 513400",
    ]
    assert set(SICHUAN) == set(" ".join(codes).split()) and len(SICHUAN) == 21
    assert len({(column, row) for _, column, row in SICHUAN.values()}) == 21
    assert len({name for name, _, _ in SICHUAN.values()}) == 21
    # what lies west stands left, what lies north stands above
    assert SICHUAN["513300"][1] < SICHUAN["510100"][1] < SICHUAN["511700"][1]
    assert SICHUAN["510800"][2] < SICHUAN["510100"][2] < SICHUAN["510400"][2]


def test_tiles_of_a_province_and_of_a_city() -> None:
    placed = lay_out([(code, "某市") for code in SICHUAN])
    assert placed.placed and {tile.code for tile in placed.tiles} == set(SICHUAN)
    rows = lay_out([(f"9901{n:02}", f"第{n}区") for n in range(10)])
    assert not rows.placed and len({(tile.column, tile.row) for tile in rows.tiles}) == 10
    assert max(tile.column for tile in rows.tiles) < 6
    figure = tile_map_figure([Line(keys=("510100",), labels=("成都市",), count=number(9))], placed)
    [squares] = figure.data
    assert len(squares.x) == 21 and sum(value or 0 for value in squares.meta) == 9
    assert squares.text[[tile.code for tile in placed.tiles].index("510100")] == "成都<br>9"
    assert tile_map_figure([], lay_out([])).layout.annotations[0].text.startswith("所选地区下面没有")


def test_a_calendar_has_a_square_a_day() -> None:
    lines = over_time([number(n) for n in range(300)])
    [squares] = calendar_figure(lines).data
    assert list(squares.meta) == list(range(300))
    places = {(x, round(base + 0.45)) for x, base in zip(squares.x, squares.base, strict=True)}
    assert len(places) == 300 and max(x for x, _ in places) == WEEKS_A_BAND - 1
    assert (0, 0) in places  # 5 January 2026 is a Monday


def flows(count: int) -> list[Flow]:
    def flow(first: int, way: str, last: int, cases: int) -> Flow:
        return Flow(
            first=f"u{first}",
            first_label=f"单位{first}",
            way=way,
            last=f"u{last}",
            last_label=f"单位{last}",
            cases=cases,
        )

    return [
        *(flow(n, "stayed", n, 100 - n) for n in range(count)),
        *(flow(n, "returned", (n + 1) % count, 2) for n in range(count)),
    ]


def test_small_units_are_taken_together_and_no_case_is_lost() -> None:
    many = flows(40)
    merged = merge_small(many)
    assert sum(flow.cases for flow in merged) == sum(flow.cases for flow in many)
    assert len({flow.first for flow in merged}) == UNITS_SHOWN + 1
    [sankey] = flow_figure(merged).data
    into = {key: 0 for key in sankey.node.label}
    total = sum(flow.cases for flow in many)
    for target, value in zip(sankey.link.target, sankey.link.value, strict=True):
        into[sankey.node.label[target]] += value
    assert into["未转手"] + into["退单获同意"] == total == sum(sankey.link.value) / 2
    assert into["退单获同意"] == 80


@pytest.mark.parametrize(
    "figure",
    [
        line_figure([], "day", rate=False),
        panels_figure([], "day", rate=True),
        compared_bars_figure([], rate=False),
        tree_figure(of_kinds([number(0)]), rate=False),
        calendar_figure(over_time([rate(0, 0)])),
        flow_figure([]),
    ],
)
def test_nothing_is_said_to_be_nothing(figure: Any) -> None:
    assert not figure.data and "所选范围内没有" in figure.layout.annotations[0].text


def test_shades_do_not_make_a_difference_of_chance() -> None:
    """900 and 905 of a thousand are nearly the same shade; thin rates have none."""
    near = of_kinds([rate(900, 1000), rate(905, 1000), rate(1, 2)])
    scale = shade_scale(near)
    assert list(scale) == pytest.approx([0.805, 0.905])
    assert shade_of(near[2].count, scale) == "#FFFFFF"
    far = of_kinds([rate(500, 1000), rate(900, 1000)])
    assert [shade_of(line.count, shade_scale(far)) for line in far] == [SHADES[0], SHADES[-1]]
    assert shade_scale(of_kinds([number(5), number(80)])) == (0, 80)

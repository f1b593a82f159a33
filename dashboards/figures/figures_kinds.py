"""Who has how much of it? Bars with what they are compared with, a tree map, a cross table, flows of dispatch. Pure."""

from collections.abc import Sequence

from dashboards.analysis.analysis_lines import Line
from dashboards.analysis.cross_table import CrossTable
from dashboards.analysis.dispatch_flows import OTHERS, WAYS, Flow
from dashboards.figures.figure_model import Figure, bar, sankey, treemap
from dashboards.figures.figure_parts import (
    ToAddress,
    long_text,
    no_address,
    shade_of,
    shade_scale,
    value_text,
    values_of,
    word_colour,
)
from dashboards.figures.figures import empty_figure
from dashboards.figures.theme import BLUE, GREY, MUTED, PALE_BLUE, TEMPLATE, TEXT, VERMILION
from dashboards.formats import format_rate

BARS_SHOWN = 20
_BAR_HEIGHT = 34
_LONGEST_LABEL = 10
_WAY_COLOURS = {"stayed": PALE_BLUE, "returned": VERMILION, "redispatched": GREY}


def compared_bars_figure(lines: Sequence[Line], *, rate: bool, to_address: ToAddress = no_address) -> Figure:
    """Horizontal bars, most first, a thin grey bar below each for what it is compared with. Pale bars are rates over
    fewer than 30 cases, and a thin line is the 95 % interval of a rate. At most 20; the table has all."""
    shown = [line for line in lines if line.count][:BARS_SHOWN]
    if not any(line.count and (line.count.numerator or line.count.denominator) for line in shown):
        return empty_figure()
    places = list(range(len(shown)))
    figure = Figure(layout={"template": TEMPLATE, "bargap": 0.3, "barmode": "overlay"})
    known = ["none" not in line.keys for line in shown]
    weak = [bool(line.count and line.count.weak) for line in shown]
    figure.add_bar(
        orientation="h",
        x=[line.count.value if line.count else None for line in shown],
        y=places,
        width=0.56,
        marker={
            "color": [PALE_BLUE if pale else BLUE if named else GREY for pale, named in zip(weak, known, strict=True)]
        },
        error_x=_interval_bars(shown) if rate else None,
        text=[value_text(line.count) for line in shown],
        textposition="none" if rate else "outside",
        textfont={"color": TEXT, "size": 13},
        cliponaxis=False,
        customdata=[to_address(line) for line in shown],
        hovertext=[f"{'·'.join(line.labels)}：{long_text(line.count)}" for line in shown],
        hovertemplate="%{hovertext}<extra></extra>",
        name="本期",
    )
    if any(line.compared for line in shown):
        figure.add_bar(
            orientation="h",
            x=[line.compared.value if line.compared else None for line in shown],
            y=[place + 0.38 for place in places],
            width=0.14,
            marker={"color": GREY},
            hovertext=[f"对比：{long_text(line.compared)}" for line in shown],
            hovertemplate="%{hovertext}<extra></extra>",
            name="对比",
        )
    highest = max(values_of(shown), default=0) or 1
    if rate:
        highest = 1.0 if highest > 0.5 else highest * 1.6
        for place, line in enumerate(shown):  # at the right edge, clear of bars and intervals
            figure.add_annotation(
                x=1,
                xref="paper",
                y=place,
                text=value_text(line.count),
                showarrow=False,
                xanchor="left",
                xshift=8,
                font={"color": MUTED if line.count and line.count.weak else TEXT, "size": 13},
            )
        figure.update_layout(margin={"r": 64})
    figure.update_xaxes(visible=False, range=[0, highest * (1.01 if rate else 1.25)])
    figure.update_yaxes(
        tickmode="array",
        tickvals=places,
        ticktext=[_short("·".join(line.labels)) for line in shown],
        showgrid=False,
        range=[len(shown) - 0.4, -0.6],
        ticks="",
        tickfont={"color": TEXT, "size": 14},
        ticklabelstandoff=6,
    )
    return figure.update_layout(height=_BAR_HEIGHT * len(shown) + 24)


def tree_figure(lines: Sequence[Line], *, rate: bool, to_address: ToAddress = no_address) -> Figure:
    """Plain rectangles: the area is how many cases, for a rate the shade is how high it is. A click goes deeper."""
    shown = [line for line in lines if line.count and _size(line)]
    if not shown:
        return empty_figure()
    scale = shade_scale(shown)
    shades = [shade_of(line.count, scale) for line in shown]
    total = sum(map(_size, shown))
    figure = Figure(
        treemap(
            labels=[line.labels[0] for line in shown],
            ids=[line.keys[0] for line in shown],
            parents=[""] * len(shown),
            values=[_size(line) for line in shown],
            text=[value_text(line.count) for line in shown],
            texttemplate="%{label}<br>%{text}",
            textfont={"size": 14, "color": [word_colour(shade) for shade in shades]},
            marker={
                "colors": shades,
                "line": {"color": "#8A949E", "width": 1},
                "pad": {"t": 0, "l": 0, "r": 0, "b": 0},
            },
            pathbar={"visible": False},
            tiling={"packing": "squarify", "pad": 0},
            customdata=[to_address(line) for line in shown],
            hovertext=[
                f"{line.labels[0]}：{long_text(line.count)}，占{format_rate(_size(line) / total)}" for line in shown
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        ),
        layout={"template": TEMPLATE, "height": 480, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}},
    )
    # a word that would be too small to read is left to the table
    return figure.update_layout(uniformtext={"minsize": 11, "mode": "hide"})


def cross_figure(table: CrossTable, *, to_address: ToAddress = no_address) -> Figure:
    """A table of shades, the number in each field: the single rows and columns; the table below has the rest too."""
    fields = table.single
    if not fields:
        return empty_figure()
    down = [side.label for side in table.rows if not side.merged]
    across = [side.label for side in table.columns if not side.merged]
    figure = rectangles(fields, to_address=to_address, fitted=True)
    figure.update_xaxes(
        visible=True,
        side="top",
        tickmode="array",
        tickvals=list(range(len(across))),
        ticktext=[_upright(label) for label in across],
        range=[-0.5, len(across) - 0.5],
        tickangle=0,
        tickfont={"color": TEXT, "size": 12},
    )
    figure.update_yaxes(
        visible=True,
        tickmode="array",
        tickvals=list(range(len(down))),
        ticktext=[_short(label) for label in down],
        range=[len(down) - 0.5, -0.5],
        showgrid=False,
        tickfont={"color": TEXT, "size": 13},
    )
    # on a phone a field is narrower than its number: the shade is left, and the table
    return figure.update_layout(height=36 * len(down) + 130, uniformtext={"minsize": 10, "mode": "hide"})


def rectangles(
    fields: Sequence[tuple[Line, int, int]],
    *,
    to_address: ToAddress = no_address,
    words: bool = True,
    named: bool = False,
    size: float = 0.94,
    fitted: bool = False,
) -> Figure:
    """Squares at (column, row), shaded by their value: what tile map, calendar and cross table are drawn of. White with
    a grey word: fewer than 30 cases behind a rate, or none. `fitted`: words stay within their field."""
    scale = shade_scale([line for line, _, _ in fields])
    shades = [shade_of(line.count, scale) for line, _, _ in fields]
    figure = Figure(
        bar(
            x=[column for _, column, _ in fields],
            y=[size] * len(fields),
            base=[row - size / 2 for _, _, row in fields],
            width=size,
            marker={"color": shades, "line": {"color": "#D6DCE3", "width": 1}},
            text=[
                f"{line.labels[0]}<br>{value_text(line.count)}" if named else value_text(line.count)
                for line, _, _ in fields
            ]
            if words
            else None,
            textposition="inside" if words else "none",
            insidetextanchor="middle",
            textangle=0,
            constraintext="inside" if fitted else "none",
            insidetextfont={
                "size": 12,
                "color": [MUTED if shade == "#FFFFFF" else word_colour(shade) for shade in shades],
            },
            customdata=[to_address(line) for line, _, _ in fields],
            meta=[line.count.value if line.count else None for line, _, _ in fields],
            hovertext=[
                f"{' '.join((*line.labels, line.period)).strip()}：{long_text(line.count)}" for line, _, _ in fields
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        ),
        layout={"template": TEMPLATE, "bargap": 0},
    )
    return figure.update_xaxes(visible=False).update_yaxes(visible=False, autorange=False)


def flow_figure(flows: Sequence[Flow]) -> Figure:
    """From the first unit through the way to the unit that leads now; the width is the cases."""
    if not flows:
        return empty_figure("所选范围内没有派出的工单")
    nodes: dict[tuple[str, str], str] = {}
    links: dict[tuple[tuple[str, str], tuple[str, str], str], int] = {}
    for flow in flows:
        first, way, last = ("first", flow.first), ("way", flow.way), ("last", flow.last)
        nodes |= {first: flow.first_label, way: flow.way_label, last: flow.last_label}
        for source, target in ((first, way), (way, last)):
            key = source, target, flow.way
            links[key] = links.get(key, 0) + flow.cases
    order = {node: n for n, node in enumerate(nodes)}
    colours = [
        _WAY_COLOURS[key] if side == "way" else MUTED if key in (OTHERS, "none") else BLUE for side, key in nodes
    ]
    figure = Figure(
        sankey(
            arrangement="snap",
            textfont={"size": 13, "color": TEXT},
            node={
                "label": [_short(name) for name in nodes.values()],
                "color": colours,
                "pad": 10,
                "thickness": 12,
                "line": {"width": 0},
                "hovertemplate": "%{label} %{value:,}件<extra></extra>",
            },
            link={
                "source": [order[source] for source, _, _ in links],
                "target": [order[target] for _, target, _ in links],
                "value": list(links.values()),
                "color": [_pale(_WAY_COLOURS[way]) for _, _, way in links],
                "label": [WAYS[way] for _, _, way in links],
                "hovertemplate": "%{source.label} → %{target.label}<br>%{label} %{value:,}件<extra></extra>",
            },
        ),
        layout={"template": TEMPLATE},
    )
    most = max(sum(side == wanted for side, _ in nodes) for wanted in ("first", "last"))
    return figure.update_layout(height=max(280, 34 * most + 60))


def _interval_bars(lines: Sequence[Line]) -> dict[str, object]:
    above, below = [], []
    for line in lines:
        value = line.count.value if line.count else None
        interval = line.count.interval if line.count else None
        above.append(interval[1] - value if interval and value is not None else 0)
        below.append(value - interval[0] if interval and value is not None else 0)
    shape = {"color": MUTED, "thickness": 1, "width": 4}
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, **shape}


def _size(line: Line) -> int:
    assert line.count is not None
    return line.count.numerator if line.count.denominator is None else line.count.denominator


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.35)"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"


def _upright(name: str) -> str:
    """One character below the other, six at most: a column is narrow on a phone."""
    return "<br>".join(name if len(name) <= 6 else f"{name[:5]}…")

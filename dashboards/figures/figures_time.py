"""How does it develop? Lines over time, what they are compared with, how sure they are; small panels. Pure."""

from collections.abc import Sequence

from dashboards.analysis.analysis_lines import Line
from dashboards.daily_facts.fact_series import Period
from dashboards.figures.figure_model import Figure
from dashboards.figures.figure_panels import lay_out_panels, panel_axes
from dashboards.figures.figure_parts import (
    ToAddress,
    long_text,
    no_address,
    set_time_axis,
    set_value_axis,
    value_text,
    values_of,
)
from dashboards.figures.figures import empty_figure
from dashboards.figures.theme import BLUE, DASHES, GREY, MUTED, SEVERAL, TEMPLATE, TEXT, VERMILION
from dashboards.statistics.rates import wilson_interval

_HEIGHT = 320
_PANEL_HEIGHT = 130
_PANELS_A_ROW = 2
_LONGEST_LABEL = 8
_LONGEST_END = 7
# fewer words below a line that has its name beside it: a phone has room for three
_TICKS, _TICKS_BESIDE_NAMES = 4, 3
_BANDS = {BLUE: "rgba(31,95,168,0.14)", VERMILION: "rgba(200,56,31,0.14)"}


def line_figure(lines: Sequence[Line], period: Period, *, rate: bool, to_address: ToAddress = no_address) -> Figure:
    """One line a kind, named at its end. A single line has what it is compared with in grey behind it and, where it is
    a rate, the band in which it lies with 95 %. Hollow points stand on fewer than 30 cases; gaps have none."""
    kinds = _by_kind(lines)
    highest = max(values_of(lines), default=0)
    if not kinds or not any(line.count and _behind(line) for line in lines):
        return empty_figure()
    figure = Figure(layout={"template": TEMPLATE, "height": _HEIGHT})
    alone = len(kinds) == 1
    for n, own in enumerate(kinds):
        colour = SEVERAL[n % len(SEVERAL)]
        if alone and rate:
            _add_bands(figure, own, colour)
        if alone and any(line.compared for line in own):
            _add_compared(figure, own)
        _add_line(figure, own, colour, DASHES[n % len(DASHES)], to_address)
    if alone and rate:
        highest = max([highest, *(wilson_interval(*pair)[1] for pair in map(_pair, lines) if pair[1])])
    set_time_axis(
        figure, _positions(kinds[0]), period, most=_TICKS if alone and not kinds[0][0].labels else _TICKS_BESIDE_NAMES
    )
    set_value_axis(figure, highest, rate=rate)
    _name_ends(figure, kinds, highest)
    return figure


def sentiment_share_figure(lines: Sequence[Line], period: Period, *, to_address: ToAddress = no_address) -> Figure:
    """The negative share in vermilion and that of the displeased in blue, each within its 95 % band."""
    kinds = _by_kind(lines)
    if not any(line.count and line.count.denominator for line in lines):
        return empty_figure()
    figure = Figure(layout={"template": TEMPLATE, "height": _HEIGHT})
    for own, colour, dash in zip(kinds, (VERMILION, BLUE), DASHES, strict=False):
        _add_bands(figure, own, colour)
        _add_line(figure, own, colour, dash, to_address)
    highest = max(wilson_interval(*pair)[1] for pair in map(_pair, lines) if pair[1])
    set_time_axis(figure, _positions(kinds[0]), period, most=_TICKS_BESIDE_NAMES)
    set_value_axis(figure, highest, rate=True)
    _name_ends(figure, kinds, highest)
    return figure


def panels_figure(
    lines: Sequence[Line], period: Period, *, rate: bool, bands: bool = False, to_address: ToAddress = no_address
) -> Figure:
    """A small panel for each kind, all with the same axes, so that heights can be compared from panel to panel. With
    `bands` each share stands in the band in which it lies with 95 %."""
    kinds = _by_kind(lines)
    highest = max(values_of(lines), default=0)
    if not kinds or not any(line.count and _behind(line) for line in lines):
        return empty_figure()
    rows = -(-len(kinds) // _PANELS_A_ROW)
    titles = [_short(own[0].labels[0]) for own in kinds]
    figure = Figure(layout=lay_out_panels(titles, columns=_PANELS_A_ROW, font={"size": 13, "color": TEXT}))
    figure.update_layout(template=TEMPLATE, height=_PANEL_HEIGHT * rows + 60, margin={"t": 32})
    for n, own in enumerate(kinds):
        axes = panel_axes(n)
        if bands:
            _add_bands(figure, own, BLUE, **axes)
        if any(line.compared for line in own):
            _add_compared(figure, own, **axes)
        _add_line(figure, own, BLUE, "solid", to_address, size=4, **axes)
    if bands:
        highest = max([highest, *(wilson_interval(*pair)[1] for pair in map(_pair, lines) if pair[1])])
    set_time_axis(figure, _positions(kinds[0]), period, most=2)
    set_value_axis(figure, highest, rate=rate)
    return figure


def _by_kind(lines: Sequence[Line]) -> list[list[Line]]:
    kinds: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        kinds.setdefault(line.keys, []).append(line)
    return list(kinds.values())


def _positions(own: Sequence[Line]) -> list[str]:
    """Where each line of the table stands: what the other time has more lies behind the last day."""
    return [line.start.isoformat() if line.start else f"上期 {line.compared_period}" for line in own]


def _behind(line: Line) -> int:
    """How many cases a point stands on."""
    if line.count is None:
        return 0
    return line.count.numerator if line.count.denominator is None else line.count.denominator


def _pair(line: Line) -> tuple[int, int]:
    return (line.count.numerator, line.count.denominator or 0) if line.count else (0, 0)


def _add_line(
    figure: Figure,
    own: Sequence[Line],
    colour: str,
    dash: str,
    to_address: ToAddress,
    size: int = 6,
    **axes: str,
) -> None:
    weak = [bool(line.count and line.count.weak) for line in own]
    name = own[0].labels[0] if own[0].labels else ""
    figure.add_scatter(
        x=_positions(own),
        y=[line.count.value if line.count else None for line in own],
        name=name,
        mode="lines+markers",
        line={"color": colour, "width": 2, "dash": dash},
        marker={
            "color": ["#FFFFFF" if is_weak else colour for is_weak in weak],
            "size": size if len(own) <= 100 else 3,
            "line": {"color": colour, "width": 1.5},
        },
        connectgaps=False,
        customdata=[to_address(line) for line in own],
        hovertext=[f"{name}{'<br>' if name else ''}{line.period} {long_text(line.count)}" for line in own],
        hovertemplate="%{hovertext}<extra></extra>",
        **axes,
    )


def _add_compared(figure: Figure, own: Sequence[Line], **axes: str) -> None:
    figure.add_scatter(
        x=_positions(own),
        y=[line.compared.value if line.compared else None for line in own],
        name="对比",
        mode="lines",
        line={"color": GREY, "width": 2, "dash": "dot"},
        connectgaps=False,
        hovertext=[f"对比：{line.compared_period} {long_text(line.compared)}" for line in own],
        hovertemplate="%{hovertext}<extra></extra>",
        **axes,
    )


def _add_bands(figure: Figure, own: Sequence[Line], colour: str, **axes: str) -> None:
    """A band of its own for each stretch without a gap: a fill would otherwise reach across it."""
    stretch: list[tuple[str, tuple[float, float]]] = []
    for position, line in [*zip(_positions(own), own, strict=True), ("", Line())]:
        part, whole = _pair(line)
        if whole:
            stretch.append((position, wilson_interval(part, whole)))
            continue
        if stretch:
            days = [day for day, _ in stretch]
            edge = [high for _, (_, high) in stretch] + [low for _, (low, _) in reversed(stretch)]
            figure.add_scatter(
                x=[*days, *reversed(days)],
                y=edge,
                name="95%区间",
                fill="toself",
                fillcolor=_BANDS.get(colour, _BANDS[BLUE]),
                mode="lines",
                line={"width": 0},
                hoverinfo="skip",
                **axes,
            )
        stretch = []


def _name_ends(figure: Figure, kinds: Sequence[Sequence[Line]], highest: float) -> None:
    """Names and last numbers beside the ends of the lines, pushed apart where they would cover each other."""
    ends = []
    for n, own in enumerate(kinds):
        last = next(
            (line for line in reversed(own) if line.start and line.count and line.count.value is not None), None
        )
        if last is not None and last.count is not None and last.count.value is not None:
            ends.append((last.count.value, n, last))
    # two lines where they have names
    gap = highest * (0.16 if any(last.labels for _, _, last in ends) else 0.09)
    floor = float("-inf")
    for value, n, last in sorted(ends, key=lambda end: (end[0], -end[1])):
        at = max(value, floor + gap)
        floor = at
        name = f"{_end_name(last.labels[0])}<br>" if last.labels else ""
        colour = SEVERAL[n % len(SEVERAL)] if last.keys not in (("negative",), ("displeased",)) else TEXT
        figure.add_annotation(
            x=1,
            xref="paper",
            y=at,
            text=f"{name}{value_text(last.count)}",
            showarrow=False,
            xanchor="left",
            xshift=6,
            align="left",
            font={"color": colour if last.labels else MUTED, "size": 13},
        )
    longest = max((len(_end_name(last.labels[0])) if last.labels else 0 for _, _, last in ends), default=0)
    figure.update_layout(margin={"r": max(60, 16 + 13 * longest)})


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"


def _end_name(name: str) -> str:
    """Shorter still: a phone has 360 px for line and name."""
    return name if len(name) <= _LONGEST_END else f"{name[: _LONGEST_END - 1]}…"

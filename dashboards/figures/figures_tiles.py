"""Where and on which day? The tile map of regions and the calendar of days, as squares of shades. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from dashboards.analysis.analysis_lines import Line
from dashboards.figures.figure_model import Figure
from dashboards.figures.figure_parts import ToAddress, no_address
from dashboards.figures.figures import empty_figure
from dashboards.figures.figures_kinds import rectangles
from dashboards.figures.theme import MUTED
from dashboards.figures.tile_map import TileMap

# So many weeks stand beside each other: at 390 px a day is then about 11 px wide.
WEEKS_A_BAND = 27
_BAND_ROWS = 9
_WEEKDAYS = "一二三四五六日"


def tile_map_figure(lines: Sequence[Line], tiles: TileMap, *, to_address: ToAddress = no_address) -> Figure:
    """One square a region, all as large: those without cases are white. What lies in no square is in the table."""
    if not tiles.tiles:
        return empty_figure("所选地区下面没有更细的区划")
    by_code = {line.keys[0]: line for line in lines}
    fields = []
    for tile in tiles.tiles:
        line = by_code.get(tile.code, Line(keys=(tile.code,)))
        fields.append((replace(line, labels=(tile.name,)), tile.column, tile.row))
    figure = rectangles(fields, to_address=to_address, named=True)
    columns, rows = max(column for _, column, _ in fields) + 1, max(row for _, _, row in fields) + 1
    figure.update_xaxes(range=[-0.5, columns - 0.5], constrain="domain")
    figure.update_yaxes(range=[rows - 0.5, -0.5], scaleanchor="x", constrain="domain")
    return figure.update_layout(height=76 * rows + 24)


def calendar_figure(lines: Sequence[Line], *, to_address: ToAddress = no_address) -> Figure:
    """A square a day, Monday above, weeks to the right, in bands of 27 weeks; the month stands where it begins."""
    days = [(line, line.start) for line in lines if line.start and line.count]
    if not any(line.count and (line.count.numerator or line.count.denominator) for line, _ in days):
        return empty_figure()
    first = min(day for _, day in days)
    monday = first - timedelta(days=first.weekday())
    fields = []
    for line, day in days:
        week = (day - monday).days // 7
        fields.append((line, week % WEEKS_A_BAND, week // WEEKS_A_BAND * _BAND_ROWS + day.weekday()))
    figure = rectangles(fields, to_address=to_address, words=False, size=0.9)
    columns = max(column for _, column, _ in fields) + 1
    rows = max(row for _, _, row in fields) // _BAND_ROWS * _BAND_ROWS + 7
    for (_, day), (_, column, row) in zip(days, fields, strict=True):
        if day.day == 1 or (day == first and day.day < 15):
            figure.add_annotation(
                x=column,
                y=row // _BAND_ROWS * _BAND_ROWS - 1,
                text=_month(day),
                showarrow=False,
                xanchor="left",
                xshift=-8,
                font={"size": 12, "color": MUTED},
            )
    figure.update_xaxes(range=[-0.6, max(columns, 12) - 0.4])
    marks = [(band + n, _WEEKDAYS[n]) for band in range(0, rows, _BAND_ROWS) for n in (0, 2, 4, 6)]
    figure.update_yaxes(
        visible=True,
        showgrid=False,
        ticks="",
        range=[rows - 0.4, -1.7],
        tickmode="array",
        tickvals=[place for place, _ in marks],
        ticktext=[word for _, word in marks],
        tickfont={"size": 12, "color": MUTED},
    )
    return figure.update_layout(height=20 * (rows + 1) + 24)


def _month(day: date) -> str:
    """26年1月, 2月, …: four weeks of a phone have room for no more."""
    return f"{day:%y}年{day.month}月" if day.month == 1 else f"{day.month}月"

"""Where do the small panels of a picture stand, which axes go together? As with plotly's make_subplots. Pure."""

from collections.abc import Sequence
from math import ceil

from dashboards.figures.figure_model import Properties

_GAP_BETWEEN_COLUMNS = 0.04
# Of the whole height, all gaps between rows together; at most so much each.
_GAPS_BETWEEN_ROWS = 0.3


def lay_out_panels(titles: Sequence[str], *, columns: int, font: Properties) -> Properties:
    """The layout: axes of every panel, row by row from above, and the titles over them. Panels below each other share
    their x axis, all share the y axis; only the lowest and the leftmost have words. The last row has all its axes even
    where it has fewer titles."""
    rows = ceil(len(titles) / columns)
    gap = min(_GAPS_BETWEEN_ROWS, _GAPS_BETWEEN_ROWS / rows)
    width = (1 - _GAP_BETWEEN_COLUMNS * (columns - 1)) / columns
    height = (1 - gap * (rows - 1)) / rows
    lowest = (rows - 1) * columns
    layout: Properties = {"annotations": []}
    for n in range(rows * columns):
        row, column = divmod(n, columns)
        left, bottom = column * (width + _GAP_BETWEEN_COLUMNS), (rows - 1 - row) * (height + gap)
        x, y = panel_axes(n).values()
        across: Properties = {"anchor": y, "domain": [left, min(1.0, left + width)]}
        up: Properties = {"anchor": x, "domain": [bottom, min(1.0, bottom + height)]}
        if n < lowest:
            across |= {"matches": panel_axes(lowest + column)["xaxis"], "showticklabels": False}
        if n != lowest:
            up |= {"matches": panel_axes(lowest)["yaxis"]}
        if column:
            up |= {"showticklabels": False}
        layout[x.replace("x", "xaxis")], layout[y.replace("y", "yaxis")] = across, up
        if n < len(titles):
            layout["annotations"].append(
                {
                    "text": titles[n],
                    "font": font,
                    "showarrow": False,
                    "x": left + width / 2,
                    "xref": "paper",
                    "xanchor": "center",
                    "y": up["domain"][1],
                    "yref": "paper",
                    "yanchor": "bottom",
                }
            )
    return layout


def panel_axes(n: int) -> dict[str, str]:
    """The axes of the `n`-th panel (from 0), as its traces name them."""
    number = "" if n == 0 else str(n + 1)
    return {"xaxis": f"x{number}", "yaxis": f"y{number}"}

"""The picture of an analysis with its number in words, and the cells of its table. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from api.pages.cases.filters import address
from dashboards.analysis.analysis import Analysis
from dashboards.analysis.analysis_lines import Line
from dashboards.analysis.analysis_table import list_columns
from dashboards.analysis.analysis_view import MOODS, PICTURES, AnalysisView
from dashboards.analysis.cross_table import CrossTable
from dashboards.analysis.dispatch_flows import merge_small
from dashboards.figures.figure_model import Figure
from dashboards.figures.figure_parts import value_text
from dashboards.figures.figures import empty_figure, encode_query, figure_json
from dashboards.figures.figures_kinds import compared_bars_figure, cross_figure, flow_figure, tree_figure
from dashboards.figures.figures_tiles import calendar_figure, tile_map_figure
from dashboards.figures.figures_time import line_figure, panels_figure, sentiment_share_figure
from dashboards.figures.tile_map import TileMap

PATH = "/analysis"
# The page shows so many; the file has all.
ROWS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class AnalysisCell:
    """`href` opens the cases of a number, or the view one step deeper; `kind` as of its column."""

    text: str
    href: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`weak`: the lines whose rate stands on fewer than 30 cases, by place."""

    columns: list[tuple[str, str]]
    rows: list[tuple[bool, list[AnalysisCell]]]
    left_out: int


def view_address(view: AnalysisView, path: str = PATH, **change: Any) -> str:
    """The address of this view, with some choices changed."""
    values = replace(view, **change).parameters()
    return f"{path}?{encode_query(values)}" if values else path


def deeper(view: AnalysisView) -> Callable[[Line], str | None]:
    """The address that a click on a mark opens: the view one step deeper, or the cases where there is none."""

    def find(line: Line) -> str | None:
        if line.drill is not None and line.drill != view.criteria:
            return view_address(view, criteria=line.drill, **_next_step(view, line))
        if line.count and line.count.numerator and line.count.criteria:
            return address("/cases", line.count.criteria)
        return None

    return find


def _next_step(view: AnalysisView, line: Line) -> dict[str, Any]:
    """What changes with the filter: a unit that is chosen is looked at by topic; a time by its kinds or days."""
    if line.start is not None and view.picture == "line" and not view.by:
        return {"picture": "bars", "period": ""}
    if line.start is not None:
        return {"period": ""}
    leaf = view.group in ("department", "channel", "appeal_type", "sub_topic")
    if view.picture in ("bars", "tree") and leaf:
        return {"picture": "line", "by": ""}
    return {}


def draw(found: Analysis, tiles: TileMap, cross: CrossTable | None = None) -> Figure:
    """The figure of the view; of a cross table the table is there already."""
    view, lines, rate, to = found.view, found.lines, found.is_rate, deeper(found.view)
    if not lines:
        return empty_figure()
    if view.picture == "flow":
        return flow_figure(merge_small(found.flows))
    if view.picture == "calendar":
        return calendar_figure(lines, to_address=to)
    if view.picture == "map":
        return tile_map_figure(lines, tiles, to_address=to)
    if view.picture == "tree":
        return tree_figure(lines, rate=rate, to_address=to)
    if view.picture == "bars":
        return compared_bars_figure(lines, rate=rate, to_address=to)
    if cross is not None:
        return cross_figure(cross, to_address=to)
    assert found.period is not None
    if view.picture == "sentiment":
        return sentiment_share_figure(lines, found.period, to_address=to)
    if view.picture == "aspect":
        return panels_figure(lines, found.period, rate=True, bands=True, to_address=to)
    if view.picture == "small":
        return panels_figure(lines, found.period, rate=rate, to_address=to)
    return line_figure(lines, found.period, rate=rate, to_address=to)


def chart_json(figure: Figure) -> str:
    return figure_json(figure)


def title_of(view: AnalysisView) -> str:
    if view.picture in ("flow", *MOODS):
        return PICTURES[view.picture]
    return f"{view.definition.label} · {PICTURES[view.picture]}"


def number_of(found: Analysis) -> str:
    """What the picture says, in words: where most is, and for rates where least is; thin rates are not spoken of."""
    if found.view.picture == "aspect":
        return ""
    if found.view.picture == "flow":
        total = sum(flow.cases for flow in found.flows)
        moved = sum(flow.cases for flow in found.flows if flow.way != "stayed")
        return f"{total:,}件已派工单中{moved:,}件转过手" if total else ""
    spoken = [
        (line.count.value, line)
        for line in found.lines
        if line.count
        and line.count.value is not None
        and not line.count.weak
        and "none" not in line.keys
        and line.keys != ("displeased",)
    ]
    if len(spoken) < 2:
        return ""
    # of equal ones the last is the most, the first the least
    most, least = max(reversed(spoken), key=_first)[1], min(spoken, key=_first)[1]
    unit = "" if found.is_rate else "件"
    said = f"最高：{_name(most)} {value_text(most.count)}{unit}"
    return f"{said}；最低：{_name(least)} {value_text(least.count)}" if found.is_rate else said


def table_of(found: Analysis) -> Table:
    """The table behind the picture: labels go deeper, numbers open their cases."""
    columns = list_columns(found)
    to = deeper(found.view)
    links_at = next((n for n, column in enumerate(columns) if column.kind in ("label", "period")), None)
    rows = []
    for line in found.lines[:ROWS_SHOWN]:
        cells = []
        for n, column in enumerate(columns):
            criteria = column.criteria(line)
            href = address("/cases", criteria) if criteria else ""
            if n == links_at and line.drill is not None and line.drill != found.view.criteria:
                href = to(line) or ""
            cells.append(AnalysisCell(column.text(line), href, column.kind))
        rows.append((bool(line.count and line.count.weak), cells))
    return Table(
        columns=[(column.name, column.kind) for column in columns],
        rows=rows,
        left_out=max(0, len(found.lines) - ROWS_SHOWN),
    )


_first = itemgetter(0)


def _name(line: Line) -> str:
    return "·".join((*line.labels, *([line.period] if line.period else [])))

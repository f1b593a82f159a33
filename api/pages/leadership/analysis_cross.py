"""The cross table of an analysis as page and sheet: each field opens its cases, each side goes deeper. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.pages.cases.filters import address
from api.pages.leadership.analysis_chart import view_address
from dashboards.analysis.analysis import Analysis
from dashboards.analysis.analysis_lines import Count, find_drill
from dashboards.analysis.analysis_view import GROUPINGS, AnalysisView
from dashboards.analysis.cross_table import CrossTable, Side, lay_out_cross
from dashboards.daily_facts.fact_series import By
from dashboards.figures.figure_parts import value_text
from dashboards.formats import format_rate
from dashboards.lists.export import Value

# What has a level below it that the same table shows.
_DEEPER = ("topic", "duty", "region")


@dataclass(frozen=True, slots=True)
class CrossCell:
    """`whole`: how many a rate is of. `title`: its interval in words, where it stands on few."""

    text: str = ""
    href: str = ""
    title: str = ""
    whole: str = ""
    whole_href: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class CrossHead:
    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCross:
    """`rows`: head, fields, what they add up to. `note`: what stands elsewhere, "" where all is here."""

    corner: str
    columns: list[CrossHead]
    rows: list[tuple[CrossHead, list[CrossCell], CrossCell]]
    totals: list[CrossCell]
    whole: CrossCell
    note: str


def show_cross(found: Analysis, table: CrossTable) -> ShownCross:
    view = found.view
    down, across = _sides_of(view)
    names = f"{GROUPINGS[down]}＼{GROUPINGS[across]}"
    merged = [side for side in (*table.rows, *table.columns) if side.merged]
    return ShownCross(
        corner=names,
        columns=[CrossHead(side.label, _deeper(view, across, down, side)) for side in table.columns],
        rows=[
            (
                CrossHead(side.label, _deeper(view, down, across, side)),
                [_field(view, table, side, column) for column in table.columns],
                _cell(side.total),
            )
            for side in table.rows
        ],
        totals=[_cell(side.total) for side in table.columns],
        whole=_cell(found.total),
        note="件数少的合为“其他”，点开逐一列出；全部行列见导出的Excel文件。" if merged else "",
    )


def whole_sheet(found: Analysis) -> tuple[list[str], Sequence[Sequence[Value]]]:
    """Head and rows of the whole table, nothing taken together: counts, or shares 0..1."""
    many = len(found.lines)
    table = lay_out_cross(found.lines, rows=many, columns=many)
    down, across = _sides_of(found.view)

    def values(side: Side) -> list[Value]:
        lines = [table.fields.get((side.key, column.key)) for column in table.columns]
        return [_value(line.count) if line and line.count else None for line in lines]

    rows: list[list[Value]] = [[side.label, *values(side), _value(side.total)] for side in table.rows]
    rows.append(["合计", *(_value(side.total) for side in table.columns), _value(found.total)])
    return [f"{GROUPINGS[down]}＼{GROUPINGS[across]}", *(side.label for side in table.columns), "合计"], rows


def _sides_of(view: AnalysisView) -> tuple[By, By]:
    assert view.group and view.second  # both are there in a cross table
    return view.group, view.second


def _field(view: AnalysisView, table: CrossTable, row: Side, column: Side) -> CrossCell:
    line = table.fields.get((row.key, column.key))
    if line is None or line.count is None:
        return CrossCell()
    cell = _cell(line.count)
    if not (row.merged or column.merged):
        return cell
    # no filter selects the rest together: the ranking has them one by one
    down, across = _sides_of(view)
    by, side, other = (across, row, down) if column.merged else (down, column, across)
    return replace(cell, href=_ranking(view, by, None if side.merged else (other, side.key)))


def _deeper(view: AnalysisView, by: By, other: By, side: Side) -> str:
    """What a head opens: of the rest its ranking; of a kind the table below it, else the other side of it."""
    if side.merged:
        return _ranking(view, by, None)
    chosen = find_drill(view, (by,), (side.key,))
    if chosen is None or chosen == view.criteria or side.key == "none":
        return ""
    return view_address(view, criteria=chosen) if by in _DEEPER else _ranking(view, other, (by, side.key))


def _ranking(view: AnalysisView, by: By, within: tuple[By, str] | None) -> str:
    chosen = find_drill(view, within[:1], within[1:]) if within else view.criteria
    change: dict[str, Any] = {"picture": "bars", "by": by, "split": ""}
    return view_address(view, criteria=chosen, **change) if chosen is not None else ""


def _cell(count: Count) -> CrossCell:
    href = address("/cases", count.criteria) if count.numerator and count.criteria else ""
    if count.denominator is None:
        return CrossCell(f"{count.numerator:,}", href)
    if not count.denominator:
        return CrossCell("—")
    low_high = count.interval
    return CrossCell(
        text=value_text(count),
        href=href,
        title=f"95%区间：{format_rate(low_high[0])}至{format_rate(low_high[1])}" if low_high else "",
        whole=f"{count.denominator:,}",
        whole_href=address("/cases", count.denominator_criteria) if count.denominator_criteria else "",
        weak=count.weak,
    )


def _value(count: Count) -> Value:
    return None if count.value is None else count.value if count.denominator is None else round(count.value, 6)

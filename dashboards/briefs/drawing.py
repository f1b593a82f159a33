"""A chart as SVG, drawn by us: for the page and for PDF, without a script and without a picture. Pure."""

from collections.abc import Sequence
from html import escape

from dashboards.briefs.document import Chart
from dashboards.figures.theme import BLUE, GRID, MUTED, TEXT

_WIDTH = 680
# So many points of a line have room for their numbers.
MOST_NUMBERED = 10


def draw(chart: Chart) -> str:
    """With its caption as the text for screen readers; the numbers stand in the table or the list of sources."""
    return _bars(chart) if chart.kind == "bar" else _line(chart)


def chart_texts(chart: Chart, values: Sequence[int]) -> tuple[str, ...]:
    """The texts in the order in which they are drawn, if the chart drew these values: what is read back of a PDF."""
    if chart.kind == "bar":
        return tuple(
            text for label, value in zip(chart.labels, values, strict=True) for text in (_short(label), f"{value:,}")
        )
    numbers = (f"{values[n]:,}" for n in _numbered(values))
    return (f"{max(values, default=0) or 1:,}", "0", *(chart.labels[n] for n in _labelled(chart)), *numbers)


def _short(label: str) -> str:
    return label if len(label) <= 12 else f"{label[:11]}…"


def _labelled(chart: Chart) -> list[int]:
    """The points that have room for their label: the first, the middle one, the last."""
    last = len(chart.labels) - 1
    return sorted({0, len(chart.labels) // 2, last})


def _numbered(values: Sequence[int]) -> list[int]:
    """The points beside which their number stands: all of a week, else the highest and the last."""
    if len(values) <= MOST_NUMBERED:
        return list(range(len(values)))
    return sorted({max(range(len(values)), key=values.__getitem__), len(values) - 1})


def _bars(chart: Chart) -> str:
    left, row, most = 180, 26, max(chart.values, default=0) or 1
    pieces = []
    for n, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True)):
        y, width = n * row, round((_WIDTH - left - 70) * value / most, 1)
        middle = y + row / 2 + 5
        shown = escape(_short(label))
        pieces.append(f'<text x="{left - 8}" y="{middle}" text-anchor="end" fill="{TEXT}">{shown}</text>')
        pieces.append(f'<rect x="{left}" y="{y + 5}" width="{width}" height="{row - 10}" fill="{BLUE}"/>')
        pieces.append(f'<text x="{left + width + 6}" y="{middle}" fill="{TEXT}">{value:,}</text>')
    return _svg(chart, len(chart.labels) * row, pieces)


def _line(chart: Chart) -> str:
    left, top, bottom, height = 50, 20, 170, 200
    most = max(chart.values, default=0) or 1
    step = (_WIDTH - left - 30) / max(len(chart.values) - 1, 1)
    points = [
        (round(left + n * step, 1), round(bottom - (bottom - top) * v / most, 1)) for n, v in enumerate(chart.values)
    ]
    pieces = [f'<line x1="{left}" y1="{y}" x2="{_WIDTH - 30}" y2="{y}" stroke="{GRID}"/>' for y in (top, bottom)] + [
        f'<text x="{left - 8}" y="{y + 5}" text-anchor="end" fill="{MUTED}">{value:,}</text>'
        for y, value in ((top, most), (bottom, 0))
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    pieces.append(f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="2.5"/>')
    for n in _labelled(chart):
        anchor = "start" if n == 0 else "end" if n == len(points) - 1 else "middle"
        x = points[n][0]
        label = escape(chart.labels[n])
        pieces.append(f'<text x="{x}" y="{height - 6}" text-anchor="{anchor}" fill="{MUTED}">{label}</text>')
    for n in _numbered(chart.values):
        x, y = points[n]
        pieces.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{BLUE}"/>')
        number = f"{chart.values[n]:,}"
        pieces.append(f'<text x="{x}" y="{y - 8}" text-anchor="middle" fill="{TEXT}">{number}</text>')
    return _svg(chart, height, pieces)


def _svg(chart: Chart, height: int, pieces: list[str]) -> str:
    return (
        f'<svg class="brief__chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(chart.caption)}" font-size="14">{"".join(pieces)}</svg>'
    )

"""What is a picture before it is drawn? The JSON that plotly.js draws, put together as plotly's own classes would.

plotly.graph_objects looks at every property again each time: eight pictures of a page took a fifth of a second. Tests
give each kind of picture to plotly.graph_objects, which refuses what it does not know.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Properties = dict[str, Any]


class Layout(Properties):
    """The properties of a layout, the first level also by name."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Figure:
    """Has of plotly's own Figure what the figures of this program use, and does the same. `data`: the traces."""

    def __init__(self, data: Properties | Iterable[Properties] = (), layout: Mapping[str, Any] | None = None) -> None:
        self.data: list[Properties] = [data] if isinstance(data, dict) else list(data)
        self.layout = Layout()
        self.update_layout(**(layout or {}))

    def add_bar(self, **properties: Any) -> "Figure":
        self.data.append(bar(**properties))
        return self

    def add_scatter(self, **properties: Any) -> "Figure":
        self.data.append(scatter(**properties))
        return self

    def add_annotation(self, **properties: Any) -> "Figure":
        self.layout.setdefault("annotations", []).append(_known(properties))
        return self

    def add_shape(self, **properties: Any) -> "Figure":
        self.layout.setdefault("shapes", []).append(_known(properties))
        return self

    def update_layout(self, **properties: Any) -> "Figure":
        _merge(self.layout, properties)
        return self

    def add_hline(self, y: float, **properties: Any) -> "Figure":
        """A line over the whole width of the first panel."""
        return self.add_shape(type="line", x0=0, x1=1, xref="x domain", y0=y, y1=y, yref="y", **properties)

    def update_xaxes(self, **properties: Any) -> "Figure":
        """Those of all panels."""
        return self._update_axes("xaxis", properties)

    def update_yaxes(self, **properties: Any) -> "Figure":
        """Those of all panels."""
        return self._update_axes("yaxis", properties)

    def _update_axes(self, kind: str, properties: Properties) -> "Figure":
        names = {kind, *(name for name in self.layout if name.startswith(kind))}
        return self.update_layout(**dict.fromkeys(names, properties))

    def to_plotly_json(self) -> Properties:
        return {"data": self.data, "layout": self.layout}


def bar(**properties: Any) -> Properties:
    return {"type": "bar", **_known(properties)}


def scatter(**properties: Any) -> Properties:
    return {"type": "scatter", **_known(properties)}


def treemap(**properties: Any) -> Properties:
    return {"type": "treemap", **_known(properties)}


def sankey(**properties: Any) -> Properties:
    return {"type": "sankey", **_known(properties)}


def _known(properties: Mapping[str, Any]) -> Properties:
    """None says nothing."""
    return {name: value for name, value in properties.items() if value is not None}


def _merge(into: Properties, more: Mapping[str, Any]) -> None:
    """What both have and is itself of properties is merged, everything else replaced."""
    for name, value in more.items():
        if value is None:
            into.pop(name, None)
        elif isinstance(value, dict) and isinstance(into.get(name), dict):
            into[name] = dict(into[name])
            _merge(into[name], value)
        else:
            into[name] = value

"""Pictures as plotly reads their JSON: it refuses what it does not know."""

import json
from collections.abc import Callable
from typing import Any, ParamSpec

import plotly.graph_objects as go

from dashboards.figures.figures import figure_json

P = ParamSpec("P")


def read_by_plotly(make: Callable[P, Any]) -> Callable[P, Any]:
    """The same function, its picture read by plotly."""

    def read(*args: P.args, **kwargs: P.kwargs) -> go.Figure:
        return go.Figure(json.loads(figure_json(make(*args, **kwargs))))

    return read

"""One look for every chart: white, one blue, vermilion only for what is negative or late, greys for the rest."""

from typing import Any

# Blue, vermilion and the text colours have a contrast above 5:1 on white; the greys are for areas, never for text.
BLUE = "#1F5FA8"
PALE_BLUE = "#8DB2DC"
VERMILION = "#C8381F"
PALE_VERMILION = "#E6A99D"
GREY = "#A9B2BC"
LIGHT = "#C3CBD4"
PALE = "#D6DCE3"
TEXT = "#2B333B"
MUTED = "#5F6B76"
GRID = "#E9EDF1"
# For several lines at once, told apart also by their dashes: these differ in lightness, for every kind of colour sight.
SEVERAL = (BLUE, "#B06A00", "#00806A", "#7D4E9E", "#5F6B76")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
# From little to much; the last three carry white words.
SHADES = ("#EDF3FA", "#CFE0F1", "#A5C5E6", "#6E9FD3", "#3A77BA", "#174A85")
FONT = '"PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'

# What the page gives to Plotly.newPlot: no English tool bar, and the width of the page.
CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}

# A dict of plotly properties: plotly's own Template would look at every one of them when the program starts.
TEMPLATE: dict[str, Any] = {
    "layout": {
        "font": {"family": FONT, "size": 14, "color": TEXT},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "colorway": [BLUE, GREY, VERMILION],
        "margin": {"l": 8, "r": 16, "t": 16, "b": 8},
        "showlegend": False,
        "separators": ".,",
        "hoverlabel": {"bgcolor": "#FFFFFF", "bordercolor": PALE, "font": {"family": FONT, "size": 14, "color": TEXT}},
        "dragmode": False,
        "xaxis": {
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "linecolor": PALE,
            "tickcolor": PALE,
            "tickfont": {"color": MUTED, "size": 13},
        },
        "yaxis": {
            "automargin": True,
            "fixedrange": True,
            "gridcolor": GRID,
            "zeroline": False,
            "rangemode": "tozero",
            "tickfont": {"color": MUTED, "size": 13},
        },
    }
}

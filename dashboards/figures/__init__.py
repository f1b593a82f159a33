"""Numbers as pictures: one theme, plotly figures, tiles and maps. Pure."""

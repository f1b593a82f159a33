"""Intervals, shrinkage, survival curves, contrasts: the arithmetic behind comparisons. Pure."""

"""Pages for leadership: overview, analysis, forecast, scores, reports, wall."""

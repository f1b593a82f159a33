"""Pages of issues, trends and alerts."""

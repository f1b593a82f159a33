"""When it happened: expressions of time, resolved to days."""

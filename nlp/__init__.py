"""Text in, Analysis out: no database, no web, no queue."""

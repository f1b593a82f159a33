"""The sample city's life: its letters, its past, its replies, what followed."""

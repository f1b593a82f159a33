"""Pages for who writes: no account."""

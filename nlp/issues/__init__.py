"""What many submissions say about one thing."""

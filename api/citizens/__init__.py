"""What citizens do and see, for pages and JSON alike: writing, following, reading what was answered."""

"""What was said before: copies and repeats of a letter, solved cases like it."""

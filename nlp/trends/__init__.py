"""Where more is said than usual, or less."""

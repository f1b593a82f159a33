"""A record from outside becomes one submission: cleaned, de-identified, refused if already here, stored."""

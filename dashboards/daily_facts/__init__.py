"""The daily facts: what they count, how they are kept current, how a number is read from them."""

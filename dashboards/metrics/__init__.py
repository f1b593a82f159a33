"""Each metric: what it counts, over what, with what left out."""

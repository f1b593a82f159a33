"""What leadership reads: an analyst's numbers, the wall, reports and circulars."""

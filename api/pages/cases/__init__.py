"""Pages of cases: one case, lists, search, what is done with many."""

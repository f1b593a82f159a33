"""What happens to a case beside its status: returns, supervision, merges and splits, callbacks, files, notes."""

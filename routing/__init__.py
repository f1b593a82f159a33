"""The life of a case: who handles it, until when, what happened."""

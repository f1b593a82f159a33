"""What must not wait: rules, a small classifier beside them, and what the fast lanes are called."""

from nlp.urgency.detectors import VERSION, UrgencyDetectors

__all__ = ["VERSION", "UrgencyDetectors"]

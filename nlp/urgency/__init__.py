"""What must not wait: rules, a small classifier beside them, and what the fast lanes are called."""

from nlp.urgency.detectors import SUSPECTED_BELOW, VERSION, UrgencyDetectors

__all__ = ["SUSPECTED_BELOW", "VERSION", "UrgencyDetectors"]

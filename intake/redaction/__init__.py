"""What in a text names or reaches a person, and the text without it."""

from intake.redaction.masking import Redacted, prepare, redact, redact_together
from intake.redaction.replies import find_exposed
from intake.redaction.spans import PersonalKind, Span, mask_name

__all__ = ["PersonalKind", "Redacted", "Span", "find_exposed", "mask_name", "prepare", "redact", "redact_together"]

"""Letters 来信: exports of message boards, and plain tables of title and text."""

from zoneinfo import ZoneInfo

from intake.records import Record, read_record
from models.submission import Channel, NewSubmission


def read_letter(record: Record, zone: ZoneInfo) -> NewSubmission:
    """Number and content together identify a letter: exports re-use numbers. Raises `Invalid`."""
    return read_record(record, Channel.LETTER, zone)

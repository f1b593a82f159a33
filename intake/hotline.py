"""Hotline records 热线: the work-order export of 22 columns (DOMAIN 7) and its relatives."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from intake.records import Record, read_record
from intake.redaction import mask_name
from intake.transcripts import caller_said, read_turns
from models.submission import Channel, NewSubmission

# Who took or passed on the call: the number of the employee is enough to find the person.
_STAFF_NAMES = ("受理员", "转办人姓名")
_CALLER_WITH_NUMBER = re.compile(r"(?P<name>[^\d(（:：+]*)[(（:：\s]*(?P<number>\+?[\d -]{7,20})[)）]?")


def read_hotline_record(record: Record, zone: ZoneInfo) -> NewSubmission:
    """The order number alone identifies a record. 来电人 often holds name and number in one. Where nobody wrote down
    the matter, it is what the caller says in the transcript of the call. Raises `Invalid`."""
    new = _with_transcript(read_record(record, Channel.HOTLINE, zone), record)
    details = {name: mask_name(value) if name in _STAFF_NAMES else value for name, value in new.details.items()}
    caller = _CALLER_WITH_NUMBER.fullmatch(new.submitter_name)
    if caller is None:
        return replace(new, details=details)
    return replace(
        new,
        submitter_name=caller["name"].strip(),
        submitter_contact=new.submitter_contact or caller["number"].strip(),
        details=details,
    )


def _with_transcript(new: NewSubmission, record: Record) -> NewSubmission:
    """The transcript is kept as it came; the matter in the agent's words, where there is one, goes before it."""
    transcript = record.text("transcript") or (new.body if read_turns(new.body) else "")
    if not transcript:
        return new
    column = record.columns.fields.get("transcript", ("通话转写",))[0]
    body = "" if new.body == transcript else new.body
    return replace(new, body=body or caller_said(transcript) or transcript, details={**new.details, column: transcript})

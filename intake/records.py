"""What all channels read alike from a row: the mapped columns, each in its own type, and the rest as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from intake.acceptance import MAX_BODY_CHARACTERS
from intake.presets import ColumnMap
from intake.values import (
    Cell,
    as_appeal_type,
    as_contact,
    as_count,
    as_flag,
    as_identifier,
    as_moment,
    as_text,
    is_nothing,
)
from models.errors import Invalid
from models.submission import Channel, NewSubmission


@dataclass(frozen=True, slots=True)
class Record:
    """One row under its column map."""

    cells: Mapping[str, Cell]
    columns: ColumnMap

    def cell(self, field: str) -> Cell:
        """The first of the field's columns that says something; "" where none does."""
        candidates = (self.cells.get(column, "") for column in self.columns.fields.get(field, ()))
        return next((cell for cell in candidates if not is_nothing(cell)), "")

    def text(self, field: str) -> str:
        return as_text(self.cell(field)).strip()

    def others(self) -> dict[str, Any]:
        """The columns without a home that hold something. Raises `Invalid` for one beyond all measure."""
        kept = {name: as_text(self.cells[name]).strip() for name in self.columns.others if self.cells.get(name, "")}
        for name, value in kept.items():
            if len(value) > MAX_BODY_CHARACTERS:
                raise Invalid(f"“{name}”有{len(value)}字，超过{MAX_BODY_CHARACTERS}字。")
        return {name: value for name, value in kept.items() if value}


def read_record(record: Record, channel: Channel, zone: ZoneInfo) -> NewSubmission:
    """A record with every mapped column. Raises `Invalid` with the reason why the row cannot be taken."""
    details = record.others()
    declared = record.text("appeal_type")
    appeal_type = as_appeal_type(declared)
    if declared and appeal_type is None:
        details[record.columns.fields["appeal_type"][0]] = declared
    return NewSubmission(
        channel=channel,
        source=record.columns.source,
        source_id=as_identifier(record.cell("source_id")),
        identity_by_number=record.columns.by_number,
        title=record.text("title"),
        body=record.text("body"),
        submitted_at=as_moment(record.cell("submitted_at"), zone),
        submitter_name=record.text("name"),
        submitter_contact=as_contact(record.cell("contact")),
        submitter_handle=record.text("handle"),
        place=record.text("place"),
        appeal_type=appeal_type,
        confidential=as_flag(record.cell("confidential")),
        likes=as_count(record.cell("likes")),
        comments=as_count(record.cell("comments")),
        reposts=as_count(record.cell("reposts")),
        details=details,
    )

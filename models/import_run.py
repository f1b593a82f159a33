"""One run of `wenzheng import` over one file."""

from dataclasses import dataclass
from datetime import datetime

from models.submission import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """`read` = `new` + `already_here` + `rejected`, counted in rows of the file."""

    id: int
    channel: Channel
    file_name: str
    preset: str
    actor: str
    started_at: datetime
    finished_at: datetime | None
    rows_read: int
    rows_new: int
    rows_already_here: int
    rows_rejected: int

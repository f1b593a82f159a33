"""What the desks of a whole day hold: kept views, colleagues named in notes, by what a case was first dispatched."""

from dataclasses import dataclass
from datetime import datetime

from models.labels import LabelledEnum


class DispatchSource(LabelledEnum):
    """By what the first lead was named."""

    MODEL = "model", "类别模型"
    RULE = "rule", "派单规则"
    PERSON = "person", "人工"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """`query` is the query of the address of the list, without "?". `owner` is the name of who keeps it."""

    id: int
    account_id: int
    owner: str
    name: str
    query: str
    shared: bool
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Somebody was named in a note: by whom, in which case, in which words. `opens`: that person may still see the
    case; else title and words are empty."""

    id: int
    case_number: str
    opens: bool
    title: str
    text: str
    actor: str
    at: datetime
    read_at: datetime | None

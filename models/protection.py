"""Protection of the submitter: who was shown a name and a contact, why and until when; which files left the house."""

from dataclasses import dataclass
from datetime import datetime

from models.account import Role
from models.labels import LabelledEnum


class RevealReason(LabelledEnum):
    """Why somebody has to know who wrote. The submitter reads it."""

    CONTACT = "contact", "联系核实"
    VISIT = "visit", "上门走访"
    DELIVER = "deliver", "送达答复"
    VERIFY = "verify", "核对身份"
    CALLBACK = "callback", "回访"
    OTHER = "other", "其他办理需要"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """A reveal 查看身份: one person, one case, until `expires_at`. `department_id`: the unit the person acted for, None
    for who works for the city. `confidential`: the case was, at that moment."""

    id: int
    case_id: int
    account_id: int
    department_id: str | None
    role: Role
    reason: RevealReason
    explanation: str
    confidential: bool
    at: datetime
    expires_at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file that somebody took: `what` of which `filter` (in words), in which `format`, with so many rows.
    `account_id` is None for the command line of the server."""

    id: int
    at: datetime
    actor: str
    account_id: int | None
    department_id: str | None
    what: str
    format: str
    filter: str
    row_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSearch:
    """Somebody looked for all cases of one person by telephone number or mailbox. What was typed is kept nowhere:
    `person` is the beginning of the key under which the letters of one person are linked, by which two looks for the
    same person are known; `letters` are theirs by now."""

    id: int
    at: datetime
    actor: str
    account_id: int
    department_id: str | None
    person: str
    letters: int

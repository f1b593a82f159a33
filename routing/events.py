"""The hash chain of a case's history. Pure; `routing.event_repository` stores it.

hash = SHA-256(previous hash + canonical JSON of the row); the first event of a case follows 32 zero bytes.
"""

import hashlib
import hmac
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from json import JSONEncoder
from operator import attrgetter
from typing import Any

from models.case import Case, CaseAction, CaseStatus

GENESIS = bytes(32)
# in order, so that there is little to sort
_COLUMNS = sorted(field.name for field in fields(Case))
_LATER = ("merged_into", "parent_id", "parts")
_values_of = attrgetter(*_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event before it has a place in the chain. `payload` holds JSON values; people's words are not in it twice."""

    case_id: int
    at: datetime
    actor: str
    action: CaseAction
    from_status: CaseStatus | None
    to_status: CaseStatus
    payload: dict[str, Any]


def event_hash(event: NewEvent, seq: int, prev_hash: bytes) -> bytes:
    """The link of one event: any later change of any field gives another value."""
    canonical = _encode_event(
        {
            "case_id": event.case_id,
            "seq": seq,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": event.actor,
            "action": event.action.value,
            "from": event.from_status.value if event.from_status else None,
            "to": event.to_status.value,
            "payload": event.payload,
        }
    )
    return hashlib.sha256(prev_hash + canonical.encode()).digest()


def case_digest(case: Case) -> str:
    """All columns of a case in one value. The last event of its chain holds it: a due time or a completion that was
    changed past the lifecycle shows. A column that came later counts where it says something: what was recorded before
    still holds."""
    values = dict(zip(_COLUMNS, _values_of(case), strict=True))
    for name in _LATER:
        if not values[name]:
            del values[name]
    return hashlib.sha256(_encode_case(values).encode()).hexdigest()


def reply_digest(body: str, public: bool) -> str:
    """What was answered, for the event that records the answer."""
    return hashlib.sha256(f"{public}\n{body}".encode()).hexdigest()


def _time(value: Any) -> str:
    """What the encoder does not know. Raises `TypeError`."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a history")


# made once: json.dumps makes one for each call
_encode_event = JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_encode_case = JSONEncoder(ensure_ascii=False, sort_keys=True, default=_time).encode


def seal_hash(key: bytes, prev_hash: bytes, sealed_at: datetime, event_hashes: list[bytes]) -> bytes:
    """One value over a range of events of all cases, in order of id, chained to the seal before: HMAC-SHA256.

    `key` is not in the database, so that whoever owns the database can rewrite chains, but cannot seal them.
    """
    digest = hmac.new(key, prev_hash, hashlib.sha256)
    digest.update(sealed_at.astimezone(UTC).isoformat(timespec="microseconds").encode())
    for value in event_hashes:
        digest.update(value)
    return digest.digest()

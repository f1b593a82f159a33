"""When are two records the same? Pure: no database here."""

import hashlib
import hmac
import re
import unicodedata

from intake.encryption import Keys
from models.submission import NewSubmission

# Exports differ in width, case, spaces and line ends; the words are what counts.
_INSIGNIFICANT = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """Letters and digits only, one width, lower case. A text of signs alone stays as it is."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _INSIGNIFICANT.sub("", folded) or "".join(folded.split())


def content_hash(new: NewSubmission, keys: Keys) -> bytes:
    """Equal for records that say the same. Keyed: from a plain hash four masked digits are quickly guessed."""
    return _digest(keys, "content", normalise(new.title), normalise(new.body))


def identity(new: NewSubmission, keys: Keys) -> bytes:
    """Equal for records that are the same record; the unique column that refuses what is already here.

    A work order or a post is its number within its source. Exports of letters re-use numbers and often have none, so
    there number, words, time and submitter together decide. Computed from the clear text: better masking tomorrow must
    not make yesterday's file new.
    """
    if new.identity_by_number and new.source_id:
        return _digest(keys, "number", new.channel.value, new.source, new.source_id)
    submitter = "\0".join(map(normalise, (new.submitter_name, new.submitter_contact, new.submitter_handle)))
    at = str(new.submitted_at.timestamp()) if new.submitted_at else ""
    return _digest(
        keys, "record", new.channel.value, new.source_id or "", normalise(new.title), normalise(new.body), at, submitter
    )


def _digest(keys: Keys, *parts: str) -> bytes:
    # the length in front of each part keeps ("ab", "c") and ("a", "bc") apart
    message = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.digest(keys.identities, message.encode("utf-8", "replace"), hashlib.sha256)

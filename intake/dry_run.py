"""What an import would do, without doing it: duplicates are looked up, nothing is written."""

from array import array
from collections.abc import Sequence

import numpy as np

from intake.cleaning import clean_submission
from intake.duplicates import content_hash, identity
from intake.encryption import Keys
from intake.repository import list_known
from models.database import Connection
from models.submission import NewSubmission

# So many are compared at a time: the comparison must not need more memory than what is kept.
_SLICE = 1 << 16


class SeenRecords:
    """Identity and content of the records that the file had so far, eight bytes of each: 16 MB for a million rows."""

    def __init__(self) -> None:
        self._identities = array("Q")
        self._contents = array("Q")

    def find(self, identities: Sequence[int]) -> dict[int, int]:
        """Identity → content, of those seen before."""
        wanted = np.sort(np.array(identities, dtype=np.uint64))
        found: dict[int, int] = {}
        if len(wanted) == 0:
            return found
        for start in range(0, len(self._identities), _SLICE):
            part = np.array(self._identities[start : start + _SLICE], dtype=np.uint64)
            nearest = wanted[np.searchsorted(wanted, part).clip(max=len(wanted) - 1)]
            (places,) = np.nonzero(nearest == part)
            found |= {self._identities[start + i]: self._contents[start + i] for i in places.tolist()}
        return found

    def add(self, identity: int, content: int) -> None:
        self._identities.append(identity)
        self._contents.append(content)


def preview(conn: Connection, new: Sequence[NewSubmission], keys: Keys, seen: SeenRecords) -> list[str]:
    """What `register` would answer to each record of the batch: new, already_here or conflict. Reads only."""
    hashes = [(identity(item, keys), content_hash(item, keys)) for item in map(clean_submission, new)]
    stored = {_short(row.identity): _short(row.content_hash) for row in list_known(conn, [key for key, _ in hashes])}
    known = seen.find([_short(key) for key, _ in hashes]) | stored
    answers = []
    for key, content in ((_short(key), _short(content)) for key, content in hashes):
        if key not in known:
            known[key] = content
            seen.add(key, content)
            answers.append("new")
        else:
            answers.append("already_here" if known[key] == content else "conflict")
    return answers


def _short(digest: bytes) -> int:
    return int.from_bytes(digest[:8])

"""By which few numbers is the same reply found again under another letter? Names, days and numbers do not count.

Runs of five characters of what the reply says of its own (courtesies, receipt and signature left out) are hashed, the
least sixteen hashes kept: bottom-k MinHash. Half of them shared speaks for a likeness of some .4 of the runs (Jaccard),
which two replies written for two letters do not reach.
"""

import re

import numpy as np

from nlp.hashing import code_points, scatter
from nlp.replies.parts import Role, parts_of

VERSION = "replies/1"
KEPT = 16
# So many shared numbers of two whole signatures make one text of two replies; of shorter ones, half.
SHARED = 8
# A text with fewer runs says nothing that many others could not say by chance.
_RUN, _FEWEST = 5, 8
_STEP = np.uint64(0xC2B2AE3D27D4EB4F)
_NAMES = re.compile(r"[“\"'‘《][^”\"'’》]{0,60}[”\"'’》]|\d+|[A-Za-z]+|\W+|_")


def reply_signature(reply: str) -> tuple[int, ...]:
    """Up to sixteen numbers, ascending, of 63 bits; none where hardly anything is said. A reply that only passes the
    letter on is known by that."""
    parts = parts_of(reply)
    own = [part for part in parts if part.role in (Role.SAID, Role.REFERRED)]
    kept = own or [part for part in parts if part.role not in (Role.SIGNED, Role.COURTESY)]
    codes = code_points(_NAMES.sub("", "".join(reply[part.start : part.end] for part in kept)))
    if len(codes) < _RUN:
        return ()
    mixed = scatter(codes)
    hashes = mixed[: len(mixed) - _RUN + 1].copy()
    for at in range(1, _RUN):
        hashes = hashes * _STEP + mixed[at : len(mixed) - _RUN + 1 + at]
    hashes ^= hashes >> np.uint64(29)
    hashes = np.unique((hashes * _STEP) >> np.uint64(1))[:KEPT]
    if len(hashes) < _FEWEST:
        return ()
    return tuple(hashes.astype(np.int64).tolist())


def is_same(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two signatures are of nearly one text: they share eight numbers, of shorter ones half."""
    least = min(len(one), len(other))
    return least > 0 and len(set(one) & set(other)) >= SHARED * least // KEPT

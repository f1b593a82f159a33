"""The few numbers by which a reply that says nearly the same is found again, whatever name, date or number it fills in.

Runs of five neighbouring characters of the plain text are hashed, the least hashes are the signature: bottom-k MinHash
as for letters (`nlp.alike.minhash`), but without words, so that it needs no segmentation. Digits, punctuation and
spaces are left out first: replies from one mould differ in just these.
"""

import hashlib
import unicodedata
from dataclasses import dataclass

import numpy as np

from nlp.hashing import SPREAD, Hashes, code_points, scatter

VERSION = "character-runs/1"
RUN, KEPT = 5, 16
# So many of 16 shared numbers speak for texts of which two thirds of the runs are the same.
SHARED = 12
# A reply shorter than this has too few runs to be told from others by them; only an equal one is the same.
SHORT = 20
# Of a hash 63 bits are kept: never negative where 64 bits are signed.
_BITS = np.uint64(1)


@dataclass(frozen=True, slots=True)
class ReplySignature:
    """`digest` (SHA-256) is equal for texts that say character for character the same; `keys` ascend and are empty for
    a short text."""

    digest: bytes
    keys: list[int]


def sign_reply(text: str) -> ReplySignature:
    """The signature of one reply. Linear in its length."""
    plain = plain_text(text)
    digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()
    if len(plain) < SHORT:
        return ReplySignature(digest, [])
    return ReplySignature(digest, np.unique(_runs(plain))[:KEPT].tolist())


def plain_text(text: str) -> str:
    """Letters and Chinese characters alone, in one form: no digit, mark or space."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalpha())


def _runs(plain: str) -> Hashes:
    single = scatter(code_points(plain))
    count = len(single) - RUN + 1
    mixed = np.zeros(count, dtype=np.uint64)
    for offset in range(RUN):
        mixed = (mixed ^ single[offset : offset + count]) * SPREAD
        mixed ^= mixed >> np.uint64(31)
    return mixed >> _BITS

"""Which letters a classifier has learnt from, told without their text: who is judged by them is no judge.

A number of 64 bits for each, from what it says without punctuation. Letters that were masked since, or are only nearly
the same, are not found by it.
"""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.errors import Invalid
from nlp.cleaning import clean_text

_NUMBER = np.dtype("<u8")


def fingerprint(title: str, body: str) -> int:
    said = "".join(filter(str.isalnum, clean_text(f"{title}\n{body}")))
    return int.from_bytes(hashlib.blake2b(said.encode(errors="replace"), digest_size=8).digest(), "little")


def pack(letters: Iterable[tuple[str, str]]) -> bytes:
    """The fingerprints of titles and bodies, in ascending order: their own order says nothing."""
    return np.array(sorted({fingerprint(*letter) for letter in letters}), dtype=_NUMBER).tobytes()


def unpack(content: bytes) -> NDArray[np.uint64]:
    """Raises `Invalid` for what `pack` has not written."""
    if not content or len(content) % _NUMBER.itemsize:
        raise Invalid("模型学过哪些来信的记录已损坏，不予加载。")
    numbers = np.frombuffer(content, dtype=_NUMBER)
    if not bool(np.all(numbers[1:] > numbers[:-1])):
        raise Invalid("模型学过哪些来信的记录已损坏，不予加载。")
    return numbers

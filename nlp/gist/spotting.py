"""Where a pattern stands in the joined texts of a batch, found without reading every character with it.

Array operations find the places where it could begin; only there the regular expression is asked.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import Numbers, code_points

Codes = NDArray[np.uint16]
# Characters beyond are as good as this one, which no pattern of ours begins with.
_LAST = 0xFFFF
_SPECIAL = frozenset("([\\.?*+|")


def by_character(**characters: str) -> NDArray[np.uint8]:
    """A table from the number of a character to flags: 1 for those named first, 2 for those named second, 4 …"""
    table = np.zeros(_LAST + 1, dtype=np.uint8)
    for bit, named in enumerate(characters.values()):
        table[list(map(ord, named))] |= 1 << bit
    return table


def numbers_of(text: str) -> Codes:
    """The characters as numbers."""
    return np.minimum(code_points(text), np.uint32(_LAST)).astype(np.uint16)


def flags(table: NDArray[np.uint8], codes: Codes) -> NDArray[np.uint8]:
    return table.take(codes)


class Spotter:
    """Finds any of `alternatives`, regular expressions that begin with a character, mostly with two, of their own, and
    then `after`."""

    def __init__(self, alternatives: Sequence[str], after: str = "") -> None:
        self._pattern = re.compile(f"(?:{'|'.join(alternatives)}){after}")
        beginnings = {_beginning(alternative) for alternative in alternatives}
        single = "".join(text for text in beginnings if len(text) == 1)
        self._table = by_character(one=single, two="".join(text[0] for text in beginnings if len(text) == 2))
        pairs = sorted(ord(text[0]) << 32 | ord(text[1]) for text in beginnings if len(text) == 2)
        self._pairs = np.array([*pairs, np.iinfo(np.int64).max], dtype=np.int64)

    def could_begin(self, codes: Codes) -> Numbers:
        """All places where the first characters fit; the last of `codes` is none."""
        seen = flags(self._table, codes[:-1])
        places = seen.nonzero()[0]
        pairs = codes[places].astype(np.int64) << 32 | codes[places + 1]
        fits = self._pairs[self._pairs.searchsorted(pairs)] == pairs
        kept: Numbers = places[fits | (seen[places] & 1).astype(np.bool_)]
        return kept

    def find(self, text: str, places: Numbers) -> Iterator[tuple[int, int]]:
        """Start and end of each match that begins at one of `places` (ascending), none within another."""
        match, last = self._pattern.match, 0
        for place in places.tolist():
            if place >= last:
                found = match(text, place)
                if found:
                    last = found.end()
                    yield place, last

    def match(self, text: str, start: int, end: int) -> re.Match[str] | None:
        return self._pattern.match(text, start, end)

    def search(self, text: str, start: int, end: int) -> re.Match[str] | None:
        return self._pattern.search(text, start, end)


def _beginning(alternative: str) -> str:
    """The first two characters of an alternative that stand for themselves, or the only one."""
    first = alternative.lstrip("\\")[:1]
    second = alternative[1:2]
    return first if alternative[:1] in _SPECIAL or second in _SPECIAL else alternative[:2]

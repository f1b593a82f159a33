"""Where a closer look for a name pays: two quick ones, which must lose hardly any name and let few words through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intake.redaction.dictionary import load_words
from intake.redaction.name_context import NEVER
from intake.surnames import COMPOUND_SURNAMES, SURNAMES

FIRSTS = SURNAMES | {name[0] for name in COMPOUND_SURNAMES}
# The characters around the first of a name that are looked at: two before it, itself, three after it.
OFFSETS = (-2, -1, 0, 1, 2, 3)
_SIZE = 0x10000
_NO = -12_000


@dataclass(frozen=True, slots=True)
class FirstLook:
    """A table of points by character for each of `OFFSETS`; below `least` no name begins."""

    tables: tuple[NDArray[np.int16], ...]
    least: int

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where a name may begin, in order, with its points."""
        size = len(text)
        padded = f"\n\n{text}\n\n\n"
        units = np.frombuffer(padded.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
        if len(units) != size + 5:  # signs that take two units
            units = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            units = np.minimum(units, _SIZE - 1)
        codes = units.astype(np.intp)
        points = self.tables[0].take(codes[:size])
        for shift in range(1, len(OFFSETS)):
            points += self.tables[shift].take(codes[shift : shift + size])
        found = (points >= self.least).nonzero()[0]
        return list(zip(found.tolist(), points[found].tolist(), strict=True))


def first_look(points: Sequence[Mapping[str, int]], least: int) -> FirstLook:
    """From points by character for each of `OFFSETS`; only what begins like a name is looked at."""
    tables = []
    for offset, table in zip(OFFSETS, points, strict=True):
        array = np.zeros(_SIZE, dtype=np.int16)
        if offset == 0:
            array[:] = _NO
            array[[ord(c) for c in FIRSTS]] = 0
        elif offset == 1:  # only Chinese characters go on
            array[:] = _NO
            array[0x4E00:0xA000] = 0
            array[[ord(c) for c in NEVER]] = _NO
        for character, value in table.items():
            if ord(character) < _SIZE and array[ord(character)] == 0:  # what cannot be, stays
                array[ord(character)] = value
        tables.append(array)
    return FirstLook(tuple(tables), least)


def first_keys(text: str, start: int) -> tuple[str, ...]:
    """The six characters that `FirstLook` looks at; a line break beyond either end."""
    size = len(text)
    return tuple(text[start + o] if 0 <= start + o < size else "\n" for o in OFFSETS)


def second_keys(text: str, start: int, points: int) -> tuple[str, ...]:
    """What the first look found, pairs of neighbours, and which of them are words."""
    words = load_words()
    before2 = text[start - 2 : start] if start > 1 else text[:start]
    first, one, two = text[start], text[start : start + 2], text[start + 1 : start + 3]
    edge = before2[-1:] + first
    mask = (
        (one in words)
        + 2 * (edge in words)
        + 4 * (before2 + first in words)
        + 8 * (two in words)
        + 16 * (one + two[1:] in words)
    )
    return str(points // 40), before2, one, two, text[start + 2 : start + 4], edge, str(mask)

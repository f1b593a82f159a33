"""Where a closer look for a name pays: two quick ones, which must lose hardly any name and let few words through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intake.redaction.dictionary import load_words
from intake.redaction.name_context import NEVER, TRANSCRIBING_FIRST
from intake.surnames import COMPOUND_SURNAMES, SURNAMES

FIRSTS = SURNAMES | {name[0] for name in COMPOUND_SURNAMES} | TRANSCRIBING_FIRST
# The characters around the first of a name that are looked at: two before it, itself, three after it.
OFFSETS = (-2, -1, 0, 1, 2, 3)
_SIZE = 0x10000
# What lies beyond the ends of a text
_BETWEEN = "\n\n\n"
_NO = -12_000


@dataclass(frozen=True, slots=True)
class FirstLook:
    """For each of `OFFSETS` a table of points by class of character; below `least` no name begins. `classes` has the
    class of each character: few characters have points, and tables that small stay in the processor's memory."""

    classes: NDArray[np.uint16]
    tables: tuple[NDArray[np.int16], ...]
    least: int

    def places(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Where in each text a name may begin, in order, with its points. All at once, as most of the time would go
        into beginning anew."""
        joined = _BETWEEN.join((_BETWEEN[0], *texts, ""))
        size = len(joined) - len(OFFSETS) + 1
        units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
        if len(units) != len(joined):  # signs that take two units
            units = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            units = np.minimum(units, _SIZE - 1)
        codes = self.classes.take(units).astype(np.intp)
        points = self.tables[0].take(codes[:size])
        for shift in range(1, len(OFFSETS)):
            points += self.tables[shift].take(codes[shift : shift + size])
        found = (points >= self.least).nonzero()[0]
        # The first table is that of two characters before, so a hit lies two further on.
        hits = zip((found + 2).tolist(), points[found].tolist(), strict=True)
        places: list[list[tuple[int, int]]] = []
        begin = 1 + len(_BETWEEN)
        hit = next(hits, None)
        for text in texts:
            end = begin + len(text)
            here: list[tuple[int, int]] = []
            while hit is not None and hit[0] < end:
                here.append((hit[0] - begin, hit[1]))
                hit = next(hits, None)
            places.append(here)
            begin = end + len(_BETWEEN)
        return places


def first_look(points: Sequence[Mapping[str, int]], least: int) -> FirstLook:
    """From points by character for each of `OFFSETS`; only what begins like a name is looked at, and only Chinese
    characters go on."""
    counted = sorted(FIRSTS | NEVER | {c for table in points for c in table if ord(c) < _SIZE})
    classes = np.zeros(_SIZE, dtype=np.uint16)
    classes[0x4E00:0xA000] = 1
    for number, character in enumerate(counted, 2):
        classes[ord(character)] = number
    tables = []
    for offset, table in zip(OFFSETS, points, strict=True):
        array = np.array([0, 0, *(table.get(c, 0) for c in counted)], dtype=np.int16)
        if offset == 0:
            array[[0, 1, *(i for i, c in enumerate(counted, 2) if c not in FIRSTS)]] = _NO
        elif offset == 1:
            array[[0, *(i for i, c in enumerate(counted, 2) if c in NEVER or not "\u4e00" <= c < "\ua000")]] = _NO
        tables.append(array)
    return FirstLook(classes, tuple(tables), least)


def first_keys(text: str, start: int) -> tuple[str, ...]:
    """The six characters that `FirstLook` looks at; a line break beyond either end."""
    size = len(text)
    return tuple(text[start + o] if 0 <= start + o < size else "\n" for o in OFFSETS)


def second_keys(text: str, start: int, points: int, announced: str) -> tuple[str, ...]:
    """What the first look found, pairs of neighbours, which of them are words, and what announces the name."""
    words = load_words()
    before2 = text[start - 2 : start] if start > 1 else text[:start]
    first, one, two = text[start], text[start : start + 2], text[start + 1 : start + 3]
    edge = before2[-1:] + first
    mask = (one in words) + 2 * (edge in words) + 4 * (before2 + first in words) + 8 * (two in words)
    return str(points // 40), before2, one, two, edge, str(mask), announced + first

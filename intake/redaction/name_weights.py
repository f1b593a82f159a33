"""How much each clue speaks for a name: learnt from our own marked letters, kept beside this file.

`python -m tests.quality.redaction_training` learns them again. Logarithms of odds, base e, in hundredths.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import repeat

from intake.redaction.name_clues import CLUES, CLUES_BEFORE, Characters
from intake.redaction.name_looks import FirstLook, first_look, second_keys

Table = dict[str, int]
_get = dict.get


@dataclass(frozen=True, slots=True)
class NameWeights:
    """`before` and `clues` have a table of points by key for each of `CLUES_BEFORE` and `CLUES`; `least` is what a name
    needs. `second` has those of the second look, whose least is `second_least`."""

    first_look: FirstLook
    second: tuple[Table, ...]
    second_least: int
    before: tuple[Table, ...]
    clues: tuple[Table, ...]
    characters: Characters
    least: int

    def second_look(self, text: str, start: int, points: int, announced: str) -> int:
        """Points for a name that begins at `start`, however long; `points` are those of the first look."""
        return _sum(self.second, second_keys(text, start, points, announced))

    def points_before(self, keys: Sequence[str]) -> int:
        """The sum over the clues before a name."""
        return _sum(self.before, keys)

    def points(self, keys: Sequence[str]) -> int:
        """The sum over all other clues."""
        return _sum(self.clues, keys)


def _sum(tables: Sequence[Table], keys: Sequence[str]) -> int:
    return sum(map(_get, tables, keys, repeat(0)))


@cache
def load_weights() -> NameWeights:
    """Read once in a process, in some hundredths of a second."""
    stored = json.loads((files("intake.redaction") / "name_weights.json").read_text(encoding="utf-8"))
    return NameWeights(
        first_look=first_look(stored["first"], stored["first_least"]),
        second=tuple(stored["second"]),
        second_least=stored["second_least"],
        before=tuple(stored["clues"][clue] for clue in CLUES_BEFORE),
        clues=tuple(stored["clues"][clue] for clue in CLUES),
        characters=Characters(**stored["characters"]),
        least=stored["least"],
    )

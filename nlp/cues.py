"""Which of many phrases stand in a text, and where: one pass for topics, appeal types, urgency, places and units."""

from collections.abc import Iterable, Sequence
from operator import add
from typing import NamedTuple


class Cue(NamedTuple):
    """`phrase` (as it was given to the index) stands at `start`:`end` of the text."""

    start: int
    end: int
    phrase: str


class CueIndex:
    """Finds every occurrence of every phrase of two characters or more, overlapping ones too, without regard to case.

    Phrases are filed under their first two characters: most positions of a text cost one dictionary look-up.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        heads: dict[str, list[tuple[str, str]]] = {}
        for phrase in sorted(set(phrases)):
            if len(phrase) >= 2:
                heads.setdefault(phrase[:2].lower(), []).append((phrase.lower(), phrase))
        self._heads = {head: tuple(filed) for head, filed in heads.items()}

    def find(self, text: str) -> list[Cue]:
        """All cues in `text`, by start, then end."""
        folded = text.lower()
        if len(folded) != len(text):  # a few letters grow when lowered, and positions must stay
            folded = "".join(c if len(c.lower()) > 1 else c.lower() for c in text)
        heads = self._heads
        found: list[Cue] = []
        for start, head in enumerate(map(add, folded, folded[1:])):
            if head in heads:
                for filed, phrase in heads[head]:
                    if folded.startswith(filed, start):
                        found.append(Cue(start, start + len(filed), phrase))
        return found


def longest(cues: Sequence[Cue]) -> list[Cue]:
    """`cues` (by start) without those that lie inside a longer one: 养老保险 is not also 保险."""
    kept: list[Cue] = []
    for cue in cues:
        while kept and kept[-1].start == cue.start and kept[-1].end < cue.end:
            kept.pop()
        if not kept or cue.end > kept[-1].end:
            kept.append(cue)
    return kept

"""Where in a title and a text do the words stand that were looked for? Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.cases.case_wording import Piece

_BEFORE, _AFTER = 24, 72


@dataclass(frozen=True, slots=True)
class Marked:
    """The title with its marks, and a piece of the text around the first one; no excerpt where the text has none."""

    title: list[Piece]
    excerpt: list[Piece]


def mark(title: str, text: str, words: Sequence[str]) -> Marked:
    """`words` are in small letters. Of words within each other the longest is marked."""
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))), re.IGNORECASE)
    body = text.partition("\n")[2] or text
    first = pattern.search(body) if words else None
    excerpt: list[Piece] = []
    if first is not None:
        start = max(first.start() - _BEFORE, 0)
        end = min(first.start() + _AFTER, len(body))
        shown = " ".join(body[start:end].split())
        excerpt = _cut(f"{'…' if start else ''}{shown}{'…' if end < len(body) else ''}", pattern)
    return Marked(_cut(title, pattern) if words else [Piece(title)], excerpt)


def _cut(text: str, pattern: re.Pattern[str]) -> list[Piece]:
    pieces, done = [], 0
    for found in pattern.finditer(text):
        if found.start() > done:
            pieces.append(Piece(text[done : found.start()]))
        pieces.append(Piece(found[0], telling=True))
        done = found.end()
    return [*pieces, Piece(text[done:])] if done < len(text) else pieces

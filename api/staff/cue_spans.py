"""Where the words that speak for a topic stand in a text. Pure."""

import re
from collections.abc import Sequence

from nlp.cleaning import CleanText, clean


def find_cues(title: str, body: str, cues: Sequence[str]) -> list[tuple[int, int]]:
    """Where the cues stand, as positions in title + newline + body as they came in; the longer of two that overlap.

    The classifier read the cleaned text (simplified characters, one width), so that is where they are looked for.
    """
    words = sorted({cue for cue in cues if cue.strip()}, key=lambda cue: (-len(cue), cue))
    if not words:
        return []
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    in_title = _spans(pattern, clean(title))
    return [*in_title, *((start + len(title) + 1, end + len(title) + 1) for start, end in _spans(pattern, clean(body)))]


def _spans(pattern: re.Pattern[str], text: CleanText) -> list[tuple[int, int]]:
    return [text.span(*found.span()) for found in pattern.finditer(text.text)]

"""What does somebody look for who types this into the search box? Words, "exact phrases", and how a number begins.

All words must be there, of the last its beginning; what stands in quotes must be there as it is written. Widths,
capitals and traditional characters do not matter.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.cleaning import clean_text
from nlp.search_words import asked_words, index_words, is_whole, words_within

# More is no search any more.
MAX_QUERY = 100
# Cases of so many numbers in a row can be asked for together, the newest first (dashboards/lists/case_search.py).
BLOCK = 1 << 14
# A text of 50,000 characters has as many; a tsvector holds a megabyte.
MAX_LEXEMES = 20_000
# No word that a text is found by begins like this (routing/search_index.py): nothing is found.
_NOTHING = "'#none'"
_QUOTED = re.compile(r'"([^"]*)"')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂「」『』", '"'))
# A day, and the serial number that follows it or not.
_NUMBER = re.compile(r"((?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))-?(\d*)")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-"))


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`words` is a tsquery, "" where only a number is asked for. `phrases` and `marks` (what to show in a text) are in
    small letters. `number` is how the number of a case begins, as it is printed."""

    words: str
    phrases: tuple[str, ...]
    marks: tuple[str, ...]
    number: str


def read_query(typed: str) -> SearchQuery:
    """The meaning of what was typed; characters beyond `MAX_QUERY` are left out."""
    text = clean_text(typed[:MAX_QUERY]).lower().translate(_QUOTES)
    phrases = [" ".join(phrase.split()) for phrase in _QUOTED.findall(text)]
    phrases = [phrase for phrase in dict.fromkeys(phrases) if phrase]
    # a quote that nobody closed is none
    pieces = _QUOTED.sub(" ", text).replace('"', " ").split()
    numbers = [found for piece in pieces if (found := _NUMBER.fullmatch(piece.translate(_DASHES)))]
    asked: list[str] = []
    for piece in pieces:
        if not _NUMBER.fullmatch(piece.translate(_DASHES)):
            asked += asked_words(piece)
    asked = list(dict.fromkeys(asked))
    conditions = [_quoted(word) for word in asked]
    # to look for a beginning takes an index ten times as long
    if conditions and not text.endswith('"') and not is_whole(asked[-1]):
        conditions[-1] += ":*"
    for phrase in phrases:
        conditions += [_quoted(word) for word in words_within(phrase) or asked_words(phrase)]
    number = _printed(numbers[0]) if numbers else ""
    words = " & ".join(dict.fromkeys(conditions)) or ("" if number else _NOTHING)
    return SearchQuery(words, tuple(phrases), (*phrases, *asked), number)


def block_of(case_id: int) -> str:
    """The lexeme of the block of a case; no word of a text looks like this."""
    return f"#{case_id // BLOCK}"


def lexemes(text: str) -> str:
    """What a text is found by, as the text of a tsvector; `MAX_LEXEMES` of them where it has more."""
    return batch_lexemes([text])[0]


def batch_lexemes(texts: Sequence[str]) -> list[str]:
    """`lexemes` of many texts at once."""
    return [
        _quoted("' '".join(sorted(words)[:MAX_LEXEMES] if len(words) > MAX_LEXEMES else words)) if words else ""
        for words in index_words([text.lower() for text in texts])
    ]


def _printed(number: re.Match[str]) -> str:
    return f"{number[1]}-{number[2]}" if number[2] else number[1]


def _quoted(word: str) -> str:
    # of letters, digits and Chinese characters alone: nothing in it ends the quotes
    return f"'{word}'"

"""A part of a text as a document of its own: to be asked about like any other."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from models.analysis import AnalyserInput
from nlp.cleaning import CleanText
from nlp.cues import FoundCues
from nlp.document import Document

# What a part is about stands among its first characters; reading on would cost more than it tells.
_READ = 80


def alone(document: Document, start: int, end: int, word_ends: Sequence[int]) -> Document:
    """What stands from `start` to `end` of the text, or its beginning, as if it were the whole, without a title;
    `word_ends` are those of the body."""
    end = min(end, start + _READ)
    body = CleanText(document.text[start:end])
    cues = document.cues
    first, last = cues.starts.searchsorted((start, end)).tolist()
    kept = first + (cues.ends[first:last] <= end).nonzero()[0]
    return Document(
        source=AnalyserInput("", body.text, document.source.channel),
        title=CleanText(""),
        body=body,
        text=f"\n{body.text}",
        title_words=[],
        body_words=words_between(document.text, word_ends, start, end),
        cues=FoundCues.of(cues.source, cues.starts[kept] - start + 1, cues.ends[kept] - start + 1, cues.numbers[kept]),
    )


def words_between(text: str, ends: Sequence[int], start: int, end: int) -> list[str]:
    """The words from `start` to `end` of the text, the words of which end at `ends`; one that reaches over an edge is
    cut there."""
    inside = ends[bisect_right(ends, start) : bisect_left(ends, end)]
    return [text[first:last] for first, last in pairwise((start, *inside, end)) if first < last]

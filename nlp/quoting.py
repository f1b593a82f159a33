"""What the writer wrote where the analysis found something: place and words of the original."""

from nlp.cues import Cue
from nlp.document import Document


def quote(document: Document, start: int, end: int) -> tuple[int, int, str]:
    """Start and end in the original title, newline and body of `document.text[start:end]`, and the words there."""
    if not document.is_moved:
        return start, end, document.text[start:end] if _is_unfolded(document) else _slice(document, start, end)
    first, last = document.original_span(Cue(start, end, ""))
    return first, last, _slice(document, first, last)


def _is_unfolded(document: Document) -> bool:
    return document.body.text is document.source.body and document.title.text is document.source.title


def _slice(document: Document, start: int, end: int) -> str:
    offset = len(document.source.title) + 1
    if end < offset:
        return document.source.title[start:end]
    return document.source.body[start - offset : end - offset]

"""One text on its way through the pipeline: what the first steps found out and all later ones use."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.analysis import AnalyserInput
from nlp.cleaning import CleanText
from nlp.cues import Cue, FoundCues
from nlp.cut_words import word_ends


@dataclass(frozen=True, slots=True)
class Document:
    """`text` is the cleaned title, a newline and the cleaned body; `cues` and `words` speak of it.

    The words of title and body, with the newline between them, joined, are `text`.
    """

    source: AnalyserInput
    title: CleanText
    body: CleanText
    text: str
    title_words: Sequence[str]
    body_words: Sequence[str]
    cues: FoundCues

    @property
    def body_start(self) -> int:
        return len(self.title.text) + 1

    @property
    def is_moved(self) -> bool:
        """Whether anything stands elsewhere in the text than it stood in the original."""
        title, body = self.title, self.body
        moved = body.cuts or body.places or title.cuts or title.places
        return bool(moved) or len(title.text) < len(self.source.title)

    def word_boundaries(self) -> set[int]:
        """Positions in `text` where a word begins or ends."""
        start = self.body_start
        return {0, start, *word_ends(self.title_words, 0), *word_ends(self.body_words, start)}

    def original_span(self, cue: Cue) -> tuple[int, int]:
        """Where `cue` stands in the title, a newline and the body as they came in."""
        if not self.is_moved:
            return cue.start, cue.end
        if cue.end <= len(self.title.text):
            return self.title.span(cue.start, cue.end)
        start, end = self.body.span(cue.start - self.body_start, cue.end - self.body_start)
        offset = len(self.source.title) + 1
        return start + offset, end + offset

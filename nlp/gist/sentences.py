"""Where the sentences of texts begin and end, and which of them are only courtesies (`nlp.gist.boilerplate`).

Array operations over a whole batch: every letter is asked this, and most of its sentences nobody looks at again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from nlp.document import Document
from nlp.gist.boilerplate import MailLines, is_acknowledgement, is_courtesy, opening_end
from nlp.gist.spotting import Codes, by_character, flags, numbers_of
from nlp.ngrams import Flags, Numbers

# A sentence ends with what ends sentences and the quotation marks and brackets that close behind it, or with its line.
_ENDS, _BREAKS, _CLOSES, _BLANK = 1, 2, 4, 8
_KINDS = by_character(
    ends="。！？!?；;", breaks="\n", closes="”’」』）)", blank="".join(filter(str.isspace, map(chr, range(0x3001))))
)
# A letter does not say more courtesies at its end.
_CLOSINGS = 6


class Sentence(NamedTuple):
    """`start`:`end` of `Document.text`; `courtesy` where it holds nothing of the letter's own."""

    start: int
    end: int
    courtesy: bool = False


@dataclass(frozen=True)
class Sentences:
    """The sentences of a batch of documents, by document, in order.

    `starts` and `ends` are places in `text`, which is the texts of all documents, a line break after each; `codes` are
    its characters as numbers. The text of document `row` begins at `offsets[row]`, its sentences are those from
    number `bounds[row]` up to `bounds[row + 1]`; `rows` are the documents of the sentences.
    """

    documents: Sequence[Document]
    text: str
    codes: Codes
    offsets: Numbers
    rows: Numbers
    starts: Numbers
    ends: Numbers
    courtesy: Flags
    bounds: Numbers

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each in the text of its own document."""
        offsets = self.offsets[self.rows]
        return list(zip((self.starts - offsets).tolist(), (self.ends - offsets).tolist(), strict=True))

    def of(self, row: int) -> list[Sentence]:
        """Those of one document, in places of its own text."""
        first, last = self.bounds[row : row + 2].tolist()
        marks = self.courtesy[first:last].tolist()
        return [Sentence(*span, mark) for span, mark in zip(self.spans[first:last], marks, strict=True)]

    def numbers(self) -> Numbers:
        """The number of each sentence within its document, from 0."""
        return np.arange(len(self.rows)) - self.bounds[self.rows]

    def counts(self) -> Numbers:
        """How many sentences each document has."""
        return np.diff(self.bounds)


def split(documents: Sequence[Document]) -> Sentences:
    """The sentences of the bodies; a greeting is one of its own."""
    text = "".join([f"{document.text}\n" for document in documents])
    codes = numbers_of(text)
    lengths = np.array([len(document.text) + 1 for document in documents], dtype=np.int64)
    offsets = lengths.cumsum() - lengths
    begins = [document.body_start for document in documents]
    openings = [opening_end(document.text, begin) for document, begin in zip(documents, begins, strict=True)]
    starts, ends = _between(codes, offsets, offsets + np.array(openings, dtype=np.int64))
    greeted = [row for row, (begin, end) in enumerate(zip(begins, openings, strict=True)) if end > begin]
    starts = np.concatenate([starts, offsets[greeted] + np.array(begins, dtype=np.int64)[greeted]])
    ends = np.concatenate([ends, offsets[greeted] + np.array(openings, dtype=np.int64)[greeted]])
    order = starts.argsort(kind="stable")
    greetings = order >= len(starts) - len(greeted)
    starts, ends = starts[order], ends[order]
    bounds = np.append(starts.searchsorted(offsets), len(starts))
    rows = np.arange(len(documents)).repeat(np.diff(bounds))
    courtesy = np.array(_courtesies(documents, text, offsets, starts, ends, greetings, bounds), dtype=np.bool_)
    return Sentences(documents, text, codes, offsets, rows, starts, ends, courtesy, bounds)


def _between(codes: Codes, from_: Numbers, to: Numbers) -> tuple[Numbers, Numbers]:
    """Start and end of each sentence outside the stretches `from_`:`to`, which are titles and greetings."""
    if not len(codes):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    kinds = flags(_KINDS, codes)
    skipped = np.zeros(len(codes) + 1, dtype=np.int8)
    skipped[from_] += 1
    skipped[to] -= 1
    kinds[skipped[:-1].cumsum(dtype=np.int8) > 0] = _BREAKS
    # what stands between two ends or line breaks is a sentence, unless it is blank
    stops = (kinds & (_ENDS | _BREAKS)).nonzero()[0]
    begins, ends = stops[:-1] + 1, stops[1:]
    kept = ends > begins
    begins, ends = begins[kept], ends[kept]
    if not len(begins):
        return begins, ends
    said = ((kinds & (_ENDS | _BREAKS | _BLANK)) == 0).nonzero()[0]
    said = np.append(said, len(codes))
    starts = said[said.searchsorted(begins)]
    no_end = ((kinds & _ENDS) == 0).nonzero()[0]
    stretched = no_end[no_end.searchsorted(ends)]
    real = starts < ends
    # closing marks belong to the sentence before, if it ends right before them
    touching = np.zeros(len(begins), dtype=np.bool_)
    np.equal(begins[1:], stretched[:-1], out=touching[1:])
    for place in (touching & ((kinds[begins] & _CLOSES) > 0)).nonzero()[0].tolist():
        if not real[place - 1]:
            continue
        at, end = int(begins[place]), int(ends[place])
        while at < end and kinds[at] & _CLOSES:
            at += 1
        stretched[place - 1] = at
        starts[place] = said[said.searchsorted(at)]
        real[place] = starts[place] < end
    return starts[real], stretched[real]


def _courtesies(
    documents: Sequence[Document],
    text: str,
    offsets: Numbers,
    starts: Numbers,
    ends: Numbers,
    greetings: Flags,
    bounds: Numbers,
) -> list[bool]:
    found: list[bool] = greetings.tolist()
    begins, stops, edges = starts.tolist(), ends.tolist(), bounds.tolist()
    for row, document in enumerate(documents):
        first, last = edges[row], edges[row + 1]
        if first < last and found[first]:
            first += 1
        if "\n" in document.body.text:
            end = int(offsets[row]) + len(document.text)
            _mark_mail_lines(text, end, begins[first:last], stops[first:last], found, first)
        for place in range(last - 1, max(first - 1, last - 1 - _CLOSINGS), -1):
            if not found[place] and not is_courtesy(text, begins[place], stops[place]):
                break
            found[place] = True
    return found


def _mark_mail_lines(
    text: str, text_end: int, starts: Sequence[int], ends: Sequence[int], marks: list[bool], at: int
) -> None:
    """Mail headers, quoted mails and what an office acknowledged are nobody's sentences."""
    lines = MailLines()
    line_end, taken = -1, False
    for place, (start, end) in enumerate(zip(starts, ends, strict=True), start=at):
        if start >= line_end:
            line_end = min(text.find("\n", start), text_end)
            taken = lines.takes(text, start, line_end)
        marks[place] = taken or is_acknowledgement(text, start, end)

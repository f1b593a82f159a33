"""The form that splits a letter: which sentence belongs to which part, what each is called and whose it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.staff.merging import Together
from models.analysis import TextSpan
from models.merge import NewPart
from models.submission import Submission
from routing.casework.splitting import LEAST, MOST

# A letter of more sentences is split by a program (JSON): nobody chooses among hundreds on a page.
MOST_SENTENCES = 80


@dataclass(frozen=True, slots=True)
class SentenceChoice:
    """A sentence and the number of the part it is in, 0 for none. `value` names it in the form."""

    value: str
    text: str
    part: int


@dataclass(frozen=True, slots=True)
class PartFields:
    title: str
    topic: str
    lead: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class SplitForm:
    """`parts` are as many as can be filled in; those without a title and a unit are none. `left_out` sentences are too
    many to choose from."""

    sentences: tuple[SentenceChoice, ...]
    parts: tuple[PartFields, ...]
    proposed: int
    left_out: int


def split_form(
    together: Together,
    submission: Submission,
    *,
    typed: tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]] | None = None,
) -> SplitForm:
    """What the program proposes, or what was `typed`: titles, topics, leads, sentences as `read_parts` takes them."""
    text = f"{submission.title}\n{submission.body}"
    shown = together.sentences[:MOST_SENTENCES]
    if typed is None:
        chosen = {span: _part_of(span, together) for span in shown}
        parts = [PartFields(p.title, p.topic_code, p.lead or "", p.confidence) for p in together.proposals]
    else:
        given = dict(_readable(typed[3]))
        chosen = {span: given.get(span, 0) for span in shown}
        parts = [PartFields(*row) for row in zip(*typed[:3], strict=False)]
    blank = max(LEAST, min(MOST, len(together.proposals) + 1)) - len(parts)
    return SplitForm(
        sentences=tuple(
            SentenceChoice(f"{span.start}-{span.end}", text[span.start : span.end], chosen[span]) for span in shown
        ),
        parts=(*parts, *[PartFields("", "", "")] * max(0, blank)),
        proposed=len(together.proposals),
        left_out=len(together.sentences) - len(shown),
    )


def read_parts(
    titles: Sequence[str], topics: Sequence[str], leads: Sequence[str], sentences: Sequence[str]
) -> tuple[NewPart, ...]:
    """The parts that were filled in, in order; a sentence reads "start-end:part". Raises `ValueError` for what no form
    of ours sends."""
    if not len(titles) == len(topics) == len(leads) <= MOST:
        raise ValueError(titles)
    chosen = [pair for sentence in sentences if (pair := _read_sentence(sentence)) is not None]
    found = []
    for number, (title, topic, lead) in enumerate(zip(titles, topics, leads, strict=True), start=1):
        spans = tuple(span for span, part in chosen if part == number)
        if title.strip() or lead or spans:
            found.append(NewPart(title=title.strip(), topic_code=topic or None, lead=lead, sentences=spans))
    return tuple(found)


def _read_sentence(text: str) -> tuple[TextSpan, int] | None:
    """None where it belongs to no part."""
    if not text:
        return None
    place, _, part = text.partition(":")
    start, _, end = place.partition("-")
    return TextSpan(int(start), int(end)), int(part)


def _readable(sentences: Sequence[str]) -> list[tuple[TextSpan, int]]:
    """Those that make sense: what was typed is shown again, whatever it was."""
    found = []
    for sentence in sentences:
        try:
            pair = _read_sentence(sentence)
        except ValueError:
            continue
        if pair is not None:
            found.append(pair)
    return found


def _part_of(span: TextSpan, together: Together) -> int:
    """The part of the proposed matter that has the greater half of the sentence."""
    for number, proposal in enumerate(together.proposals, start=1):
        shared = sum(max(0, min(span.end, s.end) - max(span.start, s.start)) for s in proposal.sentences)
        if 2 * shared > span.end - span.start:
            return number
    return 0

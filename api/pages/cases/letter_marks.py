"""What is marked in the text of a letter: each finding where it stands, however they overlap. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from api.pages.administration.detectors import detectors
from models.analysis import Analysis, OrganisationMention, PlaceMention, TimeMention

_MOST_OF_A_LETTER = 0.6


class Layer(Enum):
    """A kind of mark that can be shown or not; the value is part of the name of its CSS class. Outermost first: what
    is long (a matter, a key sentence) goes around what is short."""

    MATTER = "matter", "几件事"
    SUMMARY = "summary", "要点"
    MASKED = "masked", "已遮盖"
    TONE = "tone", "态度"
    PLACE = "place", "地点"
    TIME = "time", "时间"
    ORGANISATION = "organisation", "单位"
    TELLING = "telling", "类别依据"
    DETECTOR = "detector", "紧急"

    def __init__(self, css: str, label: str) -> None:
        self.css = css
        self.label = label


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding at `start`..`end` in title + newline + body; `says` is what a reader is told about it."""

    start: int
    end: int
    layer: Layer
    says: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with the same marks on all of it, one a layer, outermost first."""

    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedText:
    """`layers` are those that occur: only they have a switch."""

    title: tuple[Piece, ...]
    body: tuple[Piece, ...]
    layers: tuple[Layer, ...]


def find_marks(
    analysis: Analysis,
    telling: Iterable[tuple[int, int]],
    *,
    length: int | None = None,
    place: Callable[[PlaceMention], str],
    time: Callable[[TimeMention], str],
    organisation: Callable[[OrganisationMention], str],
) -> list[Mark]:
    """Every finding of the analysis that has a place in the text. `place` … say what is known of each in words.

    Of a short letter, whose `length` (in characters) the key sentences nearly are, these are not marked: all would be.
    """
    names = detectors()
    marks = [
        Mark(hit.start, hit.end, Layer.DETECTOR, names[hit.detector].name if hit.detector in names else "")
        for hit in analysis.detector_hits
    ]
    marks += [Mark(start, end, Layer.TELLING, "类别的依据词") for start, end in telling]
    marks += [Mark(p.start, p.end, Layer.PLACE, place(p)) for p in analysis.places]
    marks += [Mark(t.start, t.end, Layer.TIME, time(t)) for t in analysis.times]
    marks += [Mark(o.start, o.end, Layer.ORGANISATION, organisation(o)) for o in analysis.organisation_mentions]
    for tone in analysis.aspects:
        says = f"对{tone.aspect.label}：{tone.sentiment.label}"
        marks += [Mark(span.start, span.end, Layer.TONE, says) for span in tone.evidence]
    if length is None or sum(span.end - span.start for span in analysis.summary) < length * _MOST_OF_A_LETTER:
        marks += [Mark(span.start, span.end, Layer.SUMMARY, "要点") for span in analysis.summary]
    for number, matter in enumerate(analysis.matters, start=1):
        marks += [Mark(s.start, s.end, Layer.MATTER, f"第{number}件事") for s in matter.sentences]
    return marks


def mark_text(title: str, body: str, marks: Iterable[Mark]) -> MarkedText:
    """Title and body cut wherever a mark begins or ends, so that the marks of a piece can simply lie in one another.

    Marks that point outside the text are left out; one across the end of the title counts for both parts.
    """
    offset, whole = len(title) + 1, len(title) + 1 + len(body)
    sound = [mark for mark in marks if 0 <= mark.start < mark.end <= whole]
    shown = {mark.layer for mark in sound}
    return MarkedText(
        title=_cut(title, 0, sound), body=_cut(body, offset, sound), layers=tuple(la for la in Layer if la in shown)
    )


def _cut(text: str, offset: int, marks: list[Mark]) -> tuple[Piece, ...]:
    end = offset + len(text)
    begins: dict[int, list[Mark]] = {}
    stops: dict[int, list[Mark]] = {}
    for mark in marks:
        if mark.start < end and mark.end > offset:
            begins.setdefault(max(mark.start, offset), []).append(mark)
            stops.setdefault(min(mark.end, end), []).append(mark)
    edges = sorted({offset, end, *begins, *stops})
    open_: dict[int, Mark] = {}
    pieces: list[Piece] = []
    for start, stop in pairwise(edges):
        for mark in stops.get(start, ()):
            open_.pop(id(mark), None)
        for mark in begins.get(start, ()):
            open_[id(mark)] = mark
        pieces.append(Piece(text[start - offset : stop - offset], _one_a_layer(open_.values())))
    return tuple(pieces)


def _one_a_layer(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Of two places in one another, both are said in one mark: 市中区；红星路."""
    by_layer: dict[Layer, Mark] = {}
    for mark in marks:
        known = by_layer.get(mark.layer)
        if known is None:
            by_layer[mark.layer] = mark
        elif mark.says and mark.says not in known.says.split("；"):
            by_layer[mark.layer] = Mark(mark.start, mark.end, mark.layer, f"{known.says}；{mark.says}".strip("；"))
    return tuple(by_layer[layer] for layer in Layer if layer in by_layer)

"""A page that shows letters with every finding coloured in their text: one file, nothing fetched, nothing run."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TextIO

from api.letter_files.analysed_letters import AnalysedLetter
from api.pages.cases.letter_marks import Layer, Mark, Piece, find_marks, mark_text
from api.pages.rendering import page_template
from api.staff.cue_spans import find_cues
from models.analysis import OrganisationMention, PlaceMention, TimeMention
from models.department import Department, Topic
from models.region import Region

MOST_LETTERS = 500
# By it an earlier result is known from somebody else's page.
GENERATOR = "wenzheng nlp analyse"
# A page of 500 endless texts is no page; the file of results has them whole.
_MOST_SHOWN = 5_000
_MOST_LISTED = 8
# Listed in words beside the text, for those who cannot tell colours apart.
_LISTED = (Layer.DETECTOR, Layer.PLACE, Layer.TIME, Layer.ORGANISATION, Layer.TONE, Layer.MASKED)
# Those that differ by colour alone have their name in the text.
_NAMED = frozenset({Layer.DETECTOR, Layer.PLACE, Layer.TIME, Layer.ORGANISATION})


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called."""

    topics: Mapping[str, str]
    regions: Mapping[str, str]
    departments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of text; `css` has a class for each kind of finding that it is part of, `begins` the names of what starts
    here, `says` tells what was found."""

    text: str
    css: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    says: str = ""


def name_codes(topics: Sequence[Topic], regions: Sequence[Region], departments: Sequence[Department]) -> Names:
    """A sub-topic is called with the topic above it."""
    plain = {topic.code: topic.name for topic in topics}
    return Names(
        {t.code: f"{plain[t.parent_code]} · {t.name}" if t.parent_code else t.name for t in topics},
        {region.code: region.name for region in regions},
        {department.id: department.name for department in departments},
    )


class AnalysedPage:
    """Takes letters as they come and keeps the first `MOST_LETTERS`, drawn, until it is written."""

    def __init__(self, source: str, names: Names) -> None:
        self._source = source
        self._names = names
        self._drawn: list[str] = []
        self._counts: Counter[Layer] = Counter()
        self._seen = 0

    def add(self, letter: AnalysedLetter) -> None:
        self._seen += 1
        if len(self._drawn) < MOST_LETTERS:
            self._drawn.append(self._draw(letter))

    def write(self, file: TextIO) -> None:
        page = page_template("analysed/page.html").stream(
            source=self._source,
            generator=GENERATOR,
            css=(files("api") / "static" / "tokens.css").read_text("utf-8"),
            layers=[(layer, self._counts[layer]) for layer in Layer],
            letters=self._drawn,
            seen=self._seen,
        )
        file.writelines(page)

    def _draw(self, letter: AnalysedLetter) -> str:
        marks = list(self._marks(letter))
        self._counts.update(mark.layer for mark in marks)
        shown = letter.body[:_MOST_SHOWN]
        whole = len(letter.title) + 1 + len(shown)
        parts = mark_text(letter.title, shown, [m for m in marks if m.end <= whole])
        return page_template("analysed/letter.html").render(
            letter=letter,
            analysis=letter.analysis,
            names=self._names,
            title=_show(parts.title, 0),
            body=_show(parts.body, len(letter.title) + 1),
            left_out=len(letter.body) - len(shown),
            listed=list(_list(letter.text, marks)),
            lanes=list(dict.fromkeys(mark.says for mark in marks if mark.layer is Layer.DETECTOR)),
        )

    def _marks(self, letter: AnalysedLetter) -> Iterator[Mark]:
        if letter.analysis is None:
            return
        best = letter.analysis.suggestions[:1]
        telling = find_cues(letter.title, letter.body, best[0].cues if best else ())
        yield from find_marks(
            letter.analysis,
            telling,
            length=len(letter.text),
            place=self._place,
            time=_days,
            organisation=self._organisation,
        )
        for span in letter.masked:
            yield Mark(span.start, span.end, Layer.MASKED, span.kind.label)

    def _place(self, place: PlaceMention) -> str:
        codes = (place.region_code,) if place.region_code else place.candidates
        return "或".join(self._names.regions.get(code, code) for code in codes)

    def _organisation(self, one: OrganisationMention) -> str:
        name = self._names.departments.get(one.department_id, "") if one.department_id else ""
        return "，".join(filter(None, (name or one.kind.label, "被投诉" if one.accused else "")))


def is_analysed_page(head: str) -> bool:
    return f'content="{GENERATOR}"' in head


def _days(time: TimeMention) -> str:
    """2026-10-01至2026-10-07; empty where there is no day to count from."""
    return "至".join(dict.fromkeys(day.isoformat() for day in (time.first, time.last) if day))


def _show(pieces: Iterable[Piece], position: int) -> Iterator[Shown]:
    """`position` is where the first of the pieces stands."""
    for piece in pieces:
        yield Shown(
            piece.text,
            tuple(mark.layer.css for mark in piece.marks),
            tuple(mark.layer.label for mark in piece.marks if mark.start == position and mark.layer in _NAMED),
            "；".join(f"{mark.layer.label}：{mark.says}" if mark.says else mark.layer.label for mark in piece.marks),
        )
        position += len(piece.text)


def _list(text: str, marks: Sequence[Mark]) -> Iterator[tuple[str, list[str], int]]:
    """What was found, in words, each thing once; and how many things more there are."""
    for layer in _LISTED:
        said = dict.fromkeys(
            f"{text[mark.start : mark.end]}（{mark.says}）" if mark.says else text[mark.start : mark.end]
            for mark in marks
            if mark.layer is layer
        )
        if said:
            yield layer.label, list(said)[:_MOST_LISTED], max(0, len(said) - _MOST_LISTED)

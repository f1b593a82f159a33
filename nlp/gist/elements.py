"""Who, where, when, what and what is wanted: what a case worker looks for first, each in the words of the text.

An element that the text does not say clearly is left out. Who is a role (家长, 租户), never a person's name.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from models.analysis import Element, ElementMention, PlaceKind, PlaceMention, TimeMention
from nlp.document import Document
from nlp.gist.sentences import Sentences
from nlp.gist.spotting import Spotter
from nlp.gist.summary import Chosen, Span, choose
from nlp.lexicon import load_lexicon
from nlp.quoting import quote

VERSION = "elements/2"
# The narrower the place, the more it helps to find it.
_NARROW = {
    kind: rank
    for rank, kind in enumerate(
        (
            *(PlaceKind.ESTATE, PlaceKind.SCHOOL, PlaceKind.STATION, PlaceKind.ROAD, PlaceKind.OTHER),
            *(PlaceKind.VILLAGE, PlaceKind.TOWN, PlaceKind.REGION),
        )
    )
}
# People say who they are near the beginning, or sign with it.
_INTRODUCTION, _SIGNATURE = 200, 40


def find_elements(
    sentences: Sentences,
    places: Sequence[Sequence[PlaceMention]] | None = None,
    times: Sequence[Sequence[TimeMention]] | None = None,
    chosen: Sequence[Chosen] | None = None,
) -> list[tuple[ElementMention, ...]]:
    """For each document in the order of `Element`; wishes, up to three, in the order of the text. `places` and `times`
    are what the steps before found, `chosen` what `nlp.gist.summary.choose` said."""
    chosen = chosen or choose(sentences)
    roles = _roles_said(sentences)
    found = []
    for row, document in enumerate(sentences.documents):
        said = []
        if row in roles:
            said.append(_mention(Element.WHO, document, roles[row]))
        place = _where(places[row]) if places else None
        if place:
            said.append(ElementMention(Element.WHERE, place.text, place.start, place.end))
        about, _, wishes, _ = chosen[row]
        matter = _mention(Element.WHAT, document, about) if about else None
        time = _when(times[row], matter) if times else None
        if time:
            said.append(ElementMention(Element.WHEN, time.text, time.start, time.end))
        if matter:
            said.append(matter)
        said += [_mention(Element.WISH, document, span) for span in wishes]
        found.append(tuple(said))
    return found


def _mention(element: Element, document: Document, span: Span) -> ElementMention:
    start, end, text = quote(document, *span)
    return ElementMention(element, text, start, end)


def _where(places: Sequence[PlaceMention]) -> PlaceMention | None:
    """The first of the narrowest kind; none where the name alone leaves open which place is meant."""
    clear = [place for place in places if len(place.candidates) < 2]
    return min(clear, key=lambda place: (_NARROW[place.kind], place.start)) if clear else None


def _when(times: Sequence[TimeMention], matter: ElementMention | None) -> TimeMention | None:
    """The first time in the sentence that says the matter, else the first of all; only times that are days."""
    resolved = [time for time in times if time.first is not None]
    if matter is not None and len(resolved) > 1:
        resolved.sort(key=lambda time: (not matter.start <= time.start < matter.end, time.start))
    return resolved[0] if resolved else None


def _roles_said(sentences: Sentences) -> dict[int, Span]:
    """By document where the writer says who he is, in its text."""
    found: dict[int, Span] = {}
    documents, offsets = sentences.documents, sentences.offsets
    begins = offsets + np.array([document.body_start for document in documents], dtype=np.int64)
    ends = offsets + np.array([len(document.text) for document in documents], dtype=np.int64)
    for spotter, firsts, limits in (
        (_introduction(), begins, np.minimum(ends, begins + _INTRODUCTION)),
        (_signature(), np.maximum(begins, ends - _SIGNATURE), ends),
    ):
        places = spotter.could_begin(sentences.codes)
        rows = offsets.searchsorted(places, side="right") - 1
        kept = (places >= firsts[rows]) & (places < limits[rows])
        rows = rows[kept]
        for place, row, limit in zip(places[kept].tolist(), rows.tolist(), limits[rows].tolist(), strict=True):
            if row not in found and (match := spotter.match(sentences.text, place, limit)):
                start, end = match.span("role")
                found[row] = start - int(offsets[row]), end - int(offsets[row])
    return found


@cache
def _roles() -> str:
    roles: list[str] = load_lexicon("elements")["roles"]
    return "|".join(sorted(roles, key=lambda role: (-len(role), role)))


@cache
def _introduction() -> Spotter:
    """我是一名小学生家长, 来电人系某小区业主: the role ends the clause, or is followed by what it does."""
    return Spotter(
        (
            "我是",
            "我们(?:都|就)?是",
            "我(?:都|就)是",
            "本人(?:是|系|为)",
            "来电人(?:是|系|为)",
            "反映人(?:是|系|为)",
            "作为",
        ),
        rf"(?:一[名位个群])?[^，。；！？!?、\n是不]{{0,16}}?(?P<role>{_roles()})(?:们|之一)?(?=[，。；！!,\s（(、]|$)",
    )


@cache
def _signature() -> Spotter:
    """一位普通市民 as a sentence of its own, with which the text ends; not 留一个医生."""
    return Spotter(
        (r"一(?<![\u4e00-\u9fff]一)[名位个群]", r"全(?<![\u4e00-\u9fff]全)体"),
        rf"[^，。；！？!?\n]{{0,12}}?(?P<role>{_roles()})们?[。！!\s]*(?:20\d\d\S{{0,8}})?$",
    )

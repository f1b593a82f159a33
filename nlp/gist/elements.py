"""Who, where, when, what and what is wanted: what a case worker looks for first, each in the words of the text.

An element that the text does not say clearly is left out. Who is a role (家长, 租户), never a person's name.
"""

import re
from collections.abc import Sequence
from functools import cache

from models.analysis import Element, ElementMention, PlaceKind, PlaceMention, TextSpan, TimeMention
from nlp.cues import Cue
from nlp.document import Document
from nlp.gist import wishes
from nlp.gist.sentences import Sentence
from nlp.gist.summary import Chosen, choose, shown
from nlp.lexicon import load_lexicon

VERSION = "elements/1"
_MOST_WISHES = 3
# The narrower the place, the more it helps to find it.
_NARROW = (
    *(PlaceKind.ESTATE, PlaceKind.SCHOOL, PlaceKind.STATION, PlaceKind.ROAD, PlaceKind.OTHER),
    *(PlaceKind.VILLAGE, PlaceKind.TOWN, PlaceKind.REGION),
)
# People say who they are near the beginning, or sign with it.
_INTRODUCTION, _SIGNATURE = 200, 40


def find_elements(
    document: Document,
    sentences: Sequence[Sentence],
    places: Sequence[PlaceMention] = (),
    times: Sequence[TimeMention] = (),
    chosen: Chosen | None = None,
) -> tuple[ElementMention, ...]:
    """In the order of `Element`; wishes, up to three, in the order of the text. `places` and `times` are what the steps
    before found, `chosen` what `nlp.gist.summary.choose` said."""
    chosen = chosen or choose(document, sentences)
    matter = None if chosen.matter is None else shown(document, sentences[chosen.matter], wishing=False)
    found = [(Element.WHO, _who(document)), (Element.WHERE, _where(places)), (Element.WHEN, _when(times, matter))]
    found.append((Element.WHAT, matter))
    found += [(Element.WISH, span) for span in _wishes(document, sentences, chosen)]
    whole = f"{document.source.title}\n{document.source.body}"
    return tuple(
        ElementMention(element, whole[span.start : span.end], span.start, span.end)
        for element, span in found
        if span is not None
    )


def _who(document: Document) -> TextSpan | None:
    text, begin = document.text, document.body_start
    for pattern, start, end in (
        (_introduction(), begin, min(len(text), begin + _INTRODUCTION)),
        (_signature(), max(begin, len(text) - _SIGNATURE), len(text)),
    ):
        match = pattern.search(text, start, end)
        if match:
            return TextSpan(*document.original_span(Cue(*match.span("role"), "")))
    return None


def _where(places: Sequence[PlaceMention]) -> TextSpan | None:
    """The first of the narrowest kind; none where the name alone leaves open which place is meant."""
    clear = [place for place in places if len(place.candidates) < 2]
    if not clear:
        return None
    best = min(clear, key=lambda place: (_NARROW.index(place.kind), place.start))
    return TextSpan(best.start, best.end)


def _when(times: Sequence[TimeMention], matter: TextSpan | None) -> TextSpan | None:
    """The first time in the sentence that says the matter, else the first of all; only times that are days."""
    resolved = [time for time in times if time.first is not None]
    if matter is not None:
        resolved.sort(key=lambda time: (not matter.start <= time.start < matter.end, time.start))
    return TextSpan(resolved[0].start, resolved[0].end) if resolved else None


def _wishes(document: Document, sentences: Sequence[Sentence], chosen: Chosen) -> list[TextSpan]:
    """What the text asks to be done; where it asks for nothing to be done, what it asks to know."""
    kept = [
        place
        for place in sorted(chosen.asked or chosen.questioned)
        if not wishes.sets_aside(document.text, sentences[place])
    ]
    return [shown(document, sentences[place], wishing=True) for place in kept[:_MOST_WISHES]]


@cache
def _roles() -> str:
    roles: list[str] = load_lexicon("elements")["roles"]
    return "|".join(sorted(roles, key=lambda role: (-len(role), role)))


@cache
def _introduction() -> re.Pattern[str]:
    """我是一名小学生家长, 来电人系某小区业主: the role ends the clause, or is followed by what it does."""
    return re.compile(
        rf"(?:我们?(?:都|就)?是|本人(?:是|系|为)|来电人(?:是|系|为)|反映人(?:是|系|为)|作为)"
        rf"(?:一[名位个群])?[^，。；！？!?、\n是不]{{0,16}}?(?P<role>{_roles()})(?:们|之一)?(?=[，。；！!,\s（(、]|$)"
    )


@cache
def _signature() -> re.Pattern[str]:
    return re.compile(
        rf"(?:一[名位个群]|全体)[^，。；！？!?\n]{{0,12}}?(?P<role>{_roles()})们?[。！!\s]*(?:20\d\d\S{{0,8}})?$"
    )

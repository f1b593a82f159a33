"""Which places a text names: regions, known places, and names told by their last characters, each with its region."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from models.analysis import PlaceKind, PlaceMention
from nlp.cues import Cue
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.places.gazetteer import Gazetteer, PlaceFinding
from nlp.places.name_bounds import NameBounds, Suffix, Suffixes, WordLine, is_no_name
from nlp.quoting import quote

VERSION = "place-names/1"
# Below this the place of the whole text is a guess, and says nothing about a road in it.
_SURE = 0.6
# So far apart two names may stand and still be one address: 岳池县的翔凤大道.
_APART = 1
_LONGEST = {False: 5, True: 8}


class _Found(NamedTuple):
    start: int
    end: int
    kind: PlaceKind
    region_code: str | None
    candidates: tuple[str, ...]


class PlaceMentions:
    """Places named in texts. Regions and known places come from `gazetteer`, other names from their suffixes."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._bounds = NameBounds()
        lexicon = load_lexicon("place_names")
        self._kinds = _suffix_kinds(lexicon)
        self._generic = frozenset(lexicon["generic"])
        self._verb_before: dict[str, str] = lexicon["verb_before"]
        self._bare = frozenset(lexicon["bare"])
        self._levels, self._level_of = frozenset(lexicon["level"]), frozenset(lexicon["level_of"])
        kept = self._bare | self._level_of
        self._suffixes = Suffixes(self._kinds, lexicon["goes_on"], lexicon["generic"], self._bounds.stop, kept)
        self._short = frozenset(lexicon["after_one"])
        self._directions = frozenset(load_lexicon("names")["direction"])

    def find(
        self, documents: Sequence[Document], lines: Sequence[WordLine]
    ) -> list[tuple[PlaceFinding, tuple[PlaceMention, ...]]]:
        """For each text its region, and the places it names in its order, none inside another. `lines` are their words
        (`nlp.places.name_bounds.word_lines`)."""
        names = self._gazetteer.names_of_all(documents, lines)
        findings = [self._gazetteer.find(document, cues) for document, cues in zip(documents, names, strict=True)]
        found: list[tuple[PlaceFinding, tuple[PlaceMention, ...]]] = []
        for line in lines:
            part = slice(len(found), len(found) + len(line.bases) - 1)
            known = [self._known(*both) for both in zip(names[part], findings[part], strict=True)]
            named = self._named(line, known)
            parts = zip(documents[part], findings[part], known, named, strict=True)
            found += [(finding, self._mentions(document, finding, *both)) for document, finding, *both in parts]
        return found

    def _mentions(
        self, document: Document, finding: PlaceFinding, known: Sequence[_Found], named: Sequence[_Found]
    ) -> tuple[PlaceMention, ...]:
        if not known and not named:
            return ()
        placed = self._place(_without_overlaps([*known, *named]), document.text, finding, known)
        found = []
        for mention in placed:
            start, end, words = quote(document, mention.start, mention.end)
            found.append(PlaceMention(words, mention.kind, mention.region_code, mention.candidates, start, end))
        return tuple(found)

    def _known(self, cues: list[Cue], finding: PlaceFinding) -> list[_Found]:
        """Regions and known places; a name that stands for several keeps them as candidates unless the text tells."""
        if not cues:
            return []
        named = self._gazetteer.named(cues, finding.region_code)
        found = []
        for cue in cues:
            code, candidates = self._gazetteer.meaning(cue.phrase, named)
            if code is not None or candidates:
                found.append(_Found(cue.start, cue.end, self._gazetteer.kind(cue.phrase), code, candidates))
        return found

    def _named(self, line: WordLine, known: Sequence[Sequence[_Found]]) -> list[list[_Found]]:
        """Names that end with a suffix, by document; full region names are no part of them."""
        text, bases = line.text, line.bases
        walls = [
            base + place.end
            for base, places in zip(bases, known, strict=False)
            for place in places
            if self._gazetteer.is_full_name(text[base + place.start : base + place.end])
        ]
        walls.append(len(text) + 1)
        found: list[list[_Found]] = [[] for _ in known]
        kinds, levels, bare, bounds = self._kinds, self._levels, self._bare, self._bounds
        floor = wall = row = 0
        before = -1
        for suffix in self._suffixes.find(line):
            written, start, end, _ = suffix
            while bases[row + 1] <= start:
                row += 1
            while walls[wall] <= start:
                floor = walls[wall]
                wall += 1
            if written in self._verb_before and text[end] in self._verb_before[written]:
                continue
            kind, several = kinds[written]
            if before == start and kind is PlaceKind.ROAD:
                continue  # 永兴镇街上
            begin = bounds.start(line, suffix, floor, longest=_LONGEST[several], several_words=several)
            if begin > floor and text[begin - 1] in levels:
                # 县医院, 市第三医院, 县第二中学
                leveled = written in self._level_of and (begin == start or text[begin] == "中")
                begin -= text[begin] == "第" or leveled
            if written in bare if begin == start else self._is_name(line, begin, suffix, floor):
                base = bases[row]
                found[row].append(_Found(begin - base, end - base, kind, None, ()))
                if kind in _HOLDERS:
                    before = end
        return found

    def _is_name(self, line: WordLine, begin: int, suffix: Suffix, floor: int) -> bool:
        """Whether what stands before the suffix makes a name with it."""
        text = line.text
        whole = text[begin : suffix.end]
        if whole in self._generic or whole in self._bare:
            return whole in self._bare
        if suffix.start - begin == 1:
            first = text[begin]
            return (
                first in self._directions
                or suffix.written in self._short
                or (first in self._levels and suffix.written in self._level_of)
            )
        word = max(line.starts[suffix.word], begin)
        if word == suffix.start:
            return True
        # the suffix ends a word of the dictionary: 马路 and 走投无路 are none, 北路 and 琼江路 are names with it
        last, rest = text[word : suffix.end], suffix.start - word
        if last in self._generic or (rest > 2 and is_no_name(last)):
            return False
        return word > begin or rest > 1 or text[word] in self._directions or begin == floor > 0

    def _place(
        self, mentions: Sequence[_Found], text: str, finding: PlaceFinding, known: Sequence[_Found]
    ) -> list[_Found]:
        """Give names the region they lie in: of the name right before them, else that of the whole text if sure."""
        whole = finding.region_code if finding.confidence >= _SURE else None
        regions = {place.end: place.region_code for place in known}
        placed: list[_Found] = []
        for mention in mentions:
            code = mention.region_code
            if code is None and not mention.candidates:
                before = placed[-1] if placed else None
                ends = range(mention.start + 2, mention.end) if regions else ()
                inside = next((regions[end] for end in ends if end in regions), None)
                code = inside or self._region_before(before, mention, text) or whole
                if code is not None:
                    mention = _Found(mention.start, mention.end, mention.kind, code, ())
            placed.append(mention)
        return placed

    def _region_before(self, before: _Found | None, mention: _Found, text: str) -> str | None:
        if before is None or mention.start - before.end > _APART or before.kind not in _HOLDERS:
            return None
        between = text[before.end : mention.start]
        return before.region_code if between in ("", "的") else None


_HOLDERS = frozenset({PlaceKind.REGION, PlaceKind.TOWN, PlaceKind.VILLAGE})


def _suffix_kinds(lexicon: Mapping[str, Any]) -> dict[str, tuple[PlaceKind, bool]]:
    """Each suffix with its kind, and whether several words may stand before it."""
    return {
        suffix: (PlaceKind(kind), form == "long")
        for form in ("long", "short")
        for kind, suffixes in lexicon[form].items()
        for suffix in suffixes
    }


def _without_overlaps(found: Sequence[_Found]) -> list[_Found]:
    """The longer of two that overlap; of equal ones the first given."""
    if len(found) < 2:
        return list(found)
    kept: list[_Found] = []
    for place in sorted(found, key=lambda p: (p.start, -p.end)):
        while kept and place.start < kept[-1].end:
            if place.end - place.start <= kept[-1].end - kept[-1].start:
                break
            kept.pop()
        else:
            kept.append(place)
    return kept

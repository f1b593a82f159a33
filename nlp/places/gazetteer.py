"""Where the matter is: the names of regions and known places in what the writer chose and wrote."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from models.analysis import PlaceKind
from models.region import Place, Region
from nlp.cue_places import Wanted
from nlp.cues import Cue, CueIndex, longest
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.places.name_bounds import WordLine, word_lines

VERSION = "gazetteer/1"
_SUFFIXES = ("市", "区", "县")
_DECLARED_CONFIDENCE = 0.98
_NAME_CONFIDENCE = 0.9
_ALIAS_CONFIDENCE = 0.7
_REMEMBERED = 1024


class PlaceFinding(NamedTuple):
    """`region_code` is None where no region is named, or where a name stands for two and no parent tells which."""

    region_code: str | None
    confidence: float
    place_text: str


_NOWHERE = PlaceFinding(None, 0.0, "")


class Gazetteer:
    """Longest match of region names, their aliases and place names; the most specific region wins."""

    def __init__(self, regions: Sequence[Region], places: Sequence[Place]) -> None:
        self._parents = {region.code: region.parent_code for region in regions}
        self._candidates: dict[str, set[str]] = defaultdict(set)
        self._full_names = {region.name for region in regions} | {place.name for place in places}
        self._kinds = {place.name: _kind(place.kind) for place in places}
        self._kinds |= {r.name: PlaceKind.TOWN if r.level == "town" else PlaceKind.REGION for r in regions}
        for region in regions:
            for name in (region.name, *region.aliases):
                self._candidates[name].add(region.code)
        for region in regions:
            # 广安 is the city and the district of that name
            if region.name.endswith(_SUFFIXES) and region.name[:-1] in self._candidates:
                self._candidates[region.name[:-1]].add(region.code)
        for place in places:
            self._candidates[place.name].add(place.region_code)
        lexicon = load_lexicon("places")
        self._needs_parent = frozenset(lexicon["needs_parent"])
        self._name_of_else = tuple(lexicon["name_of_else"])
        index = CueIndex(self._candidates)
        self._wanted = Wanted(sorted(self._candidates))
        # what people choose from a list, they choose again and again
        self._chosen = lru_cache(_REMEMBERED)(
            lambda declared: [cue for cue in longest(index.find(declared)) if self._counts(cue, declared)]
        )

    @property
    def phrases(self) -> Iterable[str]:
        return self._candidates.keys()

    def lineage(self, code: str | None) -> list[str]:
        """The region and everything above it, most specific first."""
        found: list[str] = []
        while code is not None and code not in found:
            found.append(code)
            code = self._parents.get(code)
        return found

    def find(self, document: Document, names: list[Cue] | None = None) -> PlaceFinding:
        """The region of `document`: what the submitter chose, unless the text names a more exact one inside it.

        `names` is what `names` says of it, where somebody has asked already."""
        declared = document.source.place.strip()
        chosen = self._judge(self._chosen(declared), len(declared), None) if declared else _NOWHERE
        names = self.names(document) if names is None else names
        written = self._judge(names, document.body_start, chosen.region_code)
        if chosen.region_code is None:
            return written._replace(place_text=declared) if declared else written
        if chosen.region_code in self.lineage(written.region_code)[1:]:
            return written
        return PlaceFinding(chosen.region_code, _DECLARED_CONFIDENCE, declared)

    def names(self, document: Document) -> list[Cue]:
        """The names of regions and places in the text, in its order, that can mean one."""
        return self.names_of_all([document], word_lines([document]))[0]

    def names_of_all(self, documents: Sequence[Document], lines: Sequence[WordLine]) -> list[list[Cue]]:
        """`names` of each document; `lines` are their words (`nlp.places.name_bounds.word_lines`)."""
        places = self._wanted.longest(documents)
        names: list[list[Cue]] = [[] for _ in documents]
        edges = [(line, base) for line in lines for base in line.bases[:-1]]
        columns = (places.rows.tolist(), places.starts.tolist(), places.ends.tolist(), places.columns.tolist())
        for row, start, end, column in zip(*columns, strict=True):
            cue = Cue(start, end, self._wanted.phrases[column])
            line, base = edges[row]
            if self._counts(cue, documents[row].text) and (
                cue.phrase in self._full_names or (line.is_edge(base + start) and line.is_edge(base + end))
            ):
                names[row].append(cue)
        return names

    def named(self, cues: Sequence[Cue], known: str | None) -> set[str]:
        """The regions that `cues` name plainly, and those above them; `known` is one that is certain already."""
        named = set(self.lineage(known))
        for cue in cues:
            if self._is_plain(cue.phrase):
                named.update(self.lineage(next(iter(self._candidates[cue.phrase]))))
        return named

    def meaning(self, phrase: str, named: set[str]) -> tuple[str | None, tuple[str, ...]]:
        """The region that `phrase` means, given what `named` says; else the two or more that it may mean. Neither
        where it is no place without the name of its parent: 安居, 东区."""
        code = self._resolve(phrase, named)
        if code is not None or phrase in self._needs_parent:
            return code, ()
        return None, tuple(sorted(self._candidates[phrase]))

    def kind(self, phrase: str) -> PlaceKind:
        return self._kinds.get(phrase, PlaceKind.REGION)

    def is_full_name(self, phrase: str) -> bool:
        """Whether it is a name that needs no context, not an alias like 岳池."""
        return phrase in self._full_names

    def _judge(self, cues: list[Cue], title_end: int, known: str | None) -> PlaceFinding:
        """Weigh the names in one text."""
        if not cues:
            return _NOWHERE
        named = self.named(cues, known)
        votes: dict[str, float] = defaultdict(float)
        evidence: dict[str, Cue] = {}
        for cue in cues:
            code = self._resolve(cue.phrase, named)
            if code is not None:
                votes[code] += 3.0 if cue.start < title_end else 1.0
                best = evidence.get(code)
                if best is None or (best.phrase not in self._full_names and cue.phrase in self._full_names):
                    evidence[code] = cue
        if not votes:
            return _NOWHERE
        above = {parent for code in votes for parent in self.lineage(code)[1:]} if len(votes) > 1 else ()
        rivals = {code: vote for code, vote in votes.items() if code not in above}
        if not rivals:
            return _NOWHERE
        winner = min(rivals, key=lambda code: (-rivals[code], evidence[code].start))
        phrase = evidence[winner].phrase
        sure = phrase in self._full_names or any([parent in votes for parent in self.lineage(winner)[1:]])
        share = rivals[winner] / sum(rivals.values())
        return PlaceFinding(winner, (_NAME_CONFIDENCE if sure else _ALIAS_CONFIDENCE) * share, phrase)

    def _counts(self, cue: Cue, text: str) -> bool:
        """Full names count anywhere; an alias has to be a word of its own and not the beginning of another name."""
        return cue.phrase in self._full_names or not text.startswith(self._name_of_else, cue.end)

    def _is_plain(self, phrase: str) -> bool:
        return len(self._candidates[phrase]) == 1 and phrase not in self._needs_parent

    def _resolve(self, phrase: str, named: set[str]) -> str | None:
        """The one region that `phrase` means, given the regions (and those above them) that are named plainly."""
        candidates = self._candidates[phrase]
        if self._is_plain(phrase):
            return next(iter(candidates))
        for code in sorted(candidates & named):
            if all(code in self.lineage(other) for other in candidates):
                return code  # 广安市 … 广安: the city again
        supported = [code for code in candidates if self._parents.get(code) in named]
        return supported[0] if len(supported) == 1 else None


def _kind(written: str) -> PlaceKind:
    """The kind of a gazetteer entry; what an administrator calls otherwise is some place."""
    try:
        return PlaceKind(written)
    except ValueError:
        return PlaceKind.OTHER

"""What must not wait: the fast-lane detectors of the taxonomy. They call a person; they never close or route a case."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.analysis import DetectorHit, Urgency
from nlp.cues import Cue
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.reference import load_taxonomy

VERSION = "detectors/2"
_LEVELS = {1: Urgency.CRITICAL, 2: Urgency.URGENT, 3: Urgency.ELEVATED}
_CALM_CONFIDENCE = 0.9
# The same words again and again are no further evidence, and a text may be made of them.
_EVIDENCE_PER_CUE = 3
# Within so many characters before or after it, a cue of `only_near` needs a word that says what it is about.
_NEAR = 20
_SEVERITY = {urgency: rank for rank, urgency in enumerate(Urgency)}


@dataclass(frozen=True, slots=True)
class _Detector:
    id: str
    urgency: Urgency
    guards: frozenset[str]
    only_near: Mapping[str, Sequence[str]]


class UrgencyDetectors:
    """Every cue that a guard phrase does not cover is a hit: 跳楼 is one, 跳楼价 is none, both in one text are one.

    A few cues mean harm only in company: 未成年 is a hit near 殴打, but not near 护照.
    """

    def __init__(self) -> None:
        own = load_lexicon("urgency")
        self._by_cue: dict[str, list[_Detector]] = defaultdict(list)
        self._urgencies: dict[str, Urgency] = {}
        for row in load_taxonomy()["sensitive"]:
            guards = frozenset(row["not_if"]).union(own["not_if"].get(row["id"], ()))
            only_near: dict[str, list[str]] = own["only_near"].get(row["id"], {})
            detector = _Detector(row["id"], _LEVELS[row["level"]], guards, only_near)
            self._urgencies[detector.id] = detector.urgency
            for cue in {*row["cues"], *own["cues"].get(row["id"], ()), *only_near}:
                self._by_cue[cue].append(detector)
        self._guards = frozenset(g for found in self._by_cue.values() for detector in found for g in detector.guards)

    @property
    def phrases(self) -> Iterable[str]:
        return self._guards | self._by_cue.keys()

    def detect(self, document: Document) -> tuple[Urgency, float, tuple[DetectorHit, ...]]:
        """The urgency, the confidence in it (0..1) and the evidence, in the order of the text."""
        cues = [cue for cue in document.cues if cue.phrase in self._by_cue]
        if not cues:
            return Urgency.NORMAL, _CALM_CONFIDENCE, ()
        boundaries = document.word_boundaries()
        guards: dict[int, list[Cue]] = defaultdict(list)  # by each position they cover
        for guard in document.cues:
            if guard.phrase in self._guards:
                for position in range(guard.start, guard.end):
                    guards[position].append(guard)
        hits: list[DetectorHit] = []
        seen: Counter[tuple[str, str]] = Counter()
        for cue in cues:
            if _straddles(cue, boundaries):
                continue
            covering = {guard.phrase for guard in guards.get(cue.start, ()) if cue.end <= guard.end}
            for detector in self._by_cue[cue.phrase]:
                if seen[detector.id, cue.phrase] >= _EVIDENCE_PER_CUE:
                    continue
                if covering.isdisjoint(detector.guards) and _in_company(cue, detector, document.text):
                    seen[detector.id, cue.phrase] += 1
                    hits.append(DetectorHit(detector.id, cue.phrase, *document.original_span(cue)))
        if not hits:
            return Urgency.NORMAL, _CALM_CONFIDENCE, ()
        urgency = max((self._urgencies[hit.detector] for hit in hits), key=lambda u: _SEVERITY[u])
        evidence = {hit.cue for hit in hits if self._urgencies[hit.detector] is urgency}
        in_title = any(hit.end <= len(document.source.title) for hit in hits)
        return urgency, min(0.95, 0.5 + 0.15 * len(evidence) + 0.2 * in_title), tuple(hits)


def _in_company(cue: Cue, detector: _Detector, text: str) -> bool:
    """Whether a cue that needs company has it; most need none."""
    company = detector.only_near.get(cue.phrase)
    if company is None:
        return True
    near = f"{text[max(0, cue.start - _NEAR) : cue.start]}\n{text[cue.end : cue.end + _NEAR]}"
    return any(word in near for word in company)


def _straddles(cue: Cue, boundaries: set[int]) -> bool:
    """Whether a cue begins inside one word and runs on into the next: 年轻|生命 is not 轻生, but 自杀身亡 is 自杀."""
    return cue.start not in boundaries and any(position in boundaries for position in range(cue.start + 1, cue.end))

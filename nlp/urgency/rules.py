"""Which cue phrases of the detectors stand in a text and mean what they say: the rules, readable one by one.

A cue counts unless a guard phrase covers it (跳楼价), unless it needs company that is not there (未成年 without 殴打),
or unless its sentence says that it is about a drill, a film, a question, thanks (the scopes of lexicon/urgency.yaml).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.cues import Cue
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.reference import load_taxonomy

# The same words again and again are no further evidence, and a text may be made of them.
_EVIDENCE_PER_CUE = 3
# Within so many characters before or after it, a cue of `only_near` needs a word that says what it is about.
_NEAR = 20
# A scope reaches to the ends of its sentence, but not further than this.
_REACH = 60
_STOPS = "。！？!?\n"


@dataclass(frozen=True, slots=True)
class _Rule:
    detector: str
    guards: frozenset[str]
    only_near: Mapping[str, Sequence[str]]
    scopes: frozenset[str]


class Rules:
    """`cues` are the phrases that may be evidence, `phrases` all that the text must be searched for; `firm` those that
    mean danger in the calmest words around them."""

    def __init__(self) -> None:
        own = load_lexicon("urgency")
        self.cues: dict[str, list[_Rule]] = defaultdict(list)
        self._by_detector: dict[str, _Rule] = {}
        for row in load_taxonomy()["sensitive"]:
            only_near: dict[str, list[str]] = own["only_near"].get(row["id"], {})
            rule = _Rule(
                detector=row["id"],
                guards=frozenset(row["not_if"]).union(own["not_if"].get(row["id"], ())),
                only_near=only_near,
                scopes=_scopes(own["scopes"], row),
            )
            self._by_detector[rule.detector] = rule
            for cue in {*row["cues"], *own["cues"].get(row["id"], ()), *only_near}:
                self.cues[cue].append(rule)
        every = [rule for rules in self.cues.values() for rule in rules]
        self.firm = frozenset(own["firm"])
        self.guards = frozenset(guard for rule in every for guard in rule.guards)
        self.scopes = frozenset(word for rule in every for word in rule.scopes)
        self.phrases = self.guards | self.cues.keys() | self.scopes

    def find(self, document: Document, cues: Sequence[Cue], others: Sequence[Cue]) -> list[tuple[str, Cue]]:
        """Detector and cue of each hit in the order of the text. `cues` are the possible ones, `others` the guards and
        scopes that stand in the text."""
        boundaries = document.word_boundaries()
        hits: list[tuple[str, Cue]] = []
        seen: Counter[tuple[str, str]] = Counter()
        covers: dict[int, list[Cue]] = defaultdict(list)  # guards by each position they cover
        words: list[Cue] = []
        for other in others:
            if other.phrase in self.guards:
                for position in range(other.start, other.end):
                    covers[position].append(other)
            if other.phrase in self.scopes:
                words.append(other)
        for cue in cues:
            rules = [rule for rule in self.cues[cue.phrase] if seen[rule.detector, cue.phrase] < _EVIDENCE_PER_CUE]
            if not rules or _straddles(cue, boundaries):
                continue
            covering = {guard.phrase for guard in covers.get(cue.start, ()) if cue.end <= guard.end}
            around = _scope_words(cue, words, document.text) if words else frozenset()
            for rule in rules:
                if (
                    covering.isdisjoint(rule.guards)
                    and around.isdisjoint(rule.scopes)
                    and _in_company(cue, rule, document.text)
                ):
                    seen[rule.detector, cue.phrase] += 1
                    hits.append((rule.detector, cue))
        return hits

    def stands(self, detector: str, document: Document, span: Cue, cues: Sequence[Cue]) -> bool:
        """Whether no guard and no scope of `detector` among `cues`, all of the text, silences the words of `span`."""
        rule = self._by_detector[detector]
        guarded = any(cue.phrase in rule.guards and cue.start < span.end and span.start < cue.end for cue in cues)
        words = [cue for cue in cues if cue.phrase in rule.scopes]
        return not guarded and not _scope_words(span, words, document.text)


def _scopes(own: Mapping[str, Any], row: Mapping[str, Any]) -> frozenset[str]:
    names = own["by_detector"].get(row["id"], own["by_level"][row["level"]])
    return frozenset(word for name in names for word in own["words"][name])


def _scope_words(cue: Cue, words: Sequence[Cue], text: str) -> frozenset[str]:
    """The scope words in the sentence of `cue`, near it."""
    low, high = max(0, cue.start - _REACH), min(len(text), cue.end + _REACH)
    for stop in _STOPS:
        low = max(low, text.rfind(stop, low, cue.start) + 1)
        found = text.find(stop, cue.end, high)
        high = found if found >= 0 else high
    return frozenset(word.phrase for word in words if low <= word.start and word.end <= high)


def _in_company(cue: Cue, rule: _Rule, text: str) -> bool:
    """Whether a cue that needs company has it; most need none."""
    company = rule.only_near.get(cue.phrase)
    if company is None:
        return True
    near = f"{text[max(0, cue.start - _NEAR) : cue.start]}\n{text[cue.end : cue.end + _NEAR]}"
    return any(word in near for word in company)


def _straddles(cue: Cue, boundaries: set[int]) -> bool:
    """Whether a cue begins inside one word and runs on into the next: 年轻|生命 is not 轻生, but 自杀身亡 is 自杀."""
    return cue.start not in boundaries and any(position in boundaries for position in range(cue.start + 1, cue.end))

"""How loudly the cue words of a city's topics are said in a text, and for which topics each of them speaks.

Cues are the topics' own words, their names, our word list, and the names of the departments responsible.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.department import Department, Topic
from nlp.cue_places import Wanted
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.ngrams import Numbers
from nlp.vocabulary import load_vocabulary

# The words of a topic's name stand for it too: 延期交房与烂尾 → 延期交房, 烂尾.
_NAME_JOINTS = re.compile(r"[与和及、（）()]")


@dataclass(frozen=True, slots=True)
class Loudness:
    """A cue in the title weighs `title`; among the first `opening` characters of the body, where people say what they
    want, each one counts `opening_count` times. A cue counts for more the rarer it is in general Chinese
    (`rarity_scale`; words the dictionary lacks are as rare as `own_rarity`), for less where `weak` or where several
    topics share it (`ambiguity`)."""

    title: float = 2.5
    opening: int = 200
    opening_count: int = 3
    weak: float = 0.5
    rarity_scale: float = 12.0
    own_rarity: float = 16.0
    ambiguity: float = 0.7


class CueEvidence:
    """`weights[phrase]` are the topics of both levels that the phrase speaks for, and how strongly; `phrases` are all
    phrases, sorted."""

    def __init__(
        self, topics: Sequence[Topic], departments: Sequence[Department] = (), loudness: Loudness | None = None
    ) -> None:
        self._loudness = loudness or Loudness()
        self._parents = {topic.code: topic.parent_code for topic in topics if topic.parent_code is not None}
        self.weights = self._weigh(collect_phrases(topics, departments))
        digest = hashlib.sha256(repr((sorted(self.weights.items()), self._loudness)).encode()).hexdigest()
        self.version = f"evidence/2+{digest[:8]}"
        self.phrases = tuple(sorted(self.weights))
        self._wanted = Wanted(self.phrases)

    def said(self, documents: Sequence[Document]) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """How loudly each cue is said, by document, then cue: (document, place in `phrases`, loudness). Repeating it in
        the body adds less and less."""
        settings, places = self._loudness, self._wanted.longest(documents)
        body_starts = np.array([document.body_start for document in documents], dtype=np.int64)[places.rows]
        in_title = places.starts < body_starts
        counts = np.where(places.starts < body_starts + settings.opening, settings.opening_count, 1)
        counts[in_title] = 0
        width = max(len(self.phrases), 1)
        keys, cells = np.unique(places.rows * width + places.columns, return_inverse=True)
        loudness = np.log1p(np.bincount(cells, counts, minlength=len(keys)))
        loudness[np.bincount(cells, in_title, minlength=len(keys)) > 0] += settings.title
        return keys // width, keys % width, loudness

    def strengths(self, document: Document) -> dict[str, float]:
        """The same of one document, by cue."""
        _, columns, loudness = self.said([document])
        return {self.phrases[column]: said for column, said in zip(columns.tolist(), loudness.tolist(), strict=True)}

    def _weigh(self, speaks_for: Mapping[str, Mapping[str, float]]) -> dict[str, tuple[tuple[str, float], ...]]:
        """For each cue the topics (of both levels) that it speaks for, and how strongly.

        A cue counts for more the rarer it is in general Chinese and the fewer topics share it.
        """
        settings = self._loudness
        phrases = list(speaks_for)
        rarities = load_vocabulary().rarities_of(phrases, settings.own_rarity)
        weak = frozenset(load_lexicon("topics")["weak"])
        evidence: dict[str, tuple[tuple[str, float], ...]] = {}
        for phrase, rarity in zip(phrases, rarities, strict=True):
            shares, weight = speaks_for[phrase], rarity / settings.rarity_scale
            if phrase in weak:
                weight *= settings.weak
            parents: dict[str, float] = defaultdict(float)
            for code, share in shares.items():
                parent = self._parents.get(code, code)
                parents[parent] = max(parents[parent], share)
            leaves = {code: share for code, share in shares.items() if code in self._parents}
            evidence[phrase] = tuple(
                (code, weight * share / len(level) ** settings.ambiguity)
                for level in (parents, leaves)
                for code, share in sorted(level.items())
            )
        return evidence


def evidence_for(topics: Sequence[Topic], departments: Sequence[Department]) -> CueEvidence:
    """The evidence of one city, weighed once however many ask."""
    return _weighed(tuple(topics), tuple(departments))


@lru_cache(maxsize=4)
def _weighed(topics: tuple[Topic, ...], departments: tuple[Department, ...]) -> CueEvidence:
    return CueEvidence(topics, departments)


def own_phrases(topic: Topic) -> set[str]:
    """What speaks for a topic by itself: its cues, its name, our word list."""
    own: Mapping[str, list[str]] = load_lexicon("topics")["cues"]
    phrases = (*topic.cues, *own.get(topic.code, ()), *_NAME_JOINTS.split(topic.name))
    return {phrase for phrase in phrases if len(phrase) > 1}


def collect_phrases(topics: Sequence[Topic], departments: Sequence[Department]) -> dict[str, dict[str, float]]:
    """Every phrase that speaks for a topic (0..1): its own, and the names of who is responsible for it."""
    speaks_for: dict[str, dict[str, float]] = defaultdict(dict)
    led: dict[str, list[str]] = defaultdict(list)
    for topic in topics:
        for phrase in own_phrases(topic):
            speaks_for[phrase][topic.code] = 1.0
        if topic.lead_duty and topic.parent_code:
            led[topic.lead_duty].append(topic.parent_code)
    for department in departments:
        parents = led[department.duty]
        for name in (department.name, department.short_name, *department.aliases):
            for parent in set(parents):
                speaks_for[name].setdefault(parent, parents.count(parent) / len(parents))
    return speaks_for

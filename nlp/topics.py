"""What a text is about: the interface of every topic classifier, and the cold start that needs no labelled letter."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log1p
from typing import Protocol

from models.analysis import TopicSuggestion
from models.department import Department, Topic
from nlp.cues import longest
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.vocabulary import load_vocabulary

SUGGESTIONS = 3
_CUES_SHOWN = 5
_WORTH_SHOWING = 0.01
# The words of a topic's name stand for it too: 延期交房与烂尾 → 延期交房, 烂尾.
_NAME_JOINTS = re.compile(r"[与和及、（）()]")


class TopicClassifier(Protocol):
    """Documents in, up to three suggestions each out, best first; none where nothing speaks for any topic.

    The confidences of one document's suggestions add up to at most 1; what is missing is "something else".
    """

    @property
    def version(self) -> str: ...

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]: ...


@dataclass(frozen=True, slots=True)
class Weighting:
    """The handful of numbers of the cold start, chosen on real letters with tests/quality/letters_bench.py.

    A cue in the title weighs `title`; among the first `opening` characters of the body, where people say what they
    want, each one counts `opening_count` times. `temperature` and `length_scale` turn summed evidence into odds (long
    letters collect cues of every topic), `unknown` is the evidence that "something else" always has, `ceiling` the most
    that cue words can ever be sure; how near to it they may come depends on how many different cues agree, and
    `assurance` says how fast: of the real letters that one cue alone makes "sure", one in six is filed elsewhere, of
    those where six agree one in twenty. `leaf_temperature` does for the sub-topics of one parent what `temperature`
    does for the parents.
    """

    title: float = 2.5
    opening: int = 200
    opening_count: int = 3
    weak: float = 0.5
    rarity_scale: float = 12.0
    own_rarity: float = 16.0
    ambiguity: float = 0.7
    temperature: float = 0.4
    length_scale: float = 6.0
    unknown: float = 1.0
    ceiling: float = 0.96
    assurance: float = 1.5
    leaf_temperature: float = 0.5


class CueClassifier:
    """Weighs cue words per first-level topic, lets the topics compete, then does the same among their sub-topics.

    A suggestion is the best sub-topic among those of one parent that one kind of department leads; its confidence is
    theirs together: the probability that letter and department fit. So three suggestions are three ways to go.
    """

    def __init__(
        self, topics: Sequence[Topic], departments: Sequence[Department] = (), weighting: Weighting | None = None
    ) -> None:
        self._weighting = weighting or Weighting()
        self._leaves = {topic.code: topic for topic in topics if topic.parent_code is not None}
        self._children: dict[str, list[str]] = defaultdict(list)
        for code, topic in self._leaves.items():
            self._children[str(topic.parent_code)].append(code)
        self._evidence = self._weigh(_collect(topics, departments))
        digest = hashlib.sha256(repr((sorted(self._evidence.items()), self._weighting)).encode()).hexdigest()
        self.version = f"cues/2+{digest[:8]}"

    @property
    def phrases(self) -> Iterable[str]:
        """What the cue index has to look for on behalf of this classifier."""
        return self._evidence.keys()

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        return [self._suggest(document) for document in documents]

    def _weigh(self, speaks_for: Mapping[str, Mapping[str, float]]) -> dict[str, tuple[tuple[str, float], ...]]:
        """For each cue the topics (of both levels) that it speaks for, and how strongly.

        A cue counts for more the rarer it is in general Chinese and the fewer topics share it.
        """
        settings = self._weighting
        rarity = load_vocabulary().rarity
        weak = frozenset(load_lexicon("topics")["weak"])
        evidence: dict[str, tuple[tuple[str, float], ...]] = {}
        for phrase, shares in speaks_for.items():
            weight = rarity.get(phrase, settings.own_rarity) / settings.rarity_scale
            if phrase in weak:
                weight *= settings.weak
            parents: dict[str, float] = defaultdict(float)
            for code, share in shares.items():
                parent = self._leaves[code].parent_code if code in self._leaves else code
                parents[str(parent)] = max(parents[str(parent)], share)
            leaves = {code: share for code, share in shares.items() if code in self._leaves}
            evidence[phrase] = tuple(
                (code, weight * share / len(level) ** settings.ambiguity)
                for level in (parents, leaves)
                for code, share in sorted(level.items())
            )
        return evidence

    def _suggest(self, document: Document) -> tuple[TopicSuggestion, ...]:
        scores: dict[str, float] = defaultdict(float)
        cues: dict[str, list[tuple[float, str]]] = defaultdict(list)
        agreeing: dict[str, float] = defaultdict(float)  # different cues per topic, one that two topics share is half
        for phrase, strength in self._strengths(document).items():
            evidence = self._evidence[phrase]
            parents = [code for code, _ in evidence if code in self._children]
            for parent in parents:
                agreeing[parent] += 1 / len(parents)
            for code, weight in evidence:
                scores[code] += weight * strength
                cues[code].append((-weight * strength, phrase))
        groups: list[tuple[float, str]] = []
        for parent, probability in self._compete({c: s for c, s in scores.items() if c in self._children}).items():
            most = self._weighting.ceiling * (1 - exp(-self._weighting.assurance * agreeing[parent]))
            groups.extend(self._divide(parent, min(probability, most), scores))
        groups.sort(key=lambda group: (-group[0], group[1]))
        shown = {code: cues[code] or cues[str(self._leaves[code].parent_code)] for _, code in groups[:SUGGESTIONS]}
        return tuple(
            TopicSuggestion(
                code, round(confidence, 4), tuple(phrase for _, phrase in sorted(shown[code])[:_CUES_SHOWN])
            )
            for rank, (confidence, code) in enumerate(groups[:SUGGESTIONS])
            if rank == 0 or confidence >= _WORTH_SHOWING
        )

    def _strengths(self, document: Document) -> dict[str, float]:
        """How loudly each cue is said: repeating it in the body adds less and less."""
        settings, evidence, body_start = self._weighting, self._evidence, document.body_start
        titles: set[str] = set()
        counts: dict[str, int] = defaultdict(int)
        for cue in longest([cue for cue in document.cues if cue.phrase in evidence]):
            if cue.start < body_start:
                titles.add(cue.phrase)
            else:
                counts[cue.phrase] += settings.opening_count if cue.start < body_start + settings.opening else 1
        strengths = {phrase: log1p(count) for phrase, count in counts.items()}
        for phrase in titles:
            strengths[phrase] = strengths.get(phrase, 0.0) + settings.title
        return strengths

    def _compete(self, scores: Mapping[str, float]) -> dict[str, float]:
        """Probabilities of the first-level topics, best first; together below 1, for there is always something else."""
        settings = self._weighting
        scale = settings.temperature * (1 + sum(scores.values()) / settings.length_scale)
        odds = {code: exp(score / scale) for code, score in scores.items()}
        total = sum(odds.values()) + exp(settings.unknown / scale) + len(self._children) - len(odds)
        ranked = sorted(odds, key=lambda code: (-odds[code], code))
        return {code: settings.ceiling * odds[code] / total for code in ranked[:SUGGESTIONS]}

    def _divide(self, parent: str, probability: float, scores: Mapping[str, float]) -> list[tuple[float, str]]:
        """Share a parent's probability among its sub-topics; (confidence, best sub-topic) per lead department."""
        odds = {
            code: exp(min(scores.get(code, 0.0) / self._weighting.leaf_temperature, 30.0))
            for code in self._children[parent]
        }
        total = sum(odds.values())
        together: dict[str | None, float] = defaultdict(float)
        best: dict[str | None, str] = {}
        for code, value in odds.items():
            lead = self._leaves[code].lead_duty
            together[lead] += value
            if lead not in best or value > odds[best[lead]]:
                best[lead] = code
        return [(probability * value / total, best[lead]) for lead, value in together.items()]


def _collect(topics: Sequence[Topic], departments: Sequence[Department]) -> dict[str, dict[str, float]]:
    """Every phrase that speaks for a topic (0..1): its cues, its name, our word list, and who is responsible for it."""
    speaks_for: dict[str, dict[str, float]] = defaultdict(dict)
    led: dict[str, list[str]] = defaultdict(list)
    own: Mapping[str, list[str]] = load_lexicon("topics")["cues"]
    for topic in topics:
        for phrase in (*topic.cues, *own.get(topic.code, ()), *_NAME_JOINTS.split(topic.name)):
            if len(phrase) > 1:
                speaks_for[phrase][topic.code] = 1.0
        if topic.lead_duty and topic.parent_code:
            led[topic.lead_duty].append(topic.parent_code)
    for department in departments:
        parents = led[department.duty]
        for name in (department.name, department.short_name, *department.aliases):
            for parent in set(parents):
                speaks_for[name].setdefault(parent, parents.count(parent) / len(parents))
    return speaks_for

"""What a text is about: the interface of every topic classifier, and the cold start that needs no labelled letter."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Protocol

from models.analysis import TopicSuggestion
from models.department import Department, Topic
from nlp.document import Document
from nlp.topics.cue_evidence import evidence_for

SUGGESTIONS = 3
_CUES_SHOWN = 5
_WORTH_SHOWING = 0.01


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

    `temperature` and `length_scale` turn summed evidence into odds (long
    letters collect cues of every topic), `unknown` is the evidence that "something else" always has, `ceiling` the most
    that cue words can ever be sure; how near to it they may come depends on how many different cues agree, and
    `assurance` says how fast: of the real letters that one cue alone makes "sure", one in six is filed elsewhere, of
    those where six agree one in twenty. `leaf_temperature` does for the sub-topics of one parent what `temperature`
    does for the parents.
    """

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
        self._cues = evidence_for(topics, departments)
        digest = hashlib.sha256(f"{self._cues.version}{self._weighting}".encode()).hexdigest()
        self.version = f"cues/3+{digest[:8]}"

    @property
    def phrases(self) -> Iterable[str]:
        """What the cue index has to look for on behalf of this classifier."""
        return self._cues.weights.keys()

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        return [self._suggest(document) for document in documents]

    def _suggest(self, document: Document) -> tuple[TopicSuggestion, ...]:
        scores: dict[str, float] = defaultdict(float)
        cues: dict[str, list[tuple[float, str]]] = defaultdict(list)
        agreeing: dict[str, float] = defaultdict(float)  # different cues per topic, one that two topics share is half
        for phrase, strength in self._cues.strengths(document).items():
            evidence = self._cues.weights[phrase]
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

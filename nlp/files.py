"""An analysis as one row of a file: an object with everything in it, or flat cells."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from models.analysis import (
    Analysis,
    AspectTone,
    DetectorHit,
    Matter,
    OrganisationMention,
    PlaceMention,
    TimeMention,
    TopicSuggestion,
)
from models.department import Topic
from nlp.urgency.lanes import lane

# Of lanes that are not in the taxonomy any more nobody knows how urgent they are.
_LEAST_URGENT = 9


def leading_lane(hits: Iterable[DetectorHit]) -> str | None:
    """The most urgent fast lane that was called, of equally urgent ones the first in the text; None without."""
    levels = ((known.level if (known := lane(hit.detector)) else _LEAST_URGENT, hit) for hit in hits)
    best = min(levels, key=lambda pair: (pair[0], pair[1].start), default=None)
    return best[1].detector if best else None


def as_object(analysis: Analysis, text: str, topics: Mapping[str, Topic]) -> dict[str, Any]:
    """Everything that a reader of the file needs, ready for JSON; `topics` by code give the names.

    `text` is the title, a newline and the body as they came to the analysis: all `start` and `end` point into it, and
    each `text` beside them is what stands there. Values of enumerations are their identifiers.
    """
    known = analysis.topic_code
    lines = _Lines(text)
    return {
        "topic": _topic(known, analysis.topic_confidence, topics) if known else None,
        "topics": [_suggestion(one, topics) for one in analysis.suggestions],
        "appeal_type": analysis.appeal_type.value,
        "appeal_confidence": round(analysis.appeal_confidence, 4),
        "sentiment": {"polarity": analysis.sentiment.value, "score": round(analysis.sentiment_score, 4)},
        "emotion": analysis.emotion.value,
        "aspects": list(map(lines.aspect, analysis.aspects)),
        "urgency": {
            "level": analysis.urgency.value,
            "lane": leading_lane(analysis.detector_hits),
            "evidence": [{"lane": hit.detector} | lines.cut(hit) for hit in analysis.detector_hits],
        },
        "places": list(map(lines.place, analysis.places)),
        "times": list(map(lines.time, analysis.times)),
        "organisations": list(map(lines.organisation, analysis.organisation_mentions)),
        "keywords": [{"word": one.word, "weight": round(one.weight, 4)} for one in analysis.keywords],
        "matters": [lines.matter(one, topics) for one in analysis.matters],
        "summary": [text[span.start : span.end] for span in analysis.summary],
        "elements": [{"element": one.element.value} | lines.cut(one) for one in analysis.elements],
        "scope": analysis.scope.value,
        "masked_text": text,
        "versions": dict(analysis.versions),
    }


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class _Lines:
    """What stands where in one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def cut(self, found: _Placed) -> dict[str, Any]:
        return {"text": self._text[found.start : found.end], "start": found.start, "end": found.end}

    def aspect(self, one: AspectTone) -> dict[str, Any]:
        about = {"aspect": one.aspect.value, "polarity": one.sentiment.value, "score": round(one.score, 4)}
        return about | {"evidence": list(map(self.cut, one.evidence))}

    def place(self, one: PlaceMention) -> dict[str, Any]:
        where = {"kind": one.kind.value, "region_code": one.region_code, "candidates": list(one.candidates)}
        return self.cut(one) | where

    def time(self, one: TimeMention) -> dict[str, Any]:
        first, last = (day.isoformat() if day else None for day in (one.first, one.last))
        return self.cut(one) | {"first": first, "last": last}

    def organisation(self, one: OrganisationMention) -> dict[str, Any]:
        who = {"kind": one.kind.value, "department_id": one.department_id, "accused": one.accused}
        return self.cut(one) | who

    def matter(self, one: Matter, topics: Mapping[str, Topic]) -> dict[str, Any]:
        topic = _topic(one.topic_code, one.confidence, topics)
        return {"topic": topic, "sentences": list(map(self.cut, one.sentences))}


def _suggestion(one: TopicSuggestion, topics: Mapping[str, Topic]) -> dict[str, Any]:
    return _topic(one.topic_code, one.confidence, topics) | {"words": list(one.cues)}


def _topic(code: str, confidence: float, topics: Mapping[str, Topic]) -> dict[str, Any]:
    """`parent` is the id of the first-level topic above a sub-topic. A city's own labels name themselves."""
    topic = topics.get(code)
    return {
        "id": code,
        "name": topic.name if topic else code,
        "parent": topic.parent_code if topic else None,
        "confidence": round(confidence, 4),
    }


def as_cells(analysis: Analysis) -> dict[str, str | float]:
    """Several values in one cell are joined by semicolons; an unknown topic or region is empty."""
    return {
        "topic_code": analysis.topic_code or "",
        "topic_confidence": round(analysis.topic_confidence, 4),
        "suggestions": ";".join(f"{s.topic_code}={s.confidence:.3f}" for s in analysis.suggestions),
        "topic_cues": ";".join(analysis.suggestions[0].cues) if analysis.suggestions else "",
        "appeal_type": analysis.appeal_type.label,
        "appeal_confidence": round(analysis.appeal_confidence, 4),
        "sentiment": analysis.sentiment.label,
        "sentiment_confidence": round(analysis.sentiment_confidence, 4),
        "emotion": analysis.emotion.label,
        "urgency": analysis.urgency.label,
        "urgency_confidence": round(analysis.urgency_confidence, 4),
        "detectors": ";".join(f"{hit.detector}={hit.cue}" for hit in analysis.detector_hits),
        "region_code": analysis.region_code or "",
        "region_confidence": round(analysis.region_confidence, 4),
        "place_text": analysis.place_text,
        "organisations": ";".join(analysis.organisations),
        "keywords": ";".join(keyword.word for keyword in analysis.keywords),
    }

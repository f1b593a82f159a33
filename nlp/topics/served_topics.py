"""A trained classifier at work in a city: it names no topic that the city does not have, and reads words as it learnt.

Training cuts words with the plain dictionary, the pipeline with the city's names added. They change whenever a unit or
a place is added; the classifier must not become another one then.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from models.analysis import TopicSuggestion
from nlp.document import Document
from nlp.segmentation import Segmenter
from nlp.topics.cue_classifier import TopicClassifier


class WithParents(TopicClassifier, Protocol):
    def parent(self, code: str) -> str: ...


class ServedTopics:
    """A `TopicClassifier`. What the model says of a topic that the city dropped counts for the topic above it; where
    that is gone too, the letter is so much less known."""

    def __init__(self, model: WithParents, segmenter: Segmenter, known: Collection[str]) -> None:
        self._model = model
        self._segmenter = segmenter
        self._known = frozenset(known)
        self.version = model.version

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        texts = [part.text for document in documents for part in (document.title, document.body)]
        words = self._segmenter.cut_all(texts)
        recut = [
            replace(document, title_words=title, body_words=body)
            for document, title, body in zip(documents, words[::2], words[1::2], strict=True)
        ]
        return [self._named_here(suggestions) for suggestions in self._model.predict(recut)]

    def _named_here(self, suggestions: tuple[TopicSuggestion, ...]) -> tuple[TopicSuggestion, ...]:
        if all(suggestion.topic_code in self._known for suggestion in suggestions):
            return suggestions
        merged: dict[str, TopicSuggestion] = {}
        for suggestion in suggestions:
            code = suggestion.topic_code
            if code not in self._known:
                code = self._model.parent(code)
            if code in self._known:
                before = merged.get(code)
                confidence = suggestion.confidence + (before.confidence if before else 0.0)
                cues = tuple(dict.fromkeys((*(before.cues if before else ()), *suggestion.cues)))
                merged[code] = TopicSuggestion(code, min(confidence, 1.0), cues)
        return tuple(sorted(merged.values(), key=lambda found: (-found.confidence, found.topic_code)))

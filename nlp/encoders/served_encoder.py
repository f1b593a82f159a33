"""A fine-tuned encoder at work in a city: it names the city's topics, and may leave easy letters to a quicker one."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from models.analysis import TopicSuggestion
from models.department import Topic
from nlp.document import Document
from nlp.encoders.model import SUGGESTIONS, EncoderModel
from nlp.topics.cue_classifier import TopicClassifier
from nlp.topics.model import rounded
from nlp.topics.ways import likeliest


@dataclass(frozen=True, slots=True)
class First:
    """Who is asked first, and below which confidence (0..1) the encoder is asked as well."""

    reader: TopicClassifier
    below: float


class ServedEncoder:
    """A `TopicClassifier`. A suggestion is, as everywhere, the best sub-topic among those of one parent that one kind
    of department leads, and its confidence is theirs together (`nlp.topics.ways`). A topic that the city dropped is
    never named, and the letter is so much less known.

    Where both are asked, each counts half: in the place of a better first reader a weak encoder did far more harm.
    """

    def __init__(
        self, model: EncoderModel, topics: Collection[Topic], first: First | None = None, name: str = ""
    ) -> None:
        """`name` is what the version is called together with `first`; without one, as the encoder alone."""
        here = {topic.code: topic for topic in topics}
        ways = [_way(here[code]) if code in here else None for code in model.codes]
        self._model, self._first, self._here = model, first, here
        self._known = np.array([code in here for code in model.codes])
        self._ways = np.array([ways.index(way) for way in ways], dtype=np.int64)
        asked_first = f"{first.reader.version}<{first.below}" if first else ""
        digest = hashlib.sha256(f"{ways}{asked_first}".encode()).hexdigest()
        self.version = f"{name or model.version}+{digest[:8]}"

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        if self._first is None:
            return self._ask(documents)
        said = self._first.reader.predict(documents)
        unsure = [
            place
            for place, suggestions in enumerate(said)
            if not suggestions or suggestions[0].confidence < self._first.below
        ]
        for place, suggestions in zip(unsure, self._ask([documents[place] for place in unsure]), strict=True):
            said[place] = self._join(said[place], suggestions)
        return said

    def _ask(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        texts = list(self._model.reader.read(documents))
        places = [place for place, tokens in enumerate(texts) if tokens.known]
        said: list[list[TopicSuggestion]] = [[] for _ in texts]
        shares = self._model.probabilities([texts[place] for place in places])
        chosen = likeliest(shares, self._ways, self._known, np.arange(len(places)), SUGGESTIONS)
        for row, place, sure in zip(
            chosen.rows.tolist(), chosen.classes.tolist(), chosen.confidences.tolist(), strict=True
        ):
            said[places[row]].append(TopicSuggestion(self._model.codes[place], min(rounded(sure), 1.0)))
        return [tuple(suggestions) for suggestions in said]

    def _join(
        self, first: tuple[TopicSuggestion, ...], second: tuple[TopicSuggestion, ...]
    ) -> tuple[TopicSuggestion, ...]:
        """The mean of both, way by way; a way is named as the surer of the two names it."""
        if not first or not second:
            return first or second
        found: dict[tuple[str, str | None], list[TopicSuggestion]] = defaultdict(list)
        for suggestion in (*first, *second):
            found[_way(self._here[suggestion.topic_code])].append(suggestion)
        joined = []
        for same in found.values():
            surest = max(same, key=lambda suggestion: suggestion.confidence)
            cues = tuple(dict.fromkeys(cue for suggestion in same for cue in suggestion.cues))
            confidence = rounded(sum(suggestion.confidence for suggestion in same) / 2)
            joined.append(TopicSuggestion(surest.topic_code, confidence, cues))
        return tuple(sorted(joined, key=lambda one: (-one.confidence, one.topic_code))[:SUGGESTIONS])


def _way(topic: Topic) -> tuple[str, str | None]:
    """Parent and lead: letters of the same are dispatched alike."""
    return topic.parent_code or topic.code, topic.lead_duty

"""A classifier of the whole taxonomy as one trained classifier among others: with the packaged topics, for files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models.analysis import TopicSuggestion
from nlp.document import Document
from nlp.reference import load_departments, load_topics
from nlp.topics.artifacts import Artifact
from nlp.topics.city_topics import CityTopics, serve_taxonomy


@dataclass(frozen=True, slots=True)
class FirstLevel:
    codes: tuple[str, ...]


class ReferenceTaxonomy:
    """What it names are sub-topics; a label of the first level is one it does not know."""

    def __init__(self, city: CityTopics) -> None:
        self._city = city
        self._above = {topic.code: topic.parent_code for topic in load_topics() if topic.parent_code is not None}
        self.version = city.version
        self.codes = tuple(sorted(self._above))
        self.top = FirstLevel(tuple(sorted(set(self._above.values()))))

    def parent(self, code: str) -> str:
        return self._above.get(code, code)

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        return self._city.predict(documents)


class TaxonomyArtifact:
    """`Artifact` with the packaged topics around its model."""

    def __init__(self, artifact: Artifact) -> None:
        self._artifact = artifact

    @cached_property
    def model(self) -> ReferenceTaxonomy:
        return ReferenceTaxonomy(serve_taxonomy(self._artifact, load_topics(), load_departments()))

    @property
    def card(self) -> Mapping[str, Any]:
        return self._artifact.card

    @property
    def threshold(self) -> float | None:
        return self._artifact.threshold

    def check_segmenter(self, version: str) -> None:
        self._artifact.check_segmenter(version)

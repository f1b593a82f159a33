"""Which kind of trained classifier lies in a folder, and that one loaded."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from nlp.encoders import artifacts as encoder_artifacts
from nlp.encoders.files import find_card
from nlp.segmentation import Segmenter, make_segmenter
from nlp.topics import artifacts
from nlp.topics.artifacts import Artifact
from nlp.topics.cue_classifier import TopicClassifier
from nlp.topics.default_classifier import reference_segmenter
from nlp.topics.reference_taxonomy import TaxonomyArtifact


class Level(Protocol):
    @property
    def codes(self) -> tuple[str, ...]: ...


class TrainedClassifier(TopicClassifier, Protocol):
    """A classifier that knows which topics it can name, and which of them are of the first level."""

    @property
    def codes(self) -> tuple[str, ...]: ...

    @property
    def top(self) -> Level: ...

    def parent(self, code: str) -> str: ...


class TrainedArtifact(Protocol):
    """What every kind of training leaves behind."""

    @property
    def model(self) -> TrainedClassifier: ...

    @property
    def card(self) -> Mapping[str, Any]: ...

    @property
    def threshold(self) -> float | None: ...

    def check_segmenter(self, version: str) -> None: ...


def load(folder: Path) -> TrainedArtifact:
    """Raises `Invalid` for what is no artifact, is damaged, or was written by another version of the program, and
    `Unavailable` where what it runs on is not installed."""
    if find_card(folder).get("format") == encoder_artifacts.FORMAT:
        return encoder_artifacts.load(folder)
    return artifacts.load(folder)


def load_for_files(folder: Path) -> TrainedArtifact:
    """The same where there is no city: a classifier of the whole taxonomy gets the packaged topics. Raises alike."""
    artifact = load(folder)
    if isinstance(artifact, Artifact) and artifact.taxonomy is not None:
        return TaxonomyArtifact(artifact)
    return artifact


def segmenter_for(artifact: TrainedArtifact) -> Segmenter:
    """How words are cut for this kind of classifier."""
    return reference_segmenter() if isinstance(artifact, TaxonomyArtifact) else make_segmenter()

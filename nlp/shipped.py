"""Everything learnt that comes with the program, as one thing to find, to learn once on a machine, and to hand on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.tone.artifacts import ToneArtifact
from nlp.tone.default import find_tone, prepare_tone
from nlp.topics.artifacts import Artifact
from nlp.topics.default_classifier import find_default, prepare_default
from nlp.topics.taxonomy_training import Progress
from nlp.urgency.default import find_alarms, prepare_alarms
from nlp.urgency.model import AlarmModel


@dataclass(frozen=True, slots=True)
class Shipped:
    """`topics` knows topics, kinds of appeal and similar letters; `tone` judges posts and answers to surveys, by words
    alone where it is None; `alarms` hear what must not wait, and are learnt anew where they are None."""

    topics: Artifact
    tone: ToneArtifact | None = None
    alarms: AlarmModel | None = None


def find_shipped(folders: Sequence[Path]) -> Shipped | None:
    """None where not all of it has been learnt on this machine."""
    topics, tone, alarms = find_default(folders), find_tone(folders), find_alarms(folders)
    return Shipped(topics, tone, alarms) if topics and tone and alarms else None


def prepare_shipped(folders: Sequence[Path], *, on_progress: Progress = lambda *_: None) -> Shipped:
    """Find it, or learn what is missing into the first folder that can be written (about a minute).

    Raises `Unavailable` where no folder can be written.
    """
    topics = prepare_default(folders, on_progress=on_progress)
    return Shipped(topics, prepare_tone(folders), prepare_alarms(folders))

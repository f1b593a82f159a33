"""What a slow classifier knows, written down as letters that a quick one can learn from.

Letters without labels get their teacher's best topic, and count as much as it is sure of it, but less than letters that
people labelled. Entering a letter once for each likely topic was tried and taught no more, with contradictions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter
from nlp.topics.artifact_loading import TrainedClassifier
from nlp.topics.features import CHUNK

# What a letter of which the teacher is quite sure counts against one labelled by people. Chosen among 0.3 and 1.
TRUST = 0.3


def distil(
    teacher: TrainedClassifier,
    letters: Sequence[LabelledLetter],
    segmenter: Segmenter,
    *,
    two_levels: bool,
    trust: float = TRUST,
) -> Iterator[LabelledLetter]:
    """The `letters` with the teacher's labels and weights; those it knows nothing of are left out.

    `two_levels`: the letters of people, which they will stand beside, name a parent and a sub-topic.
    """
    for start in range(0, len(letters), CHUNK):
        part = letters[start : start + CHUNK]
        for letter, suggestions in zip(part, teacher.predict(list(read(part, segmenter))), strict=True):
            for best in suggestions[:1]:
                parent, label = _names(best.topic_code, teacher) if two_levels else ("", best.topic_code)
                yield replace(letter, label=label, parent=parent, weight=trust * best.confidence)


def _names(code: str, teacher: TrainedClassifier) -> tuple[str, str]:
    """Parent and label as people would write them; a sub-topic that several parents have is called parent/sub-topic."""
    parent = teacher.parent(code)
    return parent, "" if code == parent else code.removeprefix(f"{parent}/")

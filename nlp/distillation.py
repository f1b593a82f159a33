"""What a slow classifier knows, written down as letters that a quick one can learn from.

Letters without labels get the labels their teacher gives them, each as often as it thinks them likely: a letter enters
once for every topic that is likely enough, with the probability as its weight (Hinton et al. 2015, soft targets).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.artifact_loading import TrainedClassifier
from nlp.features import CHUNK
from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter

# Less likely topics would be noise, and work: the teacher's second thoughts are what soft labels are about.
LEAST_LIKELY = 0.05


@dataclass(frozen=True, slots=True)
class Weighted:
    """A letter with a label it may be learnt by, and how much that counts against a letter labelled by people."""

    letter: LabelledLetter
    weight: float


def distil(
    teacher: TrainedClassifier,
    letters: Sequence[LabelledLetter],
    segmenter: Segmenter,
    *,
    two_levels: bool,
    least: float = LEAST_LIKELY,
) -> Iterator[Weighted]:
    """The unlabelled `letters` with the teacher's labels; those it knows nothing of are left out.

    `two_levels`: the letters of people, which they will stand beside, name a parent and a sub-topic.
    """
    for start in range(0, len(letters), CHUNK):
        part = letters[start : start + CHUNK]
        for letter, suggestions in zip(part, teacher.predict(list(read(part, segmenter))), strict=True):
            for suggestion in suggestions:
                if suggestion.confidence >= least:
                    yield Weighted(_label(letter, suggestion.topic_code, teacher, two_levels), suggestion.confidence)


def _label(letter: LabelledLetter, code: str, teacher: TrainedClassifier, two_levels: bool) -> LabelledLetter:
    if not two_levels:
        return LabelledLetter(letter.title, letter.body, code, number=letter.number)
    parent = teacher.parent(code)
    # a sub-topic that several parents have is called parent/sub-topic
    label = "" if code == parent else code.removeprefix(f"{parent}/")
    return LabelledLetter(letter.title, letter.body, label, parent, letter.number)

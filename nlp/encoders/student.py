"""A quick classifier that learns from people's labels and from a teacher's, judged by people's alone.

A tenth of the letters that people labelled is kept back, with all that says nearly the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.errors import Invalid
from nlp.encoders.distillation import distil
from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter
from nlp.topics.artifact_loading import TrainedClassifier
from nlp.topics.evaluation import Scores, safe_threshold, score
from nlp.topics.grouping import group_alike, split
from nlp.topics.judging import code_for
from nlp.topics.labels import choose
from nlp.topics.training import Progress, Training, train

_PARTS = 10
# What the teacher's reading takes of the whole, roughly: an encoder is slow.
_READING = 0.5


@dataclass(frozen=True, slots=True)
class Student:
    """`scores` and `teacher_scores` are of the same letters of people, which the student has not learnt from (its
    teacher may have); `threshold` is the confidence above which they promise at most 2 % errors, if any does.
    `taught` letters carry the teacher's label. The figures inside `training` count those too: they say nothing here."""

    training: Training
    scores: Scores
    teacher_scores: Scores
    threshold: float | None
    taught: int


def learn_from(
    teacher: TrainedClassifier,
    labelled: Sequence[LabelledLetter],
    letters: Sequence[LabelledLetter],
    segmenter: Segmenter,
    *,
    on_progress: Progress,
) -> Student:
    """`letters` need no labels. Raises `Invalid` where `labelled` cannot teach anything, or the teacher knows none of
    its labels."""
    people, _ = choose(labelled)
    tops = {letter.parent or letter.label for letter in people}
    if not tops & set(teacher.top.codes):
        raise Invalid("教师模型认识的类别与已标来信的类别没有一个相同。")
    on_progress("查找重复的来信", 0.0)
    groups = group_alike(read([*people, *letters], segmenter))
    parts = split([f"{letter.parent}/{letter.label}" for letter in people], groups[: len(people)], _PARTS)
    aside = set(groups[: len(people)][parts == 0].tolist())
    kept = [one for one, group in zip(letters, groups[len(people) :].tolist(), strict=True) if group not in aside]
    taught: list[LabelledLetter] = []
    for letter in distil(teacher, kept, segmenter, two_levels=any(letter.parent for letter in people)):
        taught.append(letter)
        on_progress("教师标注", _READING * len(taught) / len(kept))
    training = train(
        [*(letter for letter, part in zip(people, parts.tolist(), strict=True) if part), *taught],
        segmenter,
        on_progress=lambda what, share: on_progress(what, _READING + (1 - _READING) * share),
    )
    asked = [letter for letter, part in zip(people, parts.tolist(), strict=True) if not part]
    scores, threshold = _judge(training.model, asked, segmenter)
    return Student(training, scores, _judge(teacher, asked, segmenter)[0], threshold, len(taught))


def _judge(
    model: TrainedClassifier, letters: Sequence[LabelledLetter], segmenter: Segmenter
) -> tuple[Scores, float | None]:
    """What counts as automatic in one half of the letters lies above the threshold that the other half sets."""
    gold = [code_for(letter, set(model.codes), model.top.codes) for letter in letters]
    best = [suggestions[:1] for suggestions in model.predict(list(read(letters, segmenter)))]
    predicted = ["".join(suggestion.topic_code for suggestion in found) for found in best]
    sure = np.array([sum(suggestion.confidence for suggestion in found) for found in best])
    right = np.array([one == other for one, other in zip(gold, predicted, strict=True)])
    halves = np.arange(len(letters)) % 2
    automatic = np.zeros(len(letters), dtype=np.bool_)
    for half in (0, 1):
        others = halves != half
        threshold = safe_threshold(sure[others].tolist(), right[others].tolist())
        if threshold is not None:
            automatic |= ~others & (sure >= threshold)
    scores = score(gold, predicted, sure.tolist(), automatic.tolist())
    return scores, safe_threshold(sure.tolist(), right.tolist())

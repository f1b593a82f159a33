"""What a trained classifier is worth on labelled letters it has not seen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import Invalid
from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter
from nlp.topics.artifact_loading import TrainedArtifact
from nlp.topics.evaluation import Scores, score
from nlp.topics.labels import choose
from nlp.topics.training import Suspect

_HEADING = 40


@dataclass(frozen=True, slots=True)
class Judged:
    """`unseen_labels` are labels that the classifier can never give, with their letters; those count as wrong.
    `worst` are the wrong answers, the surest first."""

    scores: Scores
    worst: tuple[Suspect, ...]
    unseen_labels: dict[str, int]
    left_out: dict[str, int]


def evaluate(artifact: TrainedArtifact, letters: Sequence[LabelledLetter], segmenter: Segmenter) -> Judged:
    """Raises `Invalid` where no letter carries a label that the classifier knows."""
    chosen, left_out = choose(letters)
    model = artifact.model
    known = set(model.codes)
    gold = [code_for(letter, known, model.top.codes) for letter in chosen]
    unseen = Counter(code for code in gold if code not in known)
    if len(gold) == unseen.total():
        raise Invalid(
            f"没有一件来信的类别是模型认识的：文件里有“{'”“'.join(sorted(unseen)[:5])}”，"
            f"模型认识“{'”“'.join(sorted(known)[:5])}”等 {len(known)} 个。"
        )
    best = [suggestions[:1] for suggestions in model.predict(list(read(chosen, segmenter)))]
    predicted = ["".join(suggestion.topic_code for suggestion in found) for found in best]
    confidences = [sum(suggestion.confidence for suggestion in found) for found in best]
    threshold = artifact.threshold
    automatic = [threshold is not None and confidence >= threshold for confidence in confidences]
    worst = surest_errors(chosen, gold, predicted, confidences)
    return Judged(score(gold, predicted, confidences, automatic), worst, dict(unseen.most_common()), dict(left_out))


def surest_errors(
    letters: Sequence[LabelledLetter], gold: Sequence[str], said: Sequence[str], sure: Sequence[float]
) -> tuple[Suspect, ...]:
    """All wrong answers, the surest first: either the program is badly wrong or the label is."""
    wrong = sorted((i for i in range(len(gold)) if said[i] != gold[i]), key=lambda i: (-sure[i], i))
    return tuple(Suspect(letters[i].number, heading(letters[i]), gold[i], said[i], round(sure[i], 4)) for i in wrong)


def heading(letter: LabelledLetter) -> str:
    """What a letter is called in a list."""
    return letter.title or letter.body[:_HEADING]


def code_for(letter: LabelledLetter, known: set[str], tops: Sequence[str]) -> str:
    """The topic a letter should get; a sub-topic that was too rare to learn is asked for as its parent."""
    for code in (letter.label, f"{letter.parent}/{letter.label}"):
        if code in known and (not letter.parent or code not in tops or letter.label == letter.parent):
            return code
    return letter.parent if letter.parent in tops else letter.label

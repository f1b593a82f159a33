"""A city's own classifier: the written corpus and what people said about the city's letters, and what that is worth."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.department import Department, Topic
from models.errors import Invalid
from nlp.letters import LabelledLetter
from nlp.segmentation import Segmenter
from nlp.topics import artifacts
from nlp.topics.artifacts import Artifact
from nlp.topics.default_classifier import reference_segmenter
from nlp.topics.evaluation import score
from nlp.topics.first_level_labels import name_exactly
from nlp.topics.taxonomy_judging import judge_corpus
from nlp.topics.taxonomy_training import MOST_LETTERS, Progress, TaxonomyTraining, train_taxonomy
from nlp.topics.training import find_suspects

# Fewer letters are not worth a night.
LEAST_LETTERS = 20
_SUSPECTS_KEPT = 100


@dataclass(frozen=True, slots=True)
class CityTraining:
    """`about` is what its card says; `letters` how many of the city's letters it learnt from."""

    training: TaxonomyTraining
    about: dict[str, Any]
    letters: int

    @property
    def version(self) -> str:
        return self.training.model.version

    def save(self, folder: Path) -> None:
        """Write the artifact. Raises `Unavailable` where that is not allowed."""
        artifacts.save(
            folder,
            self.training.model,
            segmenter=city_segmenter().version,
            about=self.about,
            taxonomy=self.training.parts,
            neighbours=self.training.neighbours,
        )


def city_segmenter() -> Segmenter:
    """How words are cut for learning: the same on every machine and in every city, whatever its places are called."""
    return reference_segmenter()


def train_city(
    letters: Sequence[tuple[LabelledLetter, str]],
    topics: Sequence[Topic],
    departments: Sequence[Department],
    *,
    default: Artifact | None = None,
    on_progress: Progress,
) -> CityTraining:
    """Learn from letters, oldest first, each with the name by which a reader may find it ("": by none).

    By `default`, the classifier that comes with the program, letters with a first-level label teach the sub-topic that
    is likeliest below it (`nlp.topics.first_level_labels`); without it they teach nothing. Nobody is shown them as
    examples of that sub-topic, and no figure counts them. The same letters give the same classifier, to the bit.
    Raises `Invalid` where there are too few that can teach.
    """
    codes = {topic.code for topic in topics if topic.parent_code is not None}
    written = [(letter, name) for letter, name in letters if letter.body + letter.title]
    if default is not None:
        exact = name_exactly([letter for letter, _ in written], topics, departments, default, city_segmenter())
        named = zip(exact, [name for _, name in written], strict=True)
        written = [(letter, "" if letter.parent else name) for letter, name in named]
    usable = [(letter, name) for letter, name in written if letter.label in codes]
    if len(usable) < LEAST_LETTERS:
        raise Invalid(f"可学的人工标注只有 {len(usable)} 件，至少要有 {LEAST_LETTERS} 件。")
    chosen = [letter for letter, _ in usable][-MOST_LETTERS:]
    training = train_taxonomy(
        chosen,
        topics,
        departments,
        city_segmenter(),
        references=[name for _, name in usable][-MOST_LETTERS:],
        on_progress=on_progress,
    )
    left_out = {"类别已不在分类目录中，或没有文字": len(letters) - len(usable)}
    left_out[f"超过 {MOST_LETTERS} 件，只用最近的"] = len(usable) - len(chosen)
    about = {
        "letters": len(chosen),
        "first_level_labels": sum(bool(letter.parent) for letter in chosen),
        "data_hash": training.data_hash,
        "threshold": None,
        "held_out_hands": judge_corpus(training),
        "left_out": {reason: number for reason, number in left_out.items() if number},
        **_worth(training, chosen),
    }
    return CityTraining(training, about, len(chosen))


def _worth(training: TaxonomyTraining, letters: Sequence[LabelledLetter]) -> dict[str, Any]:
    """What those who had not seen a letter's group said of it, where a person named the sub-topic."""
    unseen = training.city
    assert unseen is not None
    exact = [number for number, letter in enumerate(letters) if not letter.parent]
    if not exact:
        return {"cross_validation": {}, "suspected_label_errors": []}
    shares, gold = unseen.shares[exact], [unseen.gold[number] for number in exact]
    said = [unseen.codes[place] for place in shares.argmax(axis=1).tolist()]
    scores = asdict(score(gold, said, shares.max(axis=1).tolist(), [False] * len(said)))
    del scores["coverage_at_98"], scores["accuracy_at_98"]  # what may be dispatched alone is the promise's to say
    suspects = find_suspects([letters[number] for number in exact], gold, unseen.codes, shares)
    return {
        "cross_validation": scores,
        "suspected_label_errors": [asdict(suspect) for suspect in suspects[:_SUSPECTS_KEPT]],
    }

"""A classifier over the whole taxonomy: from our corpus alone on the first day, with the city's own labels later.

The same function makes both, so a city's first label already counts, and no topic is ever without examples.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from models.department import Department, Topic
from nlp import cleaning
from nlp.corpus import OUTSIDE, corpus_hash
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter
from nlp.topics import appeal_learning, features, many_topics, no_matter
from nlp.topics.appeal_learning import LearntAppeals
from nlp.topics.cue_evidence import CueEvidence
from nlp.topics.cue_table import CueTable
from nlp.topics.features import Blocks, learn, vectors
from nlp.topics.grouping import group_alike, split
from nlp.topics.heads import Linear, Scores
from nlp.topics.model import Level, TopicModel
from nlp.topics.neighbours import NeighbourIndex
from nlp.topics.no_matter import LearntNoMatter
from nlp.topics.taxonomy_examples import FOLDS, Example, digest, from_catalogue, written
from nlp.topics.taxonomy_parts import TaxonomyParts

VERSION = "taxonomy/2"
# Features in all; more of them teach nothing on writers that were held out, and cost memory and time.
MOST_FEATURES = 60_000
# Beside them, those that say most about what is no matter of the city.
MOST_FEATURES_OUTSIDE = 20_000
# The city's letters beside the corpus: more would make a night's training too long, and the newest say most.
MOST_LETTERS = 12_000
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Unseen:
    """What was said of examples by models that had not seen their fold: `shares` of `codes`, and the chance that it
    lies `outside` of all; `gold` is the right code."""

    codes: tuple[str, ...]
    gold: tuple[str, ...]
    shares: Scores
    outside: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TaxonomyTraining:
    """`corpus` is said of the written corpus, by hands that were held out; `city` of the city's letters, in the order
    they came, by groups that were held out. `data_hash` changes with anything that was learnt from."""

    model: TopicModel
    parts: TaxonomyParts
    neighbours: NeighbourIndex
    corpus: Unseen
    corpus_appeals: LearntAppeals
    city: Unseen | None
    data_hash: str


def train_taxonomy(
    letters: Sequence[LabelledLetter],
    topics: Sequence[Topic],
    departments: Sequence[Department],
    segmenter: Segmenter,
    *,
    references: Sequence[str] = (),
    on_progress: Progress,
) -> TaxonomyTraining:
    """Learn from the corpus and from `letters`, whose labels are codes of sub-topics; others are not learnt from.

    `references` name the letters for readers (`Neighbour.reference`); "" for those that nobody else may see. The same
    input gives the same classifier, to the bit.
    """
    with threadpool_limits(limits=1):
        return _train(letters, topics, departments, segmenter, references, on_progress)


def _train(
    letters: Sequence[LabelledLetter],
    topics: Sequence[Topic],
    departments: Sequence[Department],
    segmenter: Segmenter,
    references: Sequence[str],
    on_progress: Progress,
) -> TaxonomyTraining:
    codes = tuple(sorted(topic.code for topic in topics if topic.parent_code is not None))
    classes = (*codes, OUTSIDE)
    evidence = CueEvidence(topics, departments)
    index = CueIndex({*evidence.weights, *appeal_learning.phrases()})
    on_progress("读取样本", 0.01)
    examples = [*written(codes, segmenter, index), *from_catalogue(topics, segmenter, index)]
    corpus_size = len(examples)
    examples += _city(letters, references, codes, segmenter, index)
    data_hash = digest(letters, _versions(evidence, segmenter))
    table = CueTable(evidence, topics, codes)
    texts = [example.document for example in examples]
    targets = np.array([classes.index(example.topic_code) for example in examples], dtype=np.int64)
    folds = np.array([example.fold for example in examples], dtype=np.int64)
    weights = np.array([example.weight for example in examples])
    on_progress("提取特征", 0.05)
    features_of = _Features(texts, targets, len(codes), appeal_learning.targets(examples), folds)
    blocks = features_of.chosen()
    rows = vectors(texts, blocks)
    evidence_of = table.evidence(texts)
    work = _Work(many_topics.steps(folds) + appeal_learning.steps(FOLDS), on_progress)
    learnt = many_topics.fit(rows, evidence_of, targets, len(codes), folds, weights, work.step)
    outside = no_matter.learn(
        rows,
        lambda fold: vectors(texts, features_of.chosen(without=fold)),
        no_matter.shapes(texts),
        learnt.unseen.max(axis=1),
        np.sum(evidence_of, axis=0, dtype=np.float64).max(axis=1),
        targets == len(codes),
        folds,
        weights,
        many_topics.ALWAYS,
    )
    linear = _with_outside(learnt.linear, outside)
    model = TopicModel(f"{VERSION}+{data_hash[:8]}", blocks, Level(classes, linear), {})
    appeals = appeal_learning.learn(rows, examples, work.step)
    shown = [number for number, example in enumerate(examples) if example.reference]
    return TaxonomyTraining(
        model=model,
        parts=TaxonomyParts(learnt.cue_weights, outside.gate, appeals.model),
        neighbours=NeighbourIndex.build(
            [texts[number] for number in shown],
            [examples[number].reference for number in shown],
            [examples[number].topic_code for number in shown],
        ),
        corpus=_unseen(codes, examples[:corpus_size], learnt.unseen[:corpus_size], outside.unseen[:corpus_size]),
        corpus_appeals=appeals,
        city=_unseen(codes, examples[corpus_size:], learnt.unseen[corpus_size:], outside.unseen[corpus_size:])
        if letters
        else None,
        data_hash=data_hash,
    )


def _city(
    letters: Sequence[LabelledLetter],
    references: Sequence[str],
    codes: Sequence[str],
    segmenter: Segmenter,
    index: CueIndex,
) -> list[Example]:
    """The city's letters as examples, the newest `MOST_LETTERS`; those that say the same stand in one fold."""
    known = set(codes)
    usable = [number for number, letter in enumerate(letters) if letter.label in known][-MOST_LETTERS:]
    chosen = [letters[number] for number in usable]
    texts = list(read(chosen, segmenter, index))
    folds = split([letter.label for letter in chosen], group_alike(texts), FOLDS).tolist() if chosen else []
    return [
        Example(document, letter.label, fold, letter.weight, references[number] if references else "")
        for document, letter, fold, number in zip(texts, chosen, folds, usable, strict=True)
    ]


def _versions(evidence: CueEvidence, segmenter: Segmenter) -> Mapping[str, str]:
    return {
        "training": VERSION,
        "corpus": corpus_hash(),
        "evidence": evidence.version,
        "features": features.VERSION,
        "cleaning": cleaning.VERSION,
        "segmenter": segmenter.version,
        "appeals": appeal_learning.VERSION,
    }


def _unseen(
    codes: tuple[str, ...], examples: Sequence[Example], shares: Scores, outside: NDArray[np.float64]
) -> Unseen:
    asked = np.array([example.fold != many_topics.ALWAYS for example in examples], dtype=np.bool_)
    gold = tuple(example.topic_code for example in examples if example.fold != many_topics.ALWAYS)
    return Unseen(codes, gold, shares[asked], outside[asked])


def _with_outside(linear: Linear, outside: LearntNoMatter) -> Linear:
    """What the last class, outside of all topics, scores is what `nlp.topics.no_matter` reads in the words."""
    weights = {block: table.copy() for block, table in linear.weights.items()}
    for block, table in weights.items():
        table[:, -1] = outside.weights[block]
    return Linear(weights, np.append(linear.bias[:-1], outside.bias))


class _Features:
    """All features of the texts, and those that say most; `without` a fold, as if its letters were not there."""

    def __init__(
        self,
        texts: Sequence[Document],
        topics: NDArray[np.int64],
        outside: int,
        appeals: NDArray[np.int64],
        folds: NDArray[np.int64],
    ) -> None:
        self._blocks = learn(texts)
        self._rows = vectors(texts, self._blocks)
        self._folds = folds
        self._wanted = (
            (topics, MOST_FEATURES),
            (appeals, appeal_learning.MOST_FEATURES),
            ((topics == outside).astype(np.int64), MOST_FEATURES_OUTSIDE),
        )

    def chosen(self, *, without: int | None = None) -> Blocks:
        left_out = self._folds == without if without is not None else np.zeros(len(self._folds), dtype=np.bool_)
        wanted = [(np.where(left_out, -1, targets), most) for targets, most in self._wanted]
        return many_topics.telling(self._rows, self._blocks, wanted)


class _Work:
    def __init__(self, total: int, on_progress: Progress) -> None:
        self._total = total
        self._done = 0
        self._on_progress = on_progress

    def step(self) -> None:
        self._done = min(self._done + 1, self._total)
        self._on_progress("训练", 0.1 + 0.9 * self._done / self._total)

"""What the writer wants, learnt from the corpus: the text is one voice, the cue words of `nlp.appeal` another."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack

from models.analysis import AppealType
from nlp.appeal import AppealDetector, Weighed
from nlp.ngrams import Numbers
from nlp.topics.features import BLOCKS, Rows
from nlp.topics.heads import Linear, Scores, probabilities, stack, support_vectors
from nlp.topics.many_topics import ALWAYS
from nlp.topics.taxonomy_examples import Example

VERSION = "appeal/2"
TYPES = tuple(AppealType)
# The features that tell kinds of appeal apart are others than those that tell topics apart: so many of them.
MOST_FEATURES = 20_000
_STRENGTH = 0.3


@dataclass(frozen=True, slots=True)
class AppealModel:
    """Scores of `TYPES`: those of the text by `linear`, plus what the cue words score times `cues` (types × types)."""

    linear: Linear
    cues: NDArray[np.float64]

    def shares(self, by_text: Scores, by_cues: Scores) -> Scores:
        """Documents × types; `by_text` are the scores of `linear`, `by_cues` those of `cue_scores`."""
        return probabilities(by_text + by_cues @ self.cues)


@dataclass(frozen=True, slots=True)
class LearntAppeals:
    """`unseen` is said of the examples with an appeal type, by models that had not seen their hand."""

    model: AppealModel
    gold: tuple[AppealType, ...]
    unseen: Scores


def phrases() -> Iterable[str]:
    return AppealDetector().phrases


def targets(examples: Sequence[Example]) -> Numbers:
    """The place of each example's appeal type in `TYPES`; -1 for examples that have none."""
    places = {appeal_type: place for place, appeal_type in enumerate(TYPES)}
    return np.array([-1 if e.appeal_type is None else places[e.appeal_type] for e in examples], dtype=np.int64)


def cue_scores(weighed: Sequence[Weighed]) -> Scores:
    """What cue words say of each document: documents × types."""
    lines = [[found.scores.get(t, 0.0) for t in TYPES] for found in weighed]
    return np.array(lines).reshape(len(weighed), len(TYPES))


def learn(rows: Rows, examples: Sequence[Example], step: Callable[[], None]) -> LearntAppeals:
    """Learn from the examples that have an appeal type and a fold; `rows` are those of all."""
    wanted = targets(examples)
    folds = np.array([example.fold for example in examples], dtype=np.int64)
    kept = np.flatnonzero((wanted >= 0) & (folds != ALWAYS))
    wanted, folds = wanted[kept], folds[kept]
    text = hstack([rows[name][kept] for name in BLOCKS], format="csr")
    detector = AppealDetector()
    cues = cue_scores(detector.weigh_all([examples[number].document for number in kept.tolist()]))
    fit = support_vectors(_STRENGTH, balanced=True)
    said = np.zeros((len(kept), len(TYPES)))
    for fold in np.unique(folds):
        table, bias = fit(text[folds != fold], wanted[folds != fold], len(TYPES))
        said[folds == fold] = text[folds == fold] @ table + bias
        step()
    voices = np.hstack([said, cues])
    unseen = np.zeros_like(said)
    for fold in np.unique(folds):
        weights, bias = stack(voices[folds != fold], wanted[folds != fold], len(TYPES))
        unseen[folds == fold] = probabilities(voices[folds == fold] @ weights + bias)
    table, text_bias = fit(text, wanted, len(TYPES))
    step()
    weights, bias = stack(voices, wanted, len(TYPES))
    own, of_cues = weights[: len(TYPES)], weights[len(TYPES) :]
    table = (table @ own).astype(np.float32)
    ends = np.cumsum([rows[name].shape[1] for name in BLOCKS])[:-1]
    linear = Linear(dict(zip(BLOCKS, np.split(table, ends, axis=0), strict=True)), text_bias @ own + bias)
    return LearntAppeals(AppealModel(linear, of_cues), tuple(TYPES[place] for place in wanted.tolist()), unseen)


def steps(folds: int) -> int:
    return folds + 1

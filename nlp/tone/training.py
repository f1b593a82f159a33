"""A model of tone or emotion from a city's own labels, and what one is worth on texts it has not seen."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.errors import Invalid
from nlp.cues import CueIndex
from nlp.letters import LabelledLetter, read
from nlp.segmentation import make_segmenter
from nlp.tone import learning
from nlp.tone.labels import VALUES, What, values_of
from nlp.tone.model import ToneModel
from nlp.tone.reading import tone_reader
from nlp.topics.evaluation import Scores, score
from nlp.topics.features import chunks
from nlp.topics.grouping import group_alike, split
from nlp.topics.judging import heading, surest_errors
from nlp.topics.labels import LEAST_DIFFERENT, choose
from nlp.topics.training import Suspect, find_suspects

FOLDS = 5
_WORST = 20
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class ToneTraining:
    """`scores` are those of texts in folds that were not learnt from; `suspects` are texts whose label is probably
    wrong; `left_out` says why texts were not used; `data_hash` is the SHA-256 of all that was learnt from."""

    what: What
    model: ToneModel
    scores: Scores
    letters: int
    groups: int
    data_hash: str
    left_out: dict[str, int]
    suspects: tuple[Suspect, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """`worst` are the surest of the wrong answers; `unseen_labels` are labels that the model can never give."""

    scores: Scores
    worst: tuple[Suspect, ...]
    unseen_labels: dict[str, int]
    left_out: dict[str, int]


def train(letters: Sequence[LabelledLetter], what: What, *, on_progress: Progress = lambda *_: None) -> ToneTraining:
    """The same texts in the same order give the same model. Raises `Invalid` where they cannot teach anything."""
    chosen, left_out = _usable(letters, what)
    on_progress("查找重复的来信", 0.05)
    documents = list(read(chosen, make_segmenter(), CueIndex(tone_reader().phrases)))
    groups = group_alike(documents)
    labels = [letter.label for letter in chosen]
    kept = np.flatnonzero(_taught(labels, groups.tolist(), left_out))
    if len({labels[i] for i in kept}) < 2:
        raise Invalid(f"至少要有两种标注，每种不少于 {LEAST_DIFFERENT} 件内容不同的文字，才能训练。")
    chosen, labels, groups = [chosen[i] for i in kept], [labels[i] for i in kept], groups[kept]
    on_progress("提取特征", 0.2)
    features = learning.see([documents[i] for i in kept], words=True)
    folds = split(labels, groups, FOLDS)
    values = [value.value for value in VALUES[what] if value.value in set(labels)]
    targets = np.array([values.index(label) for label in labels], dtype=np.int64)
    data_hash = _hash(chosen)
    done = iter(range(1, FOLDS + 2))
    learnt = learning.learn(
        features,
        targets,
        values,
        folds,
        version=f"{what}-trained/2+{data_hash[:8]}",
        step=lambda: on_progress("训练", 0.2 + 0.8 * next(done) / (FOLDS + 1)),
    )
    said = [values[place] for place in learnt.unseen.argmax(axis=1).tolist()]
    sure = learnt.unseen.max(axis=1).tolist()
    return ToneTraining(
        what=what,
        model=learnt.model,
        scores=score(labels, said, sure, [False] * len(said)),
        letters=len(chosen),
        groups=len(np.unique(groups)),
        data_hash=data_hash,
        left_out=dict(left_out),
        suspects=find_suspects(
            [replace(letter, title=heading(letter)) for letter in chosen], labels, values, learnt.unseen
        ),
    )


def evaluate(model: ToneModel, what: What, letters: Sequence[LabelledLetter]) -> Judged:
    """Raises `Invalid` where no text carries a label that the model knows."""
    chosen, left_out = _usable(letters, what)
    gold = [letter.label for letter in chosen]
    unseen = Counter(label for label in gold if label not in model.labels)
    if len(gold) == unseen.total():
        raise Invalid(f"没有一件的标注是模型认识的；模型认识“{'”“'.join(model.labels)}”。")
    documents = read(chosen, make_segmenter(), CueIndex(tone_reader().phrases))
    shares = np.vstack([model.shares(tone_reader().read(chunk)) for chunk in chunks(documents)])
    said = [model.labels[place] for place in shares.argmax(axis=1).tolist()]
    sure = shares.max(axis=1).tolist()
    worst = surest_errors(chosen, gold, said, sure)[:_WORST]
    return Judged(score(gold, said, sure, [False] * len(said)), worst, dict(unseen.most_common()), dict(left_out))


def _usable(letters: Sequence[LabelledLetter], what: What) -> tuple[list[LabelledLetter], Counter[str]]:
    """Those with text and label, the label as a value of `what`."""
    chosen, left_out = choose([replace(letter, parent="") for letter in letters])
    if not chosen:
        raise Invalid("没有一件既有文字又有标注。")
    values = values_of(what, (letter.label for letter in chosen))
    return [replace(letter, label=values[letter.label]) for letter in chosen], left_out


def _taught(labels: Sequence[str], groups: Sequence[int], left_out: Counter[str]) -> list[bool]:
    """Which texts have a label that stands on enough different texts."""
    different = Counter(label for label, _ in set(zip(labels, groups, strict=True)))
    for label in labels:
        if different[label] < LEAST_DIFFERENT:
            left_out[f"标注“{label}”不足 {LEAST_DIFFERENT} 件内容不同的文字"] += 1
    return [different[label] >= LEAST_DIFFERENT for label in labels]


def _hash(letters: Sequence[LabelledLetter]) -> str:
    digest = hashlib.sha256()
    for letter in letters:
        digest.update(repr((letter.title, letter.body, letter.label)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()

"""What a city lives through in its first months: topics with 0, 1, 5, 20, 100 labelled letters of each label.

    python -m tests.quality.curve_bench FOLDER [SEED ...]     (FOLDER holds letters_labelled.csv)

Three columns a size: the default classifier alone, the city's letters alone (title, words and characters, one linear
model), and both together as `train_taxonomy` learns every night. The labels of that collection are seven; a letter
teaches the sub-topic below its label that the default classifier finds likeliest, as it would where a clerk says no
more than the first level. All are asked about the same letters, none of which says nearly the same as one learnt from.
"""

import csv
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from api.commands.default_classifier import ready_default
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.letters import LabelledLetter, read
from nlp.reference import load_departments, load_topics
from nlp.topics.artifacts import Artifact
from nlp.topics.city_topics import CityTopics, serve_taxonomy
from nlp.topics.default_classifier import reference_segmenter
from nlp.topics.features import BLOCKS, learn, vectors
from nlp.topics.grouping import group_alike
from nlp.topics.heads import probabilities
from nlp.topics.taxonomy_training import train_taxonomy
from tests.quality.letters_bench import LABELS, find_letters, labels_of

SIZES = (1, 5, 20, 100)
ASKED = 2000


def measure(path: Path, seeds: Sequence[int]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        letters = [
            LabelledLetter(row["留言主题"].strip(), row["留言详情"].strip(), row["一级标签"])
            for row in csv.DictReader(file)
        ]
    index = CueIndex({*default_classifier().phrases})
    texts = list(read(letters, reference_segmenter(), index))
    gold = np.array([LABELS.index(letter.label) for letter in letters])
    groups = group_alike(texts)
    print("seed letters-a-label default city-alone both seconds")
    figures: dict[int, list[tuple[float, float, float]]] = {size: [] for size in SIZES}
    for seed in seeds:
        order = np.random.default_rng(seed).permutation(len(letters))
        asked = order[:ASKED]
        pool = order[ASKED:][~np.isin(groups[order[ASKED:]], groups[asked])]
        alone = macro_f1(gold[asked], labels_said(default_classifier(), [texts[i] for i in asked]))
        for size in SIZES:
            taught = np.concatenate([pool[gold[pool] == label][:size] for label in range(len(LABELS))])
            started = process_time()
            both = learn_both([letters[i] for i in taught], [texts[i] for i in taught], gold[taught])
            seconds = process_time() - started
            city = macro_f1(gold[asked], _city_alone(texts, gold, taught, asked))
            joint = macro_f1(gold[asked], labels_said(both, [texts[i] for i in asked]))
            figures[size].append((alone, city, joint))
            print(f"{seed} {size} {alone:.3f} {city:.3f} {joint:.3f} {seconds:.0f}", flush=True)
    print("| letters of each label | default alone | the city's letters alone | both |\n|---|---|---|---|")
    for size, rows in figures.items():
        print(f"| {size} | {' | '.join(map(_mean_and_range, zip(*rows, strict=True)))} |")


def _mean_and_range(values: tuple[float, ...]) -> str:
    return f"{sum(values) / len(values):.3f} ({min(values):.3f}–{max(values):.3f})"


@cache
def _artifact() -> Artifact:
    return ready_default()


@cache
def default_classifier() -> CityTopics:
    return serve_taxonomy(_artifact(), load_topics(), load_departments())


def learn_both(letters: Sequence[LabelledLetter], texts: Sequence[Document], gold: NDArray[np.int64]) -> CityTopics:
    codes, shares = default_classifier().shares(texts)
    below = np.array([[label in labels_of(code)[:1] for code in codes] for label in LABELS])
    taught = []
    for letter, label, line in zip(letters, gold.tolist(), shares, strict=True):
        # as the product does with a first-level label (nlp.topics.first_level_labels)
        chances = np.where(below[label], line, 0.0)
        best = int(chances.argmax())
        taught.append(replace(letter, label=codes[best], weight=float(chances[best] / chances.sum())))
    topics, departments = load_topics(), load_departments()
    training = train_taxonomy(taught, topics, departments, reference_segmenter(), on_progress=lambda *_: None)
    return CityTopics(training.model, training.parts, topics, departments)


def labels_said(classifier: CityTopics, texts: Sequence[Document]) -> NDArray[np.int64]:
    codes, shares = classifier.shares(texts)
    votes = np.zeros((len(codes), len(LABELS)))
    for place, code in enumerate(codes):
        for rank, label in enumerate(labels_of(code)):
            votes[place, LABELS.index(label)] = 0.6 if rank else 1.0
    found: NDArray[np.int64] = (shares @ votes).argmax(axis=1)
    return found


def _city_alone(
    texts: Sequence[Document], gold: NDArray[np.int64], taught: NDArray[np.int64], asked: NDArray[np.int64]
) -> NDArray[np.int64]:
    blocks = learn([texts[i] for i in taught])
    known, new = (vectors([texts[i] for i in part], blocks) for part in (taught, asked))
    model = LinearSVC(C=1.0, class_weight="balanced", random_state=0)
    model.fit(hstack([known[name] for name in BLOCKS], format="csr"), gold[taught])
    found: NDArray[np.int64] = probabilities(
        model.decision_function(hstack([new[name] for name in BLOCKS], format="csr"))
    ).argmax(axis=1)
    return found


def macro_f1(gold: NDArray[np.int64], said: NDArray[np.int64]) -> float:
    return float(f1_score(gold, said, average="macro"))


if __name__ == "__main__":
    found = find_letters(sys.argv[1] if len(sys.argv) > 1 else None)
    if found is None:
        sys.exit("no letters_labelled.csv in the folder you named")
    measure(found, [int(seed) for seed in sys.argv[2:]] or list(range(5)))

"""What training on real letters is worth, asked the hardest way: each fold trained by itself from the raw letters.

    python -m tests.quality.training_bench FOLDER [SEED]     (FOLDER holds letters_labelled.csv)

`wenzheng nlp train` reports the quicker figure: its features know the texts, never the labels, of the fold that is
asked, and its stack is judged on folds that it shares with the heads. Here nothing at all is shared.
"""

import csv
import sys
from pathlib import Path
from time import process_time

import numpy as np

from nlp.letters import LabelledLetter, read
from nlp.segmentation import make_segmenter
from nlp.topics.evaluation import score
from nlp.topics.features import CHUNK
from nlp.topics.grouping import group_alike, split
from nlp.topics.training import FOLDS, train
from tests.quality.letters_bench import find_letters


def measure(path: Path, seed: int) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        letters = [LabelledLetter(r["留言主题"].strip(), r["留言详情"].strip(), r["一级标签"]) for r in rows]
    segmenter = make_segmenter()
    documents = list(read(letters, segmenter))
    folds = split([letter.label for letter in letters], group_alike(documents), FOLDS, seed=seed)
    gold, predicted, confidences, automatic = [], [], [], []
    training_seconds = asking_seconds = 0.0
    for fold in range(FOLDS):
        started = process_time()
        trained = train([letters[i] for i in np.flatnonzero(folds != fold)], segmenter, on_progress=lambda *_: None)
        training_seconds += process_time() - started
        asked = np.flatnonzero(folds == fold).tolist()
        started = process_time()
        for start in range(0, len(asked), CHUNK):
            part = list(read((letters[i] for i in asked[start : start + CHUNK]), segmenter))
            for [best, *_] in trained.model.predict(part):
                predicted.append(best.topic_code)
                confidences.append(best.confidence)
                automatic.append(trained.threshold is not None and best.confidence >= trained.threshold)
        asking_seconds += process_time() - started
        gold += [letters[i].label for i in asked]
    scores = score(gold, predicted, confidences, automatic)
    print(
        f"macro-F1 {scores.macro_f1:.4f}, accuracy {scores.accuracy:.4f}, ECE {scores.ece:.4f}, automatic "
        f"{scores.coverage_at_98:.3f} at {scores.accuracy_at_98:.4f}; {training_seconds / FOLDS:.0f} CPU s a training, "
        f"{len(gold) / asking_seconds:.0f} letters per CPU s, cleaning and segmentation included"
    )


if __name__ == "__main__":
    found = find_letters(sys.argv[1] if len(sys.argv) > 1 else None)
    if found is None:
        sys.exit("no letters_labelled.csv in the folder you named")
    measure(found, int(sys.argv[2]) if len(sys.argv) > 2 else 5)

"""Learning every day, simulated on real letters in the order they came: accuracy against corrections.

    python -m tests.quality.learning_bench FOLDER [BUDGET]     (FOLDER holds letters_labelled.csv)

The letters that carry a time come in their order, in six parts. Each part is asked of the classifier as it stands; then
people look at BUDGET letters of it, and the classifier learns from all corrections so far. Which letters: those that
`nlp.oversight.active_selection` finds worth a minute, or as many at random ("none": nobody looks, for comparison).
Letters that say nearly the same are never both learnt from and asked about. Labels are taught and judged as in
`tests.quality.curve_bench`.
"""

import csv
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.cues import CueIndex
from nlp.document import Document
from nlp.letters import LabelledLetter, read
from nlp.oversight.active_selection import Candidate, select
from nlp.topics.city_topics import CityTopics
from nlp.topics.default_classifier import reference_segmenter
from nlp.topics.grouping import group_alike
from tests.quality.curve_bench import default_classifier, labels_said, learn_both, macro_f1
from tests.quality.letters_bench import LABELS, find_letters

PARTS = 6


def measure(path: Path, budget: int) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        timed = sorted(
            (_time(row["留言时间"]), n, row) for n, row in enumerate(csv.DictReader(file)) if row["留言时间"].strip()
        )
    letters = [LabelledLetter(r["留言主题"].strip(), r["留言详情"].strip(), r["一级标签"]) for _, _, r in timed]
    gold = np.array([LABELS.index(letter.label) for letter in letters])
    texts = list(read(letters, reference_segmenter(), CueIndex(default_classifier().phrases)))
    groups = group_alike(texts)
    parts = np.array_split(np.arange(len(letters)), PARTS)
    print("strategy corrections letters accuracy macro-F1")
    for strategy in ("none", "active", "random"):
        classifier, corrected = default_classifier(), np.array([], dtype=np.int64)
        for part in parts:
            asked = part[~np.isin(groups[part], groups[corrected])]
            said = labels_said(classifier, [texts[i] for i in asked])
            print(
                f"{strategy} {len(corrected)} {len(asked)} {np.mean(said == gold[asked]):.3f} "
                f"{macro_f1(gold[asked], said):.3f}",
                flush=True,
            )
            if strategy != "none" and part is not parts[-1]:
                corrected = np.concatenate([corrected, _look_at(strategy, classifier, texts, groups, part, budget)])
                classifier = learn_both([letters[i] for i in corrected], [texts[i] for i in corrected], gold[corrected])


def _look_at(
    strategy: str,
    classifier: CityTopics,
    texts: list[Document],
    groups: NDArray[np.int64],
    part: NDArray[np.int64],
    budget: int,
) -> NDArray[np.int64]:
    if strategy == "random":
        return np.random.default_rng(0).permutation(part)[:budget]
    candidates = [
        Candidate(
            key=str(number),
            confidences=tuple(suggestion.confidence for suggestion in suggestions),
            group=str(groups[number]),
            stratum=suggestions[0].topic_code[:3] if suggestions else "",
        )
        for number, suggestions in zip(part.tolist(), classifier.predict([texts[i] for i in part]), strict=True)
    ]
    return np.array([int(chosen.key) for chosen in select(candidates, budget=budget)], dtype=np.int64)


def _time(text: str) -> datetime:
    return datetime.strptime(text.strip(), "%Y/%m/%d %H:%M:%S")


if __name__ == "__main__":
    found = find_letters(sys.argv[1] if len(sys.argv) > 1 else None)
    if found is None:
        sys.exit("no letters_labelled.csv in the folder you named")
    measure(found, int(sys.argv[2]) if len(sys.argv) > 2 else 80)

"""Learn how much each clue of a name counts, and write it where the program reads it.

    python -m tests.quality.redaction_training [--sets dev third …] [--output name_weights.json]

Three logistic regressions: two for quick looks at the surname and its neighbours, which must lose hardly any name, and
one on all clues. How likely characters are in the dictionary's 42,000 names is written with them. Texts that only seem
to name nobody are left out after a first round.
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from intake.redaction.name_clues import CLUES, CLUES_BEFORE, Characters, announcement, clues, clues_before
from intake.redaction.name_looks import FIRSTS, OFFSETS, FirstLook, first_keys, first_look, second_keys
from intake.redaction.name_vetoes import possible_lengths
from intake.redaction.names import LINKS
from intake.surnames import SURNAMES
from tests.quality.redaction_bench import load_marked
from tests.quality.redaction_letters import Example, Names, of_contexts, of_marked, of_others, other_texts

_MEASURED = ("surname", "middle", "last", "single")
_SEEN_AT_LEAST, _STRENGTH, _LOSS, _LEAST_POINTS = 3, 0.5, 0.005, 5
_SURE = 3.0
# What a name needs, in logarithms of odds; with this one the half of the sixth set that is read lost least for the
# false alarms it cost, while it was not yet learnt from.
_LEAST = -0.5
_LEARNT_FROM = ["dev", "third", "fourth", "kept", "fifth", "sixth_odd"]


def read_characters() -> tuple[dict[str, dict[str, int]], list[str]]:
    """How much likelier characters are in each part of a name than elsewhere, in hundredths of logarithms; names."""
    counts: dict[str, Counter[str]] = {part: Counter() for part in _MEASURED}
    text: Counter[str] = Counter()
    names = []
    parts = (files("jieba") / "dict.txt").read_text(encoding="utf-8").split()
    for word, count, tag in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if not tag.startswith("nr"):
            for character in word:
                text[character] += int(count)
        elif tag == "nr" and word[0] in SURNAMES and len(word) in (2, 3):
            names.append(word)
            counts["surname"][word[0]] += 1
            counts["single"][word[-1]] += 1
            if len(word) == 3:
                counts["middle"][word[1]] += 1
                counts["last"][word[2]] += 1
    total = text.total()
    ratios = {
        part: {
            c: round(100 * max(-5.0, math.log((found[c] + 0.3) / found.total()) - math.log((text[c] + 600) / total)))
            for c in sorted({*found, *(c for c, n in text.items() if n > 2000)})
        }
        for part, found in counts.items()
    }
    return ratios, names


class Rows:
    """What is learnt from: keys of each candidate, whether it is a name, and how much it counts."""

    def __init__(self) -> None:
        self.keys: list[tuple[str, ...]] = []
        self.names: list[bool] = []
        self.weights: list[float] = []

    def add(self, keys: tuple[str, ...], name: bool, weight: float) -> None:
        self.keys.append(keys)
        self.names.append(name)
        self.weights.append(weight)


def first_rows(examples: Sequence[Example]) -> Rows:
    """Every character that a name may begin with."""
    everywhere = first_look([{}] * len(OFFSETS), 0)
    rows = Rows()
    for one in examples:
        starts = {s for s, _ in one.names}
        for start, _ in everywhere.places([one.text])[0]:
            rows.add(first_keys(one.text, start), start in starts, one.weight)
    return rows


def second_rows(examples: Sequence[Example], first: FirstLook) -> Rows:
    """What the first look leaves."""
    rows = Rows()
    for one in examples:
        starts = {s for s, _ in one.names}
        for start, points in first.places([one.text])[0]:
            rows.add(second_keys(one.text, start, points, announcement(one.text, start)), start in starts, one.weight)
    return rows


def all_rows(
    examples: Sequence[Example], first: FirstLook, second: Sequence[dict[str, int]], least: int, characters: Characters
) -> Rows:
    """What the second look leaves, and what follows a name and a link."""
    rows = Rows()
    for one in examples:
        text = one.text
        ends = {e for _, e in one.names}
        listed = {e + 1 for e in ends if text[e : e + 1] in LINKS and text[e + 1 : e + 2] in FIRSTS}
        for start, found in sorted((dict(first.places([text])[0]) | dict.fromkeys(listed, 0)).items()):
            announced = announcement(text, start)
            keys = second_keys(text, start, found, announced)
            points = sum(table.get(key, 0) for table, key in zip(second, keys, strict=True))
            if points < least and start not in listed:
                continue
            before = clues_before(text, start, announced, points)
            for length in possible_lengths(text, start, announced):
                end = start + length
                keys = before + clues(text, start, end, announced, characters, in_list=start in listed)
                rows.add(keys, (start, end) in one.names, one.weight)
    return rows


def learn(rows: Rows, seen: int) -> tuple[float, list[dict[str, int]], NDArray[np.float64]]:
    """The intercept, the points in hundredths of each key of each clue, and the logarithm of odds of each row."""
    counts = Counter((i, key) for keys in rows.keys for i, key in enumerate(keys))
    columns = {entry: j for j, entry in enumerate(sorted(e for e, n in counts.items() if n >= seen))}
    entries = CountVectorizer(analyzer=lambda keys: list(enumerate(keys)), vocabulary=columns, dtype=np.float64)
    matrix = entries.transform(rows.keys)
    model = LogisticRegression(C=_STRENGTH, max_iter=300, tol=1e-4)
    model.fit(matrix, np.array(rows.names), sample_weight=np.array(rows.weights))
    points: list[dict[str, int]] = [{} for _ in rows.keys[0]]
    for (i, key), j in columns.items():
        if abs(rounded := round(100 * float(model.coef_[0][j]))) >= _LEAST_POINTS:
            points[i][key] = rounded
    return float(model.intercept_[0]), points, model.decision_function(matrix)


def train(sets: Sequence[str], copies: int = 8, least: float = 0.0, every: int = 1) -> dict[str, object]:
    """What `load_weights` reads. Only each `every`th of our other texts is used, to try something."""
    ratios, listed = read_characters()
    characters = Characters(**ratios)
    names = Names(7, listed)
    marked = [letter for name in sets for letter in load_marked(name)]
    examples = [
        *of_marked(marked, names, copies),
        *of_contexts(names, 13),
        *of_others(other_texts()[::every], names, 11),
    ]

    rows = first_rows(examples)
    offset, first, scores = learn(rows, _SEEN_AT_LEAST)
    first_least = _least(rows, scores - offset, 20)
    left = np.mean(scores - offset > first_least / 100)
    print(f"first look: {len(rows.names)} places, {sum(rows.names)} names, {left:.3f} left")
    look = first_look(first, first_least)

    rows = second_rows(examples, look)
    offset, second, scores = learn(rows, _SEEN_AT_LEAST)
    second_least = _least(rows, scores - offset, -20)
    print(f"second look: {np.mean(scores - offset > second_least / 100):.3f} of {len(rows.names)} left")

    rows = all_rows(examples, look, second, second_least, characters)
    _, _, scores = learn(rows, _SEEN_AT_LEAST)
    doubtful = (scores > _SURE) & ~np.array(rows.names)
    rows.weights = [0.0 if d else w for d, w in zip(doubtful, rows.weights, strict=True)]
    offset, points, scores = learn(rows, _SEEN_AT_LEAST)
    print(f"all clues: {len(rows.names)} candidates, left out {doubtful.sum()}, keys {sum(map(len, points))}")
    return {
        "first": first,
        "first_least": first_least,
        "second": second,
        "second_least": second_least,
        "clues": dict(zip(CLUES_BEFORE + CLUES, points, strict=True)),
        "characters": ratios,
        "least": int((least - offset) * 100),
    }


def _least(rows: Rows, scores: NDArray[np.float64], margin: int) -> int:
    """Hardly any name has fewer points. The margins were found on the development letters: how many places are left
    against how many names are lost."""
    return int(np.quantile(scores[np.array(rows.names)], _LOSS) * 100) + margin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="*", default=_LEARNT_FROM)
    parser.add_argument("--least", type=float, default=_LEAST)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--output", type=Path, default=None)
    given = parser.parse_args()
    stored = train(given.sets, least=given.least, every=given.every)
    path = given.output or Path(str(files("intake.redaction") / "name_weights.json"))
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

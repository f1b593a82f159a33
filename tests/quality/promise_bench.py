"""Does the threshold keep its promise, how often, and what does that cost? Letters drawn anew many times.

    python -m tests.quality.promise_bench [RESAMPLES] [SEED]

A population knows how often letters of each confidence are wrong. A set of checked letters is drawn from it, the
threshold is set, and the true share of errors above it is compared with the promise. Where WENZHENG_BENCH_DATA names a
folder with letters_labelled.csv, a last population is made of real letters: predictions by classifiers that had not
seen them, drawn with replacement.
"""

import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from nlp.letters import LabelledLetter, read
from nlp.oversight.risk_control import Checked, keep_promise
from nlp.segmentation import make_segmenter
from nlp.topics.grouping import group_alike, split
from nlp.topics.training import FOLDS, train
from tests.quality.letters_bench import find_letters

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Rule: TypeAlias = Callable[[Floats, Flags, float], float | None]
SURENESS = 0.95
ALLOWED = (0.01, 0.02, 0.05)
SIZES = (300, 1_000, 5_000)
RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Population:
    """`draw` gives confidences and how likely a letter of each is wrong. What lies above a threshold is read from a
    large draw, kept surest first: `confidences`, and the share of errors above each."""

    draw: Callable[[np.random.Generator, int], tuple[Floats, Floats]]
    confidences: Floats
    errors_above: Floats

    @classmethod
    def of(cls, draw: Callable[[np.random.Generator, int], tuple[Floats, Floats]], size: int = 400_000) -> "Population":
        confidences, chances = draw(np.random.default_rng(99), size)
        order = np.argsort(-confidences, kind="stable")
        return cls(draw, confidences[order], np.cumsum(chances[order]) / np.arange(1, size + 1))

    def truth(self, threshold: float | None) -> tuple[float, float]:
        """The true share of errors among the letters at or above the threshold, and the share of such letters."""
        end = 0 if threshold is None else int(np.searchsorted(-self.confidences, -threshold, side="right"))
        return (float(self.errors_above[end - 1]), end / len(self.confidences)) if end else (0.0, 0.0)

    def best(self, allowed: float) -> float:
        """The share of letters that could be automatic if the truth were known."""
        safe = np.flatnonzero(self.errors_above <= allowed)
        return float((safe[-1] + 1) / len(self.confidences)) if len(safe) else 0.0


def calibrated(random: np.random.Generator, size: int) -> tuple[Floats, Floats]:
    """Most letters are easy, some are not; half a per cent of labels is wrong whatever the classifier says."""
    easy = random.random(size) < 0.8
    logits = np.where(easy, random.normal(4.6, 1.6, size), random.normal(0.9, 1.0, size))
    confidences = 1 / (1 + np.exp(-logits))
    return confidences, 0.005 + 0.93 * (1 - confidences)


def noisy_top(random: np.random.Generator, size: int) -> tuple[Floats, Floats]:
    """The surest letters are wrong more often than those below them."""
    confidences = 1 / (1 + np.exp(-random.normal(4.0, 1.6, size)))
    return confidences, 0.004 + 0.9 * (1 - confidences) + 0.04 * (confidences > 0.999)


def useless(allowed: float) -> Callable[[np.random.Generator, int], tuple[Floats, Floats]]:
    """The confidence says nothing, and a little more than allowed is wrong everywhere: each threshold is a trap."""

    def draw(random: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        return random.random(size), np.full(size, allowed * 1.01)

    return draw


def real(confidences: Floats, right: Flags) -> Callable[[np.random.Generator, int], tuple[Floats, Floats]]:
    def draw(random: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        chosen = random.integers(0, len(confidences), size)
        return confidences[chosen], (~right[chosen]).astype(np.float64)

    return draw


def kept(confidences: Floats, right: Flags, allowed: float) -> float | None:
    pairs = zip(confidences.tolist(), right.tolist(), strict=True)
    return keep_promise((Checked(*pair) for pair in pairs), allowed=allowed, sureness=SURENESS).threshold


def searched(confidences: Floats, right: Flags, allowed: float) -> float | None:
    pairs = zip(confidences.tolist(), right.tolist(), strict=True)
    checked = [Checked(*pair) for pair in pairs]
    return keep_promise(checked, allowed=allowed, sureness=SURENESS, method="search").threshold


def lowest_bound(confidences: Floats, right: Flags, allowed: float) -> float | None:
    """What must not be done: the lowest threshold that Clopper and Pearson let pass, of all."""
    return _lowest(confidences, right, lambda errors, letters: bdtr(errors, letters, allowed) <= 1 - SURENESS)


def lowest_share(confidences: Floats, right: Flags, allowed: float) -> float | None:
    """What is done most: the lowest threshold above which the checked letters happen to be right often enough."""
    return _lowest(confidences, right, lambda errors, letters: errors <= allowed * letters)


def _lowest(confidences: Floats, right: Flags, passes: Callable[[Floats, NDArray[np.int64]], Flags]) -> float | None:
    order = np.argsort(-confidences, kind="stable")
    ranked = confidences[order]
    ends = np.flatnonzero(np.append(ranked[1:] < ranked[:-1], True)) + 1
    errors = np.cumsum(~right[order])[ends - 1].astype(np.float64)
    safe = ends[passes(errors, ends.astype(np.int64))]
    return float(ranked[safe[-1] - 1]) if len(safe) else None


RULES: dict[str, Rule] = {
    "sequence (ours)": kept,
    "halving search": searched,
    "lowest bound": lowest_bound,
    "lowest share": lowest_share,
}


def resample(
    population: Population, size: int, allowed: float, rules: Sequence[Rule], resamples: int, seed: int
) -> list[tuple[float, float]]:
    """For each rule: how often the promise was broken, and the share of letters that were automatic on average."""
    random = np.random.default_rng(seed)
    outcomes: list[list[tuple[bool, float]]] = [[] for _ in rules]
    for _ in range(resamples):
        confidences, chances = population.draw(random, size)
        right = random.random(size) >= chances
        for outcome, rule in zip(outcomes, rules, strict=True):
            errors, coverage = population.truth(rule(confidences, right, allowed))
            outcome.append((errors > allowed, coverage))
    return [(float(np.mean([o[0] for o in out])), float(np.mean([o[1] for o in out]))) for out in outcomes]


def real_population(seed: int) -> Population | None:
    """Predictions of real letters by classifiers trained without them, from the raw letters on."""
    path = find_letters()
    if path is None:
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        letters = [LabelledLetter(r["留言主题"].strip(), r["留言详情"].strip(), r["一级标签"]) for r in rows]
    segmenter = make_segmenter()
    folds = split([letter.label for letter in letters], group_alike(list(read(letters, segmenter))), FOLDS, seed=seed)
    confidences, right = np.zeros(len(letters)), np.zeros(len(letters), dtype=np.bool_)
    for fold in range(FOLDS):
        seen, asked = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        trained = train([letters[i] for i in seen], segmenter, on_progress=lambda *_: None)
        said = trained.model.predict(list(read((letters[i] for i in asked), segmenter)))
        for index, found in zip(asked, said, strict=True):
            if found:
                confidences[index] = found[0].confidence
                right[index] = found[0].topic_code == letters[index].label
    # letters of the file are the population, each as often as any other
    order = np.argsort(-confidences, kind="stable")
    return Population(
        real(confidences, right), confidences[order], np.cumsum(~right[order]) / np.arange(1, len(letters) + 1)
    )


def main(resamples: int, seed: int) -> None:
    populations: dict[str, Callable[[float], Population | None]] = {
        "calibrated": lambda _: Population.of(calibrated),
        "noisy top": lambda _: Population.of(noisy_top),
        "useless": lambda allowed: Population.of(useless(allowed)),
    }
    letters = real_population(seed)
    populations["real letters"] = lambda _: letters
    print(f"broken / automatic; {resamples} resamples, to be broken in {1 - SURENESS:.0%} at most")
    print("| population | promise | best | checked | " + " | ".join(RULES) + " |")
    for name, make in populations.items():
        for allowed in ALLOWED:
            population = make(allowed)
            if population is None:
                print(f"| {name} | no letters_labelled.csv: not measured |")
                break
            for size in SIZES:
                found = resample(population, size, allowed, list(RULES.values()), resamples, seed)
                cells = " | ".join(f"{broken:.3f} / {coverage:.3f}" for broken, coverage in found)
                print(f"| {name} | {allowed:.0%} | {population.best(allowed):.3f} | {size} | {cells} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RESAMPLES, int(sys.argv[2]) if len(sys.argv) > 2 else 5)

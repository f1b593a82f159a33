"""Measures who, where, when, what and the wish on letters of our own that were marked by hand.

    python -m tests.quality.elements_bench [errors]

element_cases_dev.psv was looked at while the rules were changed, element_cases_kept.psv was written at the same time by
the same hand and only asked about.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from api.commands.default_classifier import ready_shipped
from models.analysis import AnalyserInput, Analysis, Element
from nlp.pipeline import build_reference_pipeline

_WRITTEN_ON = date(2026, 3, 18)


@dataclass(frozen=True, slots=True)
class Letter:
    """`marked`: of who, where and when any of the words, of what and wish the beginnings of sentences."""

    title: str
    body: str
    marked: Mapping[Element, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Score:
    """How many were marked and found, and of both how many were right. A letter has one of each but wishes."""

    marked: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.marked, 1)


def load(name: str) -> list[Letter]:
    lines = (files("tests.quality") / f"element_cases_{name}.psv").read_text(encoding="utf-8").splitlines()
    letters = []
    for line in lines:
        if line and not line.startswith("#"):
            *fields, title, body = line.split("|")
            marked = {e: tuple(filter(None, f.split("·"))) for e, f in zip(Element, fields, strict=True)}
            letters.append(Letter(title, body, marked))
    return letters


def analyse(letters: Sequence[Letter]) -> list[Analysis]:
    inputs = [AnalyserInput(x.title, x.body, "letter", written_on=_WRITTEN_ON) for x in letters]
    return build_reference_pipeline(ready_shipped()).analyse(inputs)


def measure(letters: Sequence[Letter], analyses: Sequence[Analysis]) -> dict[Element, Score]:
    scores = {}
    for element in Element:
        marked = found = right = 0
        for letter, analysis in zip(letters, analyses, strict=True):
            said = [mention.text for mention in analysis.elements if mention.element is element]
            wanted = letter.marked[element]
            marked += len(wanted) if element is Element.WISH else bool(wanted)
            found += len(said)
            right += sum(_is_right(element, text, wanted) for text in said)
        scores[element] = Score(marked, found, right)
    return scores


def _is_right(element: Element, text: str, wanted: Sequence[str]) -> bool:
    if element in (Element.WHAT, Element.WISH):
        return text.startswith(tuple(wanted))
    # 昨晚十点 for 昨晚, 学生家长 for 家长: the same, said more or less closely
    return any(text in words or words in text for words in wanted)


def main() -> None:
    for name, part in (("dev", "development"), ("kept", "unseen")):
        letters = load(name)
        analyses = analyse(letters)
        for element, score in measure(letters, analyses).items():
            print(
                f"{part} ({len(letters)} letters) {element.value}: precision {score.precision:.3f} "
                f"({score.right} of {score.found}), recall {score.recall:.3f} ({score.right} of {score.marked})"
            )
        if sys.argv[1:] == ["errors"] and name == "dev":
            for letter, analysis in zip(letters, analyses, strict=True):
                for element in Element:
                    said = [mention.text for mention in analysis.elements if mention.element is element]
                    wanted = letter.marked[element]
                    if not all(_is_right(element, text, wanted) for text in said) or len(said) < bool(wanted):
                        print(element.value, said, wanted, letter.body)


if __name__ == "__main__":
    main()

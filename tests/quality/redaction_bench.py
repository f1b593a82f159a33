"""How much of what is personal is masked, and how much else: figures on marked letters, speed on any letters.

    python -m tests.quality.redaction_bench [--errors] [CASES.psv …]
    python -m tests.quality.redaction_bench --letters LETTERS.csv   (column 留言详情; or set WENZHENG_BENCH_DATA)

Marks are ⟦kind|text⟧. A mark is found where every letter and digit of it is inside masked spans, of an address every
number; the surname that stays visible counts as masked, as the mask covers the whole name. A false alarm is a span with
a letter or digit that no mark holds.
"""

import argparse
import csv
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from intake.redaction import PersonalKind, Span, redact

# The sixth is two sets of its letters in turn: one to read errors of, and one of which only the totals are looked at.
_HALVES = {"sixth_odd": 0, "sixth_even": 1}
CASES = {name: f"redaction_cases_{name}.psv" for name in ("dev", "third", "kept", "fourth", "fifth")} | dict.fromkeys(
    _HALVES, "redaction_cases_sixth.psv"
)
NUMBERS = frozenset(PersonalKind) - {PersonalKind.NAME, PersonalKind.ADDRESS}
_MARK = re.compile(r"⟦([a-z_]+)\|([^⟧]*)⟧")
_NUMBER = re.compile(r"[0-9A-Za-z一二三四五六七八九十百零〇０-９①-⑨]")
_COLUMNS = ("留言详情", "body", "text", "微博正文")


@dataclass(frozen=True, slots=True)
class Marked:
    """A letter without its marks, and where they were."""

    number: str
    text: str
    marks: tuple[tuple[PersonalKind, int, int], ...]


@dataclass(slots=True)
class Figures:
    letters: int = 0
    characters: int = 0
    marks: Counter[PersonalKind] = field(default_factory=Counter)
    found: Counter[PersonalKind] = field(default_factory=Counter)
    false_alarms: Counter[PersonalKind] = field(default_factory=Counter)
    missed_texts: list[tuple[str, PersonalKind, str]] = field(default_factory=list)
    false_texts: list[tuple[str, PersonalKind, str]] = field(default_factory=list)

    def recall(self, kinds: Iterable[PersonalKind]) -> float:
        chosen = list(kinds)
        return sum(self.found[k] for k in chosen) / max(1, sum(self.marks[k] for k in chosen))

    @property
    def alarms_per_twenty(self) -> float:
        return 20 * self.false_alarms.total() / max(1, self.letters)


def load_marked(name: str) -> list[Marked]:
    """The letters of one file beside this one; `name` is a key of `CASES`."""
    lines = (files("tests.quality") / CASES[name]).read_text(encoding="utf-8").splitlines()
    letters = [unmark(line) for line in lines if line and not line.startswith("#")]
    return letters[_HALVES[name] :: 2] if name in _HALVES else letters


def unmark(line: str) -> Marked:
    """`number|text with ⟦kind|marks⟧`, a line break written as backslash n."""
    number, marked = line.split("|", 1)
    marked = marked.replace("\\n", "\n")
    parts: list[str] = []
    marks: list[tuple[PersonalKind, int, int]] = []
    length = position = 0
    for m in _MARK.finditer(marked):
        before = marked[position : m.start()]
        parts += (before, m[2])
        length += len(before)
        marks.append((PersonalKind(m[1]), length, length + len(m[2])))
        length += len(m[2])
        position = m.end()
    return Marked(number, "".join(parts) + marked[position:], tuple(marks))


def measure(letters: Sequence[Marked]) -> Figures:
    figures = Figures()
    for letter in letters:
        spans = redact(letter.text).spans
        covered = {i for span in spans for i in range(span.start, span.end)}
        figures.letters += 1
        figures.characters += len(letter.text)
        marked: set[int] = set()
        for kind, start, end in letter.marks:
            marked.update(range(start, end))
            figures.marks[kind] += 1
            counted = _NUMBER.match if kind is PersonalKind.ADDRESS else str.isalnum
            if all(i in covered for i in range(start, end) if counted(letter.text[i])):
                figures.found[kind] += 1
            else:
                figures.missed_texts.append((letter.number, kind, _around(letter.text, start, end)))
        for span in spans:
            if any(letter.text[i].isalnum() and i not in marked for i in range(span.start, span.end)):
                figures.false_alarms[span.kind] += 1
                figures.false_texts.append((letter.number, span.kind, _around(letter.text, span.start, span.end)))
    return figures


def _around(text: str, start: int, end: int) -> str:
    return f"{text[max(0, start - 10) : start]}[{text[start:end]}]{text[end : end + 10]}".replace("\n", "\\n")


def seconds_per_letter(texts: Sequence[str]) -> float:
    """CPU, the best of three rounds."""
    rounds = []
    for _ in range(3):
        began = time.process_time()
        for text in texts:
            redact(text)
        rounds.append(time.process_time() - began)
    return min(rounds) / len(texts)


def read_texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        column = next(c for c in _COLUMNS if c in (rows.fieldnames or ()))
        return [row[column] or "" for row in rows]


def _print(name: str, figures: Figures, errors: bool) -> None:
    print(f"{name}: {figures.letters} letters, {figures.characters} characters")
    print(
        f"  recall numbers {figures.recall(NUMBERS):.4f}  names {figures.recall([PersonalKind.NAME]):.4f}"
        f"  addresses {figures.recall([PersonalKind.ADDRESS]):.4f}"
        f"  false alarms {figures.false_alarms.total()} = {figures.alarms_per_twenty:.2f} per 20 letters"
    )
    for kind in PersonalKind:
        if figures.marks[kind] or figures.false_alarms[kind]:
            print(
                f"    {kind.value:14} {figures.found[kind]:4} of {figures.marks[kind]:4}"
                f"   false {figures.false_alarms[kind]}"
            )
    if errors:
        for number, kind, text in figures.missed_texts:
            print(f"  missed {number} {kind.value}: {text}")
        for number, kind, text in figures.false_texts:
            print(f"  false  {number} {kind.value}: {text}")


def _spans_in(texts: Sequence[str]) -> tuple[Counter[PersonalKind], list[tuple[Span, str]]]:
    counts: Counter[PersonalKind] = Counter()
    shown: list[tuple[Span, str]] = []
    for text in texts:
        for span in redact(text).spans:
            counts[span.kind] += 1
            shown.append((span, _around(text, span.start, span.end)))
    return counts, shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", default=["dev"], help=", ".join(CASES))
    parser.add_argument("--errors", action="store_true", help="list them; not for a part that is kept aside")
    parser.add_argument("--letters", type=Path, default=None)
    given = parser.parse_args()
    for name in given.cases:
        _print(name, measure(load_marked(name)), given.errors)
    folder = os.environ.get("WENZHENG_BENCH_DATA")
    path = given.letters or (Path(folder) / "letters_labelled.csv" if folder else None)
    if path is None or not path.exists():
        print("no letters to time: give --letters or set WENZHENG_BENCH_DATA")
        return
    texts = read_texts(path)
    counts, shown = _spans_in(texts)
    print(
        f"{path.name}: {len(texts)} letters, mean {sum(map(len, texts)) / len(texts):.0f} characters, "
        f"{seconds_per_letter(texts) * 1e6:.1f} microseconds a letter, spans {dict(counts)}"
    )
    if given.errors:
        for span, text in shown:
            print(f"  {span.kind.value}: {text}")


if __name__ == "__main__":
    main()

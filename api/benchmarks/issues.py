"""How well, how quickly and how repeatably are the issues of a file of letters found, beside other ways?"""

import csv
import hashlib
import multiprocessing
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import comb
from pathlib import Path
from typing import Any

from api.benchmarks.issue_rivals import METHODS
from api.benchmarks.made_arrivals import made_arrivals
from nlp.issues.book import BookSettings, IssueBook
from nlp.issues.changes import Change, Merging, Placement
from nlp.issues.listing import Letter

_BATCH = 256
# The speed is told for each so many arrivals: what is known grows for a while, and then no more.
_STRETCH = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFigures:
    """`precision`, `recall`, `f` are B-cubed over the marked letters (None without marks), `repeated` the adjusted Rand
    index between this run and one with the letters in another order and another seed. `seconds` are of CPU,
    `megabytes` the most the process had."""

    name: str
    seconds: float
    megabytes: int
    issues: int
    precision: float | None
    recall: float | None
    f: float | None
    repeated: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """How it went up to `arrivals`: `per_second` since the stretch before, `megabytes` the most the process had so far,
    `members` known in the clusters that may take more, issues found so far: those that may take more (`open`), those
    that were merged into another, those that were silent for too long (`retired`)."""

    arrivals: int
    per_second: float
    megabytes: int
    members: int
    open: int
    merged: int
    retired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleFigures:
    """`per_second` of CPU through the clustering step alone; `megabytes` the most the process had; `digest` of all that
    came of the arrivals, in order."""

    arrivals: int
    per_second: float
    megabytes: int
    issues: int
    digest: str
    stretches: list[Stretch]


def measure_methods(
    letters: Sequence[Letter], marks: Mapping[int, str], *, on_progress: Callable[[str, float], None]
) -> list[MethodFigures]:
    """`marks` are the issues that a reader found, by position; a letter of its own has a mark that no other has."""
    figures = []
    for place, name in enumerate(METHODS):
        on_progress(name, place / len(METHODS))
        labels, seconds, megabytes = _in_a_process(name, letters, 1)
        order = random.Random(2).sample(range(len(letters)), len(letters))
        again, _, _ = _in_a_process(name, [letters[at] for at in order], 2)
        back = [0] * len(letters)
        for at, label in zip(order, again, strict=True):
            back[at] = label if label >= 0 else -1 - at
        straight = [label if label >= 0 else -1 - at for at, label in enumerate(labels)]
        scored = b_cubed(straight, marks) if marks else (None, None, None)
        figures.append(
            MethodFigures(
                name=name,
                seconds=seconds,
                megabytes=megabytes,
                issues=sum(size > 1 for size in Counter(straight).values()),
                precision=scored[0],
                recall=scored[1],
                f=scored[2],
                repeated=adjusted_rand(straight, back),
            )
        )
    return figures


def measure_scale(
    count: int,
    *,
    settings: BookSettings | None = None,
    restarts: bool = False,
    stretch: int = _STRETCH,
    on_progress: Callable[[str, float], None],
) -> ScaleFigures:
    """Made-up submissions through the clustering step, in batches. With `restarts`, after each stretch a new book is
    made of what the old one would have kept, which must not change the digest."""
    book, batch, digest = IssueBook(settings), [], hashlib.sha256()
    busy, before, merged = 0.0, (0, 0.0), 0
    stretches: list[Stretch] = []
    for number, arrival in enumerate(made_arrivals(count), 1):
        batch.append(arrival)
        at_end = number % stretch == 0 or number == count
        if len(batch) < _BATCH and not at_end:
            continue
        started = time.process_time()
        changes = book.take(batch)
        busy += time.process_time() - started
        merged += sum(isinstance(change, Merging) for change in changes)
        digest.update("".join(map(_spoken, changes)).encode())
        batch, changes = [], []
        on_progress("归入问题", number / count)
        if at_end:
            per_second = (number - before[0]) / max(busy - before[1], 1e-9)
            stretches.append(_stretch(book, number, per_second, merged))
            before = number, busy
            if restarts:
                known, arrivals, last_issue = book.known(), book.arrivals, book.last_issue
                book = IssueBook.restore(known, arrivals=arrivals, last_issue=last_issue, settings=settings)
    return ScaleFigures(
        arrivals=count,
        per_second=count / max(busy, 1e-9),
        megabytes=_megabytes(),
        issues=book.last_issue,
        digest=digest.hexdigest(),
        stretches=stretches,
    )


def _stretch(book: IssueBook, arrivals: int, per_second: float, merged: int) -> Stretch:
    known = book.known()
    still_open = len({one.issue for one in known} - {0})
    return Stretch(
        arrivals=arrivals,
        per_second=per_second,
        megabytes=_megabytes(),
        members=sum(len(one.members) for one in known),
        open=still_open,
        merged=merged,
        retired=book.last_issue - still_open - merged,
    )


def _spoken(change: Change) -> str:
    """Everything about it; of an arrival its key."""
    if not isinstance(change, Placement):
        return repr(change)
    rest = [getattr(change, field.name) for field in fields(change) if field.name != "arrival"]
    return repr((change.arrival.key, *rest))


def read_marks(marks: Path, names: Path | None, half: str, numbers: Sequence[str]) -> dict[int, str]:
    """The marks of one half, or of all; `numbers` are those of the letters. Letters that stand alone belong to the
    halves by the parity of their number."""
    halves = {}
    if names is not None:
        with names.open(encoding="utf-8-sig", newline="") as file:
            halves = {row["issue"]: row["half"] for row in csv.DictReader(file)}
    position = {number: place for place, number in enumerate(numbers)}
    found = {}
    with marks.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            letter, issue = row["letter"], row["issue"]
            own = halves.get(issue, "") if issue else ("development", "unseen")[int(letter) % 2]
            if letter in position and half in ("", own):
                found[position[letter]] = issue or f"alone {letter}"
    return found


def b_cubed(labels: Sequence[Hashable], marks: Mapping[int, str]) -> tuple[float, float, float]:
    """Precision, recall and F over the marked letters; what nobody marked counts for neither."""
    sizes = Counter(marks.values())
    together: dict[Hashable, Counter[str]] = {}
    for place, mark in marks.items():
        together.setdefault(labels[place], Counter())[mark] += 1
    pairs = [(count, found.total(), sizes[mark]) for found in together.values() for mark, count in found.items()]
    precision = sum(count * count / total for count, total, _ in pairs) / len(marks)
    recall = sum(count * count / size for count, _, size in pairs) / len(marks)
    return precision, recall, 2 * precision * recall / (precision + recall)


def adjusted_rand(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """1: the same groups; 0: as alike as by chance."""
    both = _pairs(Counter(zip(one, other, strict=True)).values())
    first, second = _pairs(Counter(one).values()), _pairs(Counter(other).values())
    expected = first * second / comb(len(one), 2)
    most = (first + second) / 2
    return (both - expected) / (most - expected) if most != expected else 1.0


def _pairs(sizes: Iterable[int]) -> int:
    return sum(comb(size, 2) for size in sizes)


def _in_a_process(name: str, letters: Sequence[Letter], seed: int) -> tuple[list[int], float, int]:
    """In a process of its own, so that memory and time are of this method alone."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (name, list(letters), seed))


def _run(name: str, letters: list[Letter], seed: int) -> tuple[list[int], float, int]:
    started = time.process_time()
    labels = METHODS[name](letters, seed)
    return labels, time.process_time() - started, _megabytes()


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

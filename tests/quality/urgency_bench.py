"""Measures the fast-lane detectors on our own written cases.

    python -m tests.quality.urgency_bench [third|aside|HAND ...] [--errors]

"third" is the set that no lesson is taken from and that who makes the rules has not read (`--errors` is not for it).
"aside" are the cases of the voices that are kept from learning. Of a hand (nlp/urgency/corpus/cases.py) all cases are
measured with what is learnt from all other hands: how the detectors do for a writer they have not met. Thresholds are
chosen on these. What an alarm costs on ordinary mail is measured on the letters of the hand of nlp/corpus from which
no lesson is taken, and on letters_2019_first_half.csv, which nobody marked, where WENZHENG_BENCH_DATA names its
folder.
"""

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from models.analysis import AnalyserInput, Urgency
from nlp.cleaning import clean
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.segmentation import make_segmenter
from nlp.urgency import SUSPECTED_BELOW, UrgencyDetectors
from nlp.urgency.corpus.cases import HANDS, VOICES, Case, aside, load_hand, parse_cases
from nlp.urgency.lanes import lanes
from nlp.urgency.learning import learn_alarms

_FOLDER = Path(__file__).parent
_LETTERS = "letters_2019_first_half.csv"
UNREAD, ASIDE = "third", "aside"


@dataclass(frozen=True, slots=True)
class Score:
    """`recall` and `precision` of the question whether anything fires, so that a person looks; `hit_*` of each detector
    in each case."""

    cases: int
    recall: float
    precision: float
    hit_recall: float
    hit_precision: float
    by_detector: dict[str, tuple[int, float, float]]
    wrong: tuple[tuple[Case, frozenset[str]], ...]


def load_cases(name: str) -> Sequence[Case]:
    """The cases of the unread set, those kept aside of all voices, or those of a hand."""
    if name == ASIDE:
        return [case for voice in VOICES for case in aside(voice)]
    if name != UNREAD:
        return load_hand(name)
    return parse_cases((_FOLDER / f"urgency_cases_{name}.psv").read_text(encoding="utf-8").splitlines())


def detectors_for(name: str) -> UrgencyDetectors:
    """Detectors that have learnt nothing from the cases of `name`."""
    return UrgencyDetectors(learn_alarms(name if name in HANDS else ""))


def documents_of(cases: Sequence[Case], detectors: UrgencyDetectors) -> Iterator[Document]:
    """The first steps of the pipeline, for the phrases of the detectors alone."""
    segmenter, index = make_segmenter(), CueIndex(detectors.phrases)
    for case in cases:
        title, body = clean(case.title), clean(case.body)
        text = f"{title.text}\n{body.text}"
        yield Document(
            source=AnalyserInput(case.title, case.body, "letter"),
            title=title,
            body=body,
            text=text,
            title_words=segmenter.cut(title.text),
            body_words=segmenter.cut(body.text),
            cues=index.find(text),
        )


def measure(cases: Sequence[Case], detectors: UrgencyDetectors) -> Score:
    fired = [
        frozenset(hit.detector for hit in hits)
        for _, _, hits in detectors.detect_all(list(documents_of(cases, detectors)))
    ]
    return score(cases, fired)


def score(cases: Sequence[Case], fired: Sequence[frozenset[str]]) -> Score:
    """A detector that may fire counts neither way, but whoever must be looked at is, whichever lane calls."""
    right: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    called: Counter[str] = Counter()
    alarms = found = alarming = 0
    wrong = []
    for case, hits in zip(cases, fired, strict=True):
        counted = hits - case.may
        right.update(case.must & counted)
        wanted.update(case.must)
        called.update(counted)
        alarming += bool(case.must)
        alarms += bool(hits if case.must else counted)
        found += bool(case.must and hits)
        if not case.must <= hits or (counted and not case.must):
            wrong.append((case, hits))
    return Score(
        cases=len(cases),
        recall=found / alarming,
        precision=found / alarms if alarms else 0.0,
        hit_recall=right.total() / wanted.total(),
        hit_precision=right.total() / called.total() if called else 0.0,
        by_detector={
            name: (wanted[name], right[name] / max(1, wanted[name]), right[name] / max(1, called[name]))
            for name in lanes()
        },
        wrong=tuple(wrong),
    )


def main() -> None:
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")] or [UNREAD, ASIDE]
    for name in names:
        result = measure(load_cases(name), detectors_for(name))
        print(f"{name}: {result.cases} cases; any lane: recall {result.recall:.3f}, precision {result.precision:.3f};")
        print(f"  each hit: recall {result.hit_recall:.3f}, precision {result.hit_precision:.3f}")
        for detector, (count, recall, precision) in result.by_detector.items():
            print(f"  {detector:12} {count:3} recall {recall:.3f} precision {precision:.3f}")
        if "--errors" in sys.argv and name != UNREAD:
            for case, hits in result.wrong:
                print(sorted(case.must) or f"-{case.resembles}", sorted(hits), case.title, case.body[:80])
    detectors = UrgencyDetectors()
    _ordinary(detectors)
    _unmarked(detectors)
    _speed(detectors)


def measure_ordinary(detectors: UrgencyDetectors) -> dict[Urgency, float]:
    """The share of letters at each level among those that are marked as nothing urgent."""
    from nlp.corpus import load_corpus
    from nlp.urgency.corpus import UNTAUGHT

    kept = [item for item in load_corpus() if item.hand == UNTAUGHT and item.urgency is Urgency.NORMAL]
    cases = [Case(frozenset(), frozenset(), "", item.title, item.body) for item in kept]
    called = Counter(urgency for urgency, _, _ in detectors.detect_all(list(documents_of(cases, detectors))))
    return {urgency: called[urgency] / len(cases) for urgency in Urgency}


def _ordinary(detectors: UrgencyDetectors) -> None:
    shares = measure_ordinary(detectors)
    print("letters that are nothing urgent:", ", ".join(f"{level} {share:.3f}" for level, share in shares.items()))


def _unmarked(detectors: UrgencyDetectors) -> None:
    path = Path(os.environ.get("WENZHENG_BENCH_DATA", "")) / _LETTERS
    if not path.is_file():
        print(f"not measured: WENZHENG_BENCH_DATA names no folder with {_LETTERS}")
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["留言主题"], row["留言详情"]) for row in csv.DictReader(file)]
    cases = [Case(frozenset(), frozenset(), "", title, body) for title, body in rows]
    found = detectors.detect_all(list(documents_of(cases, detectors)))
    called, sure = Counter(urgency for urgency, _, _ in found), Counter(u for u, c, _ in found if c >= SUSPECTED_BELOW)
    shares = (f"{u} {called[u] / len(cases):.3f} (surely {sure[u] / len(cases):.3f})" for u in Urgency)
    print(f"{len(cases)} letters that nobody marked:", ", ".join(shares))
    print(" ", Counter(name for _, _, hits in found for name in {hit.detector for hit in hits}).most_common())


def _speed(detectors: UrgencyDetectors) -> None:
    """CPU time of the detectors alone on batches of 256 texts of 410 characters, cut from the letters of the corpus."""
    from nlp.corpus import load_corpus

    bodies = "".join(item.body for item in load_corpus()[::4])
    length = 400
    cases = [
        Case(frozenset(), frozenset(), "", "关于小区环境的来信", bodies[start : start + length])
        for start in range(0, 512 * length, length)
    ]
    documents = list(documents_of(cases, detectors))
    batches = [documents[start : start + 256] for start in range(0, len(documents), 256)]
    for batch in batches:
        detectors.detect_all(batch)
    started = process_time()
    for _ in range(5):
        for batch in batches:
            detectors.detect_all(batch)
    each = (process_time() - started) / 5 / len(documents)
    mean = sum(len(document.text) for document in documents) / len(documents)
    print(f"{each * 1e6:.0f} microseconds a letter of {mean:.0f} characters, {len(documents)} letters")


if __name__ == "__main__":
    main()

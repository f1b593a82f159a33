"""The short texts that teach what is an alarm and what only sounds like one; written for this project, all invented.

`alarms.psv` holds one alarm a line, with the detector it is for: `wage|老板拖欠我们工资，已经半年没发了`. `calm.psv`
holds what must not alarm anyone. A file with the name of a detector holds both: `+` before an alarm, `-` before what
has its words and is none. `hand_*.psv` are the cases of several hands (see `cases`). None shares a line with the test
set (tests/quality/urgency_cases_third.psv). Ordinary lessons are stretches of the letters of nlp/corpus that are marked
as nothing urgent, but for those of the hand `UNTAUGHT`: they are for measuring.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import cycle, islice, repeat

from models.analysis import Urgency
from nlp.corpus import corpus_hash, load_corpus, load_near_misses, load_outside
from nlp.urgency.corpus.cases import HANDS, Case, hand_content, taught
from nlp.urgency.lanes import lanes
from nlp.urgency.windows import WHOLE

# No lesson is taken from this hand of nlp/corpus.
UNTAUGHT = "hand8"
# So many clauses of an ordinary letter are one lesson, in turns; a short one is a lesson as a whole: so they are read.
_CLAUSES = (6, 3)
# What a line by itself counts beside a case of a hand: lines are shorter than what people write, and in one tone.
_LINE = 0.5
# One of so many is taken: more teach no more, only longer.
_ONE_OF = 4
_CLAUSE = re.compile(r"[^。！？!?；;，,\n]*[。！？!?；;，,\n]*")


class Kind(Enum):
    """What a lesson is: an alarm, a text that only sounds like one, a sentence of an ordinary letter."""

    ALARM = "alarms"
    CALM = "calm"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Lesson:
    """`detectors` are the ids of the fast-lane detectors it is an alarm for, none where it is no alarm; `perhaps` are
    those of which it says nothing; `share` is how much it counts beside others of its kind."""

    kind: Kind
    detectors: frozenset[str]
    text: str
    perhaps: frozenset[str] = frozenset()
    share: float = 1.0


@cache
def load_lessons(without: str = "") -> tuple[Lesson, ...]:
    """All lessons in the order of the files, but for the hand `without`, which is to be measured. Raises `ValueError`
    for a line that is not marked as it must be."""
    alarms = (line.split("|") for line in _lines(Kind.ALARM.value))
    lessons = [Lesson(Kind.ALARM, frozenset({detector}), text, share=_LINE) for detector, text in alarms]
    lessons += [Lesson(Kind.CALM, frozenset(), line, share=_LINE) for line in _lines(Kind.CALM.value)]
    lessons += [_marked(detector, line) for detector in lanes() for line in _lines(detector)]
    lessons += [_lesson(case) for hand in HANDS if hand != without for case in taught(hand)]
    return (*lessons, *(Lesson(Kind.ORDINARY, frozenset(), text) for text in islice(_stretches(), 0, None, _ONE_OF)))


@cache
def lessons_hash() -> str:
    """SHA-256 of all that the lessons are taken from."""
    own = [_content(name) for name in (Kind.ALARM.value, Kind.CALM.value, *lanes())]
    own += [hand_content(name) for name in HANDS]
    return sha256(b"".join([*own, corpus_hash().encode()])).hexdigest()


def _marked(detector: str, line: str) -> Lesson:
    if line[0] not in "+-":
        raise ValueError(f"no mark: {line}")
    if line[0] == "+":
        return Lesson(Kind.ALARM, frozenset({detector}), line[1:], share=_LINE)
    return Lesson(Kind.CALM, frozenset(), line[1:], share=_LINE)


def _lesson(case: Case) -> Lesson:
    kind = Kind.ALARM if case.must else Kind.CALM
    return Lesson(kind, case.must, f"{case.title}\n{case.body}".strip(), case.may)


def _stretches() -> Iterator[str]:
    for item in (*load_corpus(), *load_near_misses(), *load_outside()):
        if item.hand != UNTAUGHT and item.urgency is Urgency.NORMAL:
            clauses = [clause for clause in _CLAUSE.findall(f"{item.title}\n{item.body}") if clause]
            at, sizes = 0, cycle(_CLAUSES) if len(clauses) > WHOLE else repeat(WHOLE)
            while at < len(clauses):
                size = next(sizes)
                yield "".join(clauses[at : at + size]).strip()
                at += size


def _lines(name: str) -> list[str]:
    return _content(name).decode().splitlines()


def _content(name: str) -> bytes:
    return (files("nlp.urgency.corpus") / f"{name}.psv").read_bytes()

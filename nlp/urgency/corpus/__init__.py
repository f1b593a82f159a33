"""The short texts that teach what is an alarm and what only sounds like one; written for this project, all invented.

`alarms.psv` holds one alarm a line, with the detector it is for: `wage|老板拖欠我们工资，已经半年没发了`. `calm.psv`
holds what must not alarm anyone. None shares a line with the test set (tests/quality/urgency_cases_*.psv). Ordinary
lessons are stretches of the letters of nlp/corpus that are marked as nothing urgent, but for those of the hand
`UNTAUGHT`: they are for measuring.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import cycle

from models.analysis import Urgency
from nlp.corpus import corpus_hash, load_corpus, load_near_misses, load_outside

# No lesson is taken from this hand of nlp/corpus.
UNTAUGHT = "hand8"
# So many clauses of an ordinary letter are one lesson, in turns, as the reader takes windows.
_CLAUSES = (4, 2, 6)
_CLAUSE = re.compile(r"[^。！？!?；;，,\n]*[。！？!?；;，,\n]*")


class Kind(Enum):
    """What a lesson is: an alarm, a text that only sounds like one, a sentence of an ordinary letter."""

    ALARM = "alarms"
    CALM = "calm"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Lesson:
    """`detector` is the id of a fast-lane detector, or empty where the text is no alarm."""

    kind: Kind
    detector: str
    text: str


@cache
def load_lessons() -> tuple[Lesson, ...]:
    """All lessons in the order of the files. Raises `ValueError` for a line of alarms.psv without a detector."""
    alarms = (line.split("|") for line in _lines(Kind.ALARM))
    lessons = [Lesson(Kind.ALARM, detector, text) for detector, text in alarms]
    lessons += [Lesson(Kind.CALM, "", line) for line in _lines(Kind.CALM)]
    return (*lessons, *(Lesson(Kind.ORDINARY, "", text) for text in _stretches()))


@cache
def lessons_hash() -> str:
    """SHA-256 of all that the lessons are taken from."""
    return sha256(b"".join([_content(Kind.ALARM), _content(Kind.CALM), corpus_hash().encode()])).hexdigest()


def _stretches() -> Iterator[str]:
    for item in (*load_corpus(), *load_near_misses(), *load_outside()):
        if item.hand != UNTAUGHT and item.urgency is Urgency.NORMAL:
            clauses = [clause for clause in _CLAUSE.findall(f"{item.title}\n{item.body}") if clause]
            at, sizes = 0, cycle(_CLAUSES)
            while at < len(clauses):
                size = next(sizes)
                yield "".join(clauses[at : at + size]).strip()
                at += size


def _lines(kind: Kind) -> list[str]:
    return _content(kind).decode().splitlines()


def _content(kind: Kind) -> bytes:
    return (files("nlp.urgency.corpus") / f"{kind.value}.psv").read_bytes()

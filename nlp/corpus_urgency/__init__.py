"""The short texts that teach what is an alarm and what only sounds like one; written for this project, all invented.

`alarms.psv` holds one alarm a line, with the detector it is for: `wage|老板拖欠我们工资，已经半年没发了`. `calm.psv`
holds what must not alarm anyone, `ordinary.psv` sentences out of the letters of nlp/corpus that are marked as nothing
urgent: some at random, the others because an earlier classifier was alarmed by them. None shares a line with the test
set (tests/quality/urgency_cases_*.psv).
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files


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
    calm = [Lesson(kind, "", line) for kind in (Kind.CALM, Kind.ORDINARY) for line in _lines(kind)]
    return (*lessons, *calm)


def _lines(kind: Kind) -> list[str]:
    return (files("nlp.corpus_urgency") / f"{kind.value}.psv").read_text(encoding="utf-8").splitlines()

"""The short texts that teach what is an alarm and what only sounds like one; written for this project, all invented.

`alarms.psv` holds one alarm a line, with the detector it is for: `wage|老板拖欠我们工资，已经半年没发了`. `calm.psv` holds what
must not alarm anyone. Neither shares a line with the test set (tests/quality/urgency_cases_*.psv).
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Lesson:
    """`detector` is the id of a fast-lane detector, or empty where the text is calm."""

    detector: str
    text: str


@cache
def load_lessons() -> tuple[Lesson, ...]:
    """All lessons in the order of the files. Raises `ValueError` for a line of alarms.psv without a detector."""
    alarms = [line.split("|") for line in _lines("alarms")]
    calm = [("", line) for line in _lines("calm")]
    return tuple(Lesson(detector, text) for detector, text in [*alarms, *calm])


@cache
def lessons_hash() -> str:
    """SHA-256 of both files: the same hash, the same lessons."""
    return sha256("\n".join([*_lines("alarms"), "", *_lines("calm")]).encode()).hexdigest()


def _lines(name: str) -> list[str]:
    return (files("nlp.corpus_urgency") / f"{name}.psv").read_text(encoding="utf-8").splitlines()

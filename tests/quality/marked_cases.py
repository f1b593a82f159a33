"""Marked texts of the benches: what a line of place_cases, time_cases and organisation_cases means."""

import re
from dataclasses import dataclass
from pathlib import Path

_MARKS = {sign: re.compile(rf"\[([^\[\]{sign}]+)({sign}[^\[\]]*)\]") for sign in ":="}


@dataclass(frozen=True, slots=True)
class Mark:
    start: int
    end: int
    says: str


@dataclass(frozen=True, slots=True)
class Case:
    head: str
    text: str
    marks: tuple[Mark, ...]


def read_cases(name: str, *, has_head: bool = False) -> list[Case]:
    """The cases of tests/quality/`name`.psv; `says` is what stands behind the name.

    A line with a head is "head|text", and its marks are written [name=…], others [name:…]."""
    mark_of = _MARKS["=" if has_head else ":"]
    cases = []
    for line in (Path(__file__).parent / f"{name}.psv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        head, _, marked = line.partition("|") if has_head else ("", "", line)
        text, marks, done = "", [], 0
        for mark in mark_of.finditer(marked):
            text += marked[done : mark.start()]
            marks.append(Mark(len(text), len(text) + len(mark[1]), mark[2][1:]))
            text += mark[1]
            done = mark.end()
        cases.append(Case(head, text + marked[done:], tuple(marks)))
    return cases

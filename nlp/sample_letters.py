"""Which of the labelled letters written for this program does a reference mean, and what does it say?"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_REFERENCE = re.compile(r"corpus:([a-z]{1,20}\d{0,3})/([1-9]\d{0,5})")
# topic|kind|appeal type|sentiment|urgency|place|title|body, and maybe a remark
_FIELDS = 8


@dataclass(frozen=True, slots=True)
class SampleLetter:
    topic_code: str
    title: str
    body: str


def find_sample(reference: str) -> SampleLetter | None:
    """The letter of a reference like corpus:hand3/417 (writer, line); None where it is none of ours, or not there."""
    found = _REFERENCE.fullmatch(reference)
    lines = _lines(found[1]) if found else ()
    if found is None or int(found[2]) > len(lines):
        return None
    fields = lines[int(found[2]) - 1].split("|")
    if len(fields) < _FIELDS:
        return None
    return SampleLetter(fields[0], fields[6], fields[7].replace("\\n", "\n"))


@cache
def _lines(writer: str) -> tuple[str, ...]:
    file = files("nlp") / "corpus" / f"{writer}.psv"
    return tuple(file.read_text(encoding="utf-8").split("\n")) if file.is_file() else ()

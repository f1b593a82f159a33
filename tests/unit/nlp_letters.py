"""Labelled letters for the tests of training: our own, written for this project."""

from functools import cache
from pathlib import Path

from nlp.letters import LabelledLetter

_CORPUS = Path(__file__).parent.parent.parent / "nlp" / "corpus"
_WRITERS = ("hand1", "hand3")


@cache
def corpus_letters(*parents: str) -> tuple[LabelledLetter, ...]:
    """Letters of two writers about the first-level topics `parents`; their label is the first-level topic."""
    letters = []
    for writer in _WRITERS:
        for number, line in enumerate((_CORPUS / f"{writer}.psv").read_text(encoding="utf-8").splitlines(), start=1):
            topic, *_, title, body = line.split("|")
            if topic[:3] in parents:
                letters.append(LabelledLetter(title, body, topic[:3], number=number))
    return tuple(letters)

"""The fast-lane detectors in words: what each one warns of and what to do at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from models.analysis import DetectorHit
from nlp.reference import load_taxonomy


@dataclass(frozen=True, slots=True)
class Detector:
    id: str
    name: str
    what_to_do: str


@cache
def detectors() -> dict[str, Detector]:
    return {row["id"]: Detector(row["id"], row["name"], row["act"]) for row in load_taxonomy()["sensitive"]}


def fired(hits: Iterable[DetectorHit]) -> list[Detector]:
    """Each detector that fired, once, in the order of the text. Ids of an older taxonomy are left out."""
    known = detectors()
    return [known[id_] for id_ in dict.fromkeys(hit.detector for hit in hits) if id_ in known]

"""The fast lanes of a text in words: what each one warns of, by which words, and what to do at once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from models.analysis import DetectorHit
from nlp.urgency.lanes import lanes

# So much evidence is shown beside the action; the rest is marked in the text.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Detector:
    """`evidence` are the words of the text that called it, as far as there is a text."""

    id: str
    name: str
    what_to_do: str
    evidence: tuple[str, ...] = ()


@cache
def detectors() -> dict[str, Detector]:
    return {lane.id: Detector(lane.id, lane.name, lane.action) for lane in lanes().values()}


def fired(hits: Iterable[DetectorHit]) -> list[Detector]:
    """Each detector that fired, once, in the order of the text. Ids of an older taxonomy are left out."""
    evidence: dict[str, dict[str, None]] = {}
    for hit in hits:
        evidence.setdefault(hit.detector, {})[hit.cue] = None
    known = detectors()
    return [replace(known[id_], evidence=tuple(cues)[:_SHOWN]) for id_, cues in evidence.items() if id_ in known]

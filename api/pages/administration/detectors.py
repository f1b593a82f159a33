"""The fast lanes of a text in words: what each one warns of, by which words, and what to do at once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from models.analysis import DetectorHit, Urgency
from nlp.urgency import SUSPECTED_BELOW
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


def fired(hits: Iterable[DetectorHit], confidence: float = 1.0, urgency: Urgency = Urgency.CRITICAL) -> list[Detector]:
    """Each detector that fired, once, in the order of the text. Ids of an older taxonomy are left out.

    `confidence` is that of the `urgency`: a low one is called what it is, a suspicion that a person looks into first;
    of the lowest level a hint to bear in mind.
    """
    evidence: dict[str, dict[str, None]] = {}
    for hit in hits:
        evidence.setdefault(hit.detector, {})[hit.cue] = None
    known = detectors()
    found = [replace(known[id_], evidence=tuple(cues)[:_SHOWN]) for id_, cues in evidence.items() if id_ in known]
    if confidence >= SUSPECTED_BELOW:
        return found
    if urgency is Urgency.ELEVATED:
        return [
            replace(d, name=f"可能涉及{d.name}", what_to_do=f"线索不强，办理时请留意，属实的{d.what_to_do}")
            for d in found
        ]
    return [replace(d, name=f"疑似{d.name}", what_to_do=f"请人工核实，属实的{d.what_to_do}") for d in found]

"""What a fast lane is called, how urgent it is and what to do at once: the detectors of the taxonomy in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from models.analysis import Urgency
from nlp.reference import load_taxonomy

_URGENCIES = {1: Urgency.CRITICAL, 2: Urgency.URGENT, 3: Urgency.ELEVATED}


@dataclass(frozen=True, slots=True)
class Lane:
    """`level` is 1 (a person looks at once) to 3; `action` is what the person does, in the words of the taxonomy."""

    id: str
    name: str
    level: int
    urgency: Urgency
    action: str


@cache
def lanes() -> Mapping[str, Lane]:
    """All lanes by detector id, in the order of the taxonomy (`sensitive` in models/reference/taxonomy.yaml)."""
    return MappingProxyType(
        {
            row["id"]: Lane(row["id"], row["name"], row["level"], _URGENCIES[row["level"]], row["act"])
            for row in load_taxonomy()["sensitive"]
        }
    )


def lane(detector_id: str) -> Lane | None:
    """The lane of a detector; None for an id that the taxonomy no longer has."""
    return lanes().get(detector_id)

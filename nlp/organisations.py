"""Which departments a text names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from models.department import Department
from nlp.cues import longest
from nlp.document import Document

VERSION = "department-names/1"
# 交通, 环保, 公安 are topics as often as units.
_MIN_LENGTH = 3


class DepartmentNames:
    """Longest match of names, short names and aliases; a name that several units bear is theirs whose region fits."""

    def __init__(self, departments: Sequence[Department]) -> None:
        self._bearers: dict[str, list[Department]] = defaultdict(list)
        for department in departments:
            for name in dict.fromkeys((department.name, department.short_name, *department.aliases)):
                if len(name) >= _MIN_LENGTH:
                    self._bearers[name].append(department)

    @property
    def phrases(self) -> Iterable[str]:
        return self._bearers.keys()

    def find(self, document: Document, lineage: Sequence[str]) -> tuple[str, ...]:
        """Department ids in the order of the text. `lineage` is the region of the matter and what lies above it."""
        found: dict[str, None] = {}
        for cue in longest([cue for cue in document.cues if cue.phrase in self._bearers]):
            bearers = self._bearers[cue.phrase]
            if len(bearers) > 1:
                nearest = next((code for code in lineage if any(d.region_code == code for d in bearers)), None)
                bearers = [d for d in bearers if d.region_code == nearest] or bearers
            found.update(dict.fromkeys(department.id for department in bearers))
        return tuple(found)

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
            found.update(dict.fromkeys(department.id for department in self.bearers(cue.phrase, lineage)))
        return tuple(found)

    def bearers(self, phrase: str, lineage: Sequence[str]) -> list[Department]:
        """The units that `phrase` names, those nearest to the region where several do; none if it is no unit's name."""
        return self.nearest(self._bearers.get(phrase, ()), lineage)

    @staticmethod
    def nearest(units: Sequence[Department], lineage: Sequence[str]) -> list[Department]:
        """Of several units those of the innermost region of `lineage` that has one; all of them where none has."""
        if len(units) < 2:
            return list(units)
        code = next((code for code in lineage if any(unit.region_code == code for unit in units)), None)
        return [unit for unit in units if unit.region_code == code] or list(units)

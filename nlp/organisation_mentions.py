"""Which organisations a text names: units of the city by all their names, companies by their last characters."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from models.analysis import OrganisationKind, OrganisationMention
from models.department import Department
from nlp.accusations import Stance, judge_stance
from nlp.cues import longest
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.name_bounds import NameBounds, Suffixes, WordLine
from nlp.organisations import DepartmentNames
from nlp.quoting import quote

VERSION = "organisations/1"
_LONGEST = 12


class OrganisationFinding(NamedTuple):
    """`department_ids` are the units that the text is about: all that it names but those it only asks to act."""

    mentions: tuple[OrganisationMention, ...]
    department_ids: tuple[str, ...]


class _Named(NamedTuple):
    start: int
    end: int
    units: tuple[Department, ...]
    only_accused: bool = False


class OrganisationMentions:
    """Organisations named in texts, and whether the text complains about them."""

    def __init__(self, names: DepartmentNames, departments: Sequence[Department]) -> None:
        lexicon = load_lexicon("organisations")
        by_duty: dict[str, list[Department]] = defaultdict(list)
        for department in departments:
            by_duty[department.duty].append(department)
        self._names = names
        self._old = {name: tuple(by_duty[duty]) for name, duty in lexicon["old_names"].items() if by_duty[duty]}
        self._short = {name: tuple(by_duty[duty]) for name, duty in lexicon["only_accused"].items() if by_duty[duty]}
        self._phrases = frozenset({*names.phrases, *self._old, *self._short})
        self._bounds = NameBounds()
        self._suffixes = Suffixes(lexicon["company"])
        self._bare, self._generic = frozenset(lexicon["bare_company"]), frozenset(lexicon["generic_company"])
        self._place_after = tuple(lexicon["place_after"])

    @property
    def phrases(self) -> Iterable[str]:
        return self._phrases

    def find(self, document: Document, lineage: Sequence[str], line: WordLine) -> OrganisationFinding:
        """The organisations of one text in its order. `lineage` is the region of the matter and what lies above it,
        `line` are the words of the text (`nlp.name_bounds.word_line`)."""
        text = document.text
        units = self._units(document, lineage)
        named = sorted([*units, *self._companies(line, units)])
        mentions: list[OrganisationMention] = []
        about: dict[str, None] = {}
        for place, found in enumerate(named):
            following = named[place + 1].start if place + 1 < len(named) else len(text)
            firm = not found.units
            serves = any(unit.kind == "utility" for unit in found.units)
            stance = judge_stance(text, found.start, found.end, following, firm=firm, serves=serves)
            if stance is Stance.ACCUSED and text.startswith(self._place_after, found.end):
                stance = Stance.NAMED
            if found.only_accused and stance is not Stance.ACCUSED:
                continue
            if stance is not Stance.ASKED:
                about.update(dict.fromkeys(unit.id for unit in found.units))
            start, end, words = quote(document, found.start, found.end)
            mentions.append(
                OrganisationMention(
                    text=words,
                    kind=OrganisationKind.COMPANY if firm else OrganisationKind.DEPARTMENT,
                    department_id=found.units[0].id if len(found.units) == 1 else None,
                    accused=stance is Stance.ACCUSED,
                    start=start,
                    end=end,
                )
            )
        return OrganisationFinding(tuple(mentions), tuple(about))

    def _units(self, document: Document, lineage: Sequence[str]) -> list[_Named]:
        cues = longest([cue for cue in document.cues if cue.phrase in self._phrases])
        found = []
        for cue in cues:
            bearers = self._names.bearers(cue.phrase, lineage)
            only_accused = not bearers and cue.phrase in self._short
            if not bearers:
                old = self._old.get(cue.phrase) or self._short.get(cue.phrase, ())
                bearers = self._names.nearest(old, lineage)
            if bearers:
                found.append(_Named(cue.start, cue.end, tuple(bearers), only_accused))
        return found

    def _companies(self, line: WordLine, units: Sequence[_Named]) -> list[_Named]:
        taken = {unit.end for unit in units}
        found: list[_Named] = []
        floor = 0
        for suffix in self._suffixes.find(line):
            if suffix.end in taken:
                continue
            if found and found[-1].end == suffix.start:  # 万通置业有限公司
                begin = found.pop().start
            else:
                begin = self._bounds.start(
                    line, suffix, floor, longest=_LONGEST, several_words=True, weak=self._generic
                )
            length = suffix.start - begin
            if length > 1 or (not length and suffix.written in self._bare):
                found.append(_Named(begin, suffix.end, ()))
                floor = suffix.end
        inside = [(unit.start, unit.end) for unit in units]
        return [firm for firm in found if not any(s < firm.end and firm.start < e for s, e in inside)]

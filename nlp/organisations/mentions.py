"""Which organisations a text names: units of the city by all their names, companies by their last characters."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from models.analysis import OrganisationKind, OrganisationMention
from models.department import Department
from nlp.cue_places import Wanted
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.organisations.accusations import Stance, judge_stance
from nlp.organisations.names import DepartmentNames
from nlp.places.name_bounds import NameBounds, Suffixes, WordLine
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


_NOTHING = OrganisationFinding((), ())
_START = attrgetter("start")


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
        self._wanted = Wanted(sorted(self._phrases))
        self._bounds = NameBounds()
        self._suffixes = Suffixes(lexicon["company"])
        self._bare, self._generic = frozenset(lexicon["bare_company"]), frozenset(lexicon["generic_company"])
        self._place_after = tuple(lexicon["place_after"])

    @property
    def phrases(self) -> Iterable[str]:
        return self._phrases

    def find(
        self, documents: Sequence[Document], lineages: Sequence[Sequence[str]], lines: Sequence[WordLine]
    ) -> list[OrganisationFinding]:
        """The organisations of each text in its order. `lineages` are the region of each matter and what lies above
        it, `lines` the words of the texts (`nlp.places.name_bounds.word_lines`)."""
        units = self._units(documents, lineages)
        found: list[OrganisationFinding] = []
        for line in lines:
            part = slice(len(found), len(found) + len(line.bases) - 1)
            firms = self._companies(line, units[part])
            found += [self._judge(*parts) for parts in zip(documents[part], units[part], firms, strict=True)]
        return found

    def _judge(self, document: Document, units: Sequence[_Named], firms: Sequence[_Named]) -> OrganisationFinding:
        if not units and not firms:
            return _NOTHING
        named = sorted([*units, *firms], key=_START) if units and firms else units or firms
        text = document.text
        starts = [found.start for found in named[1:]]
        mentions: list[OrganisationMention] = []
        about: dict[str, None] = {}
        for found, following in zip(named, [*starts, len(text)], strict=True):
            bearers = found.units
            firm = not bearers
            serves = not firm and any([unit.kind == "utility" for unit in bearers])
            stance = judge_stance(text, found.start, found.end, following, firm=firm, serves=serves)
            accused = stance is Stance.ACCUSED and not text.startswith(self._place_after, found.end)
            if found.only_accused and not accused:
                continue
            if stance is not Stance.ASKED:
                about.update([(unit.id, None) for unit in bearers])
            start, end, words = quote(document, found.start, found.end)
            kind = OrganisationKind.COMPANY if firm else OrganisationKind.DEPARTMENT
            only = bearers[0].id if len(bearers) == 1 else None
            mentions.append(OrganisationMention(words, kind, only, accused, start, end))
        return OrganisationFinding(tuple(mentions), tuple(about))

    def _units(self, documents: Sequence[Document], lineages: Sequence[Sequence[str]]) -> list[list[_Named]]:
        places = self._wanted.longest(documents)
        found: list[list[_Named]] = [[] for _ in documents]
        columns = (places.rows.tolist(), places.starts.tolist(), places.ends.tolist(), places.columns.tolist())
        for row, start, end, column in zip(*columns, strict=True):
            phrase = self._wanted.phrases[column]
            bearers = self._names.bearers(phrase, lineages[row])
            only_accused = not bearers and phrase in self._short
            if not bearers:
                bearers = self._names.nearest(self._old.get(phrase) or self._short.get(phrase, ()), lineages[row])
            if bearers:
                found[row].append(_Named(start, end, tuple(bearers), only_accused))
        return found

    def _companies(self, line: WordLine, units: Sequence[Sequence[_Named]]) -> list[list[_Named]]:
        """Names that end like a company's and are no unit's, by document."""
        bases = line.bases
        taken = {base + unit.end for base, those in zip(bases, units, strict=False) for unit in those}
        found: list[list[_Named]] = [[] for _ in units]
        floor = row = 0
        for suffix in self._suffixes.find(line):
            while bases[row + 1] <= suffix.start:
                row += 1
            if suffix.end in taken:
                continue
            base, firms = bases[row], found[row]
            if firms and base + firms[-1].end == suffix.start:  # 万通置业有限公司
                begin = base + firms.pop().start
            else:
                begin = self._bounds.start(
                    line, suffix, floor, longest=_LONGEST, several_words=True, weak=self._generic
                )
            length = suffix.start - begin
            if length > 1 or (not length and suffix.written in self._bare):
                firms.append(_Named(begin - base, suffix.end - base, ()))
                floor = suffix.end
        return [
            [firm for firm in firms if _apart(firm, those)] if firms and those else firms
            for firms, those in zip(found, units, strict=True)
        ]


def _apart(firm: _Named, units: Sequence[_Named]) -> bool:
    return not any([unit.start < firm.end and firm.start < unit.end for unit in units])

"""Which groups of words stand in each clause of a batch, and which of them keep company: who does what to whom.

The groups and the patterns are those of lexicon/alarms.yaml. One cue word says little (孩子; 皮带); a child and a belt
in the same breath say much. A pattern holds where each of its groups has a word in a clause or in the next `REACH` - 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from nlp.lexicon import load_lexicon
from nlp.reference import load_taxonomy
from nlp.urgency.windows import Numbers

REACH = 3


@dataclass(frozen=True, slots=True)
class Pattern:
    """The numbers of the groups that must keep company and of those that must not stand there. A `certain` pattern is
    a rule hit of its detector by itself; the others are only heard by the classifier."""

    detector: str
    groups: tuple[int, ...]
    without: tuple[int, ...]
    certain: bool


@cache
def groups() -> Mapping[str, int]:
    """Each group and its number: those of alarms.yaml, then the cues of each detector, then the scopes."""
    own = load_lexicon("urgency")
    detectors = [f"cue:{row['id']}" for row in load_taxonomy()["sensitive"]]
    names = [*load_lexicon("alarms")["words"], *detectors, *(f"scope:{name}" for name in own["scopes"]["words"])]
    return MappingProxyType({name: number for number, name in enumerate(names)})


@cache
def groups_of() -> Mapping[str, tuple[int, ...]]:
    """The groups of each word, by number."""
    own, numbers = load_lexicon("urgency"), groups()
    found: dict[str, set[int]] = {}
    for group, words in load_lexicon("alarms")["words"].items():
        for word in map(str, words):
            found.setdefault(word, set()).add(numbers[group])
    for row in load_taxonomy()["sensitive"]:
        for word in {*row["cues"], *own["cues"].get(row["id"], ()), *own["only_near"].get(row["id"], ())}:
            found.setdefault(word, set()).add(numbers[f"cue:{row['id']}"])
    for name, words in own["scopes"]["words"].items():
        for word in map(str, words):
            found.setdefault(word, set()).add(numbers[f"scope:{name}"])
    return MappingProxyType({word: tuple(sorted(kinds)) for word, kinds in found.items() if len(word) > 1})


@cache
def patterns() -> tuple[Pattern, ...]:
    """In the order of the file, those of `rules` before those of `certain`."""
    lexicon = load_lexicon("alarms")
    return tuple(
        _pattern(detector, rule, certain=kind == "certain")
        for kind in ("rules", "certain")
        for detector, rules in lexicon[kind].items()
        for rule in rules
    )


def _pattern(detector: str, rule: str, *, certain: bool) -> Pattern:
    numbers = groups()
    wanted = tuple(numbers[name] for name in rule.split() if name[0] != "!")
    return Pattern(detector, wanted, tuple(numbers[name[1:]] for name in rule.split() if name[0] == "!"), certain)


class Kinds:
    """The groups of the words in the columns of a search."""

    def __init__(self, phrases: Sequence[str]) -> None:
        of = groups_of()
        found = [of.get(phrase, ()) for phrase in phrases]
        self._counts = np.array([len(kinds) for kinds in found], dtype=np.int64)
        self._flat = np.array([kind for kinds in found for kind in kinds], dtype=np.int64)
        self._first = self._counts.cumsum() - self._counts

    def expand(self, columns: Numbers) -> tuple[Numbers, Numbers]:
        """The places among `columns` and the groups of each pair of word and group."""
        counts = self._counts[columns]
        places = np.arange(len(columns)).repeat(counts)
        shifts = self._first[columns] - counts.cumsum() + counts
        return places, self._flat[shifts.repeat(counts) + np.arange(len(places))]


def holding(words: Numbers, kinds: Numbers, rows: Numbers) -> tuple[Numbers, Numbers]:
    """The pairs of a pattern (by number) and a clause from which it holds. `words` are the clauses of the words and
    `kinds` their groups, `rows` the texts of the clauses."""
    near = np.zeros((len(groups()), len(rows)), dtype=np.bool_)
    near[kinds, words] = True
    for step in range(1, REACH):
        before = words - step
        same = np.flatnonzero((before >= 0) & (rows[np.maximum(before, 0)] == rows[words]))
        near[kinds[same], before[same]] = True
    held, clauses = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for number, pattern in enumerate(patterns()):
        found = near[pattern.groups[0]].nonzero()[0]
        for group in pattern.groups[1:]:
            found = found[near[group, found]]
        for group in pattern.without:
            found = found[~near[group, found]]
        held.append(np.full(len(found), number))
        clauses.append(found)
    return np.concatenate(held), np.concatenate(clauses)

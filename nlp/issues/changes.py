"""What comes of some arrivals: who joined what, what was merged, split, proposed; in the order it happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from nlp.issues.arrivals import Arrival


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an arrival went: `issue` 0 where it stands alone, `part` of it (its own number, unless people merged it).
    `likeness` is the average to the members it joined, `nearest` the one that it is most like, `shared` the hashes of
    words of both with their shares of the likeness, `days` since the latest of them."""

    arrival: Arrival
    number: int
    issue: int
    likeness: float = 0.0
    nearest: int | None = None
    shared: tuple[tuple[int, float], ...] = ()
    places: tuple[str, ...] = ()
    days: int | None = None
    part: int = 0


@dataclass(frozen=True, slots=True)
class Joining:
    """A submission that stood alone is a member of `issue` now, because another came that is like it."""

    key: int
    issue: int
    part: int


@dataclass(frozen=True, slots=True)
class Merging:
    """Issue `gone` is part of `issue` now. `likeness` is the average between the members of both."""

    issue: int
    gone: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Splitting:
    """These members left `issue`; for the new issue `into`, or to stand alone (0)."""

    issue: int
    into: int
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proposing:
    """What the program would do but leaves to a person: put `other` into `issue`, or let `leaving` leave it."""

    issue: int
    other: int | None
    leaving: tuple[int, ...] = ()
    likeness: float = 0.0


Change: TypeAlias = Placement | Joining | Merging | Splitting | Proposing


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster as it was kept: its issue (0: one submission alone), how many members it has, and the latest of them in
    order of arrival, each with the number of its arrival. `held`: people have decided about it; `separate`: with these
    issues it is never one. An issue that people have merged is several clusters, each a `part`: they are never merged
    by the program, and what is like one of them is of the issue."""

    issue: int
    size: int
    members: Sequence[tuple[int, Arrival]]
    held: bool = False
    separate: frozenset[int] = frozenset()
    part: int = 0


def grouped(changes: Iterable[Change]) -> list[list[int]]:
    """All keys that ever arrived, those of one issue together, ascending; by their first."""
    members: defaultdict[int, set[int]] = defaultdict(set)
    alone: set[int] = set()
    for change in changes:
        match change:
            case Placement(arrival=arrival, issue=0):
                alone.add(arrival.key)
            case Placement(arrival=arrival, issue=issue):
                members[issue].add(arrival.key)
            case Joining(key=key, issue=issue):
                alone.discard(key)
                members[issue].add(key)
            case Merging(issue=issue, gone=gone):
                members[issue] |= members.pop(gone)
            case Splitting(issue=issue, into=into, keys=keys):
                members[issue].difference_update(keys)
                (members[into] if into else alone).update(keys)
    return sorted([*([key] for key in alone), *(sorted(keys) for keys in members.values() if keys)])


def current_issues(changes: Iterable[Change]) -> dict[int, int]:
    """The issue of each key that arrived or changed, as it is in the end; 0 where it stands alone."""
    issues: dict[int, int] = {}
    for change in changes:
        match change:
            case Placement(arrival=arrival, issue=issue):
                issues[arrival.key] = issue
            case Joining(key=key, issue=issue):
                issues[key] = issue
            case Merging(issue=issue, gone=gone):
                issues.update({key: issue for key, old in issues.items() if old == gone})
            case Splitting(into=into, keys=keys):
                issues.update(dict.fromkeys(keys, into))
    return issues

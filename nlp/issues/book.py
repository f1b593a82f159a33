"""Which submissions speak of one matter? Each that arrives joins the cluster it is most like, or stands alone; the same
for the same order, however it is cut into batches, and after a restart.

One measure throughout: the average cosine between members. A cluster is known by its latest members alone, so that
memory stays bounded and a matter may move on; one that has been silent for very long takes no more. Where a submission
joins, the other clusters it is like are looked at: two that are as alike as the members of one become one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nlp.issues.arrivals import Arrival
from nlp.issues.average_link import average_link
from nlp.issues.belonging import Limits, belongs
from nlp.issues.changes import Change, Joining, KnownCluster, Merging, Placement, Proposing, Splitting
from nlp.issues.evidence import explain
from nlp.issues.member_index import NOBODY, MemberIndex
from nlp.similarity import Vector, add_up

VERSION = "issues/2"
# After so many arrivals, and a third of those that are known, what takes no more is swept out.
_SWEPT = 10_000


@dataclass(frozen=True, slots=True)
class BookSettings:
    """`limits` say what belongs together. `known`: by so many latest members a cluster is known. `young`: two clusters
    of which one is no larger are merged by the program, larger ones are a proposal. `bridge`: average cosine from which
    another cluster is looked at when a submission joins one, `bridges` of them at most; `direction`: the cosine as
    wholes from which two are merged. `loose`: the average below
    which a cluster falls apart. `alone_for`, `silent_for`: so many arrivals after its last member a single submission,
    an issue, takes no more."""

    limits: Limits = field(default_factory=Limits)
    known: int = 50
    young: int = 8
    bridge: float = 0.15
    bridges: int = 4
    direction: float = 0.5
    loose: float = 0.2
    alone_for: int = 20_000
    silent_for: int = 200_000


@dataclass(slots=True)
class _Cluster:
    """`issue` is the number of its issue, 0 while it is one submission alone, `part` which part of it. `slots` are the
    latest members in order of arrival, `arrival` the last one's number. `held`: people have decided about it.
    `separate`: with these issues it is never one."""

    number: int
    issue: int
    slots: list[int]
    size: int
    arrival: int
    held: bool = False
    separate: frozenset[int] = frozenset()
    part: int = 0


class IssueBook:
    """All clusters that may take more. `arrivals` counts what ever came, `last_issue` is the newest issue's number."""

    def __init__(self, settings: BookSettings | None = None) -> None:
        self.settings = settings or BookSettings()
        self.arrivals = 0
        self.last_issue = 0
        self._swept = 0
        self._index = MemberIndex()
        self._members: dict[int, tuple[int, Arrival]] = {}
        self._clusters: dict[int, _Cluster] = {}

    @classmethod
    def restore(
        cls, known: Iterable[KnownCluster], *, arrivals: int, last_issue: int, settings: BookSettings | None = None
    ) -> "IssueBook":
        """A book as it was after `arrivals`, from the clusters that may take more, in any order."""
        book = cls(settings)
        book.arrivals, book.last_issue = arrivals, last_issue
        book._fill([(one, list(one.members)[-book.settings.known :]) for one in known])
        return book

    def known(self) -> list[KnownCluster]:
        """The clusters that may take more, by their first known member."""
        return sorted(
            (
                KnownCluster(
                    issue=cluster.issue,
                    size=cluster.size,
                    members=[self._members[slot] for slot in cluster.slots],
                    held=cluster.held,
                    separate=cluster.separate,
                    part=cluster.part,
                )
                for cluster in self._clusters.values()
                if self._is_open(cluster)
            ),
            key=lambda one: one.members[0][0],
        )

    def take(self, arrivals: Iterable[Arrival], *, explained: bool = True) -> list[Change]:
        """Let these arrive, one by one; what came of it, in order. Without `explained` nobody asks why."""
        changes: list[Change] = []
        for arrival in arrivals:
            self._take(arrival, changes, explained)
        return changes

    def _take(self, arrival: Arrival, changes: list[Change], explained: bool) -> None:
        self.arrivals += 1
        found = self._find(arrival)
        if found is None:
            self._add(_Cluster(self._index.add_cluster(), 0, [], 0, 0), self.arrivals, arrival)
            changes.append(Placement(arrival, self.arrivals, 0))
            return
        likeness, cluster = found
        members = self._arrivals_of(cluster)
        looked_at = self._is_looked_at(cluster.size + 1)
        others = self._others_like(arrival, cluster) if looked_at else []
        if not cluster.issue:
            self.last_issue += 1
            cluster.issue = cluster.part = self.last_issue
            changes.append(Joining(members[0].key, cluster.issue, cluster.part))
        placement = Placement(arrival, self.arrivals, cluster.issue, likeness, part=cluster.part)
        changes.append(explain(placement, members) if explained else placement)
        self._add(cluster, self.arrivals, arrival)
        if looked_at:
            for other in others:
                cluster = self._bring_together(cluster, other, changes)
            self._look_for_parts(cluster, changes)

    def _find(self, arrival: Arrival) -> tuple[float, _Cluster] | None:
        """The most alike cluster that nothing forbids."""
        for likeness, cluster in self._ranked(arrival.vector, self.settings.limits.near):
            if belongs(arrival, self._arrivals_of(cluster), likeness, self.settings.limits):
                return likeness, cluster
        return None

    def _others_like(self, arrival: Arrival, cluster: _Cluster) -> list[_Cluster]:
        ranked = self._ranked(arrival.vector, self.settings.bridge)
        return [other for _, other in ranked if other is not cluster][: self.settings.bridges]

    def _arrivals_of(self, cluster: _Cluster) -> list[Arrival]:
        return [self._members[slot][1] for slot in cluster.slots]

    def _ranked(self, vector: Vector, least: float) -> list[tuple[float, _Cluster]]:
        """Open clusters, the most alike first, of equals the one whose first known member came first."""
        found = [
            (score, cluster)
            for number, score in self._index.likeness(vector, least, self._slots_of)
            if self._is_open(cluster := self._clusters[number])
        ]
        return sorted(found, key=lambda item: (-item[0], item[1].slots[0]))

    def _slots_of(self, number: int) -> list[int]:
        return self._clusters[number].slots

    def _is_open(self, cluster: _Cluster) -> bool:
        lasting = self.settings.silent_for if cluster.issue else self.settings.alone_for
        return self.arrivals - cluster.arrival <= lasting

    def _is_looked_at(self, size: int) -> bool:
        """While it is small each time, then now and then."""
        return size <= self.settings.young or size % self.settings.young == 0

    def _add(self, cluster: _Cluster, number: int, arrival: Arrival) -> None:
        self._clusters.setdefault(cluster.number, cluster)
        slot = self._index.add_member(arrival.vector, cluster.number)
        self._members[slot] = number, arrival
        cluster.slots.append(slot)
        cluster.size += 1
        cluster.arrival = number
        self._forget_oldest(cluster)
        if self.arrivals - self._swept >= max(_SWEPT, len(self._members) // 3):
            self._sweep()

    def _forget_oldest(self, cluster: _Cluster) -> None:
        gone = cluster.slots[: -self.settings.known]
        if gone:
            cluster.slots = cluster.slots[-self.settings.known :]
            self._index.move(gone, NOBODY)
            for slot in gone:
                del self._members[slot]

    def _bring_together(self, one: _Cluster, other: _Cluster, changes: list[Change]) -> _Cluster:
        """Merge these two, or propose it, where they are alike enough; the one that stays."""
        if not other.slots or one.issue == other.issue or one.issue in other.separate:
            return one
        likeness, direction = self._likeness(one, other)
        if direction >= self.settings.direction:
            likeness = max(likeness, self.settings.limits.threshold)
        if likeness < self.settings.limits.threshold or self._are_at_odds(one, other, likeness):
            return one
        # a single submission goes to the issue; of two issues the older one stays
        kept, gone = (one, other) if not other.issue or (one.issue and one.issue < other.issue) else (other, one)
        if kept.held or gone.held or min(one.size, other.size) > self.settings.young:
            if gone.issue:
                changes.append(Proposing(kept.issue, gone.issue, likeness=likeness))
            return one
        if gone.issue:
            changes.append(Merging(kept.issue, gone.issue, likeness))
        else:
            changes.append(Joining(self._members[gone.slots[0]][1].key, kept.issue, kept.part))
        self._index.move(gone.slots, kept.number)
        kept.slots = sorted(kept.slots + gone.slots)
        kept.size += gone.size
        kept.arrival = max(kept.arrival, gone.arrival)
        kept.separate |= gone.separate
        gone.slots = []
        del self._clusters[gone.number]
        self._forget_oldest(kept)
        return kept

    def _likeness(self, one: _Cluster, other: _Cluster) -> tuple[float, float]:
        """The average cosine between their members, and the cosine between them as wholes: many letters of one matter,
        each in words of its own, are alike as wholes before they are in pairs."""
        terms, sums = add_up([arrival.vector for arrival in self._arrivals_of(one)])
        other_terms, other_sums = add_up([arrival.vector for arrival in self._arrivals_of(other)])
        _, here, there = np.intersect1d(terms, other_terms, assume_unique=True, return_indices=True)
        product = float(np.dot(sums[here], other_sums[there]))
        average = product / (Vector.SQUARE * len(one.slots) * len(other.slots))
        lengths = float(np.dot(sums, sums)) * float(np.dot(other_sums, other_sums))
        return average, product / lengths**0.5 if lengths else 0.0

    def _are_at_odds(self, one: _Cluster, other: _Cluster, likeness: float) -> bool:
        """Whether the smaller one's latest member could not have joined the larger one."""
        small, large = sorted((one, other), key=lambda cluster: (cluster.size, cluster.slots[0]))
        latest = self._members[small.slots[-1]][1]
        return not belongs(latest, self._arrivals_of(large), likeness, self.settings.limits)

    def _look_for_parts(self, cluster: _Cluster, changes: list[Change]) -> None:
        """Whether what has grown together belongs together, looked at as a whole."""
        if cluster.size % self.settings.young or cluster.size != len(cluster.slots):
            return
        members = self._arrivals_of(cluster)
        groups = average_link([m.vector for m in members], self.settings.loose)
        if len(groups) == 1:
            return
        # the largest stays, of equals the oldest
        groups.sort(key=lambda group: (-len(group), group))
        if cluster.held or cluster.size > 2 * self.settings.young:
            leaving = tuple(members[place].key for group in groups[1:] for place in group)
            changes.append(Proposing(cluster.issue, None, leaving))
            return
        all_slots = cluster.slots
        for group in groups[1:]:
            slots = [all_slots[place] for place in group]
            self.last_issue += len(slots) > 1
            issue = self.last_issue if len(slots) > 1 else 0
            last = self._members[slots[-1]][0]
            part = _Cluster(self._index.add_cluster(), issue, slots, len(slots), last, part=issue)
            self._clusters[part.number] = part
            self._index.move(slots, part.number)
            changes.append(Splitting(cluster.issue, issue, tuple(self._members[s][1].key for s in slots)))
        cluster.slots = [all_slots[place] for place in groups[0]]
        cluster.size = len(cluster.slots)
        cluster.arrival = self._members[cluster.slots[-1]][0]

    def _sweep(self) -> None:
        """Forget the clusters that take no more, and the entries of all that are gone."""
        open_clusters = [cluster for cluster in self._clusters.values() if self._is_open(cluster)]
        members = self._members
        self._members, self._clusters, self._index = {}, {}, MemberIndex()
        self._fill(
            [
                (KnownCluster(c.issue, c.size, (), c.held, c.separate, c.part), [members[slot] for slot in c.slots])
                for c in open_clusters
            ]
        )

    def _fill(self, clusters: Sequence[tuple[KnownCluster, list[tuple[int, Arrival]]]]) -> None:
        """Slots are given out in the order of arrival, as they were the first time."""
        made = [
            _Cluster(
                self._index.add_cluster(), one.issue, [], one.size, members[-1][0], one.held, one.separate, one.part
            )
            for one, members in clusters
        ]
        everybody = [
            (number, arrival, cluster)
            for cluster, (_, members) in zip(made, clusters, strict=True)
            for number, arrival in members
        ]
        everybody.sort(key=lambda one: one[0])
        self._index.fill([arrival.vector for _, arrival, _ in everybody], [cluster.number for *_, cluster in everybody])
        for slot, (number, arrival, cluster) in enumerate(everybody):
            self._members[slot] = number, arrival
            cluster.slots.append(slot)
        self._swept = self.arrivals
        self._clusters = {cluster.number: cluster for cluster in made}

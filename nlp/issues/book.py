"""Which submissions speak of one matter? Each that arrives joins the cluster it is most like, or stands alone; the same
for the same order, however it is cut into batches, and after a restart.

One measure throughout: the average cosine between members. A cluster is known by its latest members alone, so that
memory stays bounded and a matter may move on; one that has been silent for very long takes no more. Where a submission
joins, the other clusters it is like are looked at: two that are as alike as the members of one become one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

from nlp.issues.arrivals import Arrival
from nlp.issues.average_link import average_link
from nlp.issues.belonging import Limits, belongs
from nlp.issues.changes import Change, Joining, KnownCluster, Merging, Placement, Proposing, Splitting
from nlp.issues.evidence import explain
from nlp.issues.member_index import Hits, MemberIndex
from nlp.similarity import Vector, add_up

VERSION = "issues/2"
# So many are compared with what is known at once; what comes of them does not depend on it.
_TOGETHER = 128
# After so many arrivals, and a quarter of those that are known, what takes no more is swept out.
_SWEPT = 4_096


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


@dataclass(slots=True, eq=False)
class _Cluster:
    """`issue` is the number of its issue, 0 while it is one submission alone, `part` which part of it. `slots` are the
    latest members in order of arrival, `arrival` the last one's number. `held`: people have decided about it.
    `separate`: with these issues it is never one. `sums`: what each word weighs in all known members together, where
    it has been asked for since the last sweep."""

    issue: int
    slots: list[int]
    size: int
    arrival: int
    held: bool = False
    separate: frozenset[int] = frozenset()
    part: int = 0
    sums: dict[int, int] | None = None


class _Ranked(NamedTuple):
    """A cluster with the sum of the products with its members."""

    score: float
    cluster: _Cluster
    total: int


class IssueBook:
    """All clusters that may take more. `arrivals` counts what ever came, `last_issue` is the newest issue's number."""

    def __init__(self, settings: BookSettings | None = None) -> None:
        self.settings = settings or BookSettings()
        self.arrivals = 0
        self.last_issue = 0
        self._swept = 0
        self._index = MemberIndex()
        # by slot: the number of each arrival, the arrival, its cluster (None: it is forgotten, or not taken yet)
        self._numbers: list[int] = []
        self._members: list[Arrival] = []
        self._cluster_of: list[_Cluster | None] = []

    @classmethod
    def restore(
        cls, known: Iterable[KnownCluster], *, arrivals: int, last_issue: int, settings: BookSettings | None = None
    ) -> "IssueBook":
        """A book as it was after `arrivals`, from the clusters that may take more, in any order."""
        book = cls(settings)
        book.arrivals, book.last_issue = arrivals, last_issue
        book._fill(known)
        return book

    def known(self) -> list[KnownCluster]:
        """The clusters that may take more, by their first known member."""
        return sorted(
            (
                KnownCluster(
                    issue=cluster.issue,
                    size=cluster.size,
                    members=[(self._numbers[slot], self._members[slot]) for slot in cluster.slots],
                    held=cluster.held,
                    separate=cluster.separate,
                    part=cluster.part,
                )
                for cluster in self._open_clusters()
            ),
            key=lambda one: one.members[0][0],
        )

    def take(self, arrivals: Iterable[Arrival], *, explained: bool = True) -> list[Change]:
        """Let these arrive, one by one; what came of it, in order. Without `explained` nobody asks why."""
        changes: list[Change] = []
        source = iter(arrivals)
        while together := list(islice(source, _TOGETHER)):
            if self.arrivals - self._swept >= max(_SWEPT, len(self._members) // 4):
                self._sweep()
            first = self._index.add([arrival.vector for arrival in together])
            # the text was only for reading it
            self._members += [arrival if arrival.text is None else replace(arrival, text=None) for arrival in together]
            self._numbers += range(self.arrivals + 1, self.arrivals + 1 + len(together))
            self._cluster_of += [None] * len(together)
            least = min(self.settings.limits.near, self.settings.bridge)
            alike = self._index.alike(first, least)
            for slot, (arrival, hits) in enumerate(zip(together, alike, strict=True), first):
                self._take(arrival, slot, hits, changes, explained)
        return changes

    def _take(self, arrival: Arrival, slot: int, hits: Hits, changes: list[Change], explained: bool) -> None:
        self.arrivals += 1
        weights = dict(zip(arrival.vector.terms.tolist(), arrival.vector.weights.tolist(), strict=True))
        ranked = self._ranked(weights, hits)
        found = self._find(arrival, weights, ranked)
        if found is None:
            self._cluster_of[slot] = _Cluster(0, [slot], 1, self.arrivals)
            changes.append(Placement(arrival, self.arrivals, 0))
            return
        cluster = found.cluster
        members = self._arrivals_of(cluster)
        looked_at = self._is_looked_at(cluster.size + 1)
        others = self._others_like(cluster, ranked) if looked_at else []
        if not cluster.issue:
            self.last_issue += 1
            cluster.issue = cluster.part = self.last_issue
            changes.append(Joining(members[0].key, cluster.issue, cluster.part))
        placement = Placement(arrival, self.arrivals, cluster.issue, found.score, part=cluster.part)
        if explained:
            # the most alike one is as alike as they are on average, so it is among the hits; of equals the earlier
            products = [hits.get(slot, 0) for slot in cluster.slots]
            nearest = members[products.index(max(products))].key
            placement = explain(placement, weights, members, self._sums_of(cluster), nearest)
        changes.append(placement)
        self._cluster_of[slot] = cluster
        cluster.slots.append(slot)
        _count(cluster.sums, arrival.vector, 1)
        cluster.size += 1
        cluster.arrival = self.arrivals
        self._forget_oldest(cluster)
        if looked_at:
            for other in others:
                cluster = self._bring_together(cluster, other, changes)
            self._look_for_parts(cluster, changes)

    def _ranked(self, weights: Mapping[int, int], hits: Hits) -> list[_Ranked]:
        """Open clusters that are alike enough to be looked at, the most alike first, of equals the one whose first
        known member came first. One of its members at least is as alike as all are on average."""
        asked = min(self.settings.limits.near, self.settings.bridge) * Vector.SQUARE
        found: dict[int, _Ranked] = {}
        for cluster in set(map(self._cluster_of.__getitem__, hits)):
            if cluster is None or not self._is_open(cluster):
                continue
            slots = cluster.slots
            total = hits[slots[0]] if len(slots) == 1 else _product(weights, self._sums_of(cluster))
            if total >= len(slots) * asked:
                found[slots[0]] = _Ranked(total / (Vector.SQUARE * len(slots)), cluster, total)
        return [found[slot] for slot in sorted(found, key=lambda slot: (-found[slot].score, slot))]

    def _find(self, arrival: Arrival, weights: Mapping[int, int], ranked: Iterable[_Ranked]) -> _Ranked | None:
        """The most alike cluster that nothing forbids."""
        limits = self.settings.limits
        for one in ranked:
            size = len(one.cluster.slots)
            if one.total < size * (limits.near * Vector.SQUARE):
                return None
            of_places = {term: weights[term] for term in arrival.place_terms if term in weights}
            by_place = _product(of_places, self._sums_of(one.cluster)) / Vector.SQUARE / size if of_places else 0.0
            if belongs(arrival, self._arrivals_of(one.cluster), one.score, limits, by_place):
                return one
        return None

    def _others_like(self, cluster: _Cluster, ranked: Iterable[_Ranked]) -> list[_Cluster]:
        asked = self.settings.bridge * Vector.SQUARE
        alike = (one.cluster for one in ranked if one.total >= len(one.cluster.slots) * asked)
        return [other for other in alike if other is not cluster][: self.settings.bridges]

    def _arrivals_of(self, cluster: _Cluster) -> list[Arrival]:
        members = self._members
        return [members[slot] for slot in cluster.slots]

    def _open_clusters(self) -> list[_Cluster]:
        clusters = {id(cluster): cluster for cluster in self._cluster_of if cluster is not None}
        return [cluster for cluster in clusters.values() if self._is_open(cluster)]

    def _is_open(self, cluster: _Cluster) -> bool:
        lasting = self.settings.silent_for if cluster.issue else self.settings.alone_for
        return self.arrivals - cluster.arrival <= lasting

    def _is_looked_at(self, size: int) -> bool:
        """While it is small each time, then now and then."""
        return size <= self.settings.young or size % self.settings.young == 0

    def _forget_oldest(self, cluster: _Cluster) -> None:
        gone = cluster.slots[: -self.settings.known]
        if gone:
            cluster.slots = cluster.slots[-self.settings.known :]
            for slot in gone:
                self._cluster_of[slot] = None
                _count(cluster.sums, self._members[slot].vector, -1)

    def _sums_of(self, cluster: _Cluster) -> dict[int, int]:
        if cluster.sums is None:
            terms, sums = add_up([self._members[slot].vector for slot in cluster.slots])
            cluster.sums = dict(zip(terms.tolist(), sums.tolist(), strict=True))
        return cluster.sums

    def _move(self, slots: Iterable[int], cluster: _Cluster) -> None:
        for slot in slots:
            self._cluster_of[slot] = cluster

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
            changes.append(Joining(self._members[gone.slots[0]].key, kept.issue, kept.part))
        self._move(gone.slots, kept)
        kept.sums = None
        kept.slots = sorted(kept.slots + gone.slots)
        kept.size += gone.size
        kept.arrival = max(kept.arrival, gone.arrival)
        kept.separate |= gone.separate
        gone.slots = []
        self._forget_oldest(kept)
        return kept

    def _likeness(self, one: _Cluster, other: _Cluster) -> tuple[float, float]:
        """The average cosine between their members, and the cosine between them as wholes: many letters of one matter,
        each in words of its own, are alike as wholes before they are in pairs."""
        sums, others = self._sums_of(one), self._sums_of(other)
        shorter, longer = sorted((sums, others), key=len)
        product = _product(shorter, longer)
        average = product / (Vector.SQUARE * len(one.slots) * len(other.slots))
        lengths = _square(sums) * _square(others)
        return average, product / lengths**0.5 if lengths else 0.0

    def _are_at_odds(self, one: _Cluster, other: _Cluster, likeness: float) -> bool:
        """Whether the smaller one's latest member could not have joined the larger one."""
        small, large = sorted((one, other), key=lambda cluster: (cluster.size, cluster.slots[0]))
        latest = self._members[small.slots[-1]]
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
            part = _Cluster(issue, slots, len(slots), self._numbers[slots[-1]], part=issue)
            self._move(slots, part)
            changes.append(Splitting(cluster.issue, issue, tuple(self._members[slot].key for slot in slots)))
        cluster.slots, cluster.sums = [all_slots[place] for place in groups[0]], None
        cluster.size = len(cluster.slots)
        cluster.arrival = self._numbers[cluster.slots[-1]]

    def _sweep(self) -> None:
        """Forget the clusters that take no more, and the members that nothing is known by any more."""
        clusters = self._open_clusters()
        kept = sorted(slot for cluster in clusters for slot in cluster.slots)
        place = dict(zip(kept, range(len(kept)), strict=True))
        for cluster in clusters:
            cluster.slots, cluster.sums = [place[slot] for slot in cluster.slots], None
        self._index.keep(kept)
        self._numbers = [self._numbers[slot] for slot in kept]
        self._members = [self._members[slot] for slot in kept]
        self._cluster_of = [self._cluster_of[slot] for slot in kept]
        self._swept = self.arrivals

    def _fill(self, known: Iterable[KnownCluster]) -> None:
        """Slots are given out in the order of arrival, as they were the first time."""
        everybody: list[tuple[int, Arrival, _Cluster]] = []
        for one in known:
            members = list(one.members)[-self.settings.known :]
            cluster = _Cluster(one.issue, [], one.size, members[-1][0], one.held, one.separate, one.part)
            everybody += [(number, arrival, cluster) for number, arrival in members]
        everybody.sort(key=lambda member: member[0])
        self._index.add([arrival.vector for _, arrival, _ in everybody])
        for slot, (number, arrival, cluster) in enumerate(everybody):
            self._numbers.append(number)
            self._members.append(arrival)
            self._cluster_of.append(cluster)
            cluster.slots.append(slot)
        self._swept = self.arrivals


def _count(sums: dict[int, int] | None, vector: Vector, times: int) -> None:
    """Words that nobody has any more stay, with nothing."""
    if sums is not None:
        for term, weight in zip(vector.terms.tolist(), vector.weights.tolist(), strict=True):
            sums[term] = sums.get(term, 0) + times * weight


def _product(one: Mapping[int, int], other: Mapping[int, int]) -> int:
    return sum(weight * other[term] for term, weight in one.items() if term in other)


def _square(sums: dict[int, int]) -> float:
    return float(sum(weight * weight for weight in sums.values()))

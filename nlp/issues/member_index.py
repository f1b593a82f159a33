"""Which clusters have how much in common with some words?

An index over members, so that a cluster that grows, merges or splits changes no entry: only the number of the cluster
that a member stands for. Words that very many members have are read last, and only for the clusters that can still be
alike enough: what is found is exact all the same.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.similarity import Vector

NOBODY = 0
_WEIGHT_BITS = 16
_WEIGHT = (1 << _WEIGHT_BITS) - 1
# a weight is at most `Vector.SQUARE` ** .5, so a product fits
_PRODUCT_BITS = 21
_PRODUCT = (1 << _PRODUCT_BITS) - 1
# A word that so many members have is put off, while all that are put off can make no more than this share of what is
# asked for. A larger share leaves more clusters to be looked at twice.
_LONG = 64
_PUT_OFF = 0.65


class MemberIndex:
    """Members are slots, clusters are numbers from 1; both are given out in ascending order and never again."""

    def __init__(self) -> None:
        # of a word that one member alone has, its entry; most words are such. Ascending by slot.
        self._entries: dict[int, int | array[int]] = {}
        # of words that many have, the most that one weighs or ever weighed there
        self._heaviest: dict[int, int] = {}
        self._cluster_of: NDArray[np.int32] = np.full(1024, NOBODY, dtype=np.int32)
        self._sizes: NDArray[np.int32] = np.zeros(1024, dtype=np.int32)
        self.slots = 0
        self.clusters = 0
        self.dead = 0

    def add_cluster(self) -> int:
        self.clusters += 1
        if self.clusters == len(self._sizes):
            self._sizes = np.append(self._sizes, np.zeros_like(self._sizes))
        return self.clusters

    def add_member(self, vector: Vector, cluster: int) -> int:
        """The slot of the new member."""
        slot = self.slots
        self._stand_for([cluster])
        every, heaviest = self._entries, self._heaviest
        for term, weight in zip(vector.terms.tolist(), vector.weights.tolist(), strict=True):
            entry = weight | slot << _WEIGHT_BITS
            entries = every.get(term)
            if entries is None:
                every[term] = entry
            elif isinstance(entries, int):
                every[term] = array("q", (entries, entry))
            else:
                entries.append(entry)
                if heaviest.get(term, weight) < weight:
                    heaviest[term] = weight
        return slot

    def fill(self, vectors: Sequence[Vector], clusters: Sequence[int]) -> None:
        """Add many members at once to an empty index, in this order."""
        self._stand_for(clusters)
        if not vectors:
            return
        terms = np.concatenate([vector.terms for vector in vectors])
        weights = np.concatenate([vector.weights for vector in vectors]).astype(np.int64)
        entries = weights | np.repeat(np.arange(len(vectors)), [len(v.terms) for v in vectors]) << _WEIGHT_BITS
        order = np.argsort(terms, kind="stable")
        terms, entries = terms[order], entries[order]
        starts = np.flatnonzero(np.concatenate([[True], terms[1:] != terms[:-1]])) if len(terms) else terms
        bounds = np.append(starts, len(terms))
        single = starts[np.diff(bounds) == 1]
        self._entries = dict(zip(terms[single].tolist(), entries[single].tolist(), strict=True))
        for start, end in pairwise(bounds.tolist()):
            if end - start > 1:
                self._entries[int(terms[start])] = array("q", entries[start:end].tobytes())

    def _stand_for(self, clusters: Sequence[int]) -> None:
        """New slots for members of these clusters."""
        while self.slots + len(clusters) > len(self._cluster_of):
            self._cluster_of = np.append(self._cluster_of, np.full_like(self._cluster_of, NOBODY))
        self._cluster_of[self.slots : self.slots + len(clusters)] = clusters
        self.slots += len(clusters)
        if len(clusters) == 1:
            self._sizes[clusters[0]] += 1
        else:
            np.add.at(self._sizes, np.array(clusters, dtype=np.int64), 1)

    def move(self, slots: Sequence[int], cluster: int) -> None:
        """These members stand for `cluster` from now on; for none where it is `NOBODY`."""
        at = np.array(slots, dtype=np.int64)
        np.subtract.at(self._sizes, self._cluster_of[at], 1)
        self._cluster_of[at] = cluster
        if cluster == NOBODY:
            self.dead += len(at)
        else:
            self._sizes[cluster] += len(at)

    def likeness(
        self, vector: Vector, least: float, slots_of: Callable[[int], Iterable[int]]
    ) -> list[tuple[int, float]]:
        """Clusters with the average cosine of their members to `vector`, where it is `least` or more, by number.

        `slots_of` tells the members of a cluster; `least` is above 0.
        """
        asked = least * Vector.SQUARE
        alone, alone_weights, several, put_off, most = self._look_up(vector, _PUT_OFF * asked)
        if not alone_weights and not several and not put_off:
            return []
        repeated = np.repeat(
            np.array([weight for _, weight in several], dtype=np.int64), [len(entries) for entries, _ in several]
        )
        weights = np.concatenate([np.array(alone_weights, dtype=np.int64), repeated])
        read = b"".join([entries for entries, _ in several])
        entries = np.concatenate([np.array(alone, dtype=np.int64), np.frombuffer(read, dtype=np.int64)])
        # sorted, each cluster with its products; counting would cost as much as there are clusters
        both = np.sort(
            self._cluster_of[entries >> _WEIGHT_BITS].astype(np.int64) << _PRODUCT_BITS | (entries & _WEIGHT) * weights
        )
        clusters = both >> _PRODUCT_BITS
        starts = np.flatnonzero(np.diff(clusters, prepend=NOBODY))
        if not len(starts):
            return []
        at = clusters[starts]
        # whole numbers throughout: a sum is the same in whatever order it is made
        found = np.add.reduceat(both & _PRODUCT, starts)
        enough = found >= self._sizes[at] * (asked - most)
        at, found = at[enough], found[enough]
        if put_off and len(at):
            found += self._of_put_off(put_off, [slots_of(number) for number in at.tolist()])
        sizes = self._sizes[at]
        alike = found >= sizes * asked
        at, scores = at[alike], found[alike] / (Vector.SQUARE * sizes[alike])
        return list(zip(at.tolist(), scores.tolist(), strict=True))

    def _look_up(
        self, vector: Vector, bound: float
    ) -> tuple[list[int], list[int], list[tuple["array[int]", int]], list[tuple["array[int]", int]], int]:
        """Entries of words that one member has, and the weights here; the same of words that several have, and of those
        put off, and the most that these can make together, `bound` at most."""
        alone, alone_weights, several, long = [], [], [], []
        every = self._entries
        for term, weight in zip(vector.terms.tolist(), vector.weights.tolist(), strict=True):
            found = every.get(term)
            if found is None:
                continue
            if isinstance(found, int):
                alone.append(found)
                alone_weights.append(weight)
            elif len(found) < _LONG:
                several.append((found, weight))
            else:
                long.append((found, weight, term))
        most, put_off = 0, []
        for entries, weight, term in sorted(long, key=lambda one: -len(one[0])):
            can_make = weight * self._weighs_at_most(term, entries)
            if most + can_make <= bound:
                most += can_make
                put_off.append((entries, weight))
            else:
                several.append((entries, weight))
        return alone, alone_weights, several, put_off, most

    def _weighs_at_most(self, term: int, entries: "array[int]") -> int:
        heaviest = self._heaviest.get(term)
        if heaviest is None:
            heaviest = self._heaviest[term] = int((np.frombuffer(entries, dtype=np.int64) & _WEIGHT).max())
        return heaviest

    def _of_put_off(
        self, put_off: Sequence[tuple["array[int]", int]], members: Sequence[Iterable[int]]
    ) -> NDArray[np.int64]:
        """What these words add to the sum of each cluster of `members`."""
        slots = [list(own) for own in members]
        sizes = list(map(len, slots))
        wanted = np.array([slot for own in slots for slot in own], dtype=np.int64)
        products = np.zeros(len(wanted), dtype=np.int64)
        for entries, weight in put_off:
            known = np.frombuffer(entries, dtype=np.int64)
            # the first entry of the slot or of a later one
            at = np.minimum(np.searchsorted(known, wanted << _WEIGHT_BITS), len(known) - 1)
            hit = known[at]
            products += np.where(hit >> _WEIGHT_BITS == wanted, (hit & _WEIGHT) * weight, 0)
        sums: NDArray[np.int64] = np.add.reduceat(products, np.cumsum([0, *sizes[:-1]]))
        return sums

"""Which clusters have how much in common with some words?

An index over members, so that a cluster that grows, merges or splits changes no entry: only the number of the cluster
that a member stands for."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.similarity import Vector

NOBODY = -1
_WEIGHT_BITS = 16
_WEIGHT = (1 << _WEIGHT_BITS) - 1


class MemberIndex:
    """Members are slots, clusters are numbers; both are given out in ascending order and never again."""

    def __init__(self) -> None:
        # of a word that one member alone has, its entry; most words are such
        self._entries: dict[int, int | array[int]] = {}
        self._cluster_of: NDArray[np.int32] = np.full(1024, NOBODY, dtype=np.int32)
        self._sizes: NDArray[np.int32] = np.zeros(1024, dtype=np.int32)
        self.slots = 0
        self.clusters = 0
        self.dead = 0

    def add_cluster(self) -> int:
        if self.clusters == len(self._sizes):
            self._sizes = np.append(self._sizes, np.zeros_like(self._sizes))
        self.clusters += 1
        return self.clusters - 1

    def add_member(self, vector: Vector, cluster: int) -> int:
        """The slot of the new member."""
        slot = self.slots
        if slot == len(self._cluster_of):
            self._cluster_of = np.append(self._cluster_of, np.full_like(self._cluster_of, NOBODY))
        every = self._entries
        own = (vector.weights.astype(np.int64) | slot << _WEIGHT_BITS).tolist()
        for term, entry in zip(vector.terms.tolist(), own, strict=True):
            entries = every.get(term)
            if entries is None:
                every[term] = entry
            elif isinstance(entries, int):
                every[term] = array("q", (entries, entry))
            else:
                entries.append(entry)
        self._cluster_of[slot] = cluster
        self._sizes[cluster] += 1
        self.slots += 1
        return slot

    def move(self, slots: Sequence[int], cluster: int) -> None:
        """These members stand for `cluster` from now on; for none where it is `NOBODY`."""
        at = np.array(slots, dtype=np.int64)
        np.subtract.at(self._sizes, self._cluster_of[at], 1)
        self._cluster_of[at] = cluster
        if cluster == NOBODY:
            self.dead += len(at)
        else:
            self._sizes[cluster] += len(at)

    def likeness(self, vector: Vector, least: float) -> list[tuple[int, float]]:
        """Clusters with the average cosine of their members to `vector`, where it is `least` or more, by number."""
        every = self._entries
        # entries of words that one member has, and the weights here; the same of words that several have
        alone, alone_weights, several, several_weights = [], [], [], []
        for term, weight in zip(vector.terms.tolist(), vector.weights.tolist(), strict=True):
            found = every.get(term)
            if found is None:
                continue
            if isinstance(found, int):
                alone.append(found)
                alone_weights.append(weight)
            else:
                several.append(found)
                several_weights.append(weight)
        if not alone_weights and not several_weights:
            return []
        repeated = np.repeat(np.array(several_weights, dtype=np.int64), list(map(len, several)))
        weights = np.concatenate([np.array(alone_weights, dtype=np.int64), repeated])
        entries = np.concatenate([np.array(alone, dtype=np.int64), np.frombuffer(b"".join(several), dtype=np.int64)])
        clusters = self._cluster_of[entries >> _WEIGHT_BITS]
        # whole numbers throughout: a sum is the same in whatever order it is made
        sums = np.bincount(clusters + 1, (entries & _WEIGHT) * weights, minlength=self.clusters + 1)[1:]
        sizes = self._sizes[: self.clusters]
        at = np.flatnonzero(sums >= np.maximum(sizes, 1) * (least * Vector.SQUARE))
        return list(zip(at.tolist(), (sums[at] / (Vector.SQUARE * sizes[at])).tolist(), strict=True))

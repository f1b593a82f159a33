"""Which submissions speak of one thing: clusters that grow letter by letter, the same for the same order.

One measure throughout: the average similarity between the letters of two clusters (UPGMA). A batch of letters goes to
the nearest clusters as these stood before the batch; what finds none is joined among itself; now and then clusters that
have grown alike are merged and those that have grown apart are split. Outliers stay single.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import squareform

from nlp.similarity import DIMENSIONS, Vector, add

VERSION = "issues/1"


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """`threshold`: average similarity from which letters are one issue. `batch`: letters joined at once, whose order
    among themselves does not matter. `active`: clusters in memory, the longest untouched retire beyond that and take
    no more letters. `splittable`: letters up to which a cluster is looked at whole."""

    threshold: float = 0.3
    batch: int = 1_024
    active: int = 20_000
    splittable: int = 500


@dataclass(slots=True)
class _Cluster:
    """`total` is the sum of the vectors of all members; `vectors` are dropped from clusters too large to split."""

    rows: list[int]
    vectors: list[Vector]
    total: Vector
    touched: int
    grown: bool = field(default=False)

    @property
    def size(self) -> int:
        return len(self.rows)


class IssueStream:
    """Takes vectors in order and tells at the end which belong together."""

    def __init__(self, settings: ClusterSettings | None = None) -> None:
        self._settings = settings or ClusterSettings()
        self._clusters: list[_Cluster] = []
        self._retired: list[list[int]] = []
        self._waiting: list[Vector] = []
        self._done = 0
        self._columns = np.full(DIMENSIONS, -1, dtype=np.int32)

    def add(self, vector: Vector) -> None:
        self._waiting.append(vector)
        if len(self._waiting) >= self._settings.batch:
            self._take_batch()

    def finish(self) -> list[list[int]]:
        """All clusters, each as ascending positions in the order of `add`, by their first member."""
        if self._waiting:
            self._take_batch()
        groups = self._retired + [cluster.rows for cluster in self._clusters]
        return sorted(sorted(rows) for rows in groups)

    def _take_batch(self) -> None:
        batch, self._waiting = self._waiting, []
        first, self._done = self._done, self._done + len(batch)
        before = len(self._clusters)
        nearest = self._nearest(batch, self._clusters)
        joined: dict[int, list[int]] = {}
        alone: list[int] = []
        for position, cluster in enumerate(nearest):
            (joined.setdefault(cluster, []) if cluster >= 0 else alone).append(position)
        for cluster, positions in joined.items():
            self._join(self._clusters[cluster], [first + p for p in positions], [batch[p] for p in positions])
        for group in self._groups([batch[position] for position in alone]):
            positions = [alone[member] for member in group]
            vectors = [batch[position] for position in positions]
            rows = [first + position for position in positions]
            self._clusters.append(_Cluster(rows, vectors, _total(vectors), self._done))
        if before:
            self._merge()
            self._split()
        self._retire()

    def _join(self, cluster: _Cluster, rows: list[int], vectors: list[Vector]) -> None:
        cluster.rows += rows
        cluster.total = _total([cluster.total, *vectors])
        cluster.touched = self._done
        cluster.grown = True
        if cluster.size <= self._settings.splittable:
            cluster.vectors += vectors
        else:
            cluster.vectors = []

    def _nearest(self, vectors: Sequence[Vector], clusters: Sequence[_Cluster], own: int = -1) -> list[int]:
        """For each vector the cluster of highest average similarity, the elder of equals; -1 where none is near.

        With `own` ≥ 0 the vectors are the means of the clusters from there on, and none is its own neighbour."""
        if not vectors or not clusters:
            return [-1] * len(vectors)
        totals = [cluster.total for cluster in clusters]
        sizes = np.array([cluster.size for cluster in clusters], dtype=np.float32)
        nearest: list[int] = []
        for start in range(0, len(vectors), 256):
            similarity = self._products(vectors[start : start + 256], totals) / sizes
            if own >= 0:
                offsets = np.arange(len(similarity))
                similarity[offsets, own + start + offsets] = 0
            best = similarity.argmax(axis=1)
            near = similarity[np.arange(len(best)), best] >= self._settings.threshold
            nearest += np.where(near, best, -1).tolist()
        return nearest

    def _products(self, left: Sequence[Vector], right: Sequence[Vector]) -> NDArray[np.float32]:
        """The inner products of all pairs, over the words that `left` has: few of all the dimensions."""
        words = np.unique(np.concatenate([vector.words for vector in left]))
        self._columns[words] = np.arange(len(words), dtype=np.int32)
        shape = len(words)
        product = self._matrix(left, shape) @ self._matrix(right, shape).T
        self._columns[words] = -1
        dense: NDArray[np.float32] = product.toarray()
        return dense

    def _matrix(self, vectors: Sequence[Vector], width: int) -> csr_array:
        columns = self._columns[np.concatenate([vector.words for vector in vectors])]
        known = columns >= 0
        ends = np.concatenate([[0], np.cumsum(known)])[np.cumsum([0, *(len(vector.words) for vector in vectors)])]
        weights = np.concatenate([vector.weights for vector in vectors])[known]
        return csr_array((weights, columns[known], ends), shape=(len(vectors), width))

    def _groups(self, vectors: Sequence[Vector]) -> list[list[int]]:
        """Average-link: positions that belong together, by their first."""
        if len(vectors) < 2:
            return [[position] for position in range(len(vectors))]
        distance = np.clip(1 - self._products(vectors, vectors).astype(np.float64), 0, None)
        distance = (distance + distance.T) / 2
        np.fill_diagonal(distance, 0)
        tree = linkage(squareform(distance, checks=False), "average")
        labels = fcluster(tree, 1 - self._settings.threshold, "distance").tolist()
        groups: dict[int, list[int]] = {}
        for position, label in enumerate(labels):
            groups.setdefault(label, []).append(position)
        return list(groups.values())

    def _merge(self) -> None:
        """Join each two clusters that changed in this batch and are each other's nearest, until there are none."""
        changed = True
        while changed:
            changed = False
            fresh = [i for i, cluster in enumerate(self._clusters) if cluster.touched == self._done]
            # those that changed stand last, so that their own places are known
            old = [cluster for cluster in self._clusters if cluster.touched != self._done]
            self._clusters = old + [self._clusters[i] for i in fresh]
            means = [_mean(cluster) for cluster in self._clusters[len(old) :]]
            nearest = self._nearest(means, self._clusters, own=len(old))
            gone: set[int] = set()
            for position, other in enumerate(nearest, len(old)):
                mutual = other < len(old) or nearest[other - len(old)] == position
                if other < 0 or position in gone or other in gone or not mutual:
                    continue
                keep, drop = sorted((position, other))
                self._join(self._clusters[keep], self._clusters[drop].rows, self._clusters[drop].vectors)
                gone |= {keep, drop}
                self._clusters[drop].rows = []
                changed = True
            self._clusters = [cluster for cluster in self._clusters if cluster.rows]

    def _split(self) -> None:
        """Look again at the clusters that grew: average-link over their letters alone."""
        parts: list[_Cluster] = []
        for cluster in self._clusters:
            if cluster.grown and len(cluster.vectors) == cluster.size:
                groups = self._groups(cluster.vectors)
                if len(groups) > 1:
                    for group in groups:
                        vectors = [cluster.vectors[member] for member in group]
                        rows = [cluster.rows[member] for member in group]
                        parts.append(_Cluster(rows, vectors, _total(vectors), self._done))
                    cluster.rows = []
            cluster.grown = False
        self._clusters = [cluster for cluster in self._clusters if cluster.rows] + parts

    def _retire(self) -> None:
        excess = len(self._clusters) - self._settings.active
        if excess > 0:
            order = sorted(range(len(self._clusters)), key=lambda i: (self._clusters[i].touched, i))
            leaving = set(order[:excess])
            self._retired += [self._clusters[i].rows for i in order[:excess]]
            self._clusters = [cluster for i, cluster in enumerate(self._clusters) if i not in leaving]


def _total(vectors: Sequence[Vector]) -> Vector:
    return vectors[0] if len(vectors) == 1 else Vector(*add(vectors))


def _mean(cluster: _Cluster) -> Vector:
    return Vector(cluster.total.words, cluster.total.weights / np.float32(cluster.size))

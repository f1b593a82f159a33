"""Which submissions speak of one thing: clusters that grow letter by letter, the same for the same order.

One measure throughout: the average similarity between the letters of two clusters (UPGMA). A batch of letters goes to
the nearest clusters as these stood before the batch; what finds none is joined among itself; now and then clusters that
have grown alike are merged and those that have grown apart are split. At the end clusters that point the same way are
one issue: many letters of one matter, each in words of its own, are alike as wholes before they are in pairs. Outliers
stay single.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import squareform

from nlp.similarity import DIMENSIONS, Vector, add

VERSION = "issues/1"
_LEAST_TO_SPLIT = 4


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """`threshold`: average similarity from which letters are one cluster. `direction`: cosine from which two clusters,
    one of them of several letters, are one issue. `batch`: letters joined at once, whose order
    among themselves does not matter. `active`: clusters in memory, the longest untouched retire beyond that and take
    no more letters. `splittable`: letters up to which a cluster is looked at whole."""

    threshold: float = 0.3
    direction: float = 0.5
    batch: int = 1_024
    active: int = 10_000
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
        self._unite()
        groups = self._retired + [cluster.rows for cluster in self._clusters]
        return sorted(sorted(rows) for rows in groups)

    def _take_batch(self) -> None:
        batch, self._waiting = self._waiting, []
        first, self._done = self._done, self._done + len(batch)
        before = len(self._clusters)
        nearest = self._nearest(batch, [_mean(c) for c in self._clusters], self._settings.threshold)
        joined: dict[int, list[int]] = {}
        alone: list[int] = []
        for position, cluster in enumerate(nearest):
            (joined.setdefault(cluster, []) if cluster >= 0 else alone).append(position)
        for cluster, positions in joined.items():
            vectors = [batch[p] for p in positions]
            self._join(self._clusters[cluster], [first + p for p in positions], vectors, _total(vectors))
        for group in self._groups([batch[position] for position in alone]):
            positions = [alone[member] for member in group]
            vectors = [batch[position] for position in positions]
            rows = [first + position for position in positions]
            self._clusters.append(_Cluster(rows, vectors, _total(vectors), self._done))
        if before:
            self._merge()
            self._split()
        self._retire()

    def _join(self, cluster: _Cluster, rows: list[int], vectors: list[Vector], total: Vector) -> None:
        cluster.rows += rows
        cluster.total = _total([cluster.total, total])
        cluster.touched = self._done
        cluster.grown = True
        if cluster.size <= self._settings.splittable:
            cluster.vectors += vectors
        else:
            cluster.vectors = []

    def _nearest(
        self, vectors: Sequence[Vector], others: Sequence[Vector], threshold: float, own: Sequence[int] | None = None
    ) -> list[int]:
        """For each vector the nearest of `others`, the first of equals; -1 where none reaches `threshold`.

        `own`: where among `others` each vector stands itself; none is its own neighbour."""
        if not vectors or not others:
            return [-1] * len(vectors)
        nearest: list[int] = []
        for start in range(0, len(vectors), 256):
            similarity = self._products(vectors[start : start + 256], others)
            rows = np.arange(len(similarity))
            if own is not None:
                similarity[rows, own[start : start + 256]] = 0
            best = similarity.argmax(axis=1)
            nearest += np.where(similarity[rows, best] >= threshold, best, -1).tolist()
        return nearest

    def _products(self, left: Sequence[Vector], right: Sequence[Vector]) -> NDArray[np.float32]:
        """The inner products of all pairs, over the words that `left` has: few of all the dimensions."""
        words = np.unique(np.concatenate([vector.words for vector in left]))
        self._columns[words] = np.arange(len(words), dtype=np.int32)
        shape = len(words)
        matrix = self._matrix(left, shape)
        product = matrix @ (matrix if left is right else self._matrix(right, shape)).T
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
        """Join the clusters of this batch to those that are as near as the letters of one cluster, till none is."""
        self._join_neighbours(_mean, self._settings.threshold, lambda cluster: cluster.touched == self._done)

    def _unite(self) -> None:
        """Join the clusters that point the same way."""
        self._join_neighbours(_direction, self._settings.direction, lambda cluster: cluster.size > 1)

    def _join_neighbours(
        self, represent: Callable[[_Cluster], Vector], threshold: float, is_eager: Callable[[_Cluster], bool]
    ) -> None:
        """Join each eager cluster with its nearest, unless that one is eager too and has a nearer one; repeat."""
        eager = [place for place, cluster in enumerate(self._clusters) if is_eager(cluster)]
        while eager:
            vectors = list(map(represent, self._clusters))
            nearest = self._nearest([vectors[place] for place in eager], vectors, threshold, eager)
            choice = dict(zip(eager, nearest, strict=True))
            gone: set[int] = set()
            for place, other in choice.items():
                if other < 0 or choice.get(other, place) != place or gone & {place, other}:
                    continue
                keep, drop = sorted((place, other))
                dropped = self._clusters[drop]
                self._join(self._clusters[keep], dropped.rows, dropped.vectors, dropped.total)
                dropped.rows = []
                gone |= {keep, drop}
            # who had no neighbour gets none by what others join: an average is never above its parts
            hopeful = {id(self._clusters[place]) for place, other in choice.items() if other >= 0} if gone else set()
            self._clusters = [cluster for cluster in self._clusters if cluster.rows]
            eager = [place for place, cluster in enumerate(self._clusters) if id(cluster) in hopeful]

    def _split(self) -> None:
        """Look again at the clusters that grew: average-link over their letters alone."""
        parts: list[_Cluster] = []
        for cluster in self._clusters:
            if cluster.grown and len(cluster.vectors) == cluster.size >= _LEAST_TO_SPLIT:
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


def _direction(cluster: _Cluster) -> Vector:
    weights = cluster.total.weights
    return Vector(cluster.total.words, weights / np.float32(max(float(np.sqrt(np.dot(weights, weights))), 1e-9)))

"""What has a submission in common with which members?

Members are rows of a sparse table of words, and a batch is compared with all of them in one product of tables. Only
rows are added, so a cluster that grows, merges or splits changes nothing here; rows that nobody asks for any more are
taken out now and then. Whole numbers throughout: a sum is the same in whatever order it is made.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.issues.arrivals import Arrival
from nlp.similarity import Vector

# A product in the lower bits, and above them what of it names of places make; fifty of each fit.
PLACE_BITS = 32
TOTAL = (1 << PLACE_BITS) - 1
# The rows added last are turned round for each batch, the others once for so many.
_RECENT = 1024


class Likeness:
    """What one submission has in common with the members."""

    __slots__ = ("_parts", "_room", "_spread", "hits")

    def __init__(
        self,
        hits: list[tuple[int, int]],
        parts: Sequence[tuple[NDArray[np.int32], NDArray[np.int64]]],
        room: NDArray[np.int64],
    ) -> None:
        # of the members that are alike enough: slot and product, as `products` gives it
        self.hits = hits
        self._parts = parts
        self._room = room
        self._spread = False

    def products(self, slots: Sequence[int]) -> NDArray[np.int64]:
        """With each of these members: the product, and `PLACE_BITS` higher the part that names of places make."""
        if not self._spread:
            for at, products in self._parts:
                self._room[at] = products
            self._spread = True
        return self._room[slots]

    def forget(self) -> None:
        """The next one needs the room."""
        if self._spread:
            for at, _ in self._parts:
                self._room[at] = 0
            self._spread = False


class MemberIndex:
    """Members are slots, numbered from 0 in the order in which they were added."""

    def __init__(self) -> None:
        self.slots = 0
        # each word's column, in the order in which they were first said: who asks for a new one is given the next
        self._columns: dict[int, int] = defaultdict(count().__next__)
        self._of_rows: NDArray[np.int32] = np.empty(1 << 15, dtype=np.int32)
        self._weights: NDArray[np.int16] = np.empty(1 << 15, dtype=np.int16)
        self._ends: list[int] = [0]
        self._turned: csr_matrix | None = None
        self._turned_slots = 0
        self._room: NDArray[np.int64] = np.zeros(1024, dtype=np.int64)

    def add(self, vectors: Sequence[Vector]) -> int:
        """The slot of the first; the others follow."""
        first, columns = self.slots, self._columns
        for vector in vectors:
            self._ends.append(self._ends[-1] + len(vector.terms))
        start, end = self._ends[first], self._ends[-1]
        if end > len(self._of_rows):
            size = max(end, 2 * len(self._of_rows))
            self._of_rows = _longer(self._of_rows, size)
            self._weights = _longer(self._weights, size)
        if vectors:
            terms = np.concatenate([vector.terms for vector in vectors]).tolist()
            self._of_rows[start:end] = list(map(columns.__getitem__, terms))
            self._weights[start:end] = np.concatenate([vector.weights for vector in vectors])
        self.slots += len(vectors)
        if self.slots > len(self._room):
            self._room = np.zeros(2 * self.slots, dtype=np.int64)
        return first

    def compare(self, arrivals: Sequence[Arrival], first: int, least: float) -> Iterator[Likeness]:
        """For each of `arrivals`, which were added last, from slot `first` on, one after the other: what it has in
        common with all members, later ones and itself among them. Hits are those with a cosine of `least` or more."""
        asked = least * Vector.SQUARE
        if self._turned is None or self.slots - self._turned_slots > _RECENT:
            self._turned, self._turned_slots = self._rows(0, self.slots).T.tocsr(), self.slots
        rows = self._rows(first, first + len(arrivals))
        rows.data |= self._places(arrivals, first) * rows.data << PLACE_BITS
        parts = [_Part(self._with_turned(rows), 0, asked)]
        if self.slots > self._turned_slots:
            parts.append(_Part(self._with_recent(rows), self._turned_slots, asked))
        for row in range(len(arrivals)):
            hits = [hit for part in parts for hit in part.hits(row)]
            likeness = Likeness(hits, [part.row(row) for part in parts], self._room)
            yield likeness
            likeness.forget()

    def keep(self, slots: Sequence[int]) -> None:
        """Only these, ascending, and the words that they say; they are slots from 0 on afterwards."""
        ends = np.array(self._ends)
        kept = np.array(slots, dtype=np.int64)
        lengths = np.diff(ends)[kept]
        self._ends = np.concatenate([[0], np.cumsum(lengths)]).tolist()
        rows = np.zeros(self.slots, dtype=bool)
        rows[kept] = True
        of_kept = np.repeat(rows, np.diff(ends))
        columns, weights = self._of_rows[: ends[-1]][of_kept], self._weights[: ends[-1]][of_kept]
        said = np.zeros(len(self._columns), dtype=bool)
        said[columns] = True
        terms = np.fromiter(self._columns, dtype=np.int64, count=len(self._columns))[said]
        self._columns = defaultdict(count(len(terms)).__next__, zip(terms.tolist(), count()))
        self._of_rows = (np.cumsum(said) - 1).astype(np.int32)[columns]
        self._weights = weights
        self.slots = len(kept)
        self._turned, self._turned_slots = None, 0
        self._room = np.zeros(2 * self.slots + 1024, dtype=np.int64)

    def _rows(self, first: int, end: int) -> csr_matrix:
        """Some members by their words; weights are copied."""
        ends = np.array(self._ends[first : end + 1], dtype=np.int32)
        own = slice(ends[0], ends[-1])
        parts = self._weights[own].astype(np.int64), self._of_rows[own], ends - ends[0]
        return csr_matrix(parts, shape=(end - first, len(self._columns)))

    def _places(self, arrivals: Sequence[Arrival], first: int) -> NDArray[np.bool_]:
        """Which words of their rows stand for places."""
        start = self._ends[first]
        places = np.zeros(self._ends[first + len(arrivals)] - start, dtype=bool)
        for slot, arrival in enumerate(arrivals, first):
            if arrival.place_terms:
                own = np.isin(arrival.vector.terms, arrival.place_terms, kind="sort")
                places[self._ends[slot] - start : self._ends[slot + 1] - start] = own
        return places

    def _with_turned(self, rows: csr_matrix) -> csr_matrix:
        turned, columns = self._turned, len(self._columns)
        assert turned is not None
        if turned.shape[0] < columns:
            # words that were said since
            ends = np.full(columns + 1, turned.indptr[-1], dtype=np.int32)
            ends[: len(turned.indptr)] = turned.indptr
            turned = csr_matrix((turned.data, turned.indices, ends), shape=(columns, turned.shape[1]))
        return rows @ turned

    def _with_recent(self, rows: csr_matrix) -> csr_matrix:
        """Only the words of these rows are looked at: a table of few columns is quickly turned round."""
        said = np.unique(rows.indices)
        place = np.full(len(self._columns), -1, dtype=np.int32)
        place[said] = np.arange(len(said), dtype=np.int32)
        recent = self._rows(self._turned_slots, self.slots)
        columns = place[recent.indices]
        shared = columns >= 0
        ends = np.concatenate([[0], np.cumsum(shared, dtype=np.int32)])[recent.indptr].astype(np.int32)
        few = csr_matrix((recent.data[shared], columns[shared], ends), shape=(recent.shape[0], len(said)))
        own = csr_matrix((rows.data, place[rows.indices], rows.indptr), shape=(rows.shape[0], len(said)))
        return own @ few.T.tocsr()


class _Part:
    """The product of a batch with some of the members."""

    def __init__(self, product: csr_matrix, offset: int, asked: float) -> None:
        self._slots: NDArray[np.int32] = product.indices
        if offset:
            self._slots += np.int32(offset)
        self._products: NDArray[np.int64] = product.data
        self._ends: list[int] = product.indptr.tolist()
        # where a place is named the whole is more than that anyway
        hits = np.flatnonzero(self._products >= asked)
        products = self._products[hits]
        enough = (products & TOTAL) >= asked
        hits, products = hits[enough], products[enough]
        self._hits = list(zip(self._slots[hits].tolist(), products.tolist(), strict=True))
        self._hit_ends: list[int] = np.searchsorted(hits, product.indptr).tolist()

    def hits(self, row: int) -> list[tuple[int, int]]:
        return self._hits[self._hit_ends[row] : self._hit_ends[row + 1]]

    def row(self, row: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        start, end = self._ends[row], self._ends[row + 1]
        return self._slots[start:end], self._products[start:end]


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    longer = np.empty(size, dtype=array.dtype)
    longer[: len(array)] = array
    return longer

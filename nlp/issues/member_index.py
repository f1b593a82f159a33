"""Which members are like a submission?

Members are rows of a sparse table of words, and a batch is compared with all of them in one product of tables. Only
rows are added, so a cluster that grows, merges or splits changes nothing here; rows that nobody asks for any more are
taken out now and then. Whole numbers throughout: a sum is the same in whatever order it is made.

Most of such a product would be made by a few words that very many say. Those that could not make two of them alike even
all together are left out of the product, and counted only with the members that can still be alike.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.issues.word_columns import WordColumns
from nlp.similarity import Vector

# The rows added last are turned round for each batch, the others once for so many.
_RECENT = 2048
# So many words, those that most members say, may be left out of a product, while all that a submission leaves out can
# make no more than so much of the likeness that is asked for; a word that fewer than one in so many say is no loss.
_COMMON, _LEFT_OUT, _FEW = 64, 0.6, 64

Hits: TypeAlias = dict[int, int]


class MemberIndex:
    """Members are slots, numbered from 0 in the order in which they were added."""

    def __init__(self) -> None:
        self.slots = 0
        self._columns = WordColumns()
        self._of_rows: NDArray[np.int32] = np.empty(1 << 15, dtype=np.int32)
        self._weights: NDArray[np.int16] = np.empty(1 << 15, dtype=np.int16)
        self._ends: list[int] = [0]
        self._turned = _Turned(self._rows(0, 0))
        # of each column the place among those of a batch; -1 between batches
        self._places: NDArray[np.int32] = np.full(1 << 10, -1, dtype=np.int32)

    def add(self, vectors: Sequence[Vector]) -> int:
        """The slot of the first; the others follow."""
        first = self.slots
        for vector in vectors:
            self._ends.append(self._ends[-1] + len(vector.terms))
        start, end = self._ends[first], self._ends[-1]
        if end > len(self._of_rows):
            size = max(end, 2 * len(self._of_rows))
            self._of_rows = _longer(self._of_rows, size)
            self._weights = _longer(self._weights, size)
        if vectors:
            self._of_rows[start:end] = self._columns.of(np.concatenate([vector.terms for vector in vectors]))
            self._weights[start:end] = np.concatenate([vector.weights for vector in vectors])
        self.slots += len(vectors)
        return first

    def alike(self, first: int, least: float) -> list[Hits]:
        """For each member from slot `first` on: the members whose cosine with it is `least` or more, later ones and
        itself among them, and the product of their vectors."""
        asked = least * Vector.SQUARE
        if self.slots - self._turned.slots > _RECENT:
            self._turned = _Turned(self._rows(0, self.slots))
        rows = self._rows(first, self.slots)
        older = self._turned.hits(rows, asked)
        if self.slots == self._turned.slots:
            return older
        recent = _hits(self._with_recent(rows), asked, self._turned.slots)
        return [one | other for one, other in zip(older, recent, strict=True)]

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
        self._of_rows = self._columns.keep(said)[columns]
        self._weights = weights
        self.slots = len(kept)
        self._turned = _Turned(self._rows(0, self.slots))

    def _rows(self, first: int, end: int) -> csr_matrix:
        """Some members by their words."""
        ends = np.array(self._ends[first : end + 1], dtype=np.int32)
        own = slice(ends[0], ends[-1])
        parts = self._weights[own].astype(np.int32), self._of_rows[own], ends - ends[0]
        return csr_matrix(parts, shape=(end - first, len(self._columns)))

    def _with_recent(self, rows: csr_matrix) -> csr_matrix:
        """Only the words of these rows are looked at: a table of few columns is quickly turned round."""
        if len(self._places) < len(self._columns):
            self._places = np.full(2 * len(self._columns), -1, dtype=np.int32)
        places, said = self._places, np.unique(rows.indices)
        places[said] = np.arange(len(said), dtype=np.int32)
        recent = self._rows(self._turned.slots, self.slots)
        recent.indices = places[recent.indices]
        few = _only(recent, recent.indices >= 0, columns=len(said))
        own = csr_matrix((rows.data, places[rows.indices], rows.indptr), shape=(rows.shape[0], len(said)))
        places[said] = -1
        return own @ few.T.tocsr()


class _Turned:
    """Members by word, and what each weighs in those words that most of them say. No weight is less than nothing."""

    def __init__(self, rows: csr_matrix) -> None:
        self.slots: int = rows.shape[0]
        turned = rows.T.tocsr()
        self._by_word = turned
        self._voices: NDArray[np.int32] = np.diff(turned.indptr)
        often = np.flatnonzero(self._voices * _FEW >= self.slots)
        common = often[np.argsort(-self._voices[often], kind="stable")[:_COMMON]]
        # of each word that many say its place in the table
        self._places: NDArray[np.int16] = np.full(len(self._voices), -1, dtype=np.int16)
        self._places[common] = np.arange(len(common))
        self._common: NDArray[np.int16] = np.zeros((self.slots, _COMMON), dtype=np.int16)
        for place, column in enumerate(common.tolist()):
            own = slice(turned.indptr[column], turned.indptr[column + 1])
            self._common[turned.indices[own], place] = turned.data[own]
        self._most: NDArray[np.int64] = self._common.max(axis=0, initial=0).astype(np.int64)

    def hits(self, rows: csr_matrix, asked: float) -> list[Hits]:
        """For each row the members whose product with it is `asked` or more."""
        most = int(_LEFT_OUT * asked)
        entries, of_rows = self._left_out(rows, most)
        kept = rows.indices < len(self._voices)
        kept[entries] = False
        product = _only(rows, kept, columns=len(self._voices)) @ self._by_word
        able = np.flatnonzero(product.data >= int(asked) - most)
        slots, products = product.indices[able], product.data[able]
        of_able = _rows_of(able, product.indptr)
        # the rest, for one word of each row after the other
        numbers = np.arange(len(of_rows)) - np.searchsorted(of_rows, of_rows)
        for number in range(int(numbers.max(initial=-1)) + 1):
            own, at = entries[numbers == number], of_rows[numbers == number]
            places, weights = np.zeros((2, rows.shape[0]), dtype=np.int32)
            places[at], weights[at] = self._places[rows.indices[own]], rows.data[own]
            products += weights[of_able] * self._common[slots, places[of_able]]
        enough = products >= asked
        return _by_row(slots[enough], products[enough], of_able[enough], rows.shape[0])

    def _left_out(self, rows: csr_matrix, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the words of each row stand that can make no more than `most` together, those that most members say
        first, and of which rows they are."""
        entries = np.flatnonzero(rows.indices < len(self._voices))
        entries = entries[self._places[rows.indices[entries]] >= 0]
        of_rows = _rows_of(entries, rows.indptr)
        order = np.lexsort((-self._voices[rows.indices[entries]], of_rows))
        entries, of_rows = entries[order], of_rows[order]
        sums = np.cumsum(rows.data[entries] * self._most[self._places[rows.indices[entries]]])
        before = np.concatenate([[0], sums])[np.searchsorted(of_rows, of_rows)]
        few = sums - before <= most
        return entries[few], of_rows[few]


def _hits(product: csr_matrix, asked: float, offset: int) -> list[Hits]:
    at = np.flatnonzero(product.data >= asked)
    return _by_row(product.indices[at] + offset, product.data[at], _rows_of(at, product.indptr), product.shape[0])


def _by_row(slots: NDArray[Any], products: NDArray[Any], of_rows: NDArray[Any], rows: int) -> list[Hits]:
    slot_list, product_list = slots.tolist(), products.tolist()
    bounds = np.searchsorted(of_rows, np.arange(rows + 1)).tolist()
    return [dict(zip(slot_list[start:end], product_list[start:end], strict=True)) for start, end in pairwise(bounds)]


def _rows_of(entries: NDArray[Any], ends: NDArray[Any]) -> NDArray[np.int64]:
    of_rows: NDArray[np.int64] = np.searchsorted(ends, entries, side="right") - 1
    return of_rows


def _only(rows: csr_matrix, kept: NDArray[np.bool_], columns: int) -> csr_matrix:
    """The same rows with these entries alone."""
    ends = np.concatenate([[0], np.cumsum(kept, dtype=np.int32)])[rows.indptr].astype(np.int32)
    return csr_matrix((rows.data[kept], rows.indices[kept], ends), shape=(rows.shape[0], columns))


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    longer = np.empty(size, dtype=array.dtype)
    longer[: len(array)] = array
    return longer

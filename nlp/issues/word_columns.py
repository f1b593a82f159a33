"""Which column of the table of members has each word?

Half a million words are known, most of them names that one submission said: a sorted table of them takes a tenth of the
room of a dictionary, and the words of a batch are looked up in it together. Words that came lately are put in now and
then.
"""

from collections import defaultdict
from itertools import count

import numpy as np
from numpy.typing import NDArray

# So many words wait at most till they are put in.
_WAITING = 1 << 14


class WordColumns:
    """Columns are numbered from 0, without gap."""

    def __init__(self) -> None:
        self._fill(np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int32))

    def __len__(self) -> int:
        return len(self._terms) + len(self._waiting)

    def of(self, terms: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The column of each of these words; a new one is given the next."""
        different, back = np.unique(terms, return_inverse=True)
        if not len(different):
            return np.empty(0, dtype=np.int32)
        columns = np.empty(len(different), dtype=np.int32)
        at = np.searchsorted(self._terms, different)
        known = np.zeros(len(different), dtype=bool)
        inside = at < len(self._terms)
        known[inside] = self._terms[at[inside]] == different[inside]
        columns[known] = self._columns[at[known]]
        columns[~known] = list(map(self._waiting.__getitem__, different[~known].tolist()))
        if len(self._waiting) > _WAITING:
            self._put_in()
        found: NDArray[np.int32] = columns[back]
        return found

    def keep(self, said: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Only the columns that `said` is true of; what number each has now."""
        self._put_in()
        numbers = np.cumsum(said, dtype=np.int32) - 1
        kept = said[self._columns]
        self._fill(self._terms[kept], numbers[self._columns[kept]])
        return numbers

    def _put_in(self) -> None:
        terms = np.fromiter(self._waiting, dtype=np.uint32, count=len(self._waiting))
        columns = np.fromiter(self._waiting.values(), dtype=np.int32, count=len(self._waiting))
        order = np.argsort(terms)
        at = np.searchsorted(self._terms, terms[order])
        self._fill(np.insert(self._terms, at, terms[order]), np.insert(self._columns, at, columns[order]))

    def _fill(self, terms: NDArray[np.uint32], columns: NDArray[np.int32]) -> None:
        self._terms, self._columns = terms, columns
        # words that came lately, with their columns: who asks for a new one is given the next
        self._waiting: dict[int, int] = defaultdict(count(len(terms)).__next__)

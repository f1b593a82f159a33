"""Where the phrases that a step looks for stand in a whole batch of documents: array operations instead of objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nlp.cues import Cue, CueIndex, is_whole
from nlp.document import Document
from nlp.ngrams import Flags, Numbers


@dataclass(frozen=True, slots=True)
class CuePlaces:
    """Cues of documents, by document, start, then end: `columns` are the numbers of their phrases in `Wanted.phrases`,
    `rows` the documents."""

    rows: Numbers
    starts: Numbers
    ends: Numbers
    columns: Numbers

    def kept(self, chosen: Flags | Numbers) -> "CuePlaces":
        return CuePlaces(self.rows[chosen], self.starts[chosen], self.ends[chosen], self.columns[chosen])


class Wanted:
    """The phrases that a step looks for."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self.phrases = tuple(phrases)
        self._ascii = np.array([phrase.isascii() for phrase in self.phrases], dtype=np.bool_)
        self._columns: WeakKeyDictionary[CueIndex, NDArray[np.int64]] = WeakKeyDictionary()

    def places(self, documents: Sequence[Document]) -> CuePlaces:
        """Every place of a wanted phrase; one of letters or digits counts where it is whole (`nlp.cues.is_whole`)."""
        if not documents:
            none = np.empty(0, dtype=np.int64)
            return CuePlaces(none, none, none, none)
        cues = [document.cues for document in documents]
        begins, stops = [found.begin for found in cues], [found.stop for found in cues]
        first = cues[0]
        if begins[1:] == stops[:-1] and all(found.together is first.together for found in cues):
            # they were found together, as mostly: nothing has to be put together again
            starts, ends, numbers = (part[first.begin : stops[-1]] for part in first.together)
            columns = self._of(first.source)[numbers]
        else:
            starts = np.concatenate([found.starts for found in cues])
            ends = np.concatenate([found.ends for found in cues])
            columns = np.concatenate([self._of(found.source)[found.numbers] for found in cues])
        rows = np.arange(len(cues)).repeat(np.subtract(stops, begins))
        places = CuePlaces(rows, starts, ends, columns).kept((columns >= 0).nonzero()[0])
        asked = np.flatnonzero(self._ascii[places.columns])
        if not len(asked):
            return places
        whole = np.ones(len(places.rows), dtype=np.bool_)
        for place in asked.tolist():
            row, start, end, column = (
                part[place] for part in (places.rows, places.starts, places.ends, places.columns)
            )
            whole[place] = is_whole(Cue(int(start), int(end), self.phrases[column]), documents[row].text)
        return places.kept(whole)

    def longest(self, documents: Sequence[Document]) -> CuePlaces:
        """The `places` without those that lie inside a longer one, as `nlp.cues.longest` has it."""
        places = self.places(documents)
        count = len(places.rows)
        if not count:
            return places
        # one number line for all documents; of cues that start together only the longest can stay
        most = int(places.ends.max()) + 1
        starts, ends = places.rows * most + places.starts, places.rows * most + places.ends
        last = np.ones(count, dtype=np.bool_)
        np.not_equal(starts[1:], starts[:-1], out=last[:-1])
        # the same phrase in two spellings: the first one
        again = np.zeros(count, dtype=np.bool_)
        np.logical_and(starts[1:] == starts[:-1], ends[1:] == ends[:-1], out=again[1:])
        if again.any():
            first = np.maximum.accumulate(np.where(again, 0, np.arange(count)))
            candidates = first[last]
        else:
            candidates = np.flatnonzero(last)
        reach = np.maximum.accumulate(ends[candidates])
        outside = np.ones(len(candidates), dtype=np.bool_)
        np.greater(ends[candidates][1:], reach[:-1], out=outside[1:])
        return places.kept(candidates[outside])

    def _of(self, index: CueIndex) -> NDArray[np.int64]:
        """By the number of a phrase in the index its number here, -1 for what is not wanted."""
        found = self._columns.get(index)
        if found is None:
            mine = {phrase: column for column, phrase in enumerate(self.phrases)}
            found = np.array([mine.get(phrase, -1) for phrase in index.phrases], dtype=np.int64)
            self._columns[index] = found
        return found

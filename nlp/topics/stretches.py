"""What stretches of texts are about, each read by itself: quickly by its words, or by all that the classifier reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nlp.cue_places import Wanted
from nlp.document import Document
from nlp.ngrams import Batch, Numbers
from nlp.topics.cue_table import CueTable
from nlp.topics.features import CHUNK, weigh
from nlp.topics.half_tables import HalfTables
from nlp.topics.model import TopicModel
from nlp.topics.sparse_rows import SparseRows

Scores: TypeAlias = NDArray[np.float32]
# What a word counts in the quick reading, where letters have no length to be divided by. Chosen on the development
# letters of tests/quality/matters_bench.py.
_QUICK = np.float32(0.2)
# All cue words of a stretch stand at its beginning, as `nlp.topics.cue_evidence.Loudness` counts them.
_OPENING_COUNT = 3.0


@dataclass(frozen=True, slots=True)
class Stretches:
    """`starts`:`ends` are places in the characters of `batch`, ascending, none over another; `around` is the stretch
    around each character, -1 where there is none, `by_cues` what cue words say of each class, before anything else."""

    documents: Sequence[Document]
    batch: Batch
    starts: Numbers
    ends: Numbers
    around: NDArray[np.int32]
    by_cues: Scores


class StretchReader:
    """Reads with the classes of a classifier: their `model`, the `table` of its cue words and what each adds (`cues`,
    phrases × classes; there may be more classes than the model has learnt)."""

    def __init__(self, model: TopicModel, table: CueTable, cues: NDArray[np.float32]) -> None:
        self._weights, self._cues = model.top.linear.weights, cues
        self._blocks = {name: model.blocks[name] for name in ("words", "characters")}
        self._wanted = Wanted(table.phrases)
        self._learnt = len(model.codes) - 1  # the last one is what lies outside
        self._bias = model.top.linear.bias[:-1].astype(np.float32)

    def lay(self, documents: Sequence[Document], batch: Batch, starts: Numbers, ends: Numbers) -> Stretches:
        """`batch` are the documents, laid out."""
        places, around, count = self._wanted.longest(documents), _around(starts, ends, len(batch.codes)), len(starts)
        by_cues = np.zeros((count, self._cues.shape[1]), dtype=np.float32)
        if len(places.rows):
            offsets = batch.starts[places.rows]
            stretch = around[offsets + places.starts].astype(np.int64)
            inside = (stretch >= 0) & (offsets + places.ends <= ends[stretch])
            width = len(self._cues)
            keys, counts = np.unique(stretch[inside] * width + places.columns[inside], return_counts=True)
            bounds = keys.searchsorted(np.arange(count + 1) * width).astype(np.int32)
            loudness = np.log1p(counts * _OPENING_COUNT).astype(np.float32)
            by_cues = SparseRows(loudness, (keys % width).astype(np.int32), bounds, (count, width)) @ self._cues
        by_cues[:, : self._learnt] += self._bias
        return Stretches(documents, batch, starts, ends, around, by_cues)

    def by_words(self, stretches: Stretches) -> Scores:
        """Stretches × classes, log-odds: what their words and cue words say."""
        words, block = stretches.batch.words, self._blocks["words"]
        columns = block.columns(words)
        stretch = stretches.around[stretches.batch.token_starts[words.positions]]
        kept = ((columns >= 0) & (stretch >= 0)).nonzero()[0]
        columns, count = columns[kept], len(stretches.starts)
        bounds = stretch[kept].searchsorted(np.arange(count + 1)).astype(np.int32)
        rows = SparseRows(block.idf[columns] * _QUICK, columns, bounds, (count, len(block.slots)))
        return self._together(self._times("words", rows), stretches.by_cues)

    def by_all(self, stretches: Stretches, asked: Numbers) -> Scores:
        """The same of the stretches `asked`, by all that the classifier reads of a letter without a title."""
        found = [np.zeros((0, self._cues.shape[1]), dtype=np.float32)]
        for start in range(0, len(asked), CHUNK):
            some = asked[start : start + CHUNK]
            whole = [stretches.documents[row] for row in stretches.batch.rows[stretches.starts[some]].tolist()]
            rows = weigh(whole, self._blocks, _cut_out(stretches, some))
            by_text = self._times("words", rows["words"]) + self._times("characters", rows["characters"])
            found.append(self._together(by_text, stretches.by_cues[some]))
        return np.concatenate(found)

    def _times(self, block: str, rows: SparseRows) -> NDArray[np.float32]:
        """Without what lies outside."""
        if isinstance(self._weights, HalfTables):
            lines = self._weights.for_letter(block, rows.indices)
            if lines is not None:
                columns = np.arange(len(lines), dtype=np.int32)
                few = SparseRows(rows.data, columns, rows.indptr, (rows.shape[0], len(lines)))
                return (few @ lines)[:, : self._learnt]
        return (rows @ self._weights[block])[:, : self._learnt]

    def _together(self, by_text: Scores, by_cues: Scores) -> Scores:
        if by_text.shape == by_cues.shape:
            return by_text + by_cues
        scores = by_cues.copy()
        scores[:, : self._learnt] += by_text
        return scores


def _around(starts: Numbers, ends: Numbers, length: int) -> NDArray[np.int32]:
    if not len(starts):
        return np.full(length, -1, dtype=np.int32)
    numbers = np.full(2 * len(starts) + 1, -1, dtype=np.int32)
    numbers[1::2] = np.arange(len(starts))
    edges = np.column_stack([starts, ends]).ravel()
    return numbers.repeat(np.diff(edges, prepend=0, append=length))


def _cut_out(stretches: Stretches, asked: Numbers) -> Batch:
    """The stretches as a batch of their own, a line break behind each: no run of characters reaches over an edge."""
    batch, starts = stretches.batch, stretches.starts[asked]
    sizes = stretches.ends[asked] - starts + 1
    begins = sizes.cumsum() - sizes
    places = np.arange(int(sizes.sum())) - (begins - starts).repeat(sizes)
    places[begins + sizes - 1] = len(batch.codes) - 1  # a batch ends with a line break
    begin = np.zeros(len(batch.codes), dtype=np.bool_)
    begin[batch.token_starts] = True
    token = begin[places]
    token[begins] = True
    none = np.zeros(len(places), dtype=np.bool_)
    rows = np.arange(len(asked)).repeat(sizes)
    return Batch(batch.written[places], batch.codes[places], rows, none, token.nonzero()[0])

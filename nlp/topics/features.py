"""What a linear model sees of a document: blocks of weighed features, those that training has seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack

from nlp.document import Document
from nlp.ngrams import Batch, Flags, Numbers, Occurrences, characters, lay_out, runs
from nlp.topics.cue_features import cues
from nlp.topics.sparse_rows import SparseRows

VERSION = "features/2"
BLOCKS = ("title", "words", "characters")
# A city's own labels, whatever they are, also learn from the cue phrases of our taxonomy.
WITH_CUES = (*BLOCKS, "cues")
# So many leading bits of a hash are a feature; it is kept when so many training letters have it.
BITS = 22
_SEEN_IN = 2
# Runs of so many characters.
SIZES = (1, 2, 3)
# Documents at a time: row and feature together fit 32 bits, which sort twice as fast as 64.
CHUNK = 256
_SHIFT = np.uint64(64 - BITS)
_ROW_SHIFT, _COLUMN = np.uint32(24), np.uint32((1 << 24) - 1)
_LOUDNESS = np.float32(1) + np.log(np.maximum(np.arange(1 << 16), 1).astype(np.float32))
Matrix: TypeAlias = Any  # scipy.sparse has no types
Rows: TypeAlias = Mapping[str, Matrix]
Table: TypeAlias = NDArray[np.uint16] | NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Block:
    """The features of one block: `slots` are their hashes in ascending order, `idf` how much each weighs, `table` leads
    from a hash to its place in `slots` plus 1, or to 0 (`table_of`)."""

    slots: NDArray[np.int32]
    idf: NDArray[np.float32]
    table: Table

    @classmethod
    def of(cls, slots: NDArray[np.int32], idf: NDArray[np.float32]) -> "Block":
        return cls(slots, idf, table_of(slots))

    def columns(self, found: Occurrences) -> NDArray[np.int32]:
        """The feature of each occurrence, -1 for what training has not seen."""
        return self.table[slots_of(found)].astype(np.int32) - 1


Blocks: TypeAlias = Mapping[str, Block]


def find(
    documents: Sequence[Document], names: Iterable[str] = BLOCKS, batch: Batch | None = None
) -> dict[str, Occurrences]:
    """What each of the named blocks counts, in 1 to `CHUNK` documents; `batch` are those, where they are laid out
    already."""
    batch = batch or lay_out(documents)
    single, runs = batch.words, characters(batch, SIZES)
    found = {"title": _join(single.titles(), runs.titles()), "words": single, "characters": runs}
    return found | {"cues": cues(documents)} if "cues" in names else found


def learn(documents: Iterable[Document], names: Sequence[str] = BLOCKS) -> Blocks:
    """The features of `documents` with their weights, in the named blocks. Knows no labels."""
    counts = {name: np.zeros(1 << BITS, dtype=np.int64) for name in names}
    total = 0
    for chunk in chunks(documents):
        total += len(chunk)
        for name, found in find(chunk, names).items():
            keys = np.unique(found.rows << BITS | slots_of(found))
            slots, letters = np.unique(keys & ((1 << BITS) - 1), return_counts=True)
            counts[name][slots] += letters
    blocks = {}
    for name in names:
        slots = np.flatnonzero(counts[name] >= _SEEN_IN).astype(np.int32)
        idf = np.log((1 + total) / (1 + counts[name][slots])) + 1
        blocks[name] = Block.of(slots, idf.astype(np.float32))
    return blocks


def vectors(documents: Iterable[Document], blocks: Blocks) -> Rows:
    """A row per document in each block: (1 + ln count) × idf, of length 1 where anything is known."""
    pieces: dict[str, list[Matrix]] = {name: [] for name in blocks}
    for chunk in chunks(documents):
        for name, matrix in weigh(chunk, blocks).items():
            pieces[name].append(matrix.matrix)
    return {name: vstack(matrices, format="csr") for name, matrices in pieces.items()}


def weigh(documents: Sequence[Document], blocks: Blocks, batch: Batch | None = None) -> dict[str, SparseRows]:
    """The rows of some blocks, for 1 to `CHUNK` documents; `batch` are those, where they are laid out already. A row
    does not depend on its neighbours, not even in a bit.

    All blocks go through the same array operations: for one letter alone their number is what takes the time.
    """
    keys, ends = _sorted_keys(documents, batch or lay_out(documents), blocks)
    new = np.ones(len(keys) + 1, dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=new[1:-1])
    new[ends] = True
    bounds = np.flatnonzero(new)
    entries = keys[bounds[:-1]]
    ends = bounds.searchsorted(ends).tolist()
    columns = (entries & _COLUMN).view(np.int32) - np.int32(1)
    lines = (entries >> _ROW_SHIFT).astype(np.int64)
    values = _LOUDNESS[np.minimum(bounds[1:] - bounds[:-1], len(_LOUDNESS) - 1)]
    for number, (block, start, end) in enumerate(zip(blocks.values(), [0, *ends], ends, strict=False)):
        values[start:end] *= block.idf[columns[start:end]]
        lines[start:end] += number * CHUNK
    squares = values.astype(np.float64)
    lengths = np.sqrt(np.bincount(lines, squares * squares))
    values = (squares / lengths[lines]).astype(np.float32)
    pointers = np.searchsorted(lines, np.arange(len(blocks))[:, None] * CHUNK + np.arange(len(documents) + 1))
    rows = {}
    for (name, block), at in zip(blocks.items(), pointers.astype(np.int32), strict=True):
        cut, shape = slice(at[0], at[-1]), (len(documents), len(block.slots))
        rows[name] = SparseRows(values[cut], columns[cut], at - at[0], shape)
    return rows


def _sorted_keys(documents: Sequence[Document], batch: Batch, blocks: Blocks) -> tuple[NDArray[np.uint32], list[int]]:
    """Document and feature plus 1 of every occurrence of what training has seen, one block after the other, sorted
    within each; and where each block ends."""
    found: dict[str, NDArray[np.uint32]] = {}
    lines = batch.rows.astype(np.uint32) << _ROW_SHIFT
    spoken, said_in = slots_of(batch.words), batch.words.rows.astype(np.uint32) << _ROW_SHIFT
    if "words" in blocks:
        found["words"] = _known(blocks["words"], spoken, said_in)
    if "title" in blocks or "characters" in blocks:
        hashes, whole = runs(batch, SIZES[-1])
        slots, begins = (hashes.ravel() >> _SHIFT).view(np.int64), np.concatenate([lines] * len(hashes))
        if "characters" in blocks:
            found["characters"] = _known(blocks["characters"], slots, begins, whole.ravel())
        if "title" in blocks:
            words, written = batch.words.in_title.nonzero()[0], (whole & batch.in_title).ravel().nonzero()[0]
            both = np.concatenate([spoken[words], slots[written]])
            found["title"] = _known(blocks["title"], both, np.concatenate([said_in[words], begins[written]]))
    if "cues" in blocks:
        said = cues(documents)
        found["cues"] = _known(blocks["cues"], slots_of(said), said.rows.astype(np.uint32) << _ROW_SHIFT)
    parts = [found[name] for name in blocks]
    ends: list[int] = []
    for part in parts:
        part.sort()
        ends.append(len(part) + (ends[-1] if ends else 0))
    return np.concatenate(parts), ends


def _known(block: Block, slots: Numbers, lines: NDArray[np.uint32], whole: Flags | None = None) -> NDArray[np.uint32]:
    """The keys of those that are features of the block, and `whole`."""
    places = block.table[slots]
    known = (places != 0 if whole is None else (places != 0) & whole).nonzero()[0]
    keys: NDArray[np.uint32] = places[known].astype(np.uint32)
    keys |= lines[known]
    return keys


def table_of(slots: NDArray[np.int32]) -> Table:
    """For each hash its place in `slots` plus 1; 0 for what is not there. As small as may be: less memory to fill at
    the start, and more of it in the cache."""
    small = len(slots) < 1 << 16
    table: Table = np.zeros(1 << BITS, dtype=np.uint16) if small else np.zeros(1 << BITS, dtype=np.int32)
    table[slots] = np.arange(1, len(slots) + 1)
    return table


def chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    remaining = iter(documents)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def slots_of(found: Occurrences) -> Numbers:
    return (found.hashes >> _SHIFT).view(np.int64)


def _join(one: Occurrences, other: Occurrences) -> Occurrences:
    return Occurrences(
        np.concatenate([one.hashes, other.hashes]),
        np.concatenate([one.rows, other.rows]),
        np.concatenate([one.positions, other.positions]),
        np.concatenate([one.in_title, other.in_title]),
    )

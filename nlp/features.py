"""What a linear model sees of a document: three blocks of weighed features, of which it keeps those seen in training."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from nlp.document import Document
from nlp.ngrams import Numbers, Occurrences, characters, lay_out, words

VERSION = "features/1"
BLOCKS = ("title", "words", "characters")
# Bits of the hash that make a feature, and in how many documents one must occur to be kept, by block.
_BITS = {"title": 22, "words": 22, "characters": 22}
_SEEN_IN = {"title": 2, "words": 2, "characters": 2}
_SIZES = (1, 2, 3)
# Documents are laid out this many at a time, so that a key of row, feature and position fits 64 bits.
CHUNK = 256
_ROW_SHIFT, _SLOT_SHIFT = 48, 24
Matrix: TypeAlias = Any  # scipy.sparse has no types


@dataclass(frozen=True, slots=True)
class Block:
    """The features of one block: `slots` are their hashes in ascending order, `idf` how much each weighs."""

    bits: int
    slots: NDArray[np.int32]
    idf: NDArray[np.float32]
    # hash → place in `slots`, -1 where nothing was seen
    table: NDArray[np.int32]

    @classmethod
    def of(cls, bits: int, slots: NDArray[np.int32], idf: NDArray[np.float32]) -> "Block":
        table = np.full(1 << bits, -1, dtype=np.int32)
        table[slots] = np.arange(len(slots), dtype=np.int32)
        return cls(bits, slots, idf, table)


Blocks: TypeAlias = dict[str, Block]


@dataclass(frozen=True, slots=True)
class Vectors:
    """One row per document in each block, of length 1 where anything was found; `tokens` are, for the entries of the
    block of words, the place of the word's first occurrence among the tokens of its chunk."""

    blocks: dict[str, Matrix]
    tokens: Numbers


def find(documents: Sequence[Document]) -> dict[str, Occurrences]:
    """What each block counts in at most `CHUNK` documents."""
    batch = lay_out(documents)
    single = words(batch)
    runs = characters(batch, _SIZES)
    return {"title": _join(_titles(single), _titles(runs)), "words": single, "characters": runs}


def learn(documents: Sequence[Document]) -> Blocks:
    """The features of `documents` with their weights. Knows no labels."""
    counts = {name: np.zeros(1 << _BITS[name], dtype=np.int32) for name in BLOCKS}
    for start in range(0, len(documents), CHUNK):
        for name, found in find(documents[start : start + CHUNK]).items():
            slots = (found.hashes >> np.uint64(64 - _BITS[name])).astype(np.int64)
            pairs = np.unique(found.rows << _ROW_SHIFT | slots)
            counts[name] += np.bincount(pairs & ((1 << _ROW_SHIFT) - 1), minlength=1 << _BITS[name]).astype(np.int32)
    blocks = {}
    for name in BLOCKS:
        slots = np.flatnonzero(counts[name] >= _SEEN_IN[name]).astype(np.int32)
        idf = np.log((1 + len(documents)) / (1 + counts[name][slots])) + 1
        blocks[name] = Block.of(_BITS[name], slots, idf.astype(np.float32))
    return blocks


def vectors(documents: Sequence[Document], blocks: Blocks) -> Vectors:
    """Documents as rows: (1 + ln count) × idf, each block of length 1. A row does not depend on its neighbours."""
    pieces: dict[str, list[Matrix]] = {name: [] for name in BLOCKS}
    tokens = []
    for start in range(0, len(documents), CHUNK):
        chunk = documents[start : start + CHUNK]
        for name, found in find(chunk).items():
            matrix, positions = _rows(found, blocks[name], len(chunk))
            pieces[name].append(matrix)
            if name == "words":
                tokens.append(positions)
    if len(pieces["words"]) == 1:
        return Vectors({name: matrices[0] for name, matrices in pieces.items()}, tokens[0])
    return Vectors({name: vstack(matrices, format="csr") for name, matrices in pieces.items()}, np.concatenate(tokens))


def _rows(found: Occurrences, block: Block, documents: int) -> tuple[Matrix, Numbers]:
    columns = block.table[(found.hashes >> np.uint64(64 - block.bits)).astype(np.int64)]
    known = columns >= 0
    # one sorted array of numbers does it all: equal features of a document side by side, the earliest first
    keys = np.sort(found.rows[known] << _ROW_SHIFT | columns[known].astype(np.int64) << _SLOT_SHIFT | found.positions[known])
    features = keys >> _SLOT_SHIFT
    first = np.flatnonzero(np.diff(features, prepend=-1))
    counts = np.diff(first, append=len(features))
    entries = keys[first]
    rows = entries >> _ROW_SHIFT
    columns = (entries >> _SLOT_SHIFT & ((1 << (_ROW_SHIFT - _SLOT_SHIFT)) - 1)).astype(np.int32)
    values = (np.float32(1) + np.log(counts.astype(np.float32))) * block.idf[columns]
    lengths = np.sqrt(np.bincount(rows, values.astype(np.float64) ** 2, minlength=documents)).astype(np.float32)
    values /= lengths[rows]
    pointers = np.searchsorted(rows, np.arange(documents + 1)).astype(np.int32)
    matrix = csr_matrix((values, columns, pointers), shape=(documents, len(block.slots)), copy=False)
    return matrix, entries & ((1 << _SLOT_SHIFT) - 1)


def _titles(found: Occurrences) -> Occurrences:
    kept = found.in_title
    return Occurrences(found.hashes[kept], found.rows[kept], found.positions[kept], found.in_title[kept])


def _join(one: Occurrences, other: Occurrences) -> Occurrences:
    return Occurrences(
        np.concatenate([one.hashes, other.hashes]),
        np.concatenate([one.rows, other.rows]),
        np.concatenate([one.positions, other.positions]),
        np.concatenate([one.in_title, other.in_title]),
    )

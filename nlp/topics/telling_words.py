"""Which words of a letter tell what it is about: hashed, weighed, only the heaviest kept. Array operations only."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.ngrams import Batch, Numbers
from nlp.topics.features import BITS, CHUNK, Matrix, Table

# So many of its words stand for a letter. Rows are packed with 8 bits (`features.CHUNK`), columns with 24.
KEPT = 64
_COLUMN_BITS, _VALUE_BITS = 24, 32
_COLUMN = np.uint64((1 << _COLUMN_BITS) - 1)
_VALUE = np.uint64((1 << _VALUE_BITS) - 1)
# A word of the title counts as if it were said so much more often; repeating a word adds less and less.
_TITLE_BONUS = np.float32(1)
_REPEATED = (1 + np.log(np.maximum(np.arange(256), 1))).astype(np.float32)
# What a word says of topics is judged as if one letter more, of any topic, had it: one letter alone proves little.
_DOUBT = 1.0
# A letter says something from the length of so many of the most telling words on.
_SAYS_SOMETHING = 1.5
Keys: TypeAlias = NDArray[np.uint64]
Values: TypeAlias = NDArray[np.float32]


def count_words(batch: Batch, documents: int, table: Table | None = None) -> Matrix:
    """A row for each of 1 to `features.CHUNK` documents: how loudly each word is said.

    Columns are slots of hashes or, where a table of features leads from slots to columns, those: then unknown words are
    left out.
    """
    found = batch.words
    columns = (found.hashes >> np.uint64(64 - BITS)).view(np.int64)
    rows, titles = found.rows, found.in_title
    width = 1 << BITS
    if table is not None:
        columns = table[columns].astype(np.int64) - 1
        known = columns >= 0
        rows, titles, columns = rows[known], titles[known], columns[known]
    keys = (rows << (BITS + 1) | columns << 1 | titles).astype(np.uint32)
    keys.sort()
    said = keys >> 1
    first = np.flatnonzero(np.diff(said, prepend=said[:1] + np.uint32(1)))
    ends = np.append(first[1:], len(keys))
    values = _REPEATED[np.minimum(ends - first, len(_REPEATED) - 1)]
    if len(keys):
        values = values + _TITLE_BONUS * (keys[ends - 1] & 1).astype(np.float32)
    entries = said[first].astype(np.int64)
    pointers = np.searchsorted(entries >> BITS, np.arange(documents + 1))
    return csr_matrix((values, entries & (width - 1), pointers), shape=(documents, width), copy=False)


def weigh_words(counts: Matrix, topics: Numbers) -> Values:
    """How telling each column is, for letters of these topics: √(rarity × what it says of the topic).

    Rarity is the usual inverse document frequency; what a word says of the topic is the Kullback–Leibler divergence of
    the topics of the letters that have it from those of all letters. Of place names and phrases of politeness, rare as
    they may be, little is left.
    """
    letters, width = counts.shape
    columns, row_topics = counts.indices.astype(np.int64), np.repeat(topics, np.diff(counts.indptr))
    kinds = int(topics.max(initial=0)) + 1
    shares = np.bincount(topics, minlength=kinds) / max(letters, 1)
    having = np.bincount(columns, minlength=width)
    pairs, together = np.unique(columns * kinds + row_topics, return_counts=True)
    column, topic = pairs // kinds, pairs % kinds
    share = (together + _DOUBT * shares[topic]) / (having[column] + _DOUBT)
    gained = np.bincount(column, share * np.log(share / shares[topic]), minlength=width)
    elsewhere = np.maximum(1 - np.bincount(column, shares[topic], minlength=width), 0)
    doubt = _DOUBT / (having + _DOUBT)
    gained = np.maximum(gained + elsewhere * doubt * np.log(doubt), 0)
    rarity = np.log((1 + letters) / (1 + having)) + 1
    weights: Values = np.where(having > 0, np.sqrt(rarity * gained), 0).astype(np.float32)
    return weights


def heaviest(rows: Numbers, columns: Numbers, values: Values, most: int) -> tuple[Numbers, Numbers, Values]:
    """The heaviest `most` entries of each row above 0, heaviest first, equal ones in the order of columns."""
    kept = (values > 0).nonzero()[0]
    bits = values[kept].view(np.uint32).astype(np.uint64)
    keys = _pack(rows[kept], _VALUE - bits, columns[kept])
    keys.sort()
    found = (keys >> np.uint64(_VALUE_BITS + _COLUMN_BITS)).astype(np.int64)
    kept = (np.arange(len(keys)) - found.searchsorted(np.arange(CHUNK))[found] < most).nonzero()[0]
    keys, found = keys[kept], found[kept]
    bits = _VALUE - (keys >> np.uint64(_COLUMN_BITS) & _VALUE)
    return found, (keys & _COLUMN).astype(np.int64), bits.astype(np.uint32).view(np.float32)


def to_matrix(rows: Numbers, columns: Numbers, values: Values, shape: tuple[int, int]) -> Matrix:
    """A matrix of at most `features.CHUNK` rows, the columns of each row ascending."""
    keys = rows.astype(np.uint64) << np.uint64(_VALUE_BITS + _COLUMN_BITS)
    keys |= columns.astype(np.uint64) << np.uint64(_VALUE_BITS)
    keys |= values.view(np.uint32).astype(np.uint64)
    keys.sort()
    found = (keys >> np.uint64(_VALUE_BITS + _COLUMN_BITS)).astype(np.int64)
    places = (keys >> np.uint64(_VALUE_BITS) & _COLUMN).astype(np.int32)
    pointers = np.searchsorted(found, np.arange(shape[0] + 1)).astype(np.int32)
    numbers = (keys & _VALUE).astype(np.uint32).view(np.float32)
    matrix = csr_matrix((numbers, places, pointers), shape=shape, copy=False)
    matrix.has_canonical_format = True
    return matrix


def vectors(counts: Matrix, weights: Values) -> tuple[Numbers, Numbers, Values]:
    """Entries (row, column, value) of the heaviest `KEPT` words of each row, heaviest first.

    A row is of length 1, or shorter where the letter hardly says anything: it is like nothing.
    """
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    columns = counts.indices.astype(np.int64)
    rows, columns, values = heaviest(rows, columns, counts.data * weights[columns], KEPT)
    lengths = np.sqrt(np.bincount(rows, values.astype(np.float64) ** 2, minlength=counts.shape[0]))
    lengths = np.maximum(lengths, _SAYS_SOMETHING * weights.max(initial=0))
    return rows, columns, (values / lengths[rows]).astype(np.float32)


def _pack(rows: Numbers, values: Keys, columns: Numbers) -> Keys:
    packed = rows.astype(np.uint64) << np.uint64(_VALUE_BITS + _COLUMN_BITS)
    packed |= values << np.uint64(_COLUMN_BITS)
    packed |= columns.astype(np.uint64)
    return packed

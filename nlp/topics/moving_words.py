"""Which words of a document moved a choice of topic, and how far: exact, for the model is linear."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.document import Document
from nlp.ngrams import Batch, Numbers, Occurrences
from nlp.topics.features import BITS, Block, Matrix, slots_of

CUES_SHOWN = 5
# Words that moved it less than this share of what the first one did are not worth a reader's time.
_WORTH_SHOWING = 0.1
# Of so many words those of two characters and more are shown.
_LOOKED_AT = 16
# Leading to what may be looked for: a small table, for memory takes longer than anything else.
_LIKELY = (1 << 14) - 1
_MOST_BITS = np.uint32(0xFFFFFFFF)
# No word has it.
_BETWEEN = "\0"
# (choices, features, values) → what each feature adds to the score of its choice
Contributions = Callable[[Numbers, NDArray[np.int32], NDArray[np.float32]], NDArray[np.float32]]


def show_moving(
    documents: Sequence[Document],
    batch: Batch,
    rows: Numbers,
    phrases: Sequence[Iterable[str]],
    words: tuple[Block, Matrix, Callable[[Numbers], Contributions]],
) -> list[tuple[str, ...]]:
    """For each choice, about the document `rows[choice]`, up to `CUES_SHOWN` of its `phrases` and, where these are
    fewer, of the words that moved it. `words` are the block of words of `documents` with its rows, and what words
    contribute to some of the choices."""
    shown = list(map(without_parts, phrases))
    short = np.array([number for number, some in enumerate(shown) if len(some) < CUES_SHOWN], dtype=np.int64)
    if not len(short):
        return shown
    block, matrix, contributions = words
    found = moving_words(documents, batch, block, matrix, rows[short], contributions(short))
    for number, more in zip(short.tolist(), found, strict=True):
        shown[number] = without_parts((*shown[number], *more))
    return shown


def moving_words(
    documents: Sequence[Document],
    batch: Batch,
    block: Block,
    matrix: Matrix,
    rows: Numbers,
    contributions: Contributions,
) -> list[list[str]]:
    """For each choice, about the document `rows[choice]`, the words that added most to its score, the first the most.

    `matrix` are the rows of the block of words, of the documents of `batch`.
    """
    choices, entries = _entries(matrix, rows)
    features = matrix.indices[entries]
    moved = contributions(choices, features, matrix.data[entries])
    most = np.zeros(len(rows), dtype=np.float32)
    begins = np.ones(len(choices), dtype=np.bool_)
    np.not_equal(choices[1:], choices[:-1], out=begins[1:])
    first = begins.nonzero()[0]
    if len(first):
        most[choices[first]] = np.maximum.reduceat(moved, first)
    kept = ((moved > 0) & (moved >= _WORTH_SHOWING * most[choices])).nonzero()[0]
    # by choice (fewer than 1,024), what moved it most first (above 0 numbers sort as their bits do), then by feature
    keys = (_MOST_BITS - moved[kept].view(np.uint32)).astype(np.uint64) << np.uint64(BITS)
    keys |= features[kept].astype(np.uint64)
    keys |= choices[kept].astype(np.uint64) << np.uint64(BITS + 32)
    keys.sort()
    chosen = (keys >> np.uint64(BITS + 32)).astype(np.int64)
    looked_at = _rank(chosen) < _LOOKED_AT
    chosen, keys = chosen[looked_at], keys[looked_at]
    places = _first_places(batch.words, block, rows[chosen], (keys & np.uint64((1 << BITS) - 1)).astype(np.int64))
    long = (batch.token_lengths[places] > 1).nonzero()[0]
    long = long[_rank(chosen[long]) < CUES_SHOWN]
    chosen, places = chosen[long], places[long]
    said_in = rows[chosen]
    at = batch.token_starts[places] - batch.starts[said_in]
    ends = at + batch.token_lengths[places]
    cues: list[list[str]] = [[] for _ in rows]
    for choice, row, begin, end in zip(chosen.tolist(), said_in.tolist(), at.tolist(), ends.tolist(), strict=True):
        cues[choice].append(documents[row].text[begin:end])
    return cues


def moving_phrases(matrix: Matrix, rows: Numbers, contributions: Contributions) -> list[list[int]]:
    """For each choice, about the document `rows[choice]`, the columns of `matrix` that speak for it, the loudest
    first."""
    choices, entries = _entries(matrix, rows)
    columns = matrix.indices[entries]
    moved = contributions(choices, columns, matrix.data[entries])
    kept = (moved > 0).nonzero()[0]
    kept = kept[np.lexsort((-moved[kept], choices[kept]))]
    found, bounds = columns[kept].tolist(), choices[kept].searchsorted(np.arange(len(rows) + 1)).tolist()
    return [found[start:end] for start, end in pairwise(bounds)]


def _rank(groups: Numbers) -> Numbers:
    """How many of the same group, which stand together and ascend, stand before each."""
    rank: Numbers = np.arange(len(groups)) - groups.searchsorted(groups)
    return rank


def without_parts(words: Iterable[str]) -> tuple[str, ...]:
    """The first `CUES_SHOWN` words, each once, and none that stands inside an earlier one."""
    kept: list[str] = []
    together = ""
    for word in words:
        if word not in together:
            kept.append(word)
            if len(kept) == CUES_SHOWN:
                break
            together += f"{_BETWEEN}{word}"
    return tuple(kept)


def _entries(matrix: Matrix, rows: Numbers) -> tuple[Numbers, Numbers]:
    """The entries of the rows of all choices, one choice after the other: which choice, which entry."""
    starts = matrix.indptr[rows].astype(np.int64)
    lengths = matrix.indptr[rows + 1] - starts
    choices = np.arange(len(rows)).repeat(lengths)
    return choices, np.arange(len(choices)) - (lengths.cumsum() - lengths - starts).repeat(lengths)


def _first_places(found: Occurrences, block: Block, rows: Numbers, features: Numbers) -> Numbers:
    """The first token of the batch that is the feature of each row; each feature stands in its row."""
    hashes = block.slots[features].astype(np.int64)
    asked = rows << BITS | hashes
    wanted = np.sort(asked)
    likely_hashes = np.zeros(_LIKELY + 1, dtype=np.bool_)
    likely_hashes[hashes & _LIKELY] = True
    said = slots_of(found)
    likely = likely_hashes[said & _LIKELY].nonzero()[0]
    said = found.rows[likely] << BITS | said[likely]
    at = wanted.searchsorted(said)
    at[at == len(wanted)] = 0
    hits = (wanted[at] == said).nonzero()[0][::-1] if len(wanted) else likely[:0]
    places = np.zeros(len(wanted), dtype=np.int64)
    places[at[hits]] = found.positions[likely[hits]]
    first: Numbers = places[wanted.searchsorted(asked)]
    return first

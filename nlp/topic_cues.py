"""Which words of a document moved a choice of topic, and how far: exact, for the model is linear."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.document import Document
from nlp.features import Block, Matrix
from nlp.ngrams import Numbers, Occurrences

CUES_SHOWN = 5
# Words that moved it less than this share of what the first one did are not worth a reader's time.
_WORTH_SHOWING = 0.1
_ROW_SHIFT = 32
# (choices, features, values) → what each feature adds to the score of its choice
Contributions = Callable[[Numbers, NDArray[np.int32], NDArray[np.float32]], NDArray[np.float32]]


def moving_words(
    documents: Sequence[Document],
    found: Occurrences,
    block: Block,
    matrix: Matrix,
    rows: Numbers,
    contributions: Contributions,
) -> list[tuple[str, ...]]:
    """For each choice, about the document `rows[choice]`, the words that added most to its score, the first the most.

    `found` and `matrix` are the block of words of `documents`.
    """
    lengths = np.diff(matrix.indptr)[rows].astype(np.int64)
    choices = np.repeat(np.arange(len(rows)), lengths)
    starts = np.cumsum(lengths) - lengths
    entries = np.arange(len(choices)) - np.repeat(starts - matrix.indptr[rows], lengths)
    features = matrix.indices[entries]
    moved = contributions(choices, features, matrix.data[entries])
    most = np.zeros(len(rows), dtype=np.float32)
    if len(moved):
        most[lengths > 0] = np.maximum.reduceat(moved, starts[lengths > 0])
    kept = np.flatnonzero((moved > 0) & (moved >= _WORTH_SHOWING * most[choices]))
    kept = kept[np.lexsort((features[kept], -moved[kept], choices[kept]))]
    places = _first_places(found, block, rows[choices[kept]] << _ROW_SHIFT | features[kept])
    tokens = np.array([len(d.title_words) + len(d.body_words) + 2 for d in documents], dtype=np.int64)
    first_tokens = (np.cumsum(tokens) - tokens)[rows[choices[kept]]]
    cues: list[list[str]] = [[] for _ in rows]
    for choice, place in zip(choices[kept].tolist(), (places - first_tokens).tolist(), strict=True):
        if len(cues[choice]) < CUES_SHOWN:
            word = _word(documents[rows[choice]], place)
            if len(word) > 1:
                cues[choice].append(word)
    return [tuple(words) for words in cues]


def without_parts(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once, and none that stands inside an earlier one."""
    kept: list[str] = []
    for word in words:
        if not any(word in longer for longer in kept):
            kept.append(word)
    return tuple(kept)


def _first_places(found: Occurrences, block: Block, keys: Numbers) -> Numbers:
    """The first token of the batch that is the feature of each key (row and feature)."""
    wanted, inverse = np.unique(keys, return_inverse=True)
    if not len(wanted):
        return keys
    said = found.rows << _ROW_SHIFT | block.columns(found)
    at = np.minimum(np.searchsorted(wanted, said), len(wanted) - 1)
    hits = np.flatnonzero(wanted[at] == said)[::-1]
    places = np.zeros(len(wanted), dtype=np.int64)
    places[at[hits]] = found.positions[hits]
    first: Numbers = places[inverse]
    return first


def _word(document: Document, token: int) -> str:
    titles = len(document.title_words)
    return document.title_words[token] if token < titles else document.body_words[token - titles - 1]

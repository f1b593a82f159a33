"""Which words of a document moved a choice of topic, and how far: exact, for the model is linear."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.document import Document
from nlp.ngrams import Numbers, Occurrences
from nlp.topics.features import BITS, Block, Matrix, slots_of

CUES_SHOWN = 5
# Words that moved it less than this share of what the first one did are not worth a reader's time.
_WORTH_SHOWING = 0.1
# Of so many words those of two characters and more are shown.
_LOOKED_AT = 16
# Leading to what may be looked for: a small table, for memory takes longer than anything else.
_LIKELY = (1 << 14) - 1
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
    choices, entries = _entries(matrix, rows)
    features = matrix.indices[entries]
    moved = contributions(choices, features, matrix.data[entries])
    most = np.zeros(len(rows), dtype=np.float32)
    np.maximum.at(most, choices, moved)
    kept = ((moved > 0) & (moved >= _WORTH_SHOWING * most[choices])).nonzero()[0]
    kept = kept[np.lexsort((features[kept], -moved[kept], choices[kept]))]
    chosen = choices[kept]
    kept = kept[np.arange(len(kept)) - np.searchsorted(chosen, chosen) < _LOOKED_AT]
    places = _first_places(found, block, rows[choices[kept]], features[kept])
    tokens = np.array([len(d.title_words) + len(d.body_words) + 2 for d in documents], dtype=np.int64)
    first_tokens = (np.cumsum(tokens) - tokens)[rows[choices[kept]]]
    cues: list[list[str]] = [[] for _ in rows]
    for choice, place in zip(choices[kept].tolist(), (places - first_tokens).tolist(), strict=True):
        if len(cues[choice]) < CUES_SHOWN:
            word = _word(documents[rows[choice]], place)
            if len(word) > 1:
                cues[choice].append(word)
    return [tuple(words) for words in cues]


def moving_phrases(
    matrix: Matrix, rows: Numbers, contributions: Contributions, phrase: Callable[[int], str]
) -> list[list[str]]:
    """For each choice, about the document `rows[choice]`, the phrases that speak for it, the loudest first. `phrase`
    is what a column of `matrix` stands for."""
    choices, entries = _entries(matrix, rows)
    columns = matrix.indices[entries]
    moved = contributions(choices, columns, matrix.data[entries])
    kept = (moved > 0).nonzero()[0]
    kept = kept[np.lexsort((-moved[kept], choices[kept]))]
    found: list[list[str]] = [[] for _ in rows]
    for choice, column in zip(choices[kept].tolist(), columns[kept].tolist(), strict=True):
        found[choice].append(phrase(column))
    return found


def without_parts(words: Iterable[str]) -> tuple[str, ...]:
    """The first `CUES_SHOWN` words, each once, and none that stands inside an earlier one."""
    kept: list[str] = []
    for word in words:
        if not any(word in longer for longer in kept):
            kept.append(word)
            if len(kept) == CUES_SHOWN:
                break
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


def _word(document: Document, token: int) -> str:
    titles = len(document.title_words)
    return document.title_words[token] if token < titles else document.body_words[token - titles - 1]

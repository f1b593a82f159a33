"""By which words is a letter's matter found among solved ones? Its most telling words, as a short vector of length 1.

A word tells the more the rarer it is in general Chinese, and more in the title; words that no dictionary knows count
like a fairly common one: they are names more often than matters. The words themselves are kept, not only their hashes:
they are the evidence that a person reads.
"""

from collections.abc import Collection, Sequence
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from models.analysis import Keyword
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.ngrams import Batch, Numbers, code_points, hash_tokens, lay_out
from nlp.topics.features import BITS, CHUNK, chunks
from nlp.vocabulary import load_vocabulary

VERSION = "telling/1"
KEPT = 24
# -ln of a word's share of general text: below the first it says nothing, a word that nobody knows counts as the second.
_COMMON, _UNKNOWN = 7.0, 9.5
_LEAST, _MOST = 0.1, 8.0
_REPEATED = (1 + np.log(np.maximum(np.arange(64), 1))).astype(np.float32)
_FIRST_SIGN = 47
_ROW_SHIFT, _COLUMN = BITS, (1 << BITS) - 1
Telling: TypeAlias = tuple[Keyword, ...]


class TellingWords:
    """What each word weighs, by the leading bits of its hash."""

    def __init__(self) -> None:
        rarity = load_vocabulary().rarity
        rarities = np.fromiter(rarity.values(), dtype=np.float32, count=len(rarity))
        self._weights: NDArray[np.float32] = np.full(1 << BITS, _weigh(np.float32(_UNKNOWN)), dtype=np.float32)
        self._weights[_slots(rarity)] = _weigh(rarities)
        empty = [*load_lexicon("telling")["empty_words"], *load_lexicon("keywords")["stop_words"]]
        self._weights[_slots(empty)] = 0

    def find(self, documents: Sequence[Document], *, batches: Sequence[Batch] | None = None) -> list[Telling]:
        """For each document up to 24 words, the most telling first. `batches` are the chunks of `documents`
        (`nlp.topics.features.chunks`), where they are laid out already."""
        laid_out = batches if batches is not None else list(map(lay_out, chunks(documents)))
        return [
            words
            for chunk, batch in zip(chunks(documents), laid_out, strict=True)
            for words in self._find(chunk, batch)
        ]

    def _find(self, documents: Sequence[Document], batch: Batch) -> list[Telling]:
        starts = batch.token_starts
        lengths = np.diff(starts, append=len(batch.codes))
        words = np.flatnonzero((lengths > 1) & (batch.codes[starts] > _FIRST_SIGN))
        at, lengths = starts[words], lengths[words]
        slots = (hash_tokens(batch.codes, starts)[words] >> np.uint64(64 - BITS)).astype(np.int64)
        keys, first, inverse = np.unique(batch.rows[at] << _ROW_SHIFT | slots, return_index=True, return_inverse=True)
        said = np.bincount(inverse, minlength=len(keys))
        titled = np.bincount(inverse, batch.in_title[at], minlength=len(keys)) > 0
        weights = (_REPEATED[np.minimum(said, 63)] + titled) * self._weights[keys & _COLUMN]
        rows = keys >> _ROW_SHIFT
        order = np.lexsort((keys, -weights, rows))
        rank = np.arange(len(order)) - np.searchsorted(rows[order], np.arange(CHUNK))[rows[order]]
        order = order[(rank < KEPT) & (weights[order] > 0)]
        rows, weights, places = rows[order], weights[order], first[order]
        norms = np.sqrt(np.bincount(rows, weights.astype(np.float64) ** 2, minlength=len(documents)))
        weights = np.round(weights / norms[rows], 3)
        text = "".join([f"{document.text}\n" for document in documents])
        found: list[list[Keyword]] = [[] for _ in documents]
        for row, start, length, weight in zip(
            rows.tolist(), at[places].tolist(), lengths[places].tolist(), weights.tolist(), strict=True
        ):
            found[row].append(Keyword(text[start : start + length].lower(), weight))
        return list(map(tuple, found))


def term_of(word: str) -> int:
    """The number a word has in the index: 32 bits, signed."""
    number = crc32(word.encode("utf-8", "replace"))
    return number - (1 << 32) if number >> 31 else number


def shared_words(one: Sequence[Keyword], other: Sequence[Keyword]) -> tuple[float, Telling]:
    """The cosine of two letters, 0..1, and the words that make it, each with its share of it, the largest first."""
    weights = {keyword.word: keyword.weight for keyword in other}
    parts = [(k.weight * weights[k.word], k.word) for k in one if k.word in weights]
    total = sum(part for part, _ in parts)
    ranked = sorted(parts, key=lambda part: (-part[0], part[1]))
    return min(total, 1.0), tuple(Keyword(word, round(part / total, 3)) for part, word in ranked)


def _slots(words: Collection[str]) -> Numbers:
    lengths = np.fromiter(map(len, words), dtype=np.int64)
    hashes = hash_tokens(code_points("".join(words).lower()), np.cumsum(lengths) - lengths)
    return (hashes >> np.uint64(64 - BITS)).astype(np.int64)


def _weigh(rarity: NDArray[np.float32] | np.float32) -> NDArray[np.float32]:
    weights: NDArray[np.float32] = np.sqrt(np.clip(rarity - np.float32(_COMMON), _LEAST, _MOST))
    return weights

"""By which words is a letter's matter found among solved ones? Its most telling words, as a short vector of length 1.

A word tells the more the rarer it is in general Chinese, and more in the title; words that no dictionary knows count
like a fairly common one: they are names more often than matters. The words themselves are kept, not only their hashes:
they are the evidence that a person reads.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from models.analysis import Keyword
from nlp.document import Document
from nlp.hashing import Hashes, Numbers, hash_words
from nlp.lexicon import load_lexicon
from nlp.ngrams import Batch, lay_out
from nlp.topics.features import BITS, chunks
from nlp.topics.telling_words import heaviest
from nlp.vocabulary import load_vocabulary

VERSION = "telling/1"
KEPT = 24
# -ln of a word's share of general text: below the first it says nothing, a word that nobody knows counts as the second.
_COMMON, _UNKNOWN = 7.0, 9.5
_LEAST, _MOST = 0.1, 8.0
_REPEATED = (1 + np.log(np.maximum(np.arange(64), 1))).astype(np.float32)
_FIRST_SIGN = 47
_PLACE_BITS = 24
_SLOT, _PLACE = (1 << BITS) - 1, (1 << _PLACE_BITS) - 1
# Words with their weights, the most telling first.
Telling: TypeAlias = Mapping[str, float]


class TellingWords:
    """What each word weighs, by the leading bits of its hash."""

    def __init__(self) -> None:
        vocabulary = load_vocabulary()
        rarities = vocabulary.rarities.astype(np.float32)
        self._weights: NDArray[np.float32] = np.full(1 << BITS, _weigh(np.float32(_UNKNOWN)), dtype=np.float32)
        self._weights[_leading(vocabulary.small_hashes)] = _weigh(rarities)
        empty = [*load_lexicon("telling")["empty_words"], *load_lexicon("keywords")["stop_words"]]
        self._weights[_leading(hash_words([word.lower() for word in empty]))] = 0

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
        lengths = batch.token_lengths
        words = np.flatnonzero((lengths > 1) & (batch.codes[starts] > _FIRST_SIGN))
        slots = _leading(batch.token_hashes[words])
        telling = self._weights[slots] > 0
        words, slots = words[telling], slots[telling]
        rows = batch.rows[starts[words]]
        # sorted by document and word, its places ascending
        keys = (rows << BITS | slots) << _PLACE_BITS | np.arange(len(words))
        keys.sort()
        said = keys >> _PLACE_BITS
        first = np.flatnonzero(np.diff(said, prepend=-1))
        times = np.diff(first, append=len(keys))
        rows, slots = said[first] >> BITS, said[first] & _SLOT
        words = words[keys[first] & _PLACE]
        weights = (_REPEATED[np.minimum(times, 63)] + batch.in_title[starts[words]]) * self._weights[slots]
        rows, kept, weights = heaviest(rows, np.arange(len(rows)), weights.astype(np.float32), KEPT)
        at, lengths = starts[words[kept]], lengths[words[kept]]
        norms = np.sqrt(np.bincount(rows, weights.astype(np.float64) ** 2, minlength=len(documents)))
        shares = np.round(weights / norms[rows], 3)
        # in small letters: of what makes words of two characters and more only those of ASCII have two sizes
        text = batch.codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        said_words = [text[start:end] for start, end in zip(at.tolist(), (at + lengths).tolist(), strict=True)]
        bounds = np.searchsorted(rows, np.arange(len(documents) + 1)).tolist()
        said_shares = shares.tolist()
        return [
            dict(zip(said_words[start:end], said_shares[start:end], strict=True)) for start, end in pairwise(bounds)
        ]


def term_of(word: str) -> int:
    """The number a word has in the index: 32 bits, signed."""
    number = crc32(word.encode("utf-8", "replace"))
    return number - (1 << 32) if number >> 31 else number


def shared_words(one: Telling, other: Telling) -> tuple[float, tuple[Keyword, ...]]:
    """The cosine of two letters, 0..1, and the words that make it, each with its share of it, the largest first."""
    parts = [(one[word] * other[word], word) for word in one.keys() & other.keys()]
    total = sum(sorted(part for part, _ in parts))
    ranked = sorted(parts, key=lambda part: (-part[0], part[1]))
    return min(total, 1.0), tuple(Keyword(word, round(part / total, 3)) for part, word in ranked)


def _leading(hashes: Hashes) -> Numbers:
    return (hashes >> np.uint64(64 - BITS)).astype(np.int64)


def _weigh(rarity: NDArray[np.float32] | np.float32) -> NDArray[np.float32]:
    weights: NDArray[np.float32] = np.sqrt(np.clip(rarity - np.float32(_COMMON), _LEAST, _MOST))
    return weights

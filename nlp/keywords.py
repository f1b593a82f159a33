"""The words that say best what one text is about."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.analysis import Keyword
from nlp.document import Document
from nlp.hashing import HashTable, Numbers, hash_words
from nlp.lexicon import load_lexicon
from nlp.ngrams import Batch, lay_out
from nlp.topics.features import chunks
from nlp.vocabulary import load_vocabulary

VERSION = "keywords/1"
_LIMIT = 8
_TITLE_WEIGHT = 3
# Words of our own (cues, places, units) are not in the dictionary: about as rare as a technical term.
_OWN_WORD_RARITY = 14.0
_MOST_BITS = np.uint32(0xFFFFFFFF)
Keywords: TypeAlias = tuple[Keyword, ...]


class KeywordRanker:
    """Frequency in the text times rarity in general Chinese; only words that name something, no names of persons.

    Words are known by their place in the vocabulary, our own by their place behind it.
    """

    def __init__(self, own_words: Iterable[str]) -> None:
        self._vocabulary = vocabulary = load_vocabulary()
        self._known = len(vocabulary)
        stop_words = set(load_lexicon("keywords")["stop_words"])
        own = {w for w in own_words if len(w) > 1 and not any(character.isdigit() for character in w)} - stop_words
        names = vocabulary.nominal.copy()
        self._own = sorted(own)
        known = vocabulary.places(self._own)
        names[known[known >= 0]] = True
        stopped = vocabulary.places(sorted(stop_words))
        names[stopped[stopped >= 0]] = False
        self._own = [word for word, place in zip(self._own, known.tolist(), strict=True) if place < 0]
        self._own_table = HashTable(hash_words(self._own))
        # the last one, -1, is no word
        self._names = np.concatenate([names, np.ones(len(self._own), dtype=np.bool_), [False]])
        self._rarities = np.concatenate([vocabulary.rarities, np.full(len(self._own), _OWN_WORD_RARITY)])

    def rank(self, documents: Sequence[Document], *, batches: Sequence[Batch] | None = None) -> list[Keywords]:
        """For each document up to eight keywords, best first; the weight of the best is 1. `batches` are the chunks of
        `documents` (`nlp.topics.features.chunks`), where they are laid out already."""
        laid_out = batches if batches is not None else list(map(lay_out, chunks(documents)))
        return [
            ranked
            for chunk, batch in zip(chunks(documents), laid_out, strict=True)
            for ranked in self._rank(chunk, batch)
        ]

    def _rank(self, documents: Sequence[Document], batch: Batch) -> list[Keywords]:
        rows, places, weights = self._weigh(batch)
        shown = _heaviest(rows, weights, len(documents))
        found: list[list[tuple[float, str]]] = [[] for _ in documents]
        columns = rows[shown].tolist(), places[shown].tolist(), (-weights[shown]).tolist()
        texts, known, word_at, own = [d.text for d in documents], self._known, self._vocabulary.word, self._own
        for row, place, lightness in zip(*columns, strict=True):
            word = word_at(place) if place < known else own[place - known]
            if word in texts[row]:  # two words of one hash can be made on purpose
                found[row].append((lightness, word))
        return [_keywords(sorted(line)[:_LIMIT]) for line in found]

    def _weigh(self, batch: Batch) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """What is known of each document: its row, the place among the hashes, the weight."""
        places = self._find(batch)
        named = self._names[places].nonzero()[0]
        places, at = places[named], batch.token_starts[named]
        said = np.where(batch.in_title[at], _TITLE_WEIGHT, 1)
        keys = batch.rows[at] << 34 | places << 2 | said
        keys.sort()
        first = np.flatnonzero(np.diff(keys >> 2, prepend=-1))
        times = np.add.reduceat(keys & 3, first) if len(first) else first
        places = keys[first] >> 2 & (1 << 32) - 1
        return keys[first] >> 34, places, times * self._rarities[places]

    def _find(self, batch: Batch) -> Numbers:
        """The place of each token, -1 for what is no word."""
        places = batch.known.copy()
        other = np.flatnonzero((places < 0) & (batch.token_lengths > 1))
        own = self._own_table.find(batch.written_hashes[other])
        places[other] = np.where(own < 0, -1, own + self._known)
        return places


def _heaviest(rows: Numbers, weights: NDArray[np.float64], documents: int) -> Numbers:
    """The places of the `_LIMIT` heaviest of each row, and of all that are about as heavy as the last of them: among
    equals the alphabet decides. Rows ascend, weights are above 0."""
    # above 0 numbers sort as their bits do; rounded they keep their order, but for some that become equal
    keys = _MOST_BITS - weights.astype(np.float32).view(np.uint32)
    keys = rows.astype(np.uint64) << np.uint64(32) | keys
    ends = rows.searchsorted(np.arange(documents), side="right")
    starts = rows.searchsorted(np.arange(documents))
    last = np.minimum(starts + _LIMIT, ends) - 1
    found: Numbers = (keys <= np.sort(keys)[last[rows]]).nonzero()[0]
    return found


def _keywords(ranked: Sequence[tuple[float, str]]) -> Keywords:
    return tuple([Keyword(word, round(weight / ranked[0][0], 3)) for weight, word in ranked])

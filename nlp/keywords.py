"""The words that say best what one text is about."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.analysis import Keyword
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.ngrams import Batch, Hashes, Numbers, code_points, hash_tokens, lay_out
from nlp.topics.features import chunks
from nlp.vocabulary import load_vocabulary

VERSION = "keywords/1"
_LIMIT = 8
_TITLE_WEIGHT = 3
# Words of our own (cues, places, units) are not in the dictionary: about as rare as a technical term.
_OWN_WORD_RARITY = 14.0
# So many leading bits of a hash lead to where it would stand among the sorted hashes.
_LEADING = 18
Keywords: TypeAlias = tuple[Keyword, ...]


class KeywordRanker:
    """Frequency in the text times rarity in general Chinese; only words that name something, no names of persons.

    Words are looked up by their hashes, a whole batch at once: two hundred thousand strings do not fit the cache.
    """

    def __init__(self, own_words: Iterable[str]) -> None:
        vocabulary = load_vocabulary()
        words = set(vocabulary.nominal)
        words.update(w for w in own_words if len(w) > 1 and not any(character.isdigit() for character in w))
        words -= set(load_lexicon("keywords")["stop_words"])
        self._words = list(words)
        rarity = vocabulary.rarity
        rarities = np.array([rarity.get(word, _OWN_WORD_RARITY) for word in self._words])
        hashes = _hash(self._words)
        order = np.argsort(hashes)
        self._places, self._rarities = order.tolist(), rarities[order]
        # behind the last one stands what is equal to none
        self._hashes = np.append(hashes[order], np.uint64(2**64 - 1))
        self._first = np.searchsorted(hashes[order] >> np.uint64(64 - _LEADING), np.arange(1 << _LEADING))

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
        order = np.lexsort((-weights, rows))
        rows, places, weights = rows[order], places[order], weights[order]
        starts = np.searchsorted(rows, np.arange(len(documents)))
        # all that are as heavy as the last one shown: among equals the alphabet decides
        least = weights[np.minimum(starts + _LIMIT, np.append(starts[1:], len(rows))) - 1] if len(rows) else weights
        shown = np.flatnonzero(weights >= least[rows]) if len(rows) else rows
        found: list[list[tuple[float, str]]] = [[] for _ in documents]
        for row, place, weight in zip(
            rows[shown].tolist(), places[shown].tolist(), weights[shown].tolist(), strict=True
        ):
            word = self._words[self._places[place]]
            if word in documents[row].text:  # two words of one hash can be made on purpose
                found[row].append((-weight, word))
        return [_keywords(sorted(line)[:_LIMIT]) for line in found]

    def _weigh(self, batch: Batch) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """What is known of each document: its row, the place among the hashes, the weight."""
        starts = batch.token_starts
        long = np.diff(starts, append=len(batch.written)) > 1
        places, at = self._find(hash_tokens(batch.written, starts)[long]), starts[long]
        known = places >= 0
        places, at = places[known], at[known]
        said = np.where(batch.in_title[at], _TITLE_WEIGHT, 1)
        keys = batch.rows[at] << 34 | places << 2 | said
        keys.sort()
        first = np.flatnonzero(np.diff(keys >> 2, prepend=-1))
        times = np.add.reduceat(keys & 3, first) if len(first) else first
        places = keys[first] >> 2 & (1 << 32) - 1
        return keys[first] >> 34, places, times * self._rarities[places]

    def _find(self, hashes: Hashes) -> Numbers:
        """The place of each hash, -1 for what is none of ours."""
        at = self._first[hashes >> np.uint64(64 - _LEADING)]
        asked = np.flatnonzero(self._hashes[at] < hashes)
        while len(asked):
            at[asked] += 1
            asked = asked[self._hashes[at[asked]] < hashes[asked]]
        return np.where(self._hashes[at] == hashes, at, -1)


def _keywords(ranked: Sequence[tuple[float, str]]) -> Keywords:
    return tuple([Keyword(word, round(weight / ranked[0][0], 3)) for weight, word in ranked])


def _hash(words: Sequence[str]) -> Hashes:
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    return hash_tokens(code_points("".join(words)), np.cumsum(lengths) - lengths)

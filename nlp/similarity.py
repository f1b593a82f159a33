"""How alike two submissions are: the words they share, each the heavier the rarer it is in general Chinese.

A submission is a vector: the words of its title and their pairs (which are names more often than not: 丽发|新城), 0.7
of its most telling words (`nlp.alike.telling`, found already when it was analysed), and the places and companies it
names. The weights come from the dictionary that ships with the program, so they are the same for the first letter of a
city and for its millionth; `VERSION` changes when they do. Names of regions are left out: half a city's letters share
them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from math import sqrt
from typing import ClassVar, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from models.region import Region
from nlp.cleaning import clean_text
from nlp.segmentation import Segmenter, shared_segmenter
from nlp.vocabulary import load_vocabulary

VERSION = "similarity/2"
_TELLING_WEIGHT = 0.7
# of the length of what the words make; shared by all places, and by all companies, that a text names
_NAME_WEIGHT = 0.5
_KEPT_WORDS = 40
_TITLES = 2048
# So many words of late have their hashes at hand: a text is asked for them up to three times.
_WORDS = 1 << 14
# A post has no title: its first characters stand for one.
_TITLE_LENGTH, _LONGEST_TITLE = 40, 80
# -ln of a word's share of running text: below the first a word says nothing, above the last it is as good as a name.
_COMMON, _UNKNOWN, _RAREST = 8.0, 15.0, 17.0
_PAIR_WEIGHT = sqrt(_UNKNOWN - _COMMON)
_UNIT = 1000
# What a hash of a name begins with: a road is not the word that it is written like.
NAME = "@"
Parts: TypeAlias = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.float64]]

# Published collections write regions as codes: A7县, B市. The code alone would make strangers of one matter alike.
_REGION_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{0,2}(?=[省市区县州])")
_CODE_WORD = re.compile(r"[a-z]\d{1,2}")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Vector:
    """Ascending hashes of words and their weights in thousandths, of length 1 together; empty where nothing is said.

    Whole numbers: what is computed from them does not depend on the order, the machine, or on having been stored.
    """

    SQUARE: ClassVar[int] = _UNIT * _UNIT

    terms: NDArray[np.uint32]
    weights: NDArray[np.int16]

    def product(self, terms: NDArray[np.uint32], sums: NDArray[np.int64]) -> float:
        """The inner product with a sum of vectors (`add_up`)."""
        _, here, there = np.intersect1d(self.terms, terms, assume_unique=True, return_indices=True)
        return float(np.dot(self.weights[here].astype(np.int64), sums[there])) / self.SQUARE


@dataclass(frozen=True, slots=True)
class Text:
    """What a vector is made of: `telling` as the analysis found them, `places` and `companies` by name."""

    title: str
    body: str
    telling: Mapping[str, float]
    places: Sequence[str] = ()
    companies: Sequence[str] = ()


class VectorReader:
    """Makes vectors, a batch at once; the same ones on every machine that has the same segmenter."""

    def __init__(self, regions: Iterable[Region], segmenter: Segmenter | None = None) -> None:
        self._segmenter = segmenter or shared_segmenter()
        self._vocabulary = load_vocabulary()
        # a title is asked for up to three times: for its vector, its places, and why it belongs
        self._cut = lru_cache(maxsize=_TITLES)(self._cut_anew)
        self._left_out = frozenset(name for region in regions for name in (region.name, *region.aliases))

    def read(self, texts: Sequence[Text]) -> list[Vector]:
        """For each text its vector."""
        titles = [self._cut(_title(text)) for text in texts]
        rare = self._rare({word for title in titles for word in title if len(word) > 1})
        title_words = _Weighed()
        for row, title in enumerate(titles):
            title_words.add(row, self._title_words(title, rare))
        telling, places, companies = _Weighed(), _Weighed(), _Weighed()
        for row, text in enumerate(texts):
            telling.add(row, {w: v for w, v in text.telling.items() if w not in self._left_out and _means(w)})
            places.add(row, dict.fromkeys([NAME + name for name in set(text.places) - self._left_out], 1.0))
            companies.add(row, dict.fromkeys([NAME + name for name in set(text.companies) - self._left_out], 1.0))
        rows, terms, weights = _summed(
            [title_words.scaled(len(texts), np.ones(len(texts))), telling.times(_TELLING_WEIGHT)]
        )
        kept = _heaviest(rows, terms, weights)
        rows, terms, weights = rows[kept], terms[kept], weights[kept]
        lengths = np.sqrt(np.bincount(rows, weights**2, minlength=len(texts)))
        lengths[lengths == 0] = 1
        names = [part.scaled(len(texts), _NAME_WEIGHT * lengths) for part in (places, companies)]
        rows, terms, weights = _summed([(rows, terms, weights), *names])
        lengths = np.sqrt(np.bincount(rows, weights**2, minlength=len(texts)))
        whole = np.rint(_UNIT * weights / lengths[rows]).astype(np.int16)
        rows, terms, whole = rows[whole > 0], terms[whole > 0], whole[whole > 0]
        bounds = np.searchsorted(rows, np.arange(len(texts) + 1)).tolist()
        return [Vector(terms[start:end], whole[start:end]) for start, end in pairwise(bounds)]

    def words(self, text: Text) -> dict[int, str]:
        """Which word each hash of the vector of `text` stands for."""
        return {hash_term(word): word.removeprefix(NAME) for word in self._all_words(text)}

    def terms_in(self, text: Text, names: str) -> set[int]:
        """Hashes of the words of `text` that stand somewhere in `names`."""
        return {hash_term(word) for word in self._all_words(text) if word.removeprefix(NAME) in names}

    def _all_words(self, text: Text) -> Iterable[str]:
        title = self._cut(_title(text))
        named = [NAME + name for name in (*text.places, *text.companies)]
        return chain(named, title, map("".join, pairwise(title)), text.telling)

    def _cut_anew(self, title: str) -> tuple[str, ...]:
        words = map(str.strip, self._segmenter.cut(_REGION_CODE.sub(" ", title)))
        return tuple(word for word in words if word and _WORD.search(word))

    def _rare(self, words: Iterable[str]) -> dict[str, float]:
        """What each word weighs once; names of regions are not among them."""
        asked = [word for word in words if word not in self._left_out]
        rarities = self._vocabulary.rarities_of(asked, _UNKNOWN)
        return {w: sqrt(max(min(rarity, _RAREST) - _COMMON, 0.1)) for w, rarity in zip(asked, rarities, strict=True)}

    def _title_words(self, title: Sequence[str], rare: Mapping[str, float]) -> dict[str, float]:
        found: dict[str, float] = {}
        for word in title:
            if word in rare:
                found[word] = found.get(word, 0) + rare[word]
        for one, other in pairwise(title):
            if one not in self._left_out and other not in self._left_out:
                found[one + other] = found.get(one + other, 0) + _PAIR_WEIGHT
        return found


class _Weighed:
    """Words of many texts with what they weigh there."""

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._words: list[str] = []
        self._weights: list[float] = []

    def add(self, row: int, words: Mapping[str, float]) -> None:
        self._rows += [row] * len(words)
        self._words += words
        self._weights += words.values()

    def times(self, factor: float) -> Parts:
        terms = np.fromiter(map(hash_term, self._words), dtype=np.uint32, count=len(self._words))
        return np.array(self._rows, dtype=np.int64), terms, factor * np.array(self._weights, dtype=np.float64)

    def scaled(self, texts: int, lengths: NDArray[np.float64]) -> Parts:
        """So that the words of each text have the length that is given for it."""
        rows, terms, weights = self.times(1)
        own = np.sqrt(np.bincount(rows, weights**2, minlength=texts))
        return rows, terms, weights * (lengths[rows] / own[rows])


@lru_cache(maxsize=_WORDS)
def hash_term(word: str) -> int:
    return crc32(word.encode("utf-8", "replace"))


def _means(word: str) -> bool:
    return len(word) > 3 or not _CODE_WORD.fullmatch(word)


def _summed(parts: Sequence[Parts]) -> Parts:
    """The parts together: by text and then by hash, each hash once."""
    rows, terms, weights = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    keys = rows << 32 | terms
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    sums = np.add.reduceat(weights[order], first) if len(first) else weights
    return keys[first] >> 32, (keys[first] & 0xFFFFFFFF).astype(np.uint32), sums


def _heaviest(rows: NDArray[np.int64], terms: NDArray[np.uint32], weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Where the heaviest words of each text stand, ascending; of equals the smaller hash."""
    order = np.lexsort((terms, -weights, rows))
    starts = np.searchsorted(rows, rows[order])
    kept: NDArray[np.int64] = np.sort(order[np.arange(len(order)) - starts < _KEPT_WORDS])
    return kept


def add_up(vectors: Sequence[Vector]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The sum of vectors: ascending hashes and their added weights."""
    terms, places = np.unique(np.concatenate([vector.terms for vector in vectors]), return_inverse=True)
    sums = np.bincount(places, np.concatenate([vector.weights for vector in vectors]), minlength=len(terms))
    return terms, sums.astype(np.int64)


def meet(vector: Vector, others: Sequence[Vector]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Every word that `vector` shares with one of `others`: its place in `vector`, which of them, the product."""
    if not len(vector.terms):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    terms = np.concatenate([other.terms for other in others])
    at = np.searchsorted(vector.terms, terms)
    at[at == len(vector.terms)] = 0
    hits = np.flatnonzero(vector.terms[at] == terms)
    at = at[hits]
    bounds = np.cumsum([len(other.terms) for other in others])
    weights = np.concatenate([other.weights for other in others])[hits].astype(np.int64)
    return at, np.searchsorted(bounds, hits, side="right"), weights * vector.weights[at]


def _title(text: Text) -> str:
    title = clean_text(text.title)
    return title[:_LONGEST_TITLE] if title else clean_text(text.body[: 4 * _TITLE_LENGTH])[:_TITLE_LENGTH]

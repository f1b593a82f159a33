"""How alike two submissions are: the words they share, each the heavier the rarer it is.

Rare means both: in few of these letters, and seldom in Chinese at large. By the first alone the very word that a
hundred letters share (搅拌站) would weigh little; by the second alone the words of all complaints would weigh much.

A vector is a title block (words and pairs of neighbouring words) plus 0.7 of a body block (words). Words are known by a
hash, so that the memory does not grow with the vocabulary. Names of regions count little: half a city's letters share
them; names of estates and roads stay, they tell one matter from another.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.cleaning import clean_text
from nlp.reference import load_regions
from nlp.segmentation import Segmenter, make_segmenter
from nlp.vocabulary import load_vocabulary

VERSION = "similarity/1"
DIMENSIONS = 1 << 22
_BODY_WEIGHT = 0.7
_REGION_WEIGHT = 0.3
_KEPT_WORDS = 64
_BODY_LENGTH = 2_000
# Letters that no file has, with none of its words: in a file of ten equal letters every word would else weigh nothing.
_UNSEEN_LETTERS = 200
# -ln of a word's share of running text: below the first a word says nothing, above the last it is as good as a name.
_COMMON, _UNKNOWN, _RAREST = 8.0, 15.0, 17.0

# Published collections write regions as codes: A7县, B市. The code alone would make strangers of one matter alike.
_REGION_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{0,2}(?=[省市区县州])")
_WORD = re.compile(r"\w")

Block: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Terms:
    """The hashed words of one submission, each once, with 1 + ln(count)."""

    title: Block
    body: Block


@dataclass(frozen=True, slots=True)
class Vector:
    """Ascending word hashes and their weights; of length 1, or empty where nothing is shared with any other letter."""

    words: NDArray[np.int64]
    weights: NDArray[np.float32]


class TermReader:
    """Cuts texts into hashed words; the same words on every machine that has the same segmenter."""

    def __init__(self, segmenter: Segmenter | None = None) -> None:
        self._segmenter = segmenter or make_segmenter()

    def read(self, title: str, body: str) -> Terms:
        """The terms of a title and a body as they came in; a submission without title lends its first words."""
        body = clean_text(body)[:_BODY_LENGTH]
        title = clean_text(title) or body[:40]
        words = self._cut(title)
        pairs = [f"{first}_{second}" for first, second in pairwise(words)]
        return Terms(_block([*_long(words), *pairs]), _block(_long(self._cut(body))))

    def _cut(self, text: str) -> list[str]:
        text = _REGION_CODE.sub(" ", text)
        return [word for word in map(str.strip, self._segmenter.cut(text)) if word and _WORD.search(word)]


class WordWeights:
    """Counts in how many letters a word is; then weighs it by that. Count everything first, weigh after."""

    def __init__(self) -> None:
        self.letters = 0
        self._counts = np.zeros(DIMENSIONS, dtype=np.int32)
        self._general = np.full(DIMENSIONS, _UNKNOWN - _COMMON, dtype=np.float32)
        for word, rarity in load_vocabulary().rarity.items():
            self._general[_hash(word)] = max(min(rarity, _RAREST) - _COMMON, 0.1)
        names = {name for region in load_regions() for name in (region.name, *region.aliases)}
        self._regions = np.unique(np.fromiter(map(_hash, names), dtype=np.int64))

    def count(self, terms: Terms) -> None:
        self.letters += 1
        self._counts[np.union1d(terms.title[0], terms.body[0])] += 1

    def vector(self, terms: Terms) -> Vector:
        """The at most 64 heaviest words; those of one letter alone are left out, they connect it with none."""
        title, body = self._weigh(terms.title), self._weigh(terms.body)
        words, weights = add([title, Vector(body.words, body.weights * np.float32(_BODY_WEIGHT))])
        if len(words) > _KEPT_WORDS:
            kept = np.sort(np.lexsort((words, -weights))[:_KEPT_WORDS])
            words, weights = words[kept], weights[kept]
        return Vector(words, _normalised(weights))

    def _weigh(self, block: Block) -> Vector:
        words, frequencies = block
        counts = self._counts[words]
        shared = counts > 1
        words, counts = words[shared], counts[shared]
        here = log(self.letters + _UNSEEN_LETTERS) - np.log(counts + 1)
        weights = frequencies[shared] * np.sqrt(here * self._general[words])
        weights[np.isin(words, self._regions)] *= _REGION_WEIGHT
        return Vector(words, _normalised(weights.astype(np.float32)))


def add(vectors: Iterable[Vector]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The sum of vectors: ascending words and their added weights."""
    summands = list(vectors)
    words, places = np.unique(np.concatenate([v.words for v in summands]), return_inverse=True)
    weights = np.bincount(places, np.concatenate([v.weights for v in summands]), minlength=len(words))
    return words, weights.astype(np.float32)


def _long(words: Iterable[str]) -> list[str]:
    return [word for word in words if len(word) > 1]


def _block(words: Iterable[str]) -> Block:
    counts = Counter(map(_hash, words))
    order = sorted(counts)
    frequencies = 1 + np.log(np.fromiter((counts[word] for word in order), dtype=np.float32, count=len(order)))
    return np.array(order, dtype=np.int64), frequencies.astype(np.float32)


def _hash(word: str) -> int:
    return crc32(word.encode("utf-8", "replace")) % DIMENSIONS


def _normalised(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float(np.sqrt(np.dot(weights, weights)))
    return weights / np.float32(length) if length else weights

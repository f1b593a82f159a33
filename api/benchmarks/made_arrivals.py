"""Made-up submissions for measuring how issues are found among a million: vectors as texts give them, from a seed.

The words are those of the corpus that comes with the program, some more often than others: as in 2,109 real letters two
of them share a third of a word by chance; and names that nobody else has. Three in ten speak of a running matter: nine
of its twelve own words, two of them its place; a few matters get thousands of voices, most a handful. A thousand come a
day.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import load_corpus
from nlp.issues.arrivals import Arrival
from nlp.similarity import Vector, hash_term

_A_DAY = 1_000
_FIRST_DAY = date(2026, 1, 1).toordinal()
_OF_MATTER, _OTHER, _NAMES = 9, 18, 8
_CORE, _OPEN = 12, 400
_SHARE = 0.3
# the first ranks are no louder than this one: Zipf alone would let one word stand in most letters
_FLAT = 12
_CHUNK = 10_000


def made_arrivals(count: int, *, seed: int = 1) -> Iterator[Arrival]:
    """`count` of them in the order of arrival, keys from 1; the same for the same seed."""
    random = np.random.default_rng(seed)
    words = _words()
    ranks = 1 / np.arange(_FLAT, len(words) + _FLAT)
    chances = np.cumsum(ranks / ranks.sum())
    matters = [_matter(random, words) for _ in range(_OPEN)]
    # how loud each matter is: the loudest gets one in seven voices
    loud = np.cumsum(1 / np.arange(1, _OPEN + 1))
    loud /= loud[-1]
    for start in range(0, count, _CHUNK):
        # of the quiet ones some end, and others begin
        for place in random.integers(_OPEN // 20, _OPEN, size=_OPEN // 4).tolist():
            matters[place] = _matter(random, words)
        size = min(_CHUNK, count - start)
        about = np.where(random.random(size) < _SHARE, np.searchsorted(loud, random.random(size)), -1).tolist()
        common = words[np.searchsorted(chances, random.random((size, _OTHER)))]
        names = random.integers(1 << 31, 1 << 32, size=(size, _NAMES), dtype=np.uint32)
        for number in range(size):
            key, matter = start + number + 1, about[number]
            own = random.permutation(matters[matter])[:_OF_MATTER] if matter >= 0 else names[number, :0]
            place = set(matters[matter][:2].tolist()) if matter >= 0 else set()
            terms = np.concatenate([common[number], names[number]])
            yield _arrival(key, _FIRST_DAY + key // _A_DAY, own, place, terms)


def _words() -> NDArray[np.uint32]:
    """Two and three characters next to each other in the corpus, the most frequent first."""
    counts: dict[str, int] = {}
    for item in load_corpus():
        for length in (2, 3):
            for start in range(0, len(item.body) - length, length):
                word = item.body[start : start + length]
                counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return np.array(list(dict.fromkeys(map(hash_term, ranked))), dtype=np.uint32)


def _matter(random: np.random.Generator, words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Its own words: two names of its place, which no other has, and ten that others use too."""
    place = random.integers(1 << 31, 1 << 32, size=2, dtype=np.uint32)
    return np.concatenate([place, random.choice(words[len(words) // 20 :], size=_CORE - 2, replace=False)])


def _arrival(key: int, day: int, own: NDArray[np.uint32], place: set[int], other: NDArray[np.uint32]) -> Arrival:
    weights = dict.fromkeys(other.tolist(), 1.0)
    weights.update(dict.fromkeys(own.tolist(), 2.0))
    terms = np.array(sorted(weights), dtype=np.uint32)
    raw = np.array([weights[term] for term in terms.tolist()])
    scaled = np.rint(1000 * raw / np.sqrt(np.dot(raw, raw))).astype(np.int16)
    return Arrival(key, Vector(terms, scaled), day, place_terms=tuple(sorted(place & weights.keys())))

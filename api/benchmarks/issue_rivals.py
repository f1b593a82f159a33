"""Other ways to put letters into issues, as others do it: each gives a label per letter, -1 where it stands alone.

BERTopic runs where it is installed (docs/quality.md), with TF-IDF and SVD in place of the language model, which is not
ours to ship; its method without the package is the line of SVD and HDBSCAN.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from zlib import crc32

import numpy as np

from nlp.issues.listing import Letter, group, read_arrivals
from nlp.pipeline import build_reference_pipeline
from nlp.segmentation import make_segmenter

Labels = list[int]
_SINGLE_PASS, _LATEST, _SHARED_MINIMA, _MINIMA = 0.3, 1_000, 4, 16


def ours(letters: Sequence[Letter], seed: int) -> Labels:
    """What `wenzheng nlp issues` does, reading included."""
    arrivals = [arrival for _, arrival in read_arrivals(letters, build_reference_pipeline())]
    labels = [-1] * len(letters)
    for number, keys in enumerate(group(arrivals)):
        for key in keys:
            labels[key] = number
    return labels


def single_pass(letters: Sequence[Letter], seed: int) -> Labels:
    """TF-IDF of the file, in the order of reading: the nearest centroid, or a new one."""
    rows = _weighted(letters).toarray().astype(np.float32)
    sums = np.zeros((_LATEST, rows.shape[1]), dtype=np.float32)
    lengths = np.ones(_LATEST, dtype=np.float32)
    labels: Labels = []
    newest = 0
    # the last so many centroids, in a ring
    for row in rows:
        scores = sums @ row / lengths
        best = int(scores.argmax())
        if scores[best] < _SINGLE_PASS:
            best = newest % _LATEST
            sums[best], newest = 0, newest + 1
        sums[best] += row
        lengths[best] = max(float(np.sqrt(np.dot(sums[best], sums[best]))), 1e-9)
        # the label of the newest centroid that uses this place
        labels.append(best + (newest - 1 - best) // _LATEST * _LATEST)
    return labels


def minhash_single_link(letters: Sequence[Letter], seed: int) -> Labels:
    """Two letters that share four of sixteen minima of their characters are linked; what hangs together is one."""
    random = np.random.default_rng(seed)
    factors = random.integers(1, 1 << 32, size=_MINIMA, dtype=np.uint64) | np.uint64(1)
    holders: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    leader = list(range(len(letters)))

    def lead(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    for place, letter in enumerate(letters):
        shared: defaultdict[int, int] = defaultdict(int)
        for minimum in enumerate(_minima(f"{letter.title}{letter.body}", factors)):
            for other in holders[minimum][-50:]:
                shared[other] += 1
            holders[minimum].append(place)
        for other, count in shared.items():
            if count >= _SHARED_MINIMA:
                leader[lead(place)] = lead(other)
    return [lead(place) for place in range(len(letters))]


def _minima(text: str, factors: Any) -> list[int]:
    """The smallest hash of three neighbouring characters, for each of several ways to hash."""
    grams = np.array([crc32(text[at : at + 3].encode()) for at in range(max(len(text) - 2, 1))], dtype=np.uint64)
    smallest: list[int] = (grams[:, None] * factors).min(axis=0).tolist()
    return smallest


def svd_hdbscan(letters: Sequence[Letter], seed: int) -> Labels:
    from sklearn.cluster import HDBSCAN

    found: Labels = HDBSCAN(min_cluster_size=2, copy=True).fit_predict(_reduced(letters, seed)).tolist()
    return found


def bertopic(letters: Sequence[Letter], seed: int) -> Labels:
    """As it comes (UMAP to five dimensions, HDBSCAN), but for the vectors and for topics of two letters."""
    from sklearn.feature_extraction.text import CountVectorizer

    reduce = import_module("umap").UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed
    )
    model = import_module("bertopic").BERTopic(
        min_topic_size=2, umap_model=reduce, vectorizer_model=CountVectorizer(analyzer=_words_of())
    )
    found: Labels = model.fit_transform(_texts(letters), embeddings=_reduced(letters, seed))[0]
    return [int(label) for label in found]


METHODS: dict[str, Callable[[Sequence[Letter], int], Labels]] = {
    "wenzheng": ours,
    "single pass, TF-IDF": single_pass,
    "MinHash, single link": minhash_single_link,
    "TF-IDF, SVD, HDBSCAN": svd_hdbscan,
}
BERTOPIC = "BERTopic, TF-IDF and SVD for a model"
if find_spec("bertopic") and find_spec("umap"):
    METHODS[BERTOPIC] = bertopic


def _reduced(letters: Sequence[Letter], seed: int) -> Any:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    weighted = _weighted(letters)
    components = min(100, *weighted.shape)
    return normalize(TruncatedSVD(components, random_state=seed).fit_transform(weighted))


def _weighted(letters: Sequence[Letter]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=_words_of(), min_df=2).fit_transform(_texts(letters))


def _texts(letters: Sequence[Letter]) -> list[str]:
    return [f"{letter.title} {letter.title} {letter.body}" for letter in letters]


def _words_of() -> Callable[[str], list[str]]:
    segmenter = make_segmenter()
    return lambda text: [word for word in segmenter.cut(text) if len(word) > 1]

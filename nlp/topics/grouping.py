"""Which letters say nearly the same, so that no test ever asks for what was learnt by heart."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from nlp.document import Document
from nlp.ngrams import Hashes, Numbers, characters, lay_out
from nlp.topics.features import CHUNK, chunks

# Two letters belong together from this cosine of their weighed character triples on.
ALIKE = 0.6
_BITS = 22
# MinHash: pairs that share three minima of one band are looked at; at Jaccard .43 (cosine .6) that is 96 % of them.
_BANDS, _BAND_SIZE = 40, 3
_SEED = 20260101
_PAIRS_AT_ONCE = 20_000


def group_alike(documents: Iterable[Document]) -> Numbers:
    """A group number per document; the same text, or nearly, has the same number. Transitive."""
    identical: dict[bytes, int] = {}
    groups: list[int] = []
    rows, hashes = _triples(_first_of_their_kind(documents, identical, groups))
    if not len(rows):
        return np.array(groups, dtype=np.int64)
    from scipy.sparse.csgraph import connected_components  # a tenth of a second that whoever only analyses is spared

    left, right = _candidates(rows, hashes)
    alike = _cosine(rows, hashes, len(identical), left, right) >= ALIKE
    size = len(identical)
    links = coo_matrix((np.ones(int(alike.sum())), (left[alike], right[alike])), shape=(size, size))
    components: Numbers = connected_components(links, directed=False)[1].astype(np.int64)
    return components[np.array(groups, dtype=np.int64)]


def split(labels: Sequence[str], groups: Numbers, folds: int, *, seed: int = _SEED) -> Numbers:
    """A fold per letter: groups stay whole, every fold gets about the same share of every label."""
    members: dict[int, list[int]] = defaultdict(list)
    for index, group in enumerate(groups.tolist()):
        members[group].append(index)
    order = np.random.default_rng(seed).permutation(len(members)).tolist()
    keys = sorted(members)
    # large groups first, while every fold still has room
    ranked = sorted((-len(members[keys[i]]), position, keys[i]) for position, i in enumerate(order))
    filled: dict[str, list[int]] = defaultdict(lambda: [0] * folds)
    totals = [0] * folds
    assigned = np.empty(len(labels), dtype=np.int64)
    for _, _, key in ranked:
        counts = Counter(labels[index] for index in members[key])
        label = max(sorted(counts), key=counts.__getitem__)
        fold = min(range(folds), key=lambda f: (filled[label][f], totals[f], f))
        for name, count in counts.items():
            filled[name][fold] += count
        totals[fold] += len(members[key])
        assigned[members[key]] = fold
    return assigned


def _first_of_their_kind(
    documents: Iterable[Document], identical: dict[bytes, int], groups: list[int]
) -> Iterator[Document]:
    """Documents that differ in more than case and white space; fills `groups`, a number for each one that came."""
    for document in documents:
        essence = hashlib.sha256("".join(document.text.split()).lower().encode("utf-8", "surrogatepass")).digest()
        is_new = essence not in identical
        groups.append(identical.setdefault(essence, len(identical)))
        if is_new:
            yield document


def _triples(documents: Iterable[Document]) -> tuple[Numbers, Hashes]:
    """The distinct character triples of each document, sorted by document; title and body alike."""
    pieces = [np.empty(0, dtype=np.int64)]
    for number, chunk in enumerate(chunks(documents)):
        found = characters(lay_out(chunk), (3,))
        slots = (found.hashes >> np.uint64(64 - _BITS)).astype(np.int64)
        pieces.append(np.unique((found.rows + number * CHUNK) << _BITS | slots))
    keys = np.concatenate(pieces)
    return keys >> _BITS, (keys & ((1 << _BITS) - 1)).astype(np.uint64)


def _candidates(rows: Numbers, hashes: Hashes) -> tuple[Numbers, Numbers]:
    """Pairs of documents that share a band of MinHashes: neighbours in each bucket, and each with the first there."""
    random = np.random.default_rng(_SEED)
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    present = rows[starts]
    pairs = []
    for _ in range(_BANDS):
        band = np.zeros(len(starts), dtype=np.uint64)
        for factor, summand in random.integers(1, 2**63, size=(_BAND_SIZE, 2), dtype=np.uint64):
            mixed = (hashes + summand) * (factor | np.uint64(1))
            minima = np.minimum.reduceat((mixed ^ (mixed >> np.uint64(31))) * factor >> np.uint64(16), starts)
            band = band * np.uint64(0x9E3779B97F4A7C15) + minima
        order = np.argsort(band, kind="stable")
        together = np.flatnonzero(np.diff(band[order]) == 0)
        bucket_starts = np.flatnonzero(np.diff(band[order], prepend=band[order[:1]] + np.uint64(1)) != 0)
        leaders = bucket_starts[np.searchsorted(bucket_starts, together, side="right") - 1]
        pairs.append(np.stack([order[together], order[together + 1]]))
        pairs.append(np.stack([order[leaders], order[together + 1]]))
    found = np.unique(np.sort(np.concatenate(pairs, axis=1), axis=0), axis=1)
    return present[found[0]], present[found[1]]


def _cosine(rows: Numbers, hashes: Hashes, documents: int, left: Numbers, right: Numbers) -> NDArray[np.float64]:
    frequency = np.bincount(hashes.astype(np.int64), minlength=1 << _BITS)
    weights = np.log((1 + documents) / (1 + frequency[hashes.astype(np.int64)])) + 1
    matrix = csr_matrix((weights, (rows, hashes.astype(np.int64))), shape=(documents, 1 << _BITS))
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    cosines = np.empty(len(left))
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        one, other = left[part], right[part]
        products = np.asarray(matrix[one].multiply(matrix[other]).sum(axis=1)).ravel()
        cosines[part] = products / (lengths[one] * lengths[other])
    return cosines

"""The few numbers by which a letter's copies are found again, however they were shuffled, cut or mistyped.

Runs of three neighbouring words (of two characters and more) are hashed, the least hashes are the signature: bottom-k
MinHash. Of two texts with Jaccard likeness J of these runs, each of the least numbers of both together is in both with
chance J, so two shared ones speak for J of .3 and more (missed at .3: 3 in 100; at .4: 3 in 1,000).
Words alone would be shared by a tenth of all letters; three in a row hardly are, by letters that are no copies.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nlp.document import Document
from nlp.hashing import Hashes, Numbers
from nlp.ngrams import Batch, lay_out
from nlp.topics.features import CHUNK, chunks

VERSION = "minhash/1"
KEPT = 16
# Copies share two numbers; a signature shorter than this says so little that one must do.
SHARED, SHORT = 2, 4
# A letter with fewer runs of three is also known by its pairs of words.
_FEW = 8
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
# A number has 56 bits, so that the row in a batch fits before it; it is never negative where 64 bits are signed.
_BITS = 56


def sign(documents: Sequence[Document], *, batches: Sequence[Batch] | None = None) -> list[bytes]:
    """A signature per document, for `minima`; empty where a text has not two words in a row.

    It does not depend on the batch a document comes in. `batches` are the chunks of `documents`
    (`nlp.topics.features.chunks`), where they are laid out already.
    """
    laid_out = batches if batches is not None else list(map(lay_out, chunks(documents)))
    sizes = map(len, chunks(documents))
    return [signed for batch, size in zip(laid_out, sizes, strict=True) for signed in _sign(batch, size)]


def minima(signature: bytes) -> list[int]:
    """The numbers of a signature, ascending."""
    found: list[int] = np.frombuffer(signature, dtype="<i8").tolist()
    return found


def _sign(batch: Batch, documents: int) -> list[bytes]:
    long = np.flatnonzero(batch.token_lengths > 1)
    rows, words = batch.rows[batch.token_starts[long]], batch.token_hashes[long]
    pairs = (words[:-1] * _SPREAD) ^ (words[1:] >> np.uint64(9))
    triples = (_mix(pairs[:-1]) * _SPREAD) ^ (words[2:] >> np.uint64(9))
    in_three = rows[2:] == rows[:-2]
    kept = [_keys(rows[2:][in_three], triples[in_three])]
    few = np.bincount(rows[2:][in_three], minlength=documents) < _FEW
    in_two = (rows[1:] == rows[:-1]) & few[rows[1:]]
    if in_two.any():
        kept.append(_keys(rows[1:][in_two], pairs[in_two]))
    keys = np.concatenate(kept)
    keys.sort()
    keys = keys[np.diff(keys, prepend=keys[:1] ^ np.uint64(1)) != 0]
    bounds = np.searchsorted(keys >> np.uint64(_BITS), np.arange(documents + 1)).tolist()
    numbers = (keys & np.uint64((1 << _BITS) - 1)).astype("<i8")
    return [numbers[start : min(end, start + KEPT)].tobytes() for start, end in pairwise(bounds)]


def _keys(rows: Numbers, hashes: Hashes) -> Hashes:
    return rows.astype(np.uint64) << np.uint64(_BITS) | _mix(hashes) >> np.uint64(64 - _BITS)


def _mix(hashes: Hashes) -> Hashes:
    mixed = (hashes ^ (hashes >> np.uint64(31))) * _SPREAD
    return mixed ^ (mixed >> np.uint64(29))


assert CHUNK <= 1 << (64 - _BITS)

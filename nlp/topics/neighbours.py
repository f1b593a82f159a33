"""Which labelled letters are most like this one? The evidence that a person can check for a choice of topic.

Each labelled letter is kept as its most telling words (`nlp.topics.telling_words`) and found through those it
shares with another. An index is plain arrays: whoever stores it, stores nothing that could run.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from models.analysis import Neighbour
from models.errors import Invalid
from nlp.document import Document
from nlp.ngrams import Batch, Numbers, lay_out
from nlp.topics.features import BITS, CHUNK, Matrix, Table, chunks, table_of
from nlp.topics.telling_words import KEPT, count_words, heaviest, to_matrix, vectors, weigh_words

VERSION = "neighbours/1"
SHOWN = 3
# Likeness is a cosine. Below this, letters share a phrase but no matter.
LEAST_LIKENESS = 0.18
# From this on two labelled letters are one text: of them only the first is shown.
SAME_TEXT = 0.85
# A search asks with so many words, looks at so many letters of each, and compares so many of those whole.
_ASKED, _LOOKED_AT, _COMPARED = 24, 128, 8
# Letters that share less than this part of what the most promising one shares are not compared.
_PROMISING = 0.5
_TITLE_LENGTH = 40
_LETTERS = 1 << 24


@dataclass(frozen=True, slots=True)
class NeighbourIndex:
    """Labelled letters, to be searched. `table` leads from a hash to a column, `weights` say how telling a column is.

    `rows` are the letters, `postings` the heaviest letters of each column. `groups` gives letters of the same text the
    number of the first of them. `version` changes with any of this.
    """

    version: str
    slots: NDArray[np.int32]
    weights: NDArray[np.float32]
    rows: Matrix
    groups: NDArray[np.int32]
    letters: tuple[tuple[str, str, str], ...]
    table: Table
    postings: Matrix

    @classmethod
    def build(
        cls, documents: Iterable[Document], references: Sequence[str], topic_codes: Sequence[str]
    ) -> "NeighbourIndex":
        """The index of `documents`, each with its reference ("corpus:hand3/417", "submission:1234") and its topic.

        It keeps their titles: confidential letters do not belong here. Raises `ValueError` where one of the three is
        shorter than the others.
        """
        pieces: list[Matrix] = []
        titles: list[str] = []
        groups: list[int] = []
        same: dict[str, int] = {}
        for chunk in chunks(documents):
            pieces.append(count_words(lay_out(chunk), len(chunk)))
            titles += [title_of(document.source.title, document.source.body) for document in chunk]
            for document in chunk:
                groups.append(same.setdefault("".join(document.text.lower().split()), len(groups)))
        letters = tuple(zip(references, topic_codes, titles, strict=True))
        counts = vstack(pieces, format="csr") if pieces else csr_matrix((0, 1 << BITS), dtype=np.float32)
        numbers = {code: number for number, code in enumerate(dict.fromkeys(topic_codes))}
        weights = weigh_words(counts, np.array([numbers[code] for code in topic_codes], dtype=np.int64))
        slots = np.flatnonzero(weights > 0).astype(np.int32)
        table = table_of(slots)
        kept = [_rows(counts[start : start + CHUNK], weights, table) for start in range(0, len(letters), CHUNK)]
        rows = vstack(kept, format="csr") if kept else csr_matrix((0, len(slots)), dtype=np.float32)
        rows.data = rows.data.astype(np.float16)
        index = cls.from_arrays(_arrays(slots, weights[slots], rows, np.array(groups, dtype=np.int32), letters))
        return cls.from_arrays(index.arrays() | {"groups": index._group()})

    def find(
        self, documents: Sequence[Document], k: int = SHOWN, *, batches: Sequence[Batch] | None = None
    ) -> list[tuple[Neighbour, ...]]:
        """For each document up to `k` labelled letters of different texts, the most alike first; none where nothing is.

        A document's neighbours do not depend on the batch it comes in, not even in a bit. `batches` are the chunks of
        `documents`, where they are laid out already.
        """
        laid_out = batches if batches is not None else list(map(lay_out, chunks(documents)))
        sizes = map(len, chunks(documents))
        return [found for batch, size in zip(laid_out, sizes, strict=True) for found in self._find(batch, size, k)]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The index as plain arrays (no objects): the same letters give the same bytes."""
        return _arrays(self.slots, self.weights, self.rows, self.groups, self.letters)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "NeighbourIndex":
        """What `arrays` gave. Raises `Invalid` where they are damaged or do not fit each other."""
        try:
            slots, weights, groups = arrays["slots"], arrays["weights"], arrays["groups"]
            pointers, columns, values = arrays["pointers"], arrays["columns"], arrays["values"]
            letters = tuple(tuple(letter) for letter in json.loads(arrays["letters"].tobytes()))
            _check(slots, weights, groups, pointers, columns, values, letters)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Invalid("相似来信索引不完整或自相矛盾，不予加载。") from error
        shape = len(letters), len(slots)
        rows = csr_matrix((values.astype(np.float32), columns, pointers), shape=shape)
        rows.has_canonical_format = True
        digest = hashlib.sha256()
        for name in sorted(arrays):
            digest.update(np.ascontiguousarray(arrays[name]).tobytes())
        version = f"{VERSION}+{digest.hexdigest()[:8]}"
        return cls(version, slots, weights, rows, groups, letters, table_of(slots), _postings(rows))

    def _find(self, batch: Batch, documents: int, k: int) -> list[tuple[Neighbour, ...]]:
        asking = vectors(count_words(batch, documents, self.table), self.weights)
        rows, letters, likeness = self._compare(*asking)
        texts = rows * len(self.letters) + self.groups[letters]
        first = np.zeros(len(rows), dtype=np.bool_)
        first[np.unique(texts, return_index=True)[1]] = True
        shown = np.flatnonzero(first & (likeness >= LEAST_LIKENESS))
        shown = shown[np.arange(len(shown)) - np.searchsorted(rows[shown], np.arange(CHUNK))[rows[shown]] < k]
        neighbours: list[list[Neighbour]] = [[] for _ in range(documents)]
        # downwards, so that only the same text is 1
        rounded = np.minimum(np.floor(likeness[shown].astype(np.float64) * 1000) / 1000, 1.0)
        for row, letter, alike in zip(rows[shown].tolist(), letters[shown].tolist(), rounded.tolist(), strict=True):
            reference, topic_code, title = self.letters[letter]
            neighbours[row].append(Neighbour(reference, topic_code, title, alike))
        return [tuple(found) for found in neighbours]

    def _compare(
        self, rows: Numbers, columns: Numbers, values: NDArray[np.float32]
    ) -> tuple[Numbers, Numbers, NDArray[np.float32]]:
        """The letters most like each row of a chunk, the most alike first, equal ones in the order of the index."""
        rank = np.arange(len(rows)) - np.searchsorted(rows, np.arange(CHUNK))[rows]
        asked = rank < _ASKED
        shape = CHUNK, len(self.slots)
        shared = to_matrix(rows[asked], columns[asked], values[asked], shape) @ self.postings
        found = np.repeat(np.arange(CHUNK), np.diff(shared.indptr))
        most = np.zeros(CHUNK, dtype=np.float32)
        held = np.flatnonzero(np.diff(shared.indptr))
        if len(held):
            most[held] = np.maximum.reduceat(shared.data, shared.indptr[held])
        promising = shared.data >= _PROMISING * most[found]
        found, letters, _ = heaviest(
            found[promising], shared.indices[promising].astype(np.int64), shared.data[promising], _COMPARED
        )
        whole = to_matrix(rows, columns, values, shape)
        likeness = np.asarray(whole[found].multiply(self.rows[letters]).sum(axis=1), dtype=np.float32).ravel()
        return heaviest(found, letters, likeness, _COMPARED)

    def _group(self) -> NDArray[np.int32]:
        """For each letter the first one of the same text, or of nearly the same."""
        groups = self.groups.copy()
        for start in range(0, len(groups), CHUNK):
            part = self.rows[start : start + CHUNK].tocoo()
            rows, columns, values = heaviest(part.row.astype(np.int64), part.col.astype(np.int64), part.data, KEPT)
            compared = self._compare(rows, columns, values)
            for row, other, alike in zip(*(found.tolist() for found in compared), strict=True):
                if alike >= SAME_TEXT and other < start + row:
                    groups[start + row] = min(groups[start + row], groups[other])
        return groups


def title_of(title: str, body: str) -> str:
    """What a letter is called where it is a neighbour: its title, else its first words."""
    words = " ".join((title.strip() or body).split())
    return words if len(words) <= _TITLE_LENGTH else f"{words[:_TITLE_LENGTH]}…"


def _rows(counts: Matrix, weights: NDArray[np.float32], table: Table) -> Matrix:
    rows, slots, values = vectors(counts, weights)
    return to_matrix(rows, table[slots].astype(np.int64) - 1, values, (counts.shape[0], int(table.max())))


def _postings(rows: Matrix) -> Matrix:
    """The heaviest `_LOOKED_AT` letters of each column: a search takes no longer, however many letters there are."""
    columns = rows.tocsc()
    held = np.repeat(np.arange(rows.shape[1]), np.diff(columns.indptr))
    # by column, the heaviest first (weights are not negative: their bits sort as they do), equal ones by letter
    keys = held.astype(np.uint64) << np.uint64(32) | (~columns.data.view(np.uint32)).astype(np.uint64)
    order = np.argsort(keys, kind="stable")
    kept = order[np.arange(len(order)) - columns.indptr[held].astype(np.int64) < _LOOKED_AT]
    kept.sort()
    pointers = np.searchsorted(held[kept], np.arange(rows.shape[1] + 1)).astype(np.int32)
    shape = rows.shape[1], rows.shape[0]
    return csr_matrix((columns.data[kept], columns.indices[kept], pointers), shape=shape)


def _arrays(
    slots: NDArray[np.int32],
    weights: NDArray[np.float32],
    rows: Matrix,
    groups: NDArray[np.int32],
    letters: Sequence[tuple[str, str, str]],
) -> dict[str, NDArray[Any]]:
    names = json.dumps(letters, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return {
        "slots": slots,
        "weights": weights,
        "pointers": rows.indptr.astype(np.int32),
        "columns": rows.indices.astype(np.int32),
        "values": rows.data.astype(np.float16),
        "groups": groups,
        "letters": np.frombuffer(names, dtype=np.uint8),
    }


def _check(
    slots: NDArray[Any],
    weights: NDArray[Any],
    groups: NDArray[Any],
    pointers: NDArray[Any],
    columns: NDArray[Any],
    values: NDArray[Any],
    letters: Sequence[Sequence[Any]],
) -> None:
    """Raises `ValueError` where the arrays do not fit each other."""
    kinds = (slots, np.int32), (weights, np.float32), (groups, np.int32), (pointers, np.int32), (columns, np.int32)
    fits = all(array.dtype == kind and array.ndim == 1 for array, kind in (*kinds, (values, np.float16)))
    fits = fits and len(weights) == len(slots) and len(groups) == len(letters) == len(pointers) - 1 < _LETTERS
    fits = fits and len(columns) == len(values) == pointers[-1] and pointers[0] == 0
    fits = fits and bool(np.all(np.diff(slots) > 0)) and (not len(slots) or 0 <= slots[0] <= slots[-1] < 1 << BITS)
    fits = fits and bool(np.all(np.isfinite(weights)) and np.all(weights > 0))
    fits = fits and bool(np.all(np.isfinite(values)) and np.all(values >= 0))
    fits = fits and bool(np.all(np.diff(pointers) >= 0) and np.all(np.diff(pointers) <= KEPT))
    fits = fits and bool(np.all((groups >= 0) & (groups <= np.arange(len(groups)))))
    if fits and len(columns):
        held = np.repeat(np.arange(len(letters), dtype=np.int64), np.diff(pointers))
        fits = bool(columns.min() >= 0 and columns.max() < len(slots))
        fits = fits and bool(np.all(np.diff(held << 32 | columns) > 0))
    if not fits or not all(len(letter) == 3 and all(isinstance(part, str) for part in letter) for letter in letters):
        raise ValueError("arrays do not fit")

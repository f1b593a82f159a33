"""Which words and runs of characters stand in a batch of documents, as numbers: array operations only."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nlp.cut_words import cut_in_order
from nlp.document import Document
from nlp.hashing import SPREAD, STEP, code_points, hash_spans, hash_tokens, scatter
from nlp.hashing import Flags as Flags
from nlp.hashing import Hashes as Hashes
from nlp.hashing import Numbers as Numbers
from nlp.vocabulary import load_vocabulary

_SPACE = 32
# No cleaned text has it.
_MARK = "\0"


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Everything of one kind that was found, in reading order: `hashes` say what (the leading bits are the good ones),
    `rows` in which document, `positions` which token or character of the batch it begins with."""

    hashes: Hashes
    rows: Numbers
    positions: Numbers
    in_title: Flags

    def titles(self) -> "Occurrences":
        kept = self.in_title
        return Occurrences(self.hashes[kept], self.rows[kept], self.positions[kept], self.in_title[kept])


@dataclass(frozen=True)
class Batch:
    """The characters of documents one after the other, a line break after each title and each body.

    In `codes` capital ASCII letters have become small ones, in `written` they have not.
    """

    written: NDArray[np.uint32]
    codes: NDArray[np.uint32]
    rows: Numbers
    in_title: Flags
    token_starts: Numbers

    @cached_property
    def starts(self) -> Numbers:
        """Where each of the documents begins."""
        count = int(self.rows[-1]) + 1 if len(self.rows) else 0
        return np.searchsorted(self.rows, np.arange(count))

    @cached_property
    def words(self) -> Occurrences:
        """Every word that is not white space; `positions` count the tokens of title, line break, body, line break."""
        kept = np.flatnonzero(self.codes[self.token_starts] > _SPACE)
        at = self.token_starts[kept]
        return Occurrences(self.token_hashes[kept], self.rows[at], kept, self.in_title[at])

    @cached_property
    def token_lengths(self) -> Numbers:
        lengths = np.full_like(self.token_starts, len(self.codes))
        lengths[:-1] = self.token_starts[1:]
        lengths -= self.token_starts
        return lengths

    @cached_property
    def token_hashes(self) -> Hashes:
        """Of each token, in `codes`."""
        return hash_tokens(self.codes, self.token_starts)

    @cached_property
    def written_hashes(self) -> Hashes:
        """Of each token, in `written`."""
        hashes = self.token_hashes
        capitals = np.flatnonzero(self.written != self.codes)
        if len(capitals):
            hashes = hashes.copy()
            tokens = np.unique(self.token_starts.searchsorted(capitals, side="right") - 1)
            hashes[tokens] = hash_spans(self.written, self.token_starts[tokens], self.token_lengths[tokens])
        return hashes

    @cached_property
    def known(self) -> Numbers:
        """By token its place in `nlp.vocabulary`, as it is written; -1 for all others."""
        places: Numbers = np.full(len(self.token_starts), -1, dtype=np.int64)
        long = np.flatnonzero(self.token_lengths > 1)
        places[long] = load_vocabulary().find(self.written_hashes[long])
        return places


def lay_out(documents: Sequence[Document]) -> Batch:
    written, token_starts = _tokens(
        [words for document in documents for words in (document.title_words, document.body_words)]
    )
    codes = written.copy()
    codes[(codes >= ord("A")) & (codes <= ord("Z"))] += 32
    lengths = np.array([len(document.text) + 1 for document in documents], dtype=np.int64)
    titles = np.array([len(document.title.text) for document in documents], dtype=np.int64)
    rows = np.arange(len(documents)).repeat(lengths)
    title_ends = lengths.cumsum() - lengths + titles
    return Batch(written, codes, rows, np.arange(len(codes)) < title_ends[rows], token_starts)


def _tokens(words: Sequence[Sequence[str]]) -> tuple[NDArray[np.uint32], Numbers]:
    """The characters of the words of texts, a line break behind each text, and where each word begins."""
    together = cut_in_order(words)
    if together is not None:
        cut, first = together
        return cut.part(first, len(words))
    tokens: list[str] = []
    for some in words:
        tokens += some
        tokens.append("\n")
    # to be told where each token ends by a mark between them is quicker than to ask each for its length
    marked = code_points(f"{_MARK.join(tokens)}{_MARK}")
    marks = (marked == ord(_MARK)).nonzero()[0]
    token_starts = np.zeros_like(marks)
    token_starts[1:] = (marks - np.arange(len(marks)))[:-1]
    return np.delete(marked, marks), token_starts


def runs(batch: Batch, longest: int) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """The runs of 1 to `longest` characters, sizes × the character they begin at: their hashes, and whether there is
    one: none runs over white space or beyond the end."""
    scattered, visible = scatter(batch.codes), batch.codes > _SPACE
    hashes = np.empty((longest, len(scattered)), dtype=np.uint64)
    whole = np.zeros((longest, len(scattered)), dtype=np.bool_)
    running, unbroken = scattered, visible
    for size in range(1, longest + 1):
        if size > 1:
            running = running[:-1] * STEP
            running += scattered[size - 1 :]
            unbroken = unbroken[:-1] & visible[size - 1 :]
        np.add(running, np.uint64(size), out=hashes[size - 1, : len(running)])
        whole[size - 1, : len(running)] = unbroken
    hashes *= SPREAD
    return hashes, whole


def characters(batch: Batch, sizes: Sequence[int]) -> Occurrences:
    """Every run of so many characters (the `sizes`, ascending) without white space in it; `positions` count characters.

    All runs that begin at a character stand together, so the rows of a batch ascend.
    """
    hashes, whole = runs(batch, sizes[-1])
    asked = np.array(sizes) - 1
    places = np.flatnonzero(whole[asked].T)
    positions = places // len(sizes)
    return Occurrences(hashes[asked].T.ravel()[places], batch.rows[positions], positions, batch.in_title[positions])

"""Which words and runs of characters stand in a batch of documents, as numbers: array operations only."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nlp.document import Document

Hashes: TypeAlias = NDArray[np.uint64]
Numbers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

# Odd numbers with well spread bits. Whoever changes them makes every artifact useless: raise `features.VERSION`.
_MIX, _STEP, _SPREAD = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
_WORD_SALT = np.uint64(0x165667B19E3779F9)
_POWERS = np.array([pow(int(_STEP), i, 2**64) for i in range(64)], dtype=np.uint64)
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
        return Occurrences(hash_tokens(self.codes, self.token_starts)[kept], self.rows[at], kept, self.in_title[at])


def lay_out(documents: Sequence[Document]) -> Batch:
    tokens: list[str] = []
    for document in documents:
        tokens += document.title_words
        tokens.append("\n")
        tokens += document.body_words
        tokens.append("\n")
    # to be told where each token ends by a mark between them is quicker than to ask each for its length
    marked = code_points(f"{_MARK.join(tokens)}{_MARK}")
    marks = (marked == ord(_MARK)).nonzero()[0]
    written = np.delete(marked, marks)
    token_starts = np.zeros_like(marks)
    token_starts[1:] = (marks - np.arange(len(marks)))[:-1]
    codes = written.copy()
    codes[(codes >= ord("A")) & (codes <= ord("Z"))] += 32
    lengths = np.array([len(document.text) + 1 for document in documents], dtype=np.int64)
    titles = np.array([len(document.title.text) for document in documents], dtype=np.int64)
    rows = np.arange(len(documents)).repeat(lengths)
    title_ends = lengths.cumsum() - lengths + titles
    return Batch(written, codes, rows, np.arange(len(codes)) < title_ends[rows], token_starts)


def hash_tokens(codes: NDArray[np.uint32], starts: Numbers) -> Hashes:
    """A hash for each of the tokens that begin at `starts` and go on to the next; none is empty."""
    ends = np.full_like(starts, len(codes))
    ends[:-1] = starts[1:]
    offsets = np.arange(len(codes)) - starts.repeat(ends - starts)
    return (np.add.reduceat(_scatter(codes) * _POWERS[offsets & 63], starts) + _WORD_SALT) * _SPREAD


def characters(batch: Batch, sizes: Sequence[int]) -> Occurrences:
    """Every run of so many characters (the `sizes`, ascending) without white space in it; `positions` count characters.

    All runs that begin at a character stand together, so the rows of a batch ascend.
    """
    scattered = _scatter(batch.codes)
    visible = batch.codes > _SPACE
    found = np.zeros((len(scattered), len(sizes)), dtype=np.uint64)
    whole = np.zeros((len(scattered), len(sizes)), dtype=np.bool_)
    running, unbroken = scattered, visible
    for size in range(1, sizes[-1] + 1):
        if size > 1:
            running = running[:-1] * _STEP + scattered[size - 1 :]
            unbroken = unbroken[:-1] & visible[size - 1 :]
        if size in sizes:
            column = sizes.index(size)
            found[: len(running), column] = (running + np.uint64(size)) * _SPREAD
            whole[: len(running), column] = unbroken
    places = np.flatnonzero(whole)
    positions = places // len(sizes)
    return Occurrences(found.ravel()[places], batch.rows[positions], positions, batch.in_title[positions])


def code_points(text: str) -> NDArray[np.uint32]:
    """The characters as numbers; halves of characters too. Read-only."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _scatter(codes: NDArray[np.uint32]) -> Hashes:
    mixed = codes.astype(np.uint64) * _MIX
    return mixed ^ (mixed >> np.uint64(29))

"""Which words and runs of characters stand in a batch of documents, as numbers: array operations only."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Batch:
    """The characters of documents one after the other, a line break after each title and each body."""

    codes: NDArray[np.uint32]
    rows: Numbers
    in_title: Flags
    token_starts: Numbers


def lay_out(documents: Sequence[Document]) -> Batch:
    """The batch as arrays; capital ASCII letters become small ones."""
    text = "".join([f"{document.text}\n" for document in documents])
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).copy()
    codes[(codes >= ord("A")) & (codes <= ord("Z"))] += 32
    lengths = np.array([len(document.text) + 1 for document in documents], dtype=np.int64)
    titles = np.array([len(document.title.text) for document in documents], dtype=np.int64)
    rows = np.repeat(np.arange(len(documents)), lengths)
    title_ends = np.cumsum(lengths) - lengths + titles
    tokens: list[int] = []
    for document in documents:
        tokens += map(len, document.title_words)
        tokens.append(1)
        tokens += map(len, document.body_words)
        tokens.append(1)
    token_lengths = np.array(tokens, dtype=np.int64)
    return Batch(codes, rows, np.arange(len(codes)) < title_ends[rows], np.cumsum(token_lengths) - token_lengths)


def words(batch: Batch) -> Occurrences:
    """Every word that is not white space; `positions` count the tokens of title, line break, body, line break."""
    starts = batch.token_starts
    kept = np.flatnonzero(batch.codes[starts] > _SPACE)
    lengths = np.diff(starts, append=len(batch.codes))
    offsets = np.arange(len(batch.codes)) - np.repeat(starts, lengths)
    hashes = np.add.reduceat(_scatter(batch.codes) * _POWERS[offsets & 63], starts) + _WORD_SALT
    at = starts[kept]
    return Occurrences(hashes[kept] * _SPREAD, batch.rows[at], kept, batch.in_title[at])


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


def _scatter(codes: NDArray[np.uint32]) -> Hashes:
    mixed = codes.astype(np.uint64) * _MIX
    return mixed ^ (mixed >> np.uint64(29))

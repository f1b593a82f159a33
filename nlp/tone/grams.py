"""Which runs of one to three characters and which words stand in texts, as numbers of a few bits: what the small linear
models see."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nlp.ngrams import Numbers, Occurrences
from nlp.tone.laid_out import LaidOut

VERSION = "grams/1"
BITS = 19
# Runs of characters have the lower half of the slots, words the upper one.
WORDS, SLOTS = 1 << BITS, 2 << BITS
_SIZES = 3
_MIX, _STEP, _SPREAD = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_SPACE = 32


def slots(laid: LaidOut) -> Iterator[tuple[NDArray[np.int64], Numbers]]:
    """For one, two, three characters: the slot of each run, and in which text it stands. Runs have no white space in
    them; capital ASCII letters are small ones."""
    codes = laid.codes.copy()
    codes[(codes >= ord("A")) & (codes <= ord("Z"))] += 32
    visible = codes > _SPACE
    lengths = np.diff(laid.starts, append=len(codes))
    rows = np.repeat(np.arange(len(lengths)), lengths)
    mixed = codes * _MIX
    mixed ^= mixed >> np.uint32(15)
    running, whole = mixed, visible
    for size in range(1, _SIZES + 1):
        if size > 1:
            running = (running[:-1] * _STEP) + mixed[size - 1 :]
            whole = whole[:-1] & visible[size - 1 :]
        hashed = (running + np.uint32(size)) * _SPREAD
        hashed ^= hashed >> np.uint32(16)
        hashed *= _SPREAD
        yield (hashed[whole] >> np.uint32(32 - BITS)).astype(np.int64), rows[: len(whole)][whole]


def word_slots(words: Occurrences) -> tuple[NDArray[np.int64], Numbers]:
    """The slot of each of `words`, and in which text it stands."""
    return (words.hashes >> np.uint64(64 - BITS)).astype(np.int64) + WORDS, words.rows

"""Which words begin at each of many characters? jieba's dictionary, with words of our own, as arrays.

A trie without objects: the first two characters of a word are one number, each step further is the node that it starts
from and the next character. All are keys of two tables with open addressing, so whole arrays step at once.
"""

from collections.abc import Mapping
from math import log
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import Numbers, code_points
from nlp.vocabulary import read_dictionary

# Characters from here on stand in no word.
CODES = 1 << 16
NO_WORD = -np.inf
_NONE = -1
# Well spread bits; the lowest is 1 in the upper half too.
_MIX = 0x9E3779B97F4A7C15
# So many slots for each key: the less crowded, the fewer are looked at, and the more memory.
_ROOM = 3
Codes: TypeAlias = NDArray[np.uint16]
Keys: TypeAlias = NDArray[np.uint32] | NDArray[np.uint64]
Weights: TypeAlias = NDArray[np.float64]


class Edges(NamedTuple):
    """Beginnings of words, all of one length: the character that each begins `at`, its weight (`NO_WORD` where
    it is none itself), its tip, the character behind it, and its node."""

    at: Numbers
    weights: Weights
    tips: Numbers
    nodes: Numbers

    def words(self) -> "Edges":
        """Those that are words themselves."""
        kept = self.weights > NO_WORD
        return Edges(self.at[kept], self.weights[kept], self.tips[kept], self.nodes[kept])


class WordTrie:
    """The words of jieba's dictionary and `own` with their counts. The weight of a word is the logarithm of its share.

    `single` are the weights of characters as words, by code; `unknown` is that of a character that is no word. `own`
    has words of two characters and more, none of them in the dictionary; raises `ValueError` where one of them has a
    character from `CODES` on.
    """

    def __init__(self, own: Mapping[str, int]) -> None:
        lines = read_dictionary()
        text, counts = "".join(own), np.array(list(own.values()), dtype=np.int64)
        if text and ord(max(text)) >= CODES:
            raise ValueError("a character beyond the table")
        sizes = np.array(list(map(len, own)), dtype=np.int64)
        codes = np.append(lines.codes, code_points(text)).astype(np.uint16)
        starts = np.append(lines.starts, len(lines.codes) + sizes.cumsum() - sizes)
        lengths = np.append(lines.word_ends - lines.starts, sizes)
        counts = np.append(lines.counts, counts)
        long = lengths > 1
        alone = np.zeros(CODES, dtype=np.int64)
        alone[codes[starts[~long]]] = counts[~long]
        nodes = self._plant(codes, starts[long], lengths[long], counts[long])
        # what stands in the dictionary twice counts once
        all_words = log(int(alone.sum() + nodes.sum()))
        self.unknown = -all_words
        self.single, self._weights = _weights(alone, all_words), _weights(nodes, all_words)

    def pairs(self, codes: Codes, following: Numbers) -> Edges:
        """What begins at each of the characters with two of them, but for the last, of which the code is 0;
        `following` is the place of the next character of each, the last one for none."""
        keys = _pairs(codes[:-1], codes[following[:-1]])
        at, nodes = self._pairs.find(keys)
        return Edges(at, self._weights[nodes], following[following[at]], nodes)

    def longer(self, found: Edges, codes: Codes, following: Numbers) -> Edges:
        """What of it goes on with one character more."""
        on = self._goes_on[found.nodes].nonzero()[0]
        at, tips = found.at[on], found.tips[on]
        keys = _steps(found.nodes[on], codes[tips])
        there, steps = self._steps.find(keys)
        nodes = steps + self._first_step
        return Edges(at[there], self._weights[nodes], following[tips[there]], nodes)

    def _plant(self, codes: Codes, starts: Numbers, lengths: Numbers, counts: Numbers) -> Numbers:
        """Grows the tables from words of two characters and more; gives the count of each node, 0 for no word."""
        pairs, nodes = np.unique(_pairs(codes[starts], codes[starts + 1]), return_inverse=True)
        self._pairs, self._first_step, grown = _Table(pairs), len(pairs), len(pairs)
        steps, whole, parents = [np.empty(0, dtype=np.uint64)], [(nodes, lengths == 2, counts)], []
        for size in range(3, int(lengths.max()) + 1):
            long = lengths >= size
            starts, lengths, counts, nodes = starts[long], lengths[long], counts[long], nodes[long]
            parents.append(nodes)
            keys = _steps(nodes, codes[starts + size - 1])
            keys, nodes = np.unique(keys, return_inverse=True)
            nodes = nodes + grown
            grown += len(keys)
            steps.append(keys)
            whole.append((nodes, lengths == size, counts))
        self._steps = _Table(np.concatenate(steps))
        self._goes_on = np.zeros(grown, dtype=np.bool_)
        self._goes_on[np.concatenate(parents)] = True
        found = np.zeros(grown, dtype=np.int64)
        for nodes, ends, theirs in whole:
            found[nodes[ends]] = theirs[ends]
        return found


def _weights(counts: Numbers, all_words: float) -> Weights:
    """By Python's logarithm and in jieba's order: equally likely ways are told apart by the last bit."""
    present, which = np.unique(counts, return_inverse=True)
    found = [log(count) - all_words if count else NO_WORD for count in present.tolist()]
    weights: Weights = np.array(found)[which]
    return weights


def _pairs(first: Codes, second: Codes) -> NDArray[np.uint32]:
    keys = first.astype(np.uint32) << np.uint32(16)
    keys |= second
    return keys


def _steps(nodes: Numbers, further: Codes) -> NDArray[np.uint64]:
    keys = (nodes + 1).astype(np.uint64) << np.uint64(16)
    keys |= further
    return keys


class _Table:
    """From keys, each once and none of them 0, to their places in the array that was given."""

    def __init__(self, keys: Keys) -> None:
        bits, size = max(4, (_ROOM * len(keys)).bit_length()), keys.itemsize
        self._mix, self._shift = (keys.dtype.type(number) for number in (_MIX >> 64 - 8 * size, 8 * size - bits))
        self._last = (1 << bits) - 1
        # most of what is asked is not there, which a small table tells: memory takes longer than anything else
        self._likely = np.zeros(1 << bits, dtype=np.bool_)
        self._likely[self._slots(keys)] = True
        self._keys = np.zeros(1 << bits, dtype=keys.dtype)
        self._places = np.full(1 << bits, _NONE, dtype=np.int32)
        waiting, at = np.arange(len(keys)), self._slots(keys)
        while len(waiting):
            free = self._keys[at] == 0
            self._keys[at[free]] = keys[waiting[free]]  # where several want one slot, one of them has it
            mine = self._keys[at] == keys[waiting]
            self._places[at[mine]] = waiting[mine]
            waiting, at = waiting[~mine], at[~mine] + 1 & self._last

    def find(self, keys: Keys) -> tuple[Numbers, Numbers]:
        """Which of the keys are there, ascending, and their places."""
        slots = self._slots(keys)
        likely = self._likely[slots].nonzero()[0]
        at, keys = slots[likely], keys[likely]
        stands = self._keys[at]
        asked = ((stands != keys) & (stands != 0)).nonzero()[0]
        while len(asked):
            further = at[asked] + 1 & self._last
            here = self._keys[further]
            at[asked], stands[asked] = further, here
            asked = asked[(here != keys[asked]) & (here != 0)]
        found = (stands == keys).nonzero()[0]
        return likely[found], self._places[at[found]].astype(np.int64)

    def _slots(self, keys: Keys) -> Numbers:
        slots: Numbers = (keys * self._mix >> self._shift).astype(np.int64)
        return slots

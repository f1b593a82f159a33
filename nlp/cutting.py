"""Where does each word begin in many texts at once? What jieba's cut says, to the last tie, by array operations.

To make a string of each word takes longer than to find it; most of them nobody reads. jieba looks for the likeliest way
through each block of characters, from its end to its beginning. Here all blocks are gone through side by side:
characters that are as far from the end of theirs stand together, so each step is one operation on neighbours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import Flags, Numbers, code_points
from nlp.word_trie import CODES, NO_WORD, Edges, Weights, WordTrie

BREAK = "\n"
# Texts with longer blocks are left to the engine: each character of the longest takes a dozen array operations.
_LONGEST = 200
# Words of so many characters and fewer are weighed for all blocks together, the others one by one.
_OFTEN = 4
# What jieba looks for words in. Beyond the table it knows more, which is left to the engine, as is a return.
_BLOCKS, _SIGNS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)), "+#&._%-"
_BEYOND, _RETURN = 0x20000, ord("\r")
_OUTSIDE, _INSIDE, _LETTER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class CutTexts:
    """Texts one after the other, a line break behind each, which is a word of its own: their characters, where their
    words begin, and before which word each text ends."""

    codes: NDArray[np.uint32]
    starts: Numbers
    ends: Numbers

    def part(self, first: int, count: int) -> tuple[NDArray[np.uint32], Numbers]:
        """The characters of `count` texts (one at least) from text `first` on, and where their words begin."""
        before, behind = int(self.ends[first - 1]) + 1 if first else 0, int(self.ends[first + count - 1]) + 1
        starts = self.starts[before:behind]
        end = int(self.starts[behind]) if behind < len(self.starts) else len(self.codes)
        return self.codes[starts[0] : end], starts - starts[0]


def cut_together(texts: Sequence[str], trie: WordTrie, engine: Callable[[str], Sequence[str]]) -> CutTexts:
    """`engine` cuts the few texts that are not for arrays; everywhere else it would say the same."""
    codes = code_points(BREAK.join([*texts, ""]))
    ends = np.cumsum([len(text) + 1 for text in texts])
    starts, too_long = _find_starts(codes, trie)
    odd = [too_long, ((codes >= _BEYOND) | (codes == _RETURN)).nonzero()[0]]
    for number in np.unique(ends.searchsorted(np.concatenate(odd), side="right")).tolist():
        end = int(ends[number]) - 1
        begin = end - len(texts[number])
        words = list(map(len, engine(texts[number])))
        starts[begin:end] = False
        starts[np.cumsum([begin, *words[:-1]])] = True
    found = starts.nonzero()[0]
    return CutTexts(codes, found, found.searchsorted(ends - 1))


def _find_starts(codes: NDArray[np.uint32], trie: WordTrie) -> tuple[Flags, Numbers]:
    """For each character whether a word begins with it, and where the blocks begin that are too long to look at."""
    kinds = _kinds[np.minimum(codes, CODES - 1)]
    inside = kinds != _OUTSIDE
    edges = np.flatnonzero(np.diff(inside, prepend=False, append=False))
    begins, ends = edges[::2], edges[1::2]
    short = ends - begins <= _LONGEST
    starts = ~inside
    starts[_ways(codes, begins[short], ends[short], trie)] = True
    # letters and digits that are words alone, side by side, are one word
    alone = kinds == _LETTER
    alone[:-1] &= starts[:-1] & starts[1:]
    starts[1:] &= ~(alone[1:] & alone[:-1])
    return starts, begins[~short]


def _ways(codes: NDArray[np.uint32], begins: Numbers, ends: Numbers, trie: WordTrie) -> Numbers:
    """The beginnings of the words on the likeliest way through each block."""
    if not len(begins):
        return begins
    steps = _side_by_side(begins, ends)
    count = len(steps.places)
    here = np.zeros(count + 1, dtype=np.uint16)  # no character behind the last one
    here[:-1] = codes[steps.places]
    alone = trie.single[here[:-1]]
    words: list[Edges] = []
    found = trie.pairs(here, steps.following)
    while len(found.at):
        words.append(found.words())
        found = trie.longer(found, here, steps.following)
    # a character that is no word is one where no longer word begins
    unknown = (alone == NO_WORD).nonzero()[0]
    if len(unknown):
        begun = np.zeros(count, dtype=np.bool_)
        for some in words:
            begun[some.at] = True
        alone[unknown[~begun[unknown]]] = trie.unknown
    weighed = _weigh(alone, words, steps)
    onward = steps.following
    for some in words:  # of equally likely words the longest
        likeliest = some.weights + weighed[some.tips] == weighed[some.at]
        onward[some.at[likeliest]] = some.tips[likeliest]
    at, passed = steps.firsts[np.sort(ends - begins)[::-1] - 1] + np.arange(len(begins)), []
    while len(at):
        passed.append(at)
        at = onward[at]
        at = at[at < count]
    beginnings: Numbers = steps.places[np.concatenate(passed)]
    return beginnings


class _Steps(NamedTuple):
    """The characters of blocks by their distance from the end of theirs, those of the longest block first: where the
    characters of each distance begin and how many they are; of each character its place in the text, and that of the
    next one among these, the number of all for none."""

    firsts: Numbers
    counts: Numbers
    places: Numbers
    following: Numbers


def _side_by_side(begins: Numbers, ends: Numbers) -> _Steps:
    lengths = ends - begins
    order = np.argsort(-lengths, kind="stable")
    counts = np.bincount(lengths)[::-1].cumsum()[::-1][1:]
    firsts = counts.cumsum() - counts
    count = int(lengths.sum())
    blocks = np.arange(count) - firsts.repeat(counts)
    places = ends[order][blocks] - 1 - np.arange(len(counts)).repeat(counts)
    following = np.full(count + 1, count)
    following[counts[0] : count] = np.arange(counts[0], count) - counts[:-1].repeat(counts[1:])
    return _Steps(firsts, counts, places, following)


def _weigh(alone: Weights, words: Sequence[Edges], steps: _Steps) -> Weights:
    """How likely the likeliest way from each character to the end of its block is; 0 at the end."""
    count = len(alone)
    often = []
    for some in words[: _OFTEN - 1]:
        weights = np.full(count, NO_WORD)
        weights[some.at] = some.weights
        often.append(weights)
    seldom: dict[int, list[tuple[int, float, int]]] = {}
    for some in words[_OFTEN - 1 :]:
        distances = steps.firsts.searchsorted(some.at, side="right") - 1
        for distance, *word in zip(distances.tolist(), *(part.tolist() for part in some[:3]), strict=True):
            seldom.setdefault(distance, []).append((word[0], word[1], word[2]))
    weighed = np.zeros(count + 1)
    room = np.empty(int(steps.counts[0]))
    behind = [np.zeros(int(steps.counts[0]))]
    for distance, (first, many) in enumerate(zip(steps.firsts.tolist(), steps.counts.tolist(), strict=True)):
        best, other = weighed[first : first + many], room[:many]
        np.add(alone[first : first + many], behind[-1][:many], out=best)
        for size, weights in enumerate(often[:distance], start=2):
            np.add(weights[first : first + many], behind[-size][:many], out=other)
            np.maximum(best, other, out=best)
        for at, weight, tip in seldom.get(distance, ()):
            weighed[at] = max(weighed[at], weight + weighed[tip])
        behind.append(best)
    return weighed


def _kinds_of_characters() -> NDArray[np.uint8]:
    kinds = np.full(CODES, _OUTSIDE, dtype=np.uint8)
    for first, last in _BLOCKS:
        kinds[first : last + 1] = _INSIDE
    kinds[list(map(ord, _SIGNS))] = _INSIDE
    kinds[list(map(ord, ascii_letters + digits))] = _LETTER
    return kinds


_kinds = _kinds_of_characters()

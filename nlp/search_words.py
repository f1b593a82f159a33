"""By which words is a text found, and which words does a search ask for?

Every word of jieba's dictionary that stands anywhere in a text, also inside longer words and across them, so that what
is found does not hang on how a sentence is cut; names that no dictionary has by their pairs of characters.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import SPREAD, STEP, Flags, Hashes, Numbers, code_points, scatter

# They stand in every letter and tell nothing.
_EMPTY_WORDS = """
的 了 是 在 和 与 及 或 也 都 就 又 还 而 并 但 把 被 让 给 对 从 到 向 由 为 以 于 之 其 所 者 这 那 哪 此 该
每 各 个 们 我 你 您 他 她 它 吗 呢 吧 啊 呀 嘛 哦 着 过 地 得 很 太 再 才 只 却 因 如 若 则 等 些 我们 你们 他们
她们 它们 自己 这个 那个 这些 那些 一个 什么 怎么 因为 所以 但是 而且 如果 以及 或者 还是 就是 已经 这样 这里
那里 进行 对于 关于
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
# Longer words of the dictionary are found by the words in them; of letters and digits nothing so long is looked up.
_SIZES = (2, 3, 4)
_LONGEST = 40
_LATIN = re.compile(r"[a-z0-9]+")
_FIRST, _LAST = 0x3400, 0x9FFF  # characters of Chinese
# Two bits a word, of so many: of what is no word one in some hundreds is taken for one, in texts and searches alike.
_BITS = 23


def index_words(texts: Sequence[str]) -> list[set[str]]:
    """What each text, in small letters, is found by."""
    whole = "\n".join(texts)
    words, alone = _find(whole)
    ends = np.cumsum([len(text) + 1 for text in texts])
    found: list[set[str]] = [set(_LATIN.findall(text)) for text in texts]
    found = [{word[:_LONGEST] for word in line} for line in found]
    pairs = alone[:-1][np.diff(alone) == 1]
    for size, places in (*zip(_SIZES, words, strict=True), (1, alone), (2, pairs)):
        bounds = [0, *places.searchsorted(ends).tolist()]
        spots = places.tolist()
        for line, (start, end) in zip(found, pairwise(bounds), strict=True):
            line.update([whole[at : at + size] for at in spots[start:end]])
    return [line - _EMPTY for line in found]


def asked_words(text: str) -> list[str]:
    """What a search for `text`, in small letters, asks for, in its order: all of it must be there, and the last may be
    only begun. A character that is no word counts only where it stands last: elsewhere the text may go on differently.
    """
    places, alone = _find(text)
    spots = [(at, at + size) for size, found in zip(_SIZES, places, strict=True) for at in found.tolist()]
    spots = [(start, end) for start, end in spots if not any(_within(start, end, *other) for other in spots)]
    spots += [run.span() for run in _LATIN.finditer(text)]
    single = alone.tolist()
    spots += [(at, at + 2) for at, following in pairwise(single) if following == at + 1]
    if single and single[-1] + 1 > max((end for _, end in spots), default=0):
        spots.append((single[-1], single[-1] + 1))
    asked = [text[start:end][:_LONGEST] for start, end in sorted(spots)]
    return [word for word in dict.fromkeys(asked) if word not in _EMPTY]


def words_within(phrase: str) -> list[str]:
    """What every text with this phrase, in small letters, is surely found by: at its edges a text may go on."""
    places, _ = _find(phrase)
    words = [phrase[at : at + size] for size, found in zip(_SIZES, places, strict=True) for at in found.tolist()]
    latin = [run[0][:_LONGEST] for run in _LATIN.finditer(phrase) if run.start() > 0 and run.end() < len(phrase)]
    return [word for word in dict.fromkeys(words + latin) if word not in _EMPTY]


def is_whole(word: str) -> bool:
    """Whether each text with a word that begins like this is found by this one too: a word of the dictionary, which is
    kept wherever it stands."""
    places, _ = _find(word)
    return any(size == len(word) and 0 in found for size, found in zip(_SIZES, places, strict=True))


def _within(start: int, end: int, other_start: int, other_end: int) -> bool:
    return other_start <= start and end <= other_end and end - start < other_end - other_start


def _find(text: str) -> tuple[list[Numbers], Numbers]:
    """Where the words of each of `_SIZES` begin, and where the characters are that stand in none."""
    codes, table = code_points(text), _dictionary()
    one = scatter(codes)
    covered = np.zeros(len(codes), dtype=np.bool_)
    words = []
    for size in _SIZES:
        known = table.knows(one, size)
        for shift in range(size if len(known) else 0):
            covered[shift : shift + len(known)] |= known
        words.append(np.flatnonzero(known))
    alone = np.flatnonzero((codes >= _FIRST) & (codes <= _LAST) & ~covered)
    return words, alone[~_empty_characters()[codes[alone]]]


class _Words:
    """Whether so many characters are a word of the dictionary, asked for whole texts at once."""

    def __init__(self, codes: NDArray[np.uint32], starts: Numbers, sizes: Numbers) -> None:
        self._bits: Flags = np.zeros(1 << _BITS, dtype=np.bool_)
        one = scatter(codes)
        for size in _SIZES:
            for at in _places(_windows(one, size)[starts[sizes == size]]):
                self._bits[at] = True

    def knows(self, characters: Hashes, size: int) -> Flags:
        """For each place of a text, given as `nlp.hashing.scatter` of it, from which `size` characters follow."""
        if len(characters) < size:
            return np.zeros(0, dtype=np.bool_)
        first, second = _places(_windows(characters, size))
        known: Flags = self._bits[first]
        known[known] = self._bits[second[known]]
        return known


def _windows(characters: Hashes, size: int) -> Hashes:
    count = len(characters) - size + 1
    hashes = characters[:count].copy()
    for place in range(1, size):
        hashes = hashes * STEP + characters[place : place + count]
    mixed: Hashes = hashes * SPREAD
    return mixed


def _places(hashes: Hashes) -> tuple[Hashes, Hashes]:
    shift, mask = np.uint64(64 - _BITS), np.uint64((1 << _BITS) - 1)
    return hashes >> shift, (hashes >> np.uint64(64 - 2 * _BITS)) & mask


@cache
def _dictionary() -> _Words:
    """The words of jieba's dictionary of two to four characters; without the names of a city: a place that is renamed
    changes nothing in what was indexed before."""
    # not importlib.resources: that would import jieba, which the Rust engine does without
    package = find_spec("jieba")
    assert package is not None and package.origin is not None
    codes = code_points((Path(package.origin).parent / "dict.txt").read_text(encoding="utf-8"))
    # each line is a word, its count, its tag
    word_ends, _, line_ends = np.flatnonzero(codes <= ord(" ")).reshape(-1, 3).T
    starts = np.append(0, line_ends[:-1] + 1)
    return _Words(codes, starts, word_ends - starts)


@cache
def _empty_characters() -> Flags:
    """Which characters up to `_LAST` are empty words."""
    empty: Flags = np.zeros(_LAST + 1, dtype=np.bool_)
    empty[code_points("".join(word for word in _EMPTY if len(word) == 1))] = True
    return empty

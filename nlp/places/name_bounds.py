"""Where names stand whose last characters are known, and how far left they reach: 在丽水路 is 丽水 and 路."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.ngrams import Batch, Flags, Hashes, Numbers, lay_out
from nlp.vocabulary import load_vocabulary

_COMPLETE = 2
_CODES = 1 << 16
_STEP, _SPREAD = 31, np.uint64(0x9E3779B97F4A7C15)
_TOLD_BY_FORM = 4
# What the dictionary knows of a word: nothing, that it names something, that it does not (赶到, 利用).
_UNKNOWN, _NAMES, _NO_NAME = range(3)


class WordLine:
    """The texts of a batch one after the other, each with a line break behind it, and where their words begin.

    Positions are those of the batch: what `bases` says of a document has to be taken off for its own.
    """

    def __init__(self, documents: Sequence[Document], batch: Batch) -> None:
        texts = [document.text for document in documents]
        self.text = "\n".join([*texts, ""])
        self.bases = list(accumulate((len(text) + 1 for text in texts), initial=0))
        # characters beyond the table end no name
        self._codes = np.minimum(batch.written, _CODES - 1).astype(np.uint16)
        self._begins = np.append(batch.token_starts, len(self._codes))
        # of each word the last character, it and the one before, and the first two; the last word is a line break
        pairs = _pairs_of(self._codes)
        self.last, self.last_two = self._codes[self._begins[1:] - 1], pairs[self._begins[1:] - 2]
        self.first_two = pairs[self._begins[:-1]]
        # few of the words are asked for: a view makes numbers only of those
        self.starts = memoryview(self._begins.data)
        self.kinds = memoryview(_kinds()[batch.known].data)

    def forms(self, numbers: Numbers) -> tuple[Hashes, Numbers]:
        """Of the words with these `numbers` what `_form` makes of them, and their lengths."""
        begins, ends = self._begins[numbers], self._begins[numbers + 1]
        codes, sizes = self._codes, ends - begins
        second = np.minimum(begins + 1, len(codes) - 1)
        parts = [codes[places].astype(np.uint64) for places in (begins, second, ends - 2, ends - 1)]
        return _form(parts[0], parts[1], parts[2], parts[3], sizes.astype(np.uint64)), sizes

    def word(self, number: int) -> str:
        return self.text[self.starts[number] : self.starts[number + 1]]

    def is_edge(self, position: int) -> bool:
        """Whether a word begins or ends there."""
        place = bisect_left(self.starts, position)
        return place < len(self.starts) and self.starts[place] == position


def word_lines(documents: Sequence[Document], batches: Sequence[Batch] | None = None) -> list[WordLine]:
    """One for each of the `batches` (`nlp.ngrams.lay_out` of parts of `documents`), in order; one for all without."""
    if batches is None:
        return [WordLine(documents, lay_out(documents))] if documents else []
    sizes = [int(batch.rows[-1]) + 1 if len(batch.rows) else 0 for batch in batches]
    ends = list(accumulate(sizes, initial=0))
    return [WordLine(documents[start:end], b) for (start, end), b in zip(pairwise(ends), batches, strict=True)]


class Suffix(NamedTuple):
    """A suffix of a name: it begins at `start` in word number `word` and ends at `end`."""

    written: str
    start: int
    end: int
    word: int


class Suffixes:
    """Finds the last characters of names at the end of words; of two that end together the longer.

    `goes_on` may follow one in its word: 路 ends in the middle of 路口, and the name of the road ends there. `never`
    are words that end like a name and are none: 马路. A suffix that is a word right behind one of `edges` or a sign is
    passed over, for no name stands before it; not those of `kept`.
    """

    def __init__(
        self,
        suffixes: Iterable[str],
        goes_on: Iterable[str] = (),
        never: Iterable[str] = (),
        edges: Iterable[str] = (),
        kept: Container[str] = (),
    ) -> None:
        own, goes_on, edges = frozenset(suffixes), tuple(goes_on), frozenset(edges)
        sizes: dict[str, set[int]] = defaultdict(set)
        for suffix in own:
            sizes[suffix[-1]].add(len(suffix))
        self._own = own
        self._sizes = {last: sorted(those, reverse=True) for last, those in sizes.items()}
        self._longer = {suffix + more: len(suffix) for suffix in own for more in goes_on}
        self._never = frozenset(never) - own
        self._alone = _table(ord(suffix) for suffix in own if len(suffix) == 1)
        self._pairs = _table(_pair(suffix[-2], suffix[-1]) for suffix in own if len(suffix) > 1)
        self._longer_pairs = _table(_pair(word[0], word[1]) for word in self._longer)
        self._longer_forms = _forms_of(self._longer)
        self._never_forms = _forms_of(word for word in self._never if len(word) <= _TOLD_BY_FORM)
        plain = {suffix for suffix in own - self._longer.keys() if suffix not in kept} if edges else set()
        self._plain_forms = _forms_of(suffix for suffix in plain if len(suffix) <= _TOLD_BY_FORM)
        self._plain_alone = _table(ord(suffix) for suffix in plain if len(suffix) == 1)
        self._edge_forms = _forms_of(word for word in edges if len(word) <= _TOLD_BY_FORM)
        self._edge_alone = _signs() | _table(ord(word) for word in edges if len(word) == 1)
        # 车 of 火车站: the longer suffix begins in the word before
        longer = [(suffix, other) for suffix in own for other in plain if suffix.endswith(other) and suffix != other]
        self._within = _table(ord(suffix[-len(other) - 1]) for suffix, other in longer)

    def find(self, line: WordLine) -> list[Suffix]:
        """In reading order."""
        text, starts, own, sizes = line.text, line.starts, self._own, self._sizes
        never, longer = self._never, self._longer
        found: list[Suffix] = []
        for number in self._asked(line).tolist():
            begin, end = starts[number], starts[number + 1]
            word = text[begin:end]
            if word in never:
                continue
            if word in longer:
                end = begin + longer[word]
            for size in sizes.get(text[end - 1], ()):
                written = text[end - size : end]
                if written in own:
                    start = end - size
                    while begin > start:
                        number -= 1
                        begin = starts[number]
                    found.append(Suffix(written, start, end, number))
                    break
        return found

    def _asked(self, line: WordLine) -> Numbers:
        """The numbers of the words that may end with a suffix, or go on behind one."""
        ends_so = self._alone[line.last]
        ends_so |= self._pairs[line.last_two]
        asked = ends_so | self._longer_pairs[line.first_two] if len(self._longer) else ends_so
        numbers = np.flatnonzero(asked)
        forms, sizes = line.forms(numbers)
        known_never = _is_among(self._never_forms, forms) & (sizes > 1) & (sizes <= _TOLD_BY_FORM)
        numbers = numbers[(ends_so[numbers] | _is_among(self._longer_forms, forms)) & ~known_never]
        if len(self._edge_forms):
            numbers = numbers[~self._stands_alone(line, numbers)]
        found: Numbers = numbers
        return found

    def _stands_alone(self, line: WordLine, numbers: Numbers) -> Flags:
        """Which of the words are suffixes without a name before them."""
        forms, sizes = line.forms(numbers)
        plain = np.where(sizes > 1, _is_among(self._plain_forms, forms), self._plain_alone[line.last[numbers]])
        previous = np.maximum(numbers - 1, 0)
        before = line.last[previous]
        forms, sizes = line.forms(previous)
        edge = np.where(sizes > 1, _is_among(self._edge_forms, forms), self._edge_alone[before])
        found: Flags = plain & edge & ~self._within[before]
        return found


def is_no_name(word: str) -> bool:
    """Whether the dictionary knows `word`, and not as what names something: a verb, an adjective, an idiom."""
    return bool(_kinds()[load_vocabulary().places([word])[0]] == _NO_NAME)


@cache
def _kinds() -> NDArray[np.uint8]:
    """By the place of a word in the vocabulary what is known of it, at the end for -1."""
    return np.append(np.where(load_vocabulary().nominal, _NAMES, _NO_NAME), _UNKNOWN).astype(np.uint8)


def _table(numbers: Iterable[int]) -> NDArray[np.bool_]:
    table = np.zeros(_CODES, dtype=np.bool_)
    table[list(numbers)] = True
    return table


def _pair(first: str, second: str) -> int:
    """A number below `_CODES` for two characters; others may have the same."""
    return (ord(first) * _STEP + ord(second)) & (_CODES - 1)


def _pairs_of(codes: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """`_pair` of each character and the one behind it; of the last something or other."""
    pairs = codes * np.uint16(_STEP)
    pairs[:-1] += codes[1:]
    return pairs


@cache
def _signs() -> Flags:
    """Which characters are no letter, figure or Chinese sign; the last of the table stands for those beyond it."""
    return np.array([not chr(code).isalnum() for code in range(_CODES - 1)] + [False])


def _forms_of(words: Iterable[str]) -> Hashes:
    """What `_form` makes of those of two characters or more, ascending."""
    signs = [(ord(w[0]), ord(w[1]), ord(w[-2]), ord(w[-1]), len(w)) for w in words if len(w) > 1]
    return np.sort(_form(*np.array(signs, dtype=np.uint64).reshape(-1, 5).T))


def _form(first: Hashes, second: Hashes, last_but_one: Hashes, last: Hashes, size: Hashes) -> Hashes:
    """A number for the first and the last two characters of a word and its length: no other of up to `_TOLD_BY_FORM`
    characters is likely to have it."""
    at = (np.uint64(48), np.uint64(32), np.uint64(16))
    found: Hashes = (first << at[0] | second << at[1] | last_but_one << at[2] | last) ^ (size * _SPREAD)
    return found


def _is_among(known: Hashes, asked: Hashes) -> Flags:
    """Which of `asked` are among the `known`, which ascend."""
    if not len(known):
        return np.zeros(len(asked), dtype=np.bool_)
    found: Flags = known[np.minimum(known.searchsorted(asked), len(known) - 1)] == asked
    return found


class NameBounds:
    """Walks back over the words before a suffix until one that belongs to no name: one of `stop` never does."""

    def __init__(self) -> None:
        lexicon = load_lexicon("names")
        self.stop = frozenset(lexicon["stop"])
        self._prefix = frozenset(lexicon["prefix"])
        self._named_after = frozenset(lexicon["named_after"])

    def start(
        self,
        line: WordLine,
        suffix: Suffix,
        floor: int,
        *,
        longest: int,
        several_words: bool,
        weak: Container[str] = (),
    ) -> int:
        """Where the name before `suffix` begins; `suffix.start` where there is none.

        Nothing before `floor` is looked at. A name of several words takes more words that can stand in a name; any
        other ends with its first whole word, so that 去清水村 does not swallow its verb. `weak` words (劳务 of
        大鹏劳务公司) make no name alone.
        """
        text, starts = line.text, line.starts
        _, end, _, number = suffix
        begin, strong, length, first = end, False, 0, starts[number]
        if first < begin:  # the suffix ends a longer word: 中所|镇
            first = max(first, floor)
            if first == begin or not text[first].isalnum():
                return begin
            part = text[first:begin]
            begin, strong, length = first, part not in weak, 0 if part in weak else len(part)
            first = starts[number]
        stop, earliest = self.stop, max(floor, end - longest)
        while begin > floor and number:
            number -= 1
            last, first = first, starts[number]
            word = text[first:last]
            if first < earliest or word in stop or not word.isalnum():
                break
            ascii_only = word.isascii()
            if ascii_only and not (several_words and word.isdigit()):
                break
            no_name = begin == end and line.kinds[number] == _NO_NAME
            if no_name and word not in self._named_after and word not in weak:
                break
            if length >= _COMPLETE and not self._extends(line, number, word, begin, floor, several_words):
                break
            if not ascii_only and word not in weak:
                strong, length = True, length + len(word)
            begin = first
        return begin if strong else end

    def _extends(self, line: WordLine, number: int, word: str, begin: int, floor: int, several_words: bool) -> bool:
        """Whether a name that is whole may begin one word earlier: with `word`, the one of this `number`."""
        if len(word) > 1:
            names = line.kinds[number] == _NAMES or word in self._named_after
            return several_words and (names or word[0] == "第")
        if word in self._prefix or line.text[begin] == "第":
            return True
        # a character that is nobody's: 茶|店子, if what stands before it is the edge
        if line.starts[number] <= floor:
            return True
        before = line.word(number - 1)
        return before in self.stop or not before.isalnum()

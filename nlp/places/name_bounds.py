"""Where names stand whose last characters are known, and how far left they reach: 在丽水路 is 丽水 and 路."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.ngrams import Batch, lay_out
from nlp.vocabulary import load_vocabulary

_COMPLETE = 2
_CODES = 1 << 16


class WordLine:
    """The texts of a batch one after the other, each with a line break behind it, and where their words begin.

    Positions are those of the batch: what `bases` says of a document has to be taken off for its own.
    """

    def __init__(self, documents: Sequence[Document], batch: Batch) -> None:
        texts = [document.text for document in documents]
        self.text = "".join([f"{text}\n" for text in texts])
        self.bases = list(accumulate((len(text) + 1 for text in texts), initial=0))
        codes = np.minimum(batch.written, _CODES - 1).astype(np.int32)  # characters beyond the table end no name
        begins = batch.token_starts
        ends = np.append(begins[1:], len(codes))[: len(begins)]
        # of each word the last character, it and the one before, and the first two
        self.last = codes[ends - 1]
        self.last_two = _pair(codes[ends - 2], self.last)
        self.first_two = _pair(codes[begins], codes[np.minimum(begins + 1, len(codes) - 1)])
        self.starts: list[int] = [*batch.token_starts.tolist(), len(self.text)]

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
    are words that end like a name and are none: 马路.
    """

    def __init__(self, suffixes: Iterable[str], goes_on: Iterable[str] = (), never: Iterable[str] = ()) -> None:
        by_last: dict[str, list[str]] = defaultdict(list)
        for suffix in suffixes:
            by_last[suffix[-1]].append(suffix)
        self._by_last = {last: sorted(those, key=len, reverse=True) for last, those in by_last.items()}
        own, goes_on = {s for those in by_last.values() for s in those}, tuple(goes_on)
        self._longer = {suffix + more: len(suffix) for suffix in own for more in goes_on}
        self._never = frozenset(never) - own
        self._alone = _table(ord(suffix) for suffix in own if len(suffix) == 1)
        self._pairs = _table(_pair(ord(suffix[-2]), ord(suffix[-1])) for suffix in own if len(suffix) > 1)
        self._longer_pairs = _table(_pair(ord(word[0]), ord(word[1])) for word in self._longer)

    def find(self, line: WordLine) -> Iterator[Suffix]:
        text, starts, longer = line.text, line.starts, self._longer
        asked = self._alone[line.last] | self._pairs[line.last_two] | self._longer_pairs[line.first_two]
        for number in np.flatnonzero(asked).tolist():
            word = text[starts[number] : starts[number + 1]]
            if word in self._never:
                continue
            end = starts[number] + longer[word] if word in longer else starts[number + 1]
            for suffix in self._by_last.get(text[end - 1], ()):
                if text.endswith(suffix, 0, end):
                    start = end - len(suffix)
                    while starts[number] > start:
                        number -= 1
                    yield Suffix(suffix, start, end, number)
                    break


def _table(numbers: Iterable[int]) -> NDArray[np.bool_]:
    table = np.zeros(_CODES, dtype=np.bool_)
    table[list(numbers)] = True
    return table


@overload
def _pair(first: int, second: int) -> int: ...
@overload
def _pair(first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.int32]: ...
def _pair(first: int | NDArray[np.int32], second: int | NDArray[np.int32]) -> int | NDArray[np.int32]:
    """A number below `_CODES` for two characters; others may have the same."""
    return (first * 31 + second) & (_CODES - 1)


class NameBounds:
    """Walks back over the words before a suffix until one that belongs to no name."""

    def __init__(self) -> None:
        lexicon = load_lexicon("names")
        vocabulary = load_vocabulary()
        self._stop = frozenset(lexicon["stop"])
        self._prefix = frozenset(lexicon["prefix"])
        self._nominal = vocabulary.nominal | frozenset(lexicon["named_after"])
        # verbs, adjectives, idioms: 赶到村, 利用学校
        self._no_name = vocabulary.rarity.keys() - self._nominal

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
        begin, strong, length, number = suffix.start, False, 0, suffix.word
        if starts[number] < begin:  # the suffix ends a longer word: 中所|镇
            first = max(starts[number], floor)
            if first == begin or not text[first].isalnum():
                return begin
            part = text[first:begin]
            begin, strong, length = first, part not in weak, 0 if part in weak else len(part)
        while begin > floor and number:
            number -= 1
            first, word = starts[number], text[starts[number] : starts[number + 1]]
            if word in self._stop or first < floor or suffix.start - first > longest or not word.isalnum():
                break
            if word.isascii() and not (several_words and word.isdigit()):
                break
            if begin == suffix.start and word in self._no_name and word not in weak:
                break
            if length >= _COMPLETE and not self._extends(line, number, begin, floor, several_words):
                break
            if word not in weak and not word.isascii():
                strong, length = True, length + len(word)
            begin = first
        return begin if strong else suffix.start

    def _extends(self, line: WordLine, number: int, begin: int, floor: int, several_words: bool) -> bool:
        """Whether a name that is whole may begin one word earlier."""
        word = line.word(number)
        if len(word) > 1:
            return several_words and (word in self._nominal or word[0] == "第")
        if word in self._prefix or line.text[begin] == "第":
            return True
        # a character that is nobody's: 茶|店子, if what stands before it is the edge
        if line.starts[number] <= floor:
            return True
        before = line.word(number - 1)
        return before in self._stop or not before.isalnum()

"""Where names stand whose last characters are known, and how far left they reach: 在丽水路 is 丽水 and 路."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.vocabulary import load_vocabulary

_COMPLETE = 2


class WordLine(NamedTuple):
    """The words of a text one after the other, the newline after the title among them; `starts` has the end too."""

    text: str
    words: list[str]
    starts: list[int]

    def is_edge(self, position: int) -> bool:
        """Whether a word begins or ends there."""
        place = bisect_left(self.starts, position)
        return place < len(self.starts) and self.starts[place] == position


def word_line(document: Document) -> WordLine:
    words = [*document.title_words, "\n", *document.body_words]
    return WordLine(document.text, words, list(accumulate(map(len, words), initial=0)))


class Suffix(NamedTuple):
    """A suffix of a name: it begins at `start` in word number `word` and ends at `end`."""

    written: str
    start: int
    end: int
    word: int


class Suffixes:
    """Finds the last characters of names at the end of words; of two that end together the longer.

    `goes_on` may follow one in its word: 路 ends in the middle of 路口, and the name of the road ends there.
    """

    def __init__(self, suffixes: Iterable[str], goes_on: Iterable[str] = ()) -> None:
        by_last: dict[str, list[str]] = defaultdict(list)
        for suffix in suffixes:
            by_last[suffix[-1]].append(suffix)
        self._by_last = {last: sorted(those, key=len, reverse=True) for last, those in by_last.items()}
        goes_on = tuple(goes_on)
        self._longer = {suffix + more: len(suffix) for those in by_last.values() for suffix in those for more in goes_on}

    def find(self, line: WordLine) -> Iterator[Suffix]:
        text, words, starts = line
        by_last, longer = self._by_last, self._longer
        for number in [n for n, word in enumerate(words) if word[-1] in by_last or word in longer]:
            word = words[number]
            end = starts[number] + longer[word] if word in longer else starts[number + 1]
            for suffix in by_last.get(text[end - 1], ()):
                if text.endswith(suffix, 0, end):
                    start = end - len(suffix)
                    while starts[number] > start:
                        number -= 1
                    yield Suffix(suffix, start, end, number)
                    break


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
        text, words, starts = line
        begin, strong, length, number = suffix.start, False, 0, suffix.word
        if starts[number] < begin:  # the suffix ends a longer word: 中所|镇
            first = max(starts[number], floor)
            if first == begin or not text[first].isalnum():
                return begin
            part = text[first:begin]
            begin, strong, length = first, part not in weak, 0 if part in weak else len(part)
        while begin > floor:
            number -= 1
            first, word = starts[number], words[number]
            if word in self._stop or first < floor or suffix.start - first > longest or not word.isalnum():
                break
            if word.isascii() and not (several_words and length and word.isdigit()):
                break
            if not strong and word in self._no_name and word not in weak:
                break
            if length >= _COMPLETE and not self._extends(line, number, begin, floor, several_words):
                break
            if word not in weak:
                strong, length = True, length + len(word)
            begin = first
        return begin if strong else suffix.start

    def _extends(self, line: WordLine, number: int, begin: int, floor: int, several_words: bool) -> bool:
        """Whether a name that is whole may begin one word earlier."""
        word = line.words[number]
        if len(word) > 1:
            return several_words and (word in self._nominal or word[0] == "第")
        if word in self._prefix or line.text[begin] == "第":
            return True
        # a character that is nobody's: 茶|店子, if what stands before it is the edge
        if line.starts[number] <= floor:
            return True
        before = line.words[number - 1]
        return before in self._stop or not before.isalnum()

"""The words of one text, made into strings when somebody reads them."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import overload

from nlp.cutting import CutTexts
from nlp.hashing import Numbers


class CutWords(Sequence[str]):
    """Those of `text`, the one with this `number` among the texts of `cut`.

    Whoever reads thousands of texts reads the arrays instead: its words are those from `first` to `stop` of
    `cut.starts`.
    """

    __slots__ = ("_made", "cut", "first", "number", "stop", "text")

    def __init__(self, cut: CutTexts, number: int, text: str, first: int, stop: int) -> None:
        self.cut, self.number, self.text, self.first, self.stop = cut, number, text, first, stop
        self._made: list[str] | None = None

    def ends(self) -> Numbers:
        """Where in the text each word ends."""
        starts = self.cut.starts[self.first : self.stop + 1]
        ends: Numbers = starts[1:] - starts[0]
        return ends

    def _all(self) -> list[str]:
        if self._made is None:
            text = self.text
            self._made = [text[start:end] for start, end in pairwise([0, *self.ends().tolist()])]
        return self._made

    def __len__(self) -> int:
        return self.stop - self.first

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if self._made is not None or isinstance(place, slice):
            return self._all()[place]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        at = self.first + place % len(self)
        begin, start, end = self.cut.starts[[self.first, at, at + 1]].tolist()
        return self.text[start - begin : end - begin]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == list(other)

    def __repr__(self) -> str:
        return repr(self._all())


def word_ends(words: Sequence[str], start: int) -> list[int]:
    """Where each of `words` ends, the first of which begins at `start`."""
    if isinstance(words, CutWords):
        ends: list[int] = (words.ends() + start).tolist()
        return ends
    return list(accumulate(map(len, words), initial=start))[1:]


def cut_words(cut: CutTexts, texts: Sequence[str]) -> list[CutWords]:
    """The words of each of the `texts` that were cut together."""
    stops: list[int] = cut.ends.tolist()
    firsts = [0, *(stop + 1 for stop in stops)]
    return [CutWords(cut, *words) for words in zip(range(len(texts)), texts, firsts, stops, strict=False)]


def cut_in_order(words: Sequence[Sequence[str]]) -> tuple[CutTexts, int] | None:
    """What these are the words of, where they were cut together and stand in that order without a gap, and the number
    of the first of them; None where not."""
    first = words[0] if words else None
    if not isinstance(first, CutWords):
        return None
    for number, some in enumerate(words, start=first.number):
        if not isinstance(some, CutWords) or some.number != number or some.cut is not first.cut:
            return None
    return first.cut, first.number
